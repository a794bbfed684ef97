package sheet

import (
	"strings"

	"siaran/campaign"
)

// A rowMaker turns lines into rows of the header's width, and counts.
type rowMaker struct {
	header    campaign.Header
	delimited bool
	last      int // the last data row
	spare     []campaign.Cell
	counts    Counts
}

// make returns the row of a line; ok is false if it is above the data, or empty.
func (r *rowMaker) make(l *line) (row campaign.Row, problem *campaign.RowError, ok bool) {
	if l.number <= r.header.Row {
		return row, nil, false
	}
	width := widthOf(l.cells)
	if width == 0 && l.problem == nil {
		return row, nil, false
	}
	columns := len(r.header.Columns)
	r.count(l, columns)
	row = campaign.Row{Number: l.number, Hidden: l.hidden, Cells: r.take(columns)}
	copy(row.Cells, l.cells)
	problem = l.problem
	if problem == nil && width > columns {
		problem = &campaign.RowError{Column: campaign.ColumnLetter(width - 1), Problem: "a value stands right of the last heading: give its column a heading, or remove it"}
		if r.delimited {
			problem.Problem = "more values than headings: is there a delimiter within a value? put that value in quotes"
		}
	}
	if problem != nil {
		problem.Row = l.number
		problem.Column = r.columnName(problem.Column)
		r.counts.Broken++
	}
	return row, problem, true
}

// columnName turns a letter into the heading there.
func (r *rowMaker) columnName(letter string) string {
	for _, c := range r.header.Columns {
		if c.Letter == letter && !strings.EqualFold(c.Name, letter) {
			return c.Name
		}
	}
	return letter
}

func (r *rowMaker) count(l *line, columns int) {
	if r.last == 0 {
		r.last = r.header.Row
	}
	r.counts.Empty += l.number - r.last - 1
	r.last = l.number
	r.counts.Rows++
	if l.hidden {
		r.counts.Hidden++
	}
	if r.delimited && l.fields != columns {
		r.counts.Ragged++
	}
	for i := range l.cells {
		switch l.cells[i].Kind {
		case campaign.Error:
			r.counts.Errors++
		case campaign.Formula:
			r.counts.Formula++
		case campaign.Empty, campaign.Text, campaign.Number, campaign.Date, campaign.Bool:
		}
	}
}

// take returns n empty cells, cut from a bigger piece of memory.
func (r *rowMaker) take(n int) []campaign.Cell {
	if len(r.spare) < n {
		r.spare = make([]campaign.Cell, max(n, 512))
	}
	cells := r.spare[:n:n]
	r.spare = r.spare[n:]
	return cells
}
