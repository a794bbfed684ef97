package pattern

import (
	"math"
	"strconv"
)

// appendElapsed writes a duration, days as a workbook stores them: [h]:mm.
func appendElapsed(dst []byte, s *section, raw string, n Notation) []byte {
	days, _ := strconv.ParseFloat(raw, 64)
	unit := 1.0
	if s.subsec > 0 {
		unit = 1000
	}
	if days < 0 {
		dst = append(dst, '-')
		days = -days
	}
	all := int64(math.Round(min(days, 1e9) * 86400 * unit))
	seconds := all / int64(unit)
	comma, _ := n.marks()
	for _, k := range s.tokens {
		switch k.kind {
		case tokElapsed:
			v := map[string]int64{"h": seconds / 3600, "m": seconds / 60, "s": seconds}[k.text]
			if width := len(strconv.FormatInt(v, 10)); width < k.n {
				for range k.n - width {
					dst = append(dst, '0')
				}
			}
			dst = strconv.AppendInt(dst, v, 10)
		case tokPart:
			v := map[string]int64{"h": seconds / 3600 % 24, "m": seconds / 60 % 60, "s": seconds % 60}[k.text]
			dst = appendTwo(dst, int(v), k.n)
		case tokSubsecond:
			dst = append(dst, comma)
			dst = append(dst, strconv.FormatInt(1000+all%1000, 10)[1:1+k.n]...)
		case tokLiteral, tokPadding:
			dst = append(dst, k.text...)
		case tokDigit, tokPoint, tokSlash, tokExponent, tokPercent, tokGeneral, tokText, tokMeridiem: // not in a length of time
		}
	}
	return dst
}
