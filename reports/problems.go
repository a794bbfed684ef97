package reports

import (
	"cmp"
	"slices"
	"strings"

	"siaran/campaign"
)

// Problems gather the rows that were not reached by their reason, and the flagged ones by their flag.
type Problems struct {
	groups map[problemKey]*Problem
	flags  map[Flags]*Problem
}

// A Problem is several rows with one reason.
type Problem struct {
	Verdict campaign.Verdict // empty for a flag: those rows are counted under their verdict too
	Flag    Flags
	Code    string
	Reason  string // of the first row, where they differ in numbers and quoted values only
	Rows    int
	First   []int // the first row numbers, at most ProblemRows
}

const (
	// ProblemRows is how many row numbers a problem names.
	ProblemRows = 20
	// problemLimit is how many reasons are told apart; rows of others are gathered by verdict.
	problemLimit = 1000
)

type problemKey struct {
	verdict campaign.Verdict
	code    string
	reason  string
}

func newProblems() Problems {
	return Problems{groups: make(map[problemKey]*Problem), flags: make(map[Flags]*Problem)}
}

func (p *Problems) add(l Line) {
	if l.Group != campaign.GroupReached {
		p.group(l).add(l.Row)
	}
	for f := range l.Flags.All() {
		if p.flags[f] == nil {
			p.flags[f] = &Problem{Flag: f, Reason: f.String()}
		}
		p.flags[f].add(l.Row)
	}
}

func (p *Problems) group(l Line) *Problem {
	exact := problemKey{l.Verdict, l.Code, l.Reason}
	if g := p.groups[exact]; g != nil {
		return g
	}
	key := exact
	key.reason = campaign.Alike(l.Reason)
	if g := p.groups[key]; g != nil {
		return g
	}
	g := &Problem{Verdict: l.Verdict, Code: l.Code, Reason: l.Reason}
	if len(p.groups) >= problemLimit {
		key = problemKey{verdict: l.Verdict}
		if old := p.groups[key]; old != nil {
			return old
		}
		g.Code, g.Reason = "", "other reasons"
	}
	p.groups[key] = g
	return g
}

func (p *Problem) add(row int) {
	p.Rows++
	if len(p.First) < ProblemRows {
		p.First = append(p.First, row)
	}
}

// Unreached returns the problems of rows that were not reached, those with the most rows first within each
// verdict's group, in the order in which they want attention.
func (p *Problems) Unreached() []Problem {
	seen := make(map[*Problem]bool, len(p.groups))
	var list []Problem
	for _, g := range p.groups {
		if !seen[g] {
			seen[g] = true
			list = append(list, *g)
		}
	}
	slices.SortFunc(list, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(urgency(a.Verdict.Group()), urgency(b.Verdict.Group())),
			cmp.Compare(b.Rows, a.Rows),
			strings.Compare(string(a.Verdict), string(b.Verdict)),
			strings.Compare(a.Code, b.Code),
			strings.Compare(a.Reason, b.Reason),
		)
	})
	return list
}

// Flagged returns the flags that rows have, in the order of the flags.
func (p *Problems) Flagged() []Problem {
	var list []Problem
	for i := range flagTexts {
		if g := p.flags[1<<i]; g != nil {
			list = append(list, *g)
		}
	}
	return list
}

// rows is how many rows were not reached.
func (p *Problems) rows() int {
	n := 0
	for _, g := range p.Unreached() {
		n += g.Rows
	}
	return n
}

func urgency(g campaign.Group) int {
	return slices.Index([]campaign.Group{
		campaign.GroupNeedsYou, campaign.GroupNotReached, campaign.GroupNotSent, campaign.GroupWaiting, campaign.GroupReached,
	}, g)
}
