package reports

import (
	"fmt"
	"strings"

	"siaran/campaign"
)

// A Check is one comparison that proves the totals.
type Check struct {
	What      string
	Want, Got string
	Rows      []int // the rows that make the difference, the first few of them, where they are known
}

// OK reports whether the two sides are equal.
func (c Check) OK() bool { return c.Want == c.Got && len(c.Rows) == 0 }

// String says what was compared, and the difference if there is one.
func (c Check) String() string {
	if c.OK() {
		return c.What + ": " + c.Got
	}
	s := fmt.Sprintf("%s: should be %s, is %s", c.What, c.Want, c.Got)
	if len(c.Rows) > 0 {
		s += fmt.Sprintf(" (rows %s)", RowList(c.Rows))
	}
	return s
}

// Checks compares what was counted with the rows the file had, and the counts with each other.
func (t *Tally) Checks(rows int) []Check {
	verdicts, groups, billed := 0, 0, Bill{}
	for _, v := range campaign.Verdicts {
		verdicts += t.Totals.Verdicts[v]
	}
	for _, g := range campaign.Groups {
		groups += t.Totals.Groups[g]
	}
	for _, b := range Billings {
		billed = billed.plus(t.Totals.Billings[b])
	}
	priced := t.Pricing.sum()
	count := func(what string, want, got int, rows []int) Check {
		return Check{What: what, Want: fmt.Sprint(want), Got: fmt.Sprint(got), Rows: rows}
	}
	money := func(what string, want, got campaign.Money, rows []int) Check {
		return Check{What: what, Want: want.String(), Got: got.String(), Rows: rows}
	}
	return []Check{
		count("lines for the rows of the file", rows, t.lines, t.unsorted.first),
		count("rows by verdict", t.lines, verdicts, t.odd.first),
		count("rows by group", t.lines, groups, nil),
		count("rows not reached, by problem", t.lines-t.Totals.Groups[campaign.GroupReached], t.Problems.rows(), nil),
		money("amount of the channels of each row", t.money, billed.Amount, t.unequal.first),
		money("amount by day and category", t.money, priced.Amount, nil),
		money("amount if what is open is paid", billed.IfPaid, priced.IfPaid, nil),
		count("messages by day and category", billed.Messages, priced.Messages, nil),
	}
}

// Proof returns nil if everything adds up, with rows data rows in the file, and an *UnprovenError if not.
func (t *Tally) Proof(rows int) error {
	var bad []Check
	for _, c := range t.Checks(rows) {
		if !c.OK() {
			bad = append(bad, c)
		}
	}
	if bad == nil {
		return nil
	}
	return &UnprovenError{Differences: bad}
}

// An UnprovenError means that a report's totals do not add up: a fault of the program or the ledger, which
// no report may hide.
type UnprovenError struct {
	Differences []Check // those that are not OK
	Path        string  // where they are shown; empty if nothing was written
}

func (e *UnprovenError) Error() string {
	s := make([]string, len(e.Differences))
	for i, c := range e.Differences {
		s[i] = c.String()
	}
	text := "the totals do not add up: " + strings.Join(s, "; ")
	if e.Path != "" {
		text += "; the earlier report was left as it was, the differences are in " + e.Path
	}
	return text + "; run siaran doctor and report this"
}

// RowList writes row numbers for people: "2, 3, 17".
func RowList(rows []int) string {
	var b strings.Builder
	for i, r := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprint(&b, r)
	}
	return b.String()
}
