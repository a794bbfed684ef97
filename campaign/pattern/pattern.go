package pattern

import (
	"fmt"
	"strings"
	"time"
)

// A Pattern is one of Excel's number formats, compiled: #,##0.00 or d mmmm yyyy. It writes an exact
// decimal or a time as Excel shows it, without passing amounts through floating point.
//
// What only aligns a cell is left out: the blanks of _x and *x at both ends, and those that ? puts in
// place of a missing digit. Colours are ignored.
type Pattern struct {
	sections []section
}

// longest is Excel's 255 characters, in bytes.
const longest = 4 * 255

// Compile reads one of Excel's patterns, in the English notation that workbooks store
// (point, comma, d m y h s). It is an error if the pattern says nothing that can be shown.
func Compile(code string) (*Pattern, error) {
	if len(code) > longest {
		return nil, fmt.Errorf("a pattern has at most 255 characters, and this one has more")
	}
	p := &Pattern{}
	for _, part := range splitSections(code) {
		s, err := compileSection(part)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", code, err)
		}
		p.sections = append(p.sections, s)
	}
	if len(p.sections) > 4 {
		return nil, fmt.Errorf("pattern %q: has more than four parts", code)
	}
	return p, nil
}

// IsDate reports whether p shows dates or times of day.
func (p *Pattern) IsDate() bool { return p.sections[0].dated && !p.sections[0].elapsed }

// IsNumber reports whether p has a place for a number.
func (p *Pattern) IsNumber() bool {
	s := &p.sections[0]
	return !s.dated && (s.digits || s.has(tokGeneral))
}

// ShowsDay reports whether p shows a day, month or year: false for a time alone.
func (p *Pattern) ShowsDay() bool {
	for _, t := range p.sections[0].tokens {
		if t.kind == tokPart && (t.text == "y" || t.text == "d" || t.text == "M") {
			return true
		}
	}
	return false
}

// AppendNumber appends a number as p shows it. raw is a decimal as a workbook stores it, that is, with
// the noise of binary fractions, which is taken away first; rounding is half away from zero. It is an
// error if raw is no number.
func (p *Pattern) AppendNumber(dst []byte, raw string, n Notation) ([]byte, error) {
	var digits [32]byte
	d, err := readDecimal(digits[:0], raw)
	if err != nil {
		return dst, err
	}
	d.clean()
	return p.append(dst, d, raw, n), nil
}

// AppendExact is AppendNumber for a decimal that never was a binary fraction: all its digits count.
func (p *Pattern) AppendExact(dst []byte, raw string, n Notation) ([]byte, error) {
	d, err := parseDecimal(raw)
	if err != nil {
		return dst, err
	}
	return p.append(dst, d, raw, n), nil
}

func (p *Pattern) append(dst []byte, d decimal, raw string, n Notation) []byte {
	s, sign := p.choose(&d)
	if s == nil {
		return dst
	}
	start := len(dst)
	switch {
	case s.elapsed:
		dst = appendElapsed(dst, s, raw, n)
	case s.fraction >= 0:
		dst = appendFraction(dst, s, d, sign)
	case s.exponent > 0:
		dst = newNumberWriter(s, n).appendExponent(dst, d, sign)
	default:
		dst = newNumberWriter(s, n).appendPlain(dst, d, sign)
	}
	return trimPadding(dst, start, s)
}

// choose returns the section for d and whether a minus is to be written; nil if none fits.
func (p *Pattern) choose(d *decimal) (*section, bool) {
	numeric := p.sections
	if len(numeric) == 4 || (len(numeric) > 1 && numeric[len(numeric)-1].text) {
		numeric = numeric[:len(numeric)-1]
	}
	conditions := false
	for i := range numeric {
		conditions = conditions || numeric[i].cond != ""
	}
	if conditions {
		for i := range numeric {
			s := &numeric[i]
			if s.cond == "" || s.holds(d) {
				return s, d.neg && (s.cond == "" || s.cond[0] != '<' || len(s.limit.digits) > 0 && !s.limit.neg)
			}
		}
		return nil, false
	}
	switch {
	case d.neg && len(numeric) > 1:
		return &numeric[1], false
	case len(d.digits) == 0 && len(numeric) > 2:
		return &numeric[2], false
	}
	return &numeric[0], d.neg
}

// AppendTime appends t as p shows it; its zone is not looked at. Seconds are rounded to what p shows.
func (p *Pattern) AppendTime(dst []byte, t time.Time, n Notation) []byte {
	s := &p.sections[0]
	t = t.Round([...]time.Duration{time.Second, time.Second / 10, time.Second / 100, time.Millisecond}[s.subsec])
	language := n.Language
	if s.language != "" {
		language = s.language
	}
	start := len(dst)
	comma, _ := n.marks()
	w := timeWriter{section: s, language: language, comma: comma}
	return trimPadding(w.append(dst, t), start, s)
}

// splitSections cuts at semicolons that are not quoted.
func splitSections(code string) []string {
	var parts []string
	start := 0
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '\\', '_', '*':
			i++
		case '"':
			i = skipTo(code, i, '"')
		case '[':
			i = skipTo(code, i, ']')
		case ';':
			parts = append(parts, code[start:i])
			start = i + 1
		}
	}
	return append(parts, code[min(start, len(code)):])
}

// skipTo returns the index of the next end after i, or the last index.
func skipTo(s string, i int, end byte) int {
	if j := strings.IndexByte(s[i+1:], end); j >= 0 {
		return i + 1 + j
	}
	return len(s) - 1
}
