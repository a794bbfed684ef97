package pattern

import (
	"strconv"
	"time"
)

// A timeWriter writes times of a calendar by one section.
type timeWriter struct {
	section  *section
	language string // of the names of months and days
	comma    byte
}

func (w timeWriter) append(dst []byte, t time.Time) []byte {
	for _, k := range w.section.tokens {
		switch k.kind {
		case tokPart:
			dst = w.appendPart(dst, k, t)
		case tokMeridiem:
			dst = appendMeridiem(dst, k.n, t.Hour())
		case tokSubsecond:
			dst = append(dst, w.comma)
			ms := t.Nanosecond() / int(time.Millisecond)
			dst = append(dst, strconv.Itoa(1000 + ms)[1:1+k.n]...)
		case tokLiteral, tokPadding:
			dst = append(dst, k.text...)
		case tokDigit, tokPoint, tokSlash, tokExponent, tokPercent, tokGeneral, tokText, tokElapsed: // not in a date
		}
	}
	return dst
}

func appendMeridiem(dst []byte, n, hour int) []byte {
	word := "AM"
	if hour >= 12 {
		word = "PM"
	}
	if n == 3 {
		word = word[:1]
	}
	return append(dst, word...)
}

func (w timeWriter) appendPart(dst []byte, k token, t time.Time) []byte {
	switch k.text {
	case "y":
		if k.n <= 2 {
			return appendTwo(dst, t.Year()%100, 2)
		}
		return strconv.AppendInt(dst, int64(t.Year()), 10)
	case "M":
		return appendNamed(dst, k.n, int(t.Month()), monthNames(w.language)[t.Month()-1])
	case "d":
		if k.n <= 2 {
			return appendTwo(dst, t.Day(), k.n)
		}
		return appendNamed(dst, k.n, 0, dayNames(w.language)[t.Weekday()])
	case "h":
		h := t.Hour()
		if w.section.ampm {
			h = (h+11)%12 + 1
		}
		return appendTwo(dst, h, k.n)
	case "m":
		return appendTwo(dst, t.Minute(), k.n)
	}
	return appendTwo(dst, t.Second(), k.n)
}

// appendNamed writes a month or day: 3 letters, whole, or its first letter.
func appendNamed(dst []byte, n, number int, name string) []byte {
	switch n {
	case 1, 2:
		return appendTwo(dst, number, n)
	case 3:
		return append(dst, name[:3]...)
	case 5:
		return append(dst, name[0])
	}
	return append(dst, name...)
}

func appendTwo(dst []byte, v, width int) []byte {
	if width >= 2 && v < 10 {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, int64(v), 10)
}
