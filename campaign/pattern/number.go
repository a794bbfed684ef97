package pattern

import (
	"strconv"
	"strings"
)

// A numberWriter writes numbers by one section.
type numberWriter struct {
	section      *section
	comma, group byte
}

func newNumberWriter(s *section, n Notation) numberWriter {
	comma, group := n.marks()
	return numberWriter{section: s, comma: comma, group: group}
}

// appendPlain writes d by all the tokens of the section.
func (w numberWriter) appendPlain(dst []byte, d decimal, sign bool) []byte {
	s := w.section
	if len(d.digits) > 0 {
		d.point += 2*s.percent - 3*s.scale
	}
	if s.digits {
		d.round(s.places)
	}
	if sign && len(d.digits) > 0 {
		dst = append(dst, '-')
	}
	return w.appendDigits(dst, s.tokens, &d)
}

// appendDigits lays d's digits out over the placeholders of tokens.
func (w numberWriter) appendDigits(dst []byte, tokens []token, d *decimal) []byte {
	slot, place, after := 0, 0, false
	for _, t := range tokens {
		switch t.kind {
		case tokPoint:
			dst, after = append(dst, w.comma), true
		case tokDigit:
			if after {
				if t.text == "0" || d.point+place < len(d.digits) {
					dst = append(dst, d.at(d.point+place))
				}
				place++
				continue
			}
			dst = w.appendSlot(dst, t, slot, d)
			slot++
		case tokPercent:
			dst = append(dst, '%')
		case tokGeneral, tokText:
			dst = appendGeneral(dst, d, w.comma)
		case tokLiteral, tokPadding:
			dst = append(dst, t.text...)
		case tokSlash, tokExponent, tokPart, tokElapsed, tokMeridiem, tokSubsecond: // not among plain digits
		}
	}
	return dst
}

// appendSlot writes what the slot-th placeholder before the point shows; the first shows all the
// digits for which there are no placeholders.
func (w numberWriter) appendSlot(dst []byte, t token, slot int, d *decimal) []byte {
	fromRight := w.section.slots - 1 - slot // digits that stand right of this one
	from := d.point - 1 - fromRight
	if slot == 0 {
		for i := range max(from, 0) {
			dst = w.appendGrouped(dst, d.at(i), d.point-1-i)
		}
	}
	switch {
	case from >= 0:
		dst = w.appendGrouped(dst, d.at(from), fromRight)
	case t.text == "0":
		dst = w.appendGrouped(dst, '0', fromRight)
	}
	return dst
}

func (w numberWriter) appendGrouped(dst []byte, c byte, fromRight int) []byte {
	dst = append(dst, c)
	if w.section.group && fromRight > 0 && fromRight%3 == 0 {
		dst = append(dst, w.group)
	}
	return dst
}

// appendGeneral writes all of a number: unlike a narrow cell, never rounded nor with an exponent.
func appendGeneral(dst []byte, d *decimal, comma byte) []byte {
	whole, frac := d.split(0)
	if whole == "" {
		whole = "0"
	}
	dst = append(dst, whole...)
	if frac != "" {
		dst = append(append(dst, comma), frac...)
	}
	return dst
}

// appendExponent writes 1.25E+06; with several placeholders before the point the exponent goes in
// steps of their number.
func (w numberWriter) appendExponent(dst []byte, d decimal, sign bool) []byte {
	if sign {
		dst = append(dst, '-')
	}
	s, exp := w.section, 0
	step := max(s.slots, 1)
	normalise := func() {
		if len(d.digits) > 0 {
			e := d.point - 1
			e -= ((e % step) + step) % step
			d.point -= e
			exp += e
		}
	}
	normalise()
	d.round(s.places)
	normalise()
	mantissa, rest := s.tokens, []token(nil)
	for i, t := range s.tokens {
		if t.kind == tokExponent {
			mantissa, rest = s.tokens[:i], s.tokens[i:]
			break
		}
	}
	dst = w.appendDigits(dst, mantissa, &d)
	dst = append(dst, 'E')
	switch {
	case exp < 0:
		dst = append(dst, '-')
	case rest[0].text == "+":
		dst = append(dst, '+')
	}
	if exp < 0 {
		exp = -exp
	}
	digits := strconv.Itoa(exp)
	dst = append(dst, strings.Repeat("0", max(s.exponent-len(digits), 0))...)
	dst = append(dst, digits...)
	for _, t := range rest[1:] {
		if t.kind == tokLiteral {
			dst = append(dst, t.text...)
		}
	}
	return dst
}
