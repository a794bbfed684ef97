package simulator

import (
	"fmt"
	"reflect"
	"testing"
)

func TestWhatBecomesOfAMessageFollowsFromSeedAndRefID(t *testing.T) {
	m := message{refID: "ref-1", blocks: []block{{kind: whatsapp, address: "6281200000001"}, {kind: sms, address: "6281200000001", parts: 1}}}
	if a, b := fate(7, m), fate(7, m); !reflect.DeepEqual(a, b) {
		t.Errorf("the same seed tells two stories: %v, %v", a, b)
	}
	other := 0
	for i := range 100 {
		m.refID = fmt.Sprint("ref-", i)
		if !reflect.DeepEqual(fate(7, m), fate(8, m)) {
			other++
		}
	}
	if other < 90 {
		t.Errorf("another seed changes only %d of 100", other)
	}
}

func TestTheMixIsTheDocumentedOne(t *testing.T) {
	const n = 100_000
	for k, mix := range chances {
		sum := 0
		for _, c := range mix {
			sum += c.share
			if _, ok := (block{kind: k}).statuses(c.word); !ok {
				t.Errorf("%s: %q is no word", k, c.word)
			}
		}
		if sum != 1000 {
			t.Errorf("%s: the shares add up to %d", k, sum)
		}
	}
	var reached, reads, silent, settled, open int
	for i := range n {
		last := event{}
		events := fate(1, message{refID: fmt.Sprint("r", i), blocks: []block{{kind: whatsapp, address: fmt.Sprintf("62812%07d", i)}}})
		read1 := false
		for _, e := range events {
			read1 = read1 || e.status == read
			last = e
		}
		switch {
		case len(events) == 0:
			silent++
		case last.status == delivered || last.status == read:
			reached++
			if read1 {
				reads++
			}
			if last.price == onProcess {
				open++
			} else {
				settled++
			}
		}
	}
	for name, c := range map[string]struct{ got, of, want float64 }{
		"delivered":           {float64(reached), n, 0.78},
		"read":                {float64(reads), float64(reached), 0.55},
		"silent":              {float64(silent), n, 0.04},
		"still ON PROCESS":    {float64(open), float64(reached), 0.05},
		"settled as it seems": {float64(settled), float64(reached), 0.95},
	} {
		if share := c.got / c.of; share < c.want-0.01 || share > c.want+0.01 {
			t.Errorf("%s: %.3f, want %.2f", name, share, c.want)
		}
	}
}

func TestEventsAreInTheOrderTheyHappen(t *testing.T) {
	for i := range 10_000 {
		events := fate(3, message{refID: fmt.Sprint("r", i), backup: true, blocks: []block{
			{kind: whatsapp, address: fmt.Sprintf("62812%07d", i), backupOn: []backupOn{{onUndelivered, 0}, {onPending, 10}}}, {kind: email, address: "budi@example.test"},
		}})
		for j := 1; j < len(events); j++ {
			if events[j].after < events[j-1].after {
				t.Fatalf("ref_id r%d: %v", i, events)
			}
		}
	}
}

func TestSMSPartsAreCountedByPacking(t *testing.T) {
	a := func(n int) string { return fmt.Sprintf("%0*d", n, 0) }
	for _, c := range []struct {
		text string
		want int
	}{
		{"", 1},
		{a(160), 1},
		{a(161), 2},
		{a(306), 2},
		{a(307), 3},
		{a(158) + "€", 1},
		{a(159) + "€", 2},
		{a(152) + "€" + a(152), 3},
		{a(69) + "ы", 1},
		{a(70) + "ы", 2},
		{a(133) + "ы", 2},
		{a(134) + "ы", 3},
		{a(68) + "😀", 1},
		{a(66) + "😀" + a(66), 3},
		{"`", 1},
		{a(70) + "`", 2},
		{"Ø\r\n@£{}[]~|^\\é", 1},
	} {
		if got := countParts(c.text); got != c.want {
			t.Errorf("%d bytes ending in %q: %d parts, want %d", len(c.text), c.text[max(0, len(c.text)-4):], got, c.want)
		}
	}
}
