package campaign

import (
	"fmt"
)

// A Row is one data row of the recipient file.
type Row struct {
	Number int    // as in Excel: the first line of the tab is 1
	Cells  []Cell // one a column of the Header, in its order; missing cells are Empty
	Hidden bool   // hidden by hand or by a filter
}

// A Kind says what a cell holds. It is what the file says, not what we make of it.
type Kind uint8

// The kinds of cell.
const (
	Empty   Kind = iota
	Text         // Raw and Text are the same
	Number       // Raw is the exact decimal as stored ("628123456789", "0.11", "6.28E+11")
	Date         // a number under a date or time format; Raw is ISO: 2026-11-21, 2026-11-21T08:30:00, or T08:30:00 for a time alone
	Bool         // Raw is TRUE or FALSE
	Error        // an Excel error; Raw is its word, such as #REF!
	Formula      // a formula without a stored value; Raw is the formula
)

// A Cell is one cell of the recipient file: what it holds and what a person sees there.
type Cell struct {
	Kind   Kind
	Raw    string // the exact value, see Kind
	Text   string // as Excel shows it
	Format string // Excel's number format of a Number or Date; empty is General
}

// TextCell returns a Cell of text, Empty if s is empty.
func TextCell(s string) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{Kind: Text, Raw: s, Text: s}
}

// A Header is the heading line of the recipient file.
type Header struct {
	Row     int      // its row number
	Columns []Column // in the order of the file; a blank heading over data has the name of its letter
}

// A Column is one column of the recipient file.
type Column struct {
	Name   string // the heading, cleaned of outer blanks, NBSP and line breaks
	Letter string // as in Excel: A, B, … AA
	Hidden bool
}

// Names returns the headings in their order.
func (h Header) Names() []string {
	names := make([]string, len(h.Columns))
	for i, c := range h.Columns {
		names[i] = c.Name
	}
	return names
}

// Find returns the index of the column with that heading: exactly, else without regard to case and
// runs of blanks. It returns -1 if there is none and -2 if there are several.
func (h Header) Find(name string) int {
	for _, same := range []func(a, b string) bool{
		func(a, b string) bool { return a == b },
		func(a, b string) bool { return FoldHeading(a) == FoldHeading(b) },
	} {
		found := -1
		for i, c := range h.Columns {
			if !same(c.Name, name) {
				continue
			}
			if found >= 0 {
				return -2
			}
			found = i
		}
		if found >= 0 {
			return found
		}
	}
	return -1
}

// A RowError is one thing wrong with one row. It goes into the report; the other rows go on.
type RowError struct {
	Row     int    // as in Excel; 0 if the caller is to fill it in
	Column  string // the heading, or empty if the whole row is meant
	Problem string // what is wrong and how to mend it; never a whole phone number or a message text
}

func (e *RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("row %d: %s", e.Row, e.Problem)
	}
	return fmt.Sprintf("row %d, column %q: %s", e.Row, e.Column, e.Problem)
}
