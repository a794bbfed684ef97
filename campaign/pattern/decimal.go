package pattern

import (
	"errors"
	"strings"
)

// maxExponent bounds what 1E+n may make of a few bytes; Excel's own numbers end at 1E+308.
const maxExponent = 400

var errNotDecimal = errors.New("not a number")

// A decimal is an exact number: 0.DIGITS × 10^point, negative or not. Zero has no digits.
type decimal struct {
	neg    bool
	digits []byte // no zero at either end
	point  int    // where the decimal point stands, counted from the first digit
}

// parseDecimal reads "-12.5", "6.28E+11" and the like: what a workbook stores.
func parseDecimal(s string) (decimal, error) { return readDecimal(nil, s) }

// readDecimal is parseDecimal with room for the digits.
func readDecimal(room []byte, s string) (decimal, error) {
	d := decimal{digits: room}
	i := 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		d.neg = s[i] == '-'
		i++
	}
	seen, dot := false, false
	for ; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			seen = true
			if c == '0' && len(d.digits) == 0 {
				if dot {
					d.point--
				}
				continue
			}
			d.digits = append(d.digits, c)
			if !dot {
				d.point++
			}
			continue
		case c == '.' && !dot:
			dot = true
			continue
		}
		break
	}
	if !seen {
		return decimal{}, errNotDecimal
	}
	if i < len(s) {
		e, ok := parseExponent(s[i:])
		if !ok {
			return decimal{}, errNotDecimal
		}
		d.point += e
	}
	d.trim()
	return d, nil
}

func parseExponent(s string) (int, bool) {
	if len(s) < 2 || (s[0] != 'e' && s[0] != 'E') {
		return 0, false
	}
	s = s[1:]
	neg := s[0] == '-'
	if neg || s[0] == '+' {
		s = s[1:]
	}
	if s == "" {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		if n = n*10 + int(s[i]-'0'); n > maxExponent {
			return 0, false
		}
	}
	if neg {
		n = -n
	}
	return n, true
}

func (d *decimal) trim() {
	n := len(d.digits)
	for n > 0 && d.digits[n-1] == '0' {
		n--
	}
	if d.digits = d.digits[:n]; n == 0 {
		d.point, d.neg = 0, false
	}
}

// round keeps places digits after the point (before it, if negative), half away from zero.
func (d *decimal) round(places int) {
	keep := d.point + places
	switch {
	case keep >= len(d.digits):
		return
	case keep < 0:
		d.digits, d.point, d.neg = nil, 0, false
		return
	}
	up := d.digits[keep] >= '5'
	d.digits = d.digits[:keep]
	if up {
		i := keep - 1
		for ; i >= 0 && d.digits[i] == '9'; i-- {
			d.digits[i] = '0'
		}
		if i >= 0 {
			d.digits[i]++
		} else {
			d.digits = append([]byte{'1'}, d.digits...)
			d.point++
		}
	}
	d.trim()
}

// clean takes away the noise of binary fractions (0.30000000000000004) as Excel does: no more than 15
// digits where there is a fraction. A whole number keeps every digit.
func (d *decimal) clean() {
	if len(d.digits) > d.point && len(d.digits) > 15 {
		d.round(max(15-d.point, 0))
	}
}

// split returns the digits before and after the point, the latter padded with zeros to at least
// places; whole is empty below 1.
func (d *decimal) split(places int) (whole, frac string) {
	var b strings.Builder
	for i := range max(d.point, 0) {
		b.WriteByte(d.at(i))
	}
	whole = b.String()
	b.Reset()
	for i := d.point; i < len(d.digits) || i-d.point < places; i++ {
		b.WriteByte(d.at(i))
	}
	return whole, b.String()
}

func (d *decimal) at(i int) byte {
	if i < 0 || i >= len(d.digits) {
		return '0'
	}
	return d.digits[i]
}

// compare returns the sign of |d| - |o|, or of d - o if both have the same sign.
func (d *decimal) compare(o *decimal) int {
	if d.neg != o.neg {
		if d.neg {
			return -1
		}
		return 1
	}
	c := 0
	switch {
	case len(d.digits) == 0 || len(o.digits) == 0:
		c = len(d.digits) - len(o.digits)
	case d.point != o.point:
		c = d.point - o.point
	default:
		c = strings.Compare(string(d.digits), string(o.digits))
	}
	if d.neg {
		return -c
	}
	return c
}

// CleanDecimal writes a number as a workbook stores it ("6.28E+11", "0.30000000000000004") as a plain
// decimal with a point and no exponent ("628000000000", "0.3"): whole numbers exactly, fractions to
// 15 digits, which is all that Excel keeps. It is an error if raw is no number.
func CleanDecimal(raw string) (string, error) {
	if plainDecimal(raw) {
		return raw, nil
	}
	d, err := parseDecimal(raw)
	if err != nil {
		return "", err
	}
	d.clean()
	whole, frac := d.split(0)
	if whole == "" {
		whole = "0"
	}
	if frac != "" {
		whole += "." + frac
	}
	if d.neg {
		whole = "-" + whole
	}
	return whole, nil
}

// plainDecimal reports whether raw already is what CleanDecimal would make of it, for the usual forms.
func plainDecimal(raw string) bool {
	s := strings.TrimPrefix(raw, "-")
	if s == "" || len(s) > 15 || s[0] == '.' || s[len(s)-1] == '.' || (len(s) > 1 && s[0] == '0' && s[1] != '.') || raw == "-0" {
		return false
	}
	dot := false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.' && !dot:
			dot = true
		case c < '0' || c > '9':
			return false
		}
	}
	return !dot || (s[len(s)-1] != '0' && !strings.HasPrefix(raw, "-0.0"))
}
