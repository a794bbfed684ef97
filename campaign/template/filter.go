package template

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"siaran/campaign"
	"siaran/campaign/pattern"
)

type filterKind uint8

const (
	filterUpper filterKind = iota
	filterLower
	filterTitle
	filterTrim
	filterDefault
	filterRupiah
	filterNumber
	filterDate
	filterMask
	filterRaw
)

// filterNames are the filters as they are written, in the order in which they are shown.
func filterNames() []string {
	return []string{"upper", "lower", "title", "trim", "default", "rupiah", "number", "date", "mask", "raw"}
}

// A filter is compiled.
type filter struct {
	kind     filterKind
	text     string           // of default:
	pattern  *pattern.Pattern // of number:, date:, and rupiah for whole amounts
	cents    *pattern.Pattern // of rupiah, for others
	numbers  string
	notation pattern.Notation
}

// A value goes through the filters: the cell, until one of them makes text of it.
type value struct {
	cell campaign.Cell
	text string
	made bool // text is no longer what the cell shows
}

func (s Settings) compileFilter(c call) (filter, error) {
	f := filter{numbers: s.Numbers, notation: pattern.NotationOf(s.Language, s.Language)}
	kind := -1
	for i, name := range filterNames() {
		if name == c.name {
			kind = i
		}
	}
	if kind < 0 {
		return f, &Error{Name: c.name, Problem: fmt.Sprintf("there is no filter %q", c.name), Hint: "filters: " + strings.Join(filterNames(), " ")}
	}
	f.kind = filterKind(kind)
	wants := f.kind == filterDefault || f.kind == filterNumber || f.kind == filterDate
	switch {
	case wants && !c.has:
		return f, &Error{Name: c.name, Problem: fmt.Sprintf("the filter %s needs a text", c.name), Hint: c.name + `:"…"`}
	case !wants && c.has:
		return f, &Error{Name: c.name, Problem: fmt.Sprintf("the filter %s takes no text", c.name), Hint: "write " + c.name}
	}
	return f, f.compile(c)
}

// compile reads a pattern.
func (f *filter) compile(c call) error {
	var err error
	switch f.kind {
	case filterDefault:
		f.text = c.arg
	case filterNumber:
		if f.pattern, err = pattern.Compile(c.arg); err != nil || !f.pattern.IsNumber() {
			return &Error{Name: c.name, Problem: fmt.Sprintf("number:%q is no pattern for a number", c.arg), Hint: `Excel's patterns, such as number:"#,##0" or number:"0.00%"; text stands in \"…\"`}
		}
	case filterDate:
		if f.pattern, err = pattern.Compile(c.arg); err != nil || !f.pattern.IsDate() {
			return &Error{Name: c.name, Problem: fmt.Sprintf("date:%q is no pattern for a date", c.arg), Hint: `Excel's patterns, such as date:"d mmmm yyyy" or date:"dd/mm/yyyy hh:mm"; text stands in \"…\"`}
		}
	case filterRupiah:
		f.notation.Comma = true
		if f.pattern, err = pattern.Compile(`"Rp"#,##0`); err != nil {
			return err
		}
		f.cents, err = pattern.Compile(`"Rp"#,##0.00`)
		return err
	case filterUpper, filterLower, filterTitle, filterTrim, filterMask, filterRaw: // have nothing to compile
	}
	return nil
}

// apply changes v; a problem rejects the row.
func (f *filter) apply(v *value) (problem string) {
	switch f.kind {
	case filterUpper:
		v.set(strings.ToUpper(v.text))
	case filterLower:
		v.set(strings.ToLower(v.text))
	case filterTitle:
		v.set(title(v.text))
	case filterTrim:
		v.text = trim(v.text)
		if v.cell.Kind == campaign.Text {
			v.cell = campaign.TextCell(v.text)
		}
	case filterMask:
		v.set(mask(v.text))
	case filterRaw:
		if !v.made {
			v.text = v.cell.Raw
		}
	case filterRupiah, filterNumber:
		return f.number(v)
	case filterDate:
		return f.date(v)
	case filterDefault: // Append has put it in
	}
	return ""
}

// number writes v as an amount or by a pattern.
func (f *filter) number(v *value) (problem string) {
	a, problem := readAmount(v, f.numbers)
	if problem != "" {
		return problem
	}
	p := f.pattern
	if f.kind == filterRupiah && !a.whole() {
		p = f.cents
	}
	out, err := a.appendTo(make([]byte, 0, 24), p, f.notation)
	if err != nil {
		return notNumber
	}
	v.set(string(out))
	return ""
}

// date writes v by a date's pattern.
func (f *filter) date(v *value) (problem string) {
	t, problem := readDate(v)
	switch {
	case problem != "":
		return problem
	case t.Year() == 0 && f.pattern.ShowsDay():
		return "is a time of day, and a date is wanted"
	}
	v.set(string(f.pattern.AppendTime(make([]byte, 0, 24), t, f.notation)))
	return ""
}

func (v *value) set(text string) { v.text, v.made = text, true }

// title makes the first letter of every word big and the others small.
func title(s string) string {
	first := true
	return strings.Map(func(r rune) rune {
		was := first
		first = !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '’' && !unicode.Is(unicode.Mn, r)
		if was {
			return unicode.ToTitle(r)
		}
		return unicode.ToLower(r)
	}, s)
}

// mask hides all but the first five and last two characters; of shorter values, more.
func mask(s string) string {
	n := utf8.RuneCountInString(s)
	head, tail := 5, 2
	switch {
	case n < 6:
		head, tail = 0, 0
	case n < 10:
		head = 1
	}
	var b strings.Builder
	i := 0
	for _, r := range s {
		if i >= head && i < n-tail {
			r = '•'
		}
		b.WriteRune(r)
		i++
	}
	return b.String()
}
