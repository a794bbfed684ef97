package campaign

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
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

// kindKeys are the keys of the typed JSON form, by Kind. They are on disk: never change one.
var kindKeys = [...]string{Number: "n", Date: "d", Bool: "b", Error: "e", Formula: "f"}

// EncodeCells writes cells as typed JSON, the form the ledger keeps: a JSON array in which text is a
// string, an empty cell is null, and anything else an object such as {"n":"1250","t":"1.250","s":"#,##0"}
// (t where the shown text differs from the value, s where there is a number format).
func EncodeCells(cells []Cell) []byte {
	var b bytes.Buffer
	b.Grow(24 * len(cells))
	b.WriteByte('[')
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		switch c.Kind {
		case Empty:
			b.WriteString("null")
		case Text:
			writeJSONString(&b, c.Raw)
		case Number, Date, Bool, Error, Formula:
			fmt.Fprintf(&b, `{"%s":`, kindKeys[c.Kind])
			writeJSONString(&b, c.Raw)
			if c.Text != c.Raw {
				b.WriteString(`,"t":`)
				writeJSONString(&b, c.Text)
			}
			if c.Format != "" {
				b.WriteString(`,"s":`)
				writeJSONString(&b, c.Format)
			}
			b.WriteByte('}')
		}
	}
	b.WriteByte(']')
	return b.Bytes()
}

// writeJSONString writes s as a JSON string; bytes that are not UTF-8 become U+FFFD.
func writeJSONString(b *bytes.Buffer, s string) {
	if plainJSON(s) {
		b.WriteByte('"')
		b.WriteString(s)
		b.WriteByte('"')
		return
	}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always encodes
	b.Truncate(b.Len() - 1)
}

func plainJSON(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// DecodeCells reads what EncodeCells wrote.
func DecodeCells(data []byte) ([]Cell, error) {
	if cells, ok := plainCells(string(data)); ok {
		return cells, nil
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("cells: %w", err)
	}
	cells := make([]Cell, len(raw))
	for i, r := range raw {
		c, err := decodeCell(r)
		if err != nil {
			return nil, fmt.Errorf("cell %d: %w", i+1, err)
		}
		cells[i] = c
	}
	return cells, nil
}

// plainCells is DecodeCells for rows of plain texts alone, as nearly all are; ok is false for others.
func plainCells(s string) (cells []Cell, ok bool) {
	if len(s) < 4 || s[0] != '[' || s[len(s)-1] != ']' {
		return nil, false
	}
	cells = make([]Cell, 0, 1+strings.Count(s, `","`))
	for rest := s[1 : len(s)-1]; ; rest = rest[1:] { // after the comma
		if rest == "" || rest[0] != '"' {
			return nil, false
		}
		text, after, closed := strings.Cut(rest[1:], `"`)
		if !closed || !plainJSON(text) || after != "" && after[0] != ',' {
			return nil, false
		}
		cells = append(cells, Cell{Kind: Text, Raw: text, Text: text})
		if rest = after; rest == "" {
			return cells, true
		}
	}
}

func decodeCell(r json.RawMessage) (Cell, error) {
	switch r[0] {
	case 'n':
		return Cell{}, nil
	case '"':
		if s := string(r[1 : len(r)-1]); plainJSON(s) {
			return Cell{Kind: Text, Raw: s, Text: s}, nil
		}
		var s string
		err := json.Unmarshal(r, &s)
		return Cell{Kind: Text, Raw: s, Text: s}, err
	}
	var m map[string]string
	if err := json.Unmarshal(r, &m); err != nil {
		return Cell{}, err
	}
	for k := Number; k <= Formula; k++ {
		v, ok := m[kindKeys[k]]
		if !ok {
			continue
		}
		c := Cell{Kind: k, Raw: v, Text: v, Format: m["s"]}
		if t, ok := m["t"]; ok {
			c.Text = t
		}
		return c, nil
	}
	return Cell{}, fmt.Errorf("unknown form %q", r)
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

// FoldHeading brings a heading to the form in which headings are compared: lower case, runs of blanks
// (NBSP, line breaks and zero-width characters too) as one, none outside.
func FoldHeading(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\u200b', '\u200c', '\u200d', '\ufeff', '\u2060':
			return -1
		case '\u00a0', '\u202f':
			return ' '
		}
		return r
	}, s)
	return strings.ToLower(strings.Join(strings.Fields(s), " "))
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
