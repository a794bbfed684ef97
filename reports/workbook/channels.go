package workbook

import (
	"github.com/xuri/excelize/v2"

	"siaran/reports"
	"siaran/reports/cells"
)

var channelHeadings = []string{
	"Row", "Ref ID", "Recipient", "Channel", "Verdict", "Billing", "Category", "Parts", "Unit price", "Amount", "If paid",
}

// channelRows appends a row for each channel of the line.
func channelRows(p *pen, rows [][]excelize.Cell, l reports.Line) [][]excelize.Cell {
	s := p.styles
	for i := range l.Charges {
		c := &l.Charges[i]
		row := []excelize.Cell{
			{Value: l.Row},
			text(s.id, l.RefID),
			text(s.id, c.Address),
			text(s.word, string(c.Channel)),
			text(s.word, string(c.Verdict)),
			text(s.word, string(c.Billing)),
			text(s.word, c.Category),
			number0(c.Parts),
			{},
			{},
			{},
		}
		if c.Unused {
			row[4] = text(s.word, "unused")
		}
		if c.Priced {
			row[8] = excelize.Cell{StyleID: s.amount, Value: cells.Money(c.Price)}
			row[10] = excelize.Cell{StyleID: s.amount, Value: cells.Money(c.IfPaid)}
		}
		if c.Settled() {
			row[9] = excelize.Cell{StyleID: s.amount, Value: cells.Money(c.Amount)}
		}
		if c.Billing == "" {
			row[9] = excelize.Cell{StyleID: s.amount, Value: 0}
		}
		rows = append(rows, row)
	}
	return rows
}
