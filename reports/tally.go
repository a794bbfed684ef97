package reports

import "siaran/campaign"

// A Tally folds lines into everything a report counts. It holds numbers and a few row numbers, never lines.
type Tally struct {
	Totals   Totals
	Pricing  Pricing
	Problems Problems
	Timeline Timeline

	last     int
	lines    int            // counted apart from Totals
	money    campaign.Money // likewise, line by line
	unsorted rows           // not after the row before it: repeated, or out of order
	odd      rows           // a verdict or group nobody knows
	unequal  rows           // whose charges do not sum up to its amount
}

// rows are row numbers: how many, and the first of them.
type rows struct {
	n     int
	first []int
}

func (r *rows) add(row int) {
	if r.n++; len(r.first) < ProblemRows {
		r.first = append(r.first, row)
	}
}

// NewTally returns an empty tally.
func NewTally() *Tally {
	return &Tally{Totals: newTotals(), Pricing: make(Pricing), Problems: newProblems()}
}

// Add counts one line. Lines come in the order of their rows.
func (t *Tally) Add(l Line) {
	t.lines++
	t.money += l.Amount
	if l.Row <= t.last {
		t.unsorted.add(l.Row)
	}
	t.last = max(t.last, l.Row)
	if !known(l) {
		t.odd.add(l.Row)
	}
	sum := campaign.Money(0)
	for i := range l.Charges {
		sum += l.Charges[i].Amount
	}
	if sum != l.Amount {
		t.unequal.add(l.Row)
	}
	t.Totals.add(l)
	t.Pricing.add(l)
	t.Problems.add(l)
	t.Timeline.add(l)
}

func known(l Line) bool {
	for _, v := range campaign.Verdicts {
		if l.Verdict == v {
			return l.Group == v.Group()
		}
	}
	return false
}
