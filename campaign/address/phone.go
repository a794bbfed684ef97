package address

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"siaran/campaign"
)

// maxDigits is the length of the longest E.164 number, and how many digits a spreadsheet keeps.
const maxDigits = 15

// phone reads the phone number in c as the digits of an E.164 number that can get messages.
//
// Why several readings: files are full of numbers whose +, 0 or country code Excel took away. Digits
// that begin with the country's code are read with and without it; what suits the channel in one
// reading alone is that number, what does in two is refused. Digits are never taken for a foreign
// number without + or 00: that would be a stranger's.
func phone(c campaign.Cell, k campaign.ChannelKind, country string) (string, error) {
	p, err := countryOf(country)
	if err != nil {
		return "", err
	}
	digits, plus, err := dialled(c)
	if err != nil {
		return "", err
	}
	if n, ok := p.quick(digits, plus); ok {
		return n, nil
	}
	return p.resolve(digits, plus, k)
}

// dialled returns the digits of c as a person would dial them, and whether a + stands before them.
func dialled(c campaign.Cell) (digits string, plus bool, err error) {
	if c.Kind == campaign.Number {
		digits, err = integer(c.Raw)
		return digits, false, err
	}
	if c.Raw != "" && strings.Trim(c.Raw, "0123456789") == "" {
		return c.Raw, false, nil
	}
	s := strings.TrimLeft(tidy(c.Raw), `'"’‘`+"`")
	if rest, ok := cutPrefixFold(s, "tel:"); ok {
		s = rest
	}
	s = strings.TrimRight(s, `,;.|/'" `+"\r\n")
	switch {
	case s == "":
		return "", false, errors.New("no phone number: fill it in, or take the row out")
	case exponent(s):
		digits, err = shown(s)
		return digits, false, err
	case thousands(s):
		s = strings.ReplaceAll(s, ",", "")
	default:
		s = withoutPointZero(s)
	}
	return spelt(s)
}

// spelt reads a number with the marks people put between digits.
func spelt(s string) (digits string, plus bool, err error) {
	if several := severalNumbers(s); len(several) > 1 {
		return "", false, severalError("numbers", several)
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '+' && b.Len() == 0 && !plus:
			plus = true
		case unicode.IsLetter(r):
			return "", false, errors.New("letters in a phone number: leave only the number in the cell")
		case !strings.ContainsRune(" -.()", r):
			return "", false, fmt.Errorf("%q in a phone number: leave only the number in the cell", r)
		}
	}
	if b.Len() == 0 {
		return "", false, errors.New("no digits: fill in a phone number, or take the row out")
	}
	return b.String(), plus, nil
}

// severalNumbers cuts s where one number ends and another begins: at / , ; & | and line breaks, before
// a +, and at blanks between pieces that are each as long as a number.
func severalNumbers(s string) []string {
	for _, word := range []string{" atau ", " dan ", " or ", " and "} {
		s = strings.ReplaceAll(s, word, "/")
	}
	pieces := split(s, "/,;&|\r\n")
	if len(pieces) == 1 {
		if i := strings.LastIndexByte(s, '+'); i > 0 && strings.ContainsAny(s[:i], "0123456789") {
			pieces = []string{s[:i], s[i:]}
		} else if words := strings.Fields(s); len(words) > 1 {
			long := 0
			for _, w := range words {
				if d, ok := digitsOnly(w); ok && len(d) >= 9 {
					long++
				}
			}
			if long > 1 {
				pieces = words
			}
		}
	}
	numbers := pieces[:0]
	for _, p := range pieces {
		if strings.ContainsAny(p, "0123456789") {
			numbers = append(numbers, strings.TrimSpace(p))
		}
	}
	return numbers
}

var (
	errTooManyDigits = fmt.Errorf("more than %d digits: no phone number is as long, and Excel keeps no more; enter it again as text", maxDigits)
	errLostDigits    = errors.New("the digits are lost (1.23E+11): format the column as text or as a number without decimals, enter the numbers again, and save")
)

// integer writes an exact decimal, such as "6.28123456789E+11" or "628123456789.0", with digits alone.
func integer(raw string) (string, error) {
	mantissa, exp, _ := strings.Cut(strings.ToUpper(raw), "E")
	whole, frac, _ := strings.Cut(mantissa, ".")
	shift := 0
	if exp != "" {
		n, err := strconv.Atoi(exp)
		if err != nil || n > 30 || n < -30 {
			return "", errTooManyDigits
		}
		shift = n
	}
	for ; shift > 0; shift-- {
		if frac == "" {
			frac = "0"
		}
		whole, frac = whole+frac[:1], frac[1:]
	}
	for ; shift < 0 && whole != ""; shift++ {
		whole, frac = whole[:len(whole)-1], whole[len(whole)-1:]+frac
	}
	whole = strings.TrimLeft(whole, "0")
	switch {
	case strings.Trim(frac, "0") != "":
		return "", errors.New("a number with a fraction: enter it again as text")
	case strings.Trim(whole, "0123456789") != "":
		return "", errors.New("not a plain number: enter it again as text")
	case whole == "":
		return "", errors.New("no number: fill it in, or take the row out")
	case len(whole) > maxDigits:
		return "", errTooManyDigits
	}
	return whole, nil
}

// exponent reports whether s is a number in E-notation, as a spreadsheet writes wide columns to text.
func exponent(s string) bool {
	mantissa, exp, ok := strings.Cut(strings.ToUpper(s), "E")
	return ok && mantissa != "" && exp != "" && strings.Trim(mantissa, "0123456789.,") == "" && strings.Trim(exp, "+-0123456789") == ""
}

// shown reads a number in E-notation from text. There the digits are those that fitted the column, so
// that a missing one is lost and not a zero.
func shown(s string) (string, error) {
	s = strings.Replace(strings.ToUpper(s), ",", ".", 1)
	mantissa, exp, _ := strings.Cut(s, "E")
	_, frac, _ := strings.Cut(mantissa, ".")
	if n, err := strconv.Atoi(exp); err != nil || n > len(frac) {
		return "", errLostDigits
	}
	return integer(s)
}

// thousands reports whether s is a number with a comma before every three digits: 6,281,234,567.
func thousands(s string) bool {
	groups := strings.Split(s, ",")
	for i, g := range groups {
		if strings.Trim(g, "0123456789") != "" || len(g) > 3 || g == "" || (i > 0 && len(g) != 3) {
			return false
		}
	}
	return len(groups) > 2
}

// withoutPointZero takes the .0 off that programs write behind a number they took for a decimal.
func withoutPointZero(s string) string {
	whole, frac, ok := strings.Cut(s, ".")
	if ok && len(whole) >= 9 && strings.Trim(whole, "0123456789") == "" && (frac == "0" || frac == "00") {
		return whole
	}
	return s
}
