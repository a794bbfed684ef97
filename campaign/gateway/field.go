package gateway

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"siaran/campaign"
	"siaran/campaign/template"
)

// A Field is one value of a message, compiled: a text of the campaign, with or without {{column}}, and
// what it must keep to.
type Field struct {
	where string // for people: "whatsapp body 2"
	rules []Rule

	static string             // used if tmpl is nil
	tmpl   *template.Template // rendered for every row
	column string             // the only column of tmpl, empty if there are several
	lines  bool               // free text: every kind of line end becomes a line feed
}

// A Rule is one thing that a value must keep to. It returns what is wrong and how to mend it, or "".
// It never quotes the value, which is somebody's data.
type Rule func(value []byte) string

// compile reads text. An error is about the campaign: a name that is no column, or a text without columns
// that breaks a rule.
func (f *Field) compile(s template.Settings, text string) error {
	t, err := template.Compile(text, s)
	if err != nil {
		return Explain(f.where, err)
	}
	if static, ok := t.Static(); ok {
		f.static = static
		if f.lines {
			f.static = string(lineFeeds([]byte(static)))
		}
		if problem := f.problem([]byte(f.static)); problem != "" {
			return fmt.Errorf("%s: %s", f.where, problem)
		}
		return nil
	}
	f.tmpl = t
	if columns := t.Columns(); len(columns) == 1 {
		f.column = columns[0]
	}
	return nil
}

// Static returns the text, if it is the same for every row.
func (f *Field) Static() (string, bool) { return f.static, f.tmpl == nil }

// Column is the heading of the only column that f is made of, or "".
func (f *Field) Column() string { return f.column }

// Append appends the value for row. An error is a *campaign.RowError.
func (f *Field) Append(dst []byte, row campaign.Row) ([]byte, error) {
	if f.tmpl == nil {
		return append(dst, f.static...), nil
	}
	start := len(dst)
	dst, err := f.tmpl.Append(dst, row)
	if err == nil && f.lines && bytes.IndexByte(dst[start:], '\r') >= 0 {
		dst = dst[:start+len(lineFeeds(dst[start:]))]
	}
	return dst, err
}

// Check renders the value for row into scratch, which it returns grown, and holds it against the rules.
// An error is a *campaign.RowError.
func (f *Field) Check(row campaign.Row, scratch []byte) ([]byte, error) {
	if f.tmpl == nil {
		return scratch, nil
	}
	value, err := f.Append(scratch[:0], row)
	if err != nil {
		return scratch, err
	}
	if problem := f.problem(value); problem != "" {
		return value, f.Problem(row, problem)
	}
	return value, nil
}

// Problem is a *campaign.RowError about the value for row.
func (f *Field) Problem(row campaign.Row, problem string) error {
	return &campaign.RowError{Row: row.Number, Column: f.column, Problem: f.where + ": " + problem}
}

func (f *Field) problem(value []byte) string {
	if !utf8.Valid(value) {
		return "has bytes that are not text: save the file as UTF-8 and look at the value"
	}
	for _, rule := range f.rules {
		if problem := rule(value); problem != "" {
			return problem
		}
	}
	return ""
}

// lineFeeds makes CRLF and CR line feeds, in place.
func lineFeeds(text []byte) []byte {
	out := text[:0]
	for i, c := range text {
		switch {
		case c == '\r' && i+1 < len(text) && text[i+1] == '\n':
		case c == '\r':
			out = append(out, '\n')
		default:
			out = append(out, c)
		}
	}
	return out
}

// Explain names the place of an error in the campaign, and adds the hint of a *template.Error, which is
// not in its text.
func Explain(where string, err error) error {
	var t *template.Error
	if errors.As(err, &t) && t.Hint != "" {
		return fmt.Errorf("%s: %w (%s)", where, err, t.Hint)
	}
	return fmt.Errorf("%s: %w", where, err)
}

// Names is a list of names for a message: `a, b or c`.
func Names(names ...string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " or " + names[n-1]
	}
}
