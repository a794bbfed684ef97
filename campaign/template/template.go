package template

import (
	"fmt"
	"slices"
	"strings"

	"siaran/campaign"
)

// Settings are what texts are compiled against.
type Settings struct {
	Header   campaign.Header
	Short    map[string]string // short name → heading
	Numbers  string            // how amounts in text are read: id is 1.250,50, en is 1,250.50, else plain digits only
	Language string            // of month names and of the marks that number: writes: id or en
}

// find returns the index of a short name's or heading's column.
func (s Settings) find(name string) (int, error) {
	heading, short := s.Short[name]
	if !short {
		heading = name
	}
	if i := s.Header.Find(heading); i >= 0 {
		return i, nil
	}
	problem, hint := s.Header.NoColumn(heading)
	if short {
		problem += fmt.Sprintf(" (columns: calls it %s)", name)
	} else if len(s.Short) > 0 {
		names := make([]string, 0, len(s.Short))
		for n := range s.Short {
			names = append(names, n)
		}
		slices.Sort(names)
		hint += "; short names: " + strings.Join(names, ", ")
	}
	return -1, &Error{Name: name, Problem: problem, Hint: hint}
}

// A Template is a text compiled against a heading. It does not change: several goroutines may use it.
type Template struct {
	parts   []part
	columns []string
}

// A part is a literal, or a slot and its filters.
type part struct {
	literal string
	column  int // -1: a literal
	name    string
	filters []filter
	fill    string // of default:
	filled  bool   // there is a default:
}

// Compile reads a text and looks its columns up: short names first, then headings. The error is an
// *Error.
func Compile(text string, s Settings) (*Template, error) {
	pieces, err := parse(text)
	if err != nil {
		return nil, err
	}
	t := &Template{}
	for _, p := range pieces {
		c := part{literal: p.literal, column: -1}
		if p.slot {
			if c, err = s.slot(p); err != nil {
				return nil, err
			}
			if !slices.Contains(t.columns, c.name) {
				t.columns = append(t.columns, c.name)
			}
		}
		t.parts = append(t.parts, c)
	}
	return t, nil
}

func (s Settings) slot(p piece) (part, error) {
	i, err := s.find(p.name)
	if err != nil {
		return part{}, err
	}
	c := part{column: i, name: s.Header.Columns[i].Name}
	for _, call := range p.calls {
		f, err := s.compileFilter(call)
		if err != nil {
			return c, err
		}
		if f.kind == filterDefault && !c.filled {
			c.fill, c.filled = f.text, true
		}
		c.filters = append(c.filters, f)
	}
	return c, nil
}

// Static returns the text if it has no slots.
func (t *Template) Static() (string, bool) {
	var b strings.Builder
	for _, p := range t.parts {
		if p.column >= 0 {
			return "", false
		}
		b.WriteString(p.literal)
	}
	return b.String(), true
}

// Columns returns the headings that the text uses, each once, in order.
func (t *Template) Columns() []string { return slices.Clone(t.columns) }

// Append appends the text with row's values. An error is a *campaign.RowError with the column; dst is
// then returned as it was.
func (t *Template) Append(dst []byte, row campaign.Row) ([]byte, error) {
	start := len(dst)
	for i := range t.parts {
		p := &t.parts[i]
		if p.column < 0 {
			dst = append(dst, p.literal...)
			continue
		}
		var err error
		if dst, err = p.append(dst, row); err != nil {
			return dst[:start], err
		}
	}
	return dst, nil
}

// Render is Append to a string.
func (t *Template) Render(row campaign.Row) (string, error) {
	b, err := t.Append(nil, row)
	return string(b), err
}

// append appends one slot's value.
func (p *part) append(dst []byte, row campaign.Row) ([]byte, error) {
	var c campaign.Cell
	if p.column < len(row.Cells) {
		c = row.Cells[p.column]
	}
	switch c.Kind {
	case campaign.Error:
		return dst, rowError(row, p.name, "the cell holds "+c.Raw+": correct it in the file")
	case campaign.Formula:
		return dst, rowError(row, p.name, "the cell has a formula without a stored value: open the file in Excel and save it")
	case campaign.Empty, campaign.Text, campaign.Number, campaign.Date, campaign.Bool:
	}
	if isEmpty(c) {
		if !p.filled {
			return dst, rowError(row, p.name, `the value is empty: fill it in, or give the campaign a default:"…"`)
		}
		if p.fill == "" {
			return dst, nil
		}
		c = campaign.TextCell(p.fill)
	}
	if len(p.filters) == 0 {
		return append(dst, c.Text...), nil
	}
	v := value{cell: c, text: c.Text}
	for i := range p.filters {
		if problem := p.filters[i].apply(&v); problem != "" {
			return dst, rowError(row, p.name, problem)
		}
	}
	return append(dst, v.text...), nil
}

// isEmpty reports whether a person sees nothing in the cell.
func isEmpty(c campaign.Cell) bool {
	return c.Kind == campaign.Empty || trim(c.Text) == ""
}

// trim takes outer blanks away, also those that do not look like one.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		switch r {
		case ' ', '\t', '\n', '\r', '\v', '\f', '\u0085', '\u00a0', '\u1680', '\u2028', '\u2029', '\u202f', '\u205f', '\u3000', '\ufeff':
			return true
		}
		return r >= '\u2000' && r <= '\u200d' || r == '\u2060'
	})
}

// Suspicious reports whether a value is one of those by which programs mean "nothing": NULL, N/A, -, nan
// and the like; or has a character that an earlier program could not read.
func Suspicious(value string) bool {
	switch strings.ToLower(trim(value)) {
	case "null", "(null)", "n/a", "#n/a", "na", "nan", "none", "nil", "undefined", "-", "--", "–", "—", "?":
		return true
	}
	return strings.ContainsRune(value, '\ufffd')
}
