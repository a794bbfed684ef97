package planning_test

import (
	"fmt"
	"testing"

	"siaran/campaign"
	"siaran/campaign/planning"
)

func rejected(row int, column, reason string) planning.Decided {
	return decidedTo(campaign.Message{Seq: row, Problem: &campaign.Problem{Verdict: campaign.VerdictRejected, Column: column, Reason: reason}})
}

func decidedTo(m campaign.Message) planning.Decided {
	return planning.Decided{Candidate: planning.Candidate{Message: m}}
}

func TestAPreflightsCountsAddUp(t *testing.T) {
	c := &campaign.Campaign{Channels: []campaign.Channel{{Kind: campaign.SMS}}}
	p := planning.NewPreflight(c)
	texts := map[int]string{1: "Halo", 2: "Halo ’", 3: "é😀’", 4: "plain"}
	for n := range 4 {
		d := decidedTo(campaign.Message{Seq: n + 1, Address: fmt.Sprintf("62812000000%02d", n+1)})
		d.SMS = campaign.SMSParts(texts[n+1])
		p.Add(d, n == 0)
	}
	p.Add(rejected(5, "HP", "too short"), false)
	p.Add(decidedTo(campaign.Message{Seq: 6, Problem: &campaign.Problem{Verdict: campaign.VerdictDuplicate}}), false)
	p.Done()
	if p.Rows != 6 || p.Sendable != 4 || p.Suppressed != 1 || p.Rejected != 1 || p.Duplicates != 1 || len(p.First) != 3 || len(p.Pairs) != 1 {
		t.Errorf("%+v", p)
	}
	if ch := p.Channels[0]; ch.Messages != 4 || ch.Parts != 4 || ch.UCS2 != 2 || ch.Most != 1 || string(ch.Forced) != "’😀" {
		t.Errorf("%+v, forced by %q", ch, string(ch.Forced))
	}
}

func TestAHundredThousandBadRowsAreAFewGroups(t *testing.T) {
	p := planning.NewPreflight(&campaign.Campaign{})
	for n := range 100_000 {
		p.Add(rejected(n+2, "HP", fmt.Sprintf("several numbers in one cell (62812•••••%02d and 62813•••••%02d)", n%100, n%90)), false)
	}
	for n := range 1000 {
		p.Add(rejected(n, fmt.Sprint("column ", n), "the value is empty"), false)
	}
	p.Done()
	if len(p.Problems) != 200 || p.Problems[0].Rows != 100_000 || len(p.Problems[0].First) != 20 {
		t.Errorf("%d groups, the first of %d rows and %d shown", len(p.Problems), p.Problems[0].Rows, len(p.Problems[0].First))
	}
	if last := p.Problems[1]; last.Rows != 1000-198 || last.Reason != "other problems" {
		t.Errorf("the others: %+v", last)
	}
}

func TestAProblemOfNearlyAllRowsIsThatOfTheColumn(t *testing.T) {
	for _, c := range []struct {
		bad, rows int
		column    string
		want      bool
	}{
		{90, 100, "HP", true},
		{100, 100, "HP", true},
		{89, 100, "HP", false},
		{100, 100, "", false},
		{1, 1, "HP", false},
	} {
		p := planning.NewPreflight(&campaign.Campaign{Channels: []campaign.Channel{{Kind: campaign.Email}}})
		for n := range c.rows {
			if n < c.bad {
				p.Add(rejected(n, c.column, "the digits are lost"), false)
			} else {
				p.Add(decidedTo(campaign.Message{Seq: n}), false)
			}
		}
		if got := p.Whole(p.Problems[0]); got != c.want {
			t.Errorf("%d of %d rows, column %q: %v", c.bad, c.rows, c.column, got)
		}
	}
}

func TestNumbersThatASpreadsheetRoundedAreNoticed(t *testing.T) {
	for _, c := range []struct {
		rounded, others int
		want            bool
	}{{0, 100, false}, {2, 0, false}, {3, 0, true}, {3, 27, true}, {3, 28, false}, {100, 900, true}} {
		p := planning.NewPreflight(&campaign.Campaign{Channels: []campaign.Channel{{Kind: campaign.WhatsApp}}})
		for n := range c.rounded + c.others {
			address := fmt.Sprintf("62812%08d", n+1)
			if n < c.rounded {
				address = fmt.Sprintf("628%d00000", 12000+n)
			}
			p.Add(decidedTo(campaign.Message{Seq: n, Address: address}), false)
		}
		if got := p.LostDigits(); got != c.want {
			t.Errorf("%d of %d: %v", c.rounded, c.rounded+c.others, got)
		}
	}
}

func TestOdditiesAreCountedByColumnAndValueTheMostFirst(t *testing.T) {
	p := planning.NewPreflight(&campaign.Campaign{})
	p.Odd("Nama", "NULL", 3)
	for row := range 4 {
		p.Odd("Kota", "-", row+5)
	}
	for n := range 1000 {
		p.Odd(fmt.Sprint(n), "nan", n)
	}
	p.Done()
	if len(p.Oddities) != 100 || p.Oddities[0] != (planning.Oddity{Column: "Kota", Value: "-", Rows: 4, First: 5}) {
		t.Errorf("%d oddities, the first %+v", len(p.Oddities), p.Oddities[0])
	}
}
