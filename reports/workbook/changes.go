package workbook

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"siaran/campaign"
	"siaran/reports"
)

var changeHeadings = []string{"Row", "Ref ID", "Verdict before", "Verdict now", "Billing before", "Billing now"}

// changeRow returns a row of Changes; false if late receipts changed nothing of the line.
func (b *book) changeRow(h campaign.History, l reports.Line) ([]excelize.Cell, bool) {
	if b.ChangesSince.IsZero() {
		return nil, false
	}
	c, ok := reports.ChangeSince(h, l, b.Settings, b.ChangesSince)
	if !ok {
		return nil, false
	}
	b.changed++
	word := b.styles.word
	return []excelize.Cell{
		{Value: c.Row},
		text(b.styles.id, c.RefID),
		text(word, string(c.Verdict[0])), text(word, string(c.Verdict[1])), text(word, string(c.Billing[0])), text(word, string(c.Billing[1])),
	}, true
}

// placeChanges puts Changes behind the lines, if it was asked for: with its heading alone if nothing changed.
func (b *book) placeChanges(changes *sheets) error {
	if b.ChangesSince.IsZero() {
		return nil
	}
	if len(changes.tabs) == 0 {
		if err := changes.next(); err != nil {
			return err
		}
	}
	return b.place(changes, "Problems")
}

// changesNote says what Changes is about.
func (r *report) changesNote() string {
	rows := "rows"
	if r.changed == 1 {
		rows = "row"
	}
	return fmt.Sprintf("%s %s changed by receipts that came since %s: tab Changes", thousands(r.changed), rows,
		r.ChangesSince.In(r.zone()).Format("2 January 2006 15:04 MST"))
}
