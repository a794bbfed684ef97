package pattern

import (
	"math"
	"strconv"
	"strings"
)

// appendFraction writes 1 1/4. Fractions are for recipes, not for amounts: floating point will do.
func appendFraction(dst []byte, s *section, d decimal, sign bool) []byte {
	whole, frac := d.split(0)
	value, _ := strconv.ParseFloat("0."+frac, 64)
	numerator, denominator := ratio(value, s.tokens[s.fraction+1:])
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

// ratio returns the fraction nearest to v whose denominator has as many digits as the tokens after
// the slash allow, or is the one they name.
func ratio(v float64, after []token) (numerator, denominator int64) {
	fixed, places := "", 0
	for _, t := range after {
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
