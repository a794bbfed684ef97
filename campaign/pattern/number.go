package pattern

import (
	"math"
	"strconv"
	"strings"
)

// A Notation is how numbers and names of months are written for a reader.
type Notation struct {
	Comma    bool   // 1.250,50 instead of 1,250.50
	Language string // id or en; empty is en
}

// NotationOf returns the notation of numbers ("id" or "en") and names of months ("id" or "en").
func NotationOf(numbers, language string) Notation {
	return Notation{Comma: numbers == "id", Language: language}
}

func (n Notation) marks() (decimal, group byte) {
	if n.Comma {
		return ',', '.'
	}
	return '.', ','
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
		dst = s.appendElapsed(dst, raw, n)
	case s.fraction >= 0:
		dst = s.appendFraction(dst, d, sign)
	case s.exponent > 0:
		dst = s.appendExponent(dst, d, sign, n)
	default:
		dst = s.appendPlain(dst, d, sign, n)
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

func (s *section) holds(d *decimal) bool {
	c := d.compare(&s.limit)
	switch s.cond {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	case "<>":
		return c != 0
	}
	return c == 0
}

// trimPadding drops the blanks that only align.
func trimPadding(dst []byte, start int, s *section) []byte {
	if !s.has(tokPadding) {
		return dst
	}
	return append(dst[:start], strings.Trim(string(dst[start:]), " ")...)
}

func (s *section) appendPlain(dst []byte, d decimal, sign bool, n Notation) []byte {
	if len(d.digits) > 0 {
		d.point += 2*s.percent - 3*s.scale
	}
	if s.digits {
		d.round(s.places)
	}
	if sign && len(d.digits) > 0 {
		dst = append(dst, '-')
	}
	return s.appendDigits(dst, s.tokens, &d, n)
}

// appendDigits lays d's digits out over the placeholders of tokens.
func (s *section) appendDigits(dst []byte, tokens []token, d *decimal, n Notation) []byte {
	comma, group := n.marks()
	slot, place, after := 0, 0, false
	for _, t := range tokens {
		switch t.kind {
		case tokPoint:
			dst, after = append(dst, comma), true
		case tokDigit:
			if after {
				if t.text == "0" || d.point+place < len(d.digits) {
					dst = append(dst, d.at(d.point+place))
				}
				place++
				continue
			}
			dst = s.appendSlot(dst, t, slot, d, group)
			slot++
		case tokPercent:
			dst = append(dst, '%')
		case tokGeneral, tokText:
			dst = appendGeneral(dst, d, comma)
		case tokLiteral, tokPadding:
			dst = append(dst, t.text...)
		case tokSlash, tokExponent, tokPart, tokElapsed, tokMeridiem, tokSubsecond: // are laid out elsewhere, or say nothing of a number
		}
	}
	return dst
}

// appendSlot writes what the slot-th placeholder before the point shows; the first shows all the
// digits for which there are no placeholders.
func (s *section) appendSlot(dst []byte, t token, slot int, d *decimal, group byte) []byte {
	fromRight := s.slots - 1 - slot // digits that stand right of this one
	from := d.point - 1 - fromRight
	if slot == 0 {
		for i := range max(from, 0) {
			dst = s.appendGrouped(dst, d.at(i), d.point-1-i, group)
		}
	}
	switch {
	case from >= 0:
		dst = s.appendGrouped(dst, d.at(from), fromRight, group)
	case t.text == "0":
		dst = s.appendGrouped(dst, '0', fromRight, group)
	}
	return dst
}

func (s *section) appendGrouped(dst []byte, c byte, fromRight int, group byte) []byte {
	dst = append(dst, c)
	if s.group && fromRight > 0 && fromRight%3 == 0 {
		dst = append(dst, group)
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
func (s *section) appendExponent(dst []byte, d decimal, sign bool, n Notation) []byte {
	if sign {
		dst = append(dst, '-')
	}
	exp := 0
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
	dst = s.appendDigits(dst, mantissa, &d, n)
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

// appendFraction writes 1 1/4. Fractions are for recipes, not for amounts: floating point will do.
func (s *section) appendFraction(dst []byte, d decimal, sign bool) []byte {
	whole, frac := d.split(0)
	value, _ := strconv.ParseFloat("0."+frac, 64)
	numerator, denominator := s.ratio(value)
	beforeBlank := false // a placeholder for whole numbers stands before a blank
	for _, t := range s.tokens[:s.fraction] {
		beforeBlank = beforeBlank || (t.kind == tokLiteral && t.text == " ")
	}
	if !beforeBlank {
		w, _ := strconv.ParseInt("0"+whole, 10, 64)
		numerator, whole = numerator+w*denominator, ""
	} else if numerator == denominator {
		w, _ := strconv.ParseInt("0"+whole, 10, 64)
		numerator, whole = 0, strconv.FormatInt(w+1, 10)
	}
	if sign {
		dst = append(dst, '-')
	}
	if whole != "" || numerator == 0 {
		if whole == "" {
			whole = "0"
		}
		dst = append(dst, whole...)
		if numerator == 0 {
			return dst
		}
		dst = append(dst, ' ')
	}
	dst = strconv.AppendInt(dst, numerator, 10)
	dst = append(dst, '/')
	return strconv.AppendInt(dst, denominator, 10)
}

// ratio returns the fraction nearest to v whose denominator has as many digits as the pattern allows,
// or is the one it names.
func (s *section) ratio(v float64) (numerator, denominator int64) {
	fixed, places := "", 0
	for _, t := range s.tokens[s.fraction+1:] {
		switch {
		case t.kind == tokDigit:
			places++
			if t.text == "0" {
				fixed += "0"
			}
		case t.kind == tokLiteral && t.text >= "1" && t.text <= "9":
			fixed += t.text
		}
	}
	if strings.Trim(fixed, "0") != "" {
		denominator, _ = strconv.ParseInt(fixed[:min(len(fixed), 6)], 10, 64)
		return int64(math.Round(v * float64(denominator))), denominator
	}
	most := int64(math.Pow10(min(max(places, 1), 4))) - 1
	best := math.Inf(1)
	for q := int64(1); q <= most; q++ {
		p := int64(math.Round(v * float64(q)))
		if off := math.Abs(v - float64(p)/float64(q)); off < best-1e-12 {
			best, numerator, denominator = off, p, q
		}
	}
	return numerator, denominator
}
