package planning_test

import (
	"slices"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/planning"
)

var sentAt = time.Date(2026, 11, 21, 12, 3, 0, 0, time.UTC)

// sentRows are what run 3k9x2f sent of rows: those with these numbers.
func sentRows(t *testing.T, lines []string, numbers ...int) *planning.Sent {
	t.Helper()
	var sent planning.Sent
	for c, err := range plannerOf(t, "all").Candidates(t.Context(), &planning.Plan{}, rowsOf(lines...)()) {
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(numbers, c.Seq) {
			sent.Add("3k9x2f", c.Seq, c.Digest, sentAt)
		}
	}
	return &sent
}

func TestWhatWasSentBeforeIsLeftOutOrCounted(t *testing.T) {
	before := []string{"Budi 6281200000001", "Ani 6281200000002"}
	now := rowsOf("Cici 6281200000003", "Ani 6281200000002", "Budi 6281200000001", "Budi 6281200000009", "Ani 6281200000002")
	left := "duplicate: sent already on 21 Nov 12:03, in row 3 of run 3k9x2f"
	for _, c := range []struct {
		name     string
		known    planning.Known
		want     []string
		repeated int
		leftOut  int
	}{
		{"nothing is known", planning.Known{}, []string{"2 sent", "3 sent", "4 sent", "5 sent", "6 duplicate: the same recipient as row 3, which is kept"}, 0, 0},
		{
			"a person is asked",
			planning.Known{Sent: sentRows(t, before, 2, 3)},
			[]string{"2 sent", "3 sent", "4 sent", "5 sent", "6 duplicate: the same recipient as row 3, which is kept"},
			2, 0,
		},
		{
			"they are left out",
			planning.Known{Sent: sentRows(t, before, 3), Skip: true},
			[]string{"2 sent", "3 " + left, "4 sent", "5 sent", "6 duplicate: the same recipient as row 3, which is kept"},
			0, 1,
		},
		{
			"those of the run in whose place this stands are",
			planning.Known{Sent: sentRows(t, before, 3), Of: "3k9x2f"},
			[]string{"2 sent", "3 " + left, "4 sent", "5 sent", "6 duplicate: the same recipient as row 3, which is kept"},
			0, 1,
		},
		{
			"those of another run are asked about",
			planning.Known{Sent: sentRows(t, before, 3), Of: "zzzzzz"},
			[]string{"2 sent", "3 sent", "4 sent", "5 sent", "6 duplicate: the same recipient as row 3, which is kept"},
			1, 0,
		},
	} {
		p := plannerOf(t, "first", "address")
		p.Known = c.known
		pre := planning.NewPreflight(p.Campaign)
		for d, err := range decided(t, p, &planning.Plan{}, now) {
			if err != nil {
				t.Fatal(err)
			}
			pre.Add(d, false)
		}
		got, _ := planned(t, p, now)
		if !slices.Equal(got, c.want) || pre.Repeated != c.repeated || pre.LeftOut != c.leftOut {
			t.Errorf("%s: %d repeated, %d left out\n got %q\nwant %q", c.name, pre.Repeated, pre.LeftOut, got, c.want)
		}
	}
}

func TestOfSeveralEarlierSendsTheLastCounts(t *testing.T) {
	m := campaign.Message{Digest: []byte("0123456789abcdef")}
	var sent planning.Sent
	sent.Add("aaaaaa", 2, m.Digest, sentAt.Add(-time.Hour))
	sent.Add("bbbbbb", 7, m.Digest, sentAt)
	sent.Add("aaaaaa", 9, m.Digest, sentAt.Add(-time.Minute))
	sent.Add("cccccc", 9, []byte("another tool's"), sentAt.Add(time.Hour))
	if row, ok := sent.Find(m); !ok || row.Run != "bbbbbb" || row.Seq != 7 || !row.At.Equal(sentAt) {
		t.Errorf("%+v, %v", row, ok)
	}
	if _, ok := sent.Find(campaign.Message{Digest: []byte("another tool's")}); ok {
		t.Error("another tool's digest was found")
	}
}

func TestADecisionIsMadeAnewFromWhatWasPlanned(t *testing.T) {
	lines := []string{"Budi 6281200000001", "Ani 6281200000002", " 6281200000003", "Budi 6281200000001"}
	p := plannerOf(t, "first", "address")
	var plan []campaign.Message
	for d, err := range decided(t, p, &planning.Plan{}, rowsOf(lines...)) {
		if err != nil {
			t.Fatal(err)
		}
		plan = append(plan, d.Message)
	}
	recalled := func(yield func(campaign.Message, error) bool) {
		for _, m := range plan {
			if !yield(m, nil) {
				return
			}
		}
	}
	p.Known = planning.Known{Sent: sentRows(t, lines, 3), Skip: true}
	var changed []int
	for d, err := range p.Decide(p.Recall(t.Context(), recalled), nil) {
		if err != nil {
			t.Fatal(err)
		}
		if d.Changed() {
			changed = append(changed, d.Seq)
		}
		if want := campaign.SMSParts("Halo " + d.Cells[0].Raw).Count; d.Problem == nil && d.SMS.Count != want {
			t.Errorf("row %d: %d parts, want %d", d.Seq, d.SMS.Count, want)
		}
	}
	if !slices.Equal(changed, []int{3}) {
		t.Errorf("rows %d are decided otherwise, want row 3", changed)
	}
}
