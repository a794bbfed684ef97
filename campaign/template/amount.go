package template

import (
	"strings"

	"siaran/campaign"
	"siaran/campaign/pattern"
)

// An amount is a decimal with a point.
type amount struct {
	raw   string
	exact bool // it never was a binary fraction
}

// readAmount returns v as an amount; numbers is how text writes one.
func readAmount(v *value, numbers string) (a amount, problem string) {
	if !v.made {
		switch v.cell.Kind {
		case campaign.Number:
			return amount{raw: v.cell.Raw}, ""
		case campaign.Date:
			return a, "is a date, and a number is wanted: format the cell as a number"
		case campaign.Bool:
			return a, "is TRUE or FALSE, and a number is wanted"
		case campaign.Empty, campaign.Text, campaign.Error, campaign.Formula:
		}
	}
	raw, problem := parseAmount(v.text, numbers)
	return amount{raw: raw, exact: true}, problem
}

// whole reports whether a has no decimals.
func (a amount) whole() bool {
	if a.exact {
		_, frac, _ := strings.Cut(a.raw, ".")
		return strings.Trim(frac, "0") == ""
	}
	plain, err := pattern.CleanDecimal(a.raw)
	return err != nil || !strings.Contains(plain, ".")
}

// appendTo appends a as p shows it.
func (a amount) appendTo(dst []byte, p *pattern.Pattern, n pattern.Notation) ([]byte, error) {
	if a.exact {
		return p.AppendExact(dst, a.raw, n)
	}
	return p.AppendNumber(dst, a.raw, n)
}

const notNumber = "is not a number: correct it in the file"

// parseAmount reads an amount that is written as text, by the notation the campaign names. Nothing is
// guessed: without a notation only plain digits are an amount, for 1.250 may be either of two.
func parseAmount(text, numbers string) (raw, problem string) {
	s := trim(text)
	sign := ""
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		sign, s = "-", trim(rest)
	}
	if allDigits(s) {
		return sign + s, ""
	}
	var group, comma byte
	switch numbers {
	case "id":
		group, comma = '.', ','
	case "en":
		group, comma = ',', '.'
	default:
		if strings.ContainsAny(s, "0123456789") && strings.Trim(s, "0123456789.,' \u00a0RpID-") == "" {
			return "", "is text that is an amount only by guessing: make the cell a number, or say numbers: id (1.250,50) or numbers: en (1,250.50) in the campaign"
		}
		return "", notNumber
	}
	if sign == "" {
		if s = trim(cutCurrency(s)); strings.HasPrefix(s, "-") {
			sign, s = "-", s[1:]
		}
	} else {
		s = trim(cutCurrency(s))
	}
	s = strings.TrimSuffix(s, string(comma)+"-") // Rp1.250.000,-
	whole, frac, dotted := strings.Cut(s, string(comma))
	whole, ok := ungroup(whole, group)
	if !ok || (dotted && !allDigits(frac)) {
		example := "1.250,50"
		if numbers == "en" {
			example = "1,250.50"
		}
		return "", "is not an amount as numbers: " + numbers + " writes it (" + example + "): correct it, or make the cell a number"
	}
	if dotted {
		whole += "." + frac
	}
	return sign + whole, ""
}

// cutCurrency takes Rp, Rp. or IDR off.
func cutCurrency(s string) string {
	for _, c := range []string{"rp.", "rp", "idr"} {
		if len(s) > len(c) && strings.EqualFold(s[:len(c)], c) {
			return s[len(c):]
		}
	}
	return s
}

// ungroup takes the marks out of 1.250.000; ok is false unless each stands before three digits.
func ungroup(s string, mark byte) (string, bool) {
	parts := strings.Split(s, string(mark))
	for i, p := range parts {
		if !allDigits(p) || (i > 0 && len(p) != 3) || (i == 0 && len(parts) > 1 && len(p) > 3) {
			return "", false
		}
	}
	if len(parts) > 1 && parts[0][0] == '0' { // 0.125 is no thousands
		return "", false
	}
	return strings.Join(parts, ""), true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
