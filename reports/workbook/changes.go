package workbook

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"siaran/campaign"
	"siaran/reports"
)

var changeHeadings = []string{"Row", "Ref ID", "Verdict before", "Verdict now", "Billing before", "Billing now"}

// changeRow returns a row of Changes; false if late receipts changed nothing of the line.
func changeRow(r *report, p *pen, h campaign.History, l reports.Line) ([]excelize.Cell, bool) {
	if r.ChangesSince.IsZero() {
		return nil, false
	}
	c, ok := reports.ChangeSince(h, l, r.Settings, r.ChangesSince)
	if !ok {
		return nil, false
	}
	r.changed++
	word := p.styles.word
	return []excelize.Cell{
		{Value: c.Row},
		text(p.styles.id, c.RefID),
		text(word, string(c.Verdict[0])), text(word, string(c.Verdict[1])), text(word, string(c.Billing[0])), text(word, string(c.Billing[1])),
	}, true
}

// changesNote says what Changes is about.
func changesNote(r *report) string {
	rows := "rows"
	if r.changed == 1 {
		rows = "row"
	}
	return fmt.Sprintf("%s %s changed by receipts that came since %s: tab Changes", thousands(r.changed), rows,
		r.ChangesSince.In(r.zone()).Format("2 January 2006 15:04 MST"))
}
