package main

import (
	"context"
	"fmt"

	"siaran/campaign"
	"siaran/campaign/planning"
	"siaran/reports/repair"
)

// preflight reads the whole file, plans it and counts, without writing anything into the ledger. The
// plan's digest says which run this would be. Rejected rows go into a repair workbook beside the file.
func (l *loaded) preflight(ctx context.Context) (*planning.Preflight, planning.Plan, error) {
	var plan planning.Plan
	p, err := l.planner()
	if err != nil {
		return nil, plan, err
	}
	suppressed, err := l.countWithheld(ctx)
	if err != nil {
		return nil, plan, err
	}
	rejects := repair.Rejects{Settings: repair.Settings{Beside: repair.Beside(l.campaign), Tab: l.file.Tab(), Header: l.header}}
	defer func() { _ = rejects.Close() }() // only temporary files
	l.earlier.begin()
	used := l.usedColumns()
	pre := planning.NewPreflight(l.campaign)
	for m, err := range p.Messages(ctx, &plan, l.rows(ctx)) {
		if err != nil {
			return nil, plan, err
		}
		if l.earlier.mark(&m, l.settings.Zone) {
			pre.Repeated++
		}
		pre.Add(m, l.sms)
		switch {
		case m.Problem == nil:
			oddities(pre, l.header, used, m)
			if err := suppressed.add(ctx, m); err != nil {
				return nil, plan, err
			}
		case m.Problem.Verdict == campaign.VerdictRejected:
			rejects.Add(m)
		}
	}
	if err := l.file.Changed(ctx); err != nil {
		return nil, plan, err
	}
	if err := suppressed.flush(ctx); err != nil {
		return nil, plan, err
	}
	pre.Done()
	pre.Hidden, pre.Empty, pre.Suppressed = plan.Hidden, l.file.Counts().Empty, suppressed.n
	if pre.Rows == 0 {
		return nil, plan, usage(fmt.Errorf("%s has no data row below its heading", l.campaign.File), "check tab: and header_row: in the campaign, or the file itself")
	}
	l.repaired.saved, l.repaired.err = rejects.Save()
	return pre, plan, nil
}

// sms is the text of m's SMS.
func (l *loaded) sms(m campaign.Message) (string, error) { return l.gateway.SMSText(m) }

// problems prints the rejected rows as JSON lines: the first rows of each problem, and only the first
// of one that a whole column has.
func problems(ui *ui, pre *planning.Preflight) {
	for _, g := range pre.Problems {
		rows := g.First
		if pre.Whole(g) {
			rows = rows[:1]
		}
		for _, row := range rows {
			ui.JSON(problemLine{"problem", row, g.Column, g.Reason, g.Rows})
		}
	}
}

// A problemLine is a row that cannot be sent, as a JSON line.
type problemLine struct {
	Type   string `json:"type"`
	Row    int    `json:"row"`
	Column string `json:"column"`
	Reason string `json:"reason"`
	Rows   int    `json:"rows"` // with the same problem
}

// summaryOf is the summary of what was not sent yet: the sendable are queued.
func (l *loaded) summaryOf(pre *planning.Preflight) summary {
	return summary{
		Type: "summary", Campaign: l.campaign.Name, Kind: string(campaign.KindSend), Live: l.account.Live,
		Rows: pre.Rows, Rejected: pre.Rejected, Duplicate: pre.Duplicates, Suppressed: pre.Suppressed,
		Queued: pre.Sendable - pre.Suppressed,
	}
}
