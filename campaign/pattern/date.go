package pattern

import (
	"math"
	"strconv"
	"time"
)

// monthNames and dayNames are the names by language, January and Sunday first.
func monthNames(language string) [12]string {
	if language == "id" {
		return [12]string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"}
	}
	return [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
}

func dayNames(language string) [7]string {
	if language == "id" {
		return [7]string{"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"}
	}
	return [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
}

// MonthName returns the name of a month in id or en.
func MonthName(m time.Month, language string) string { return monthNames(language)[m-1] }

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
	for _, k := range s.tokens {
		switch k.kind {
		case tokPart:
			dst = s.appendPart(dst, k, t, language)
		case tokMeridiem:
			dst = appendMeridiem(dst, k.n, t.Hour())
		case tokSubsecond:
			dst = append(dst, comma)
			ms := t.Nanosecond() / int(time.Millisecond)
			dst = append(dst, strconv.Itoa(1000 + ms)[1:1+k.n]...)
		case tokLiteral, tokPadding:
			dst = append(dst, k.text...)
		case tokDigit, tokPoint, tokSlash, tokExponent, tokPercent, tokGeneral, tokText, tokElapsed: // say nothing of a day
		}
	}
	return trimPadding(dst, start, s)
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

func (s *section) appendPart(dst []byte, k token, t time.Time, language string) []byte {
	switch k.text {
	case "y":
		if k.n <= 2 {
			return appendTwo(dst, t.Year()%100, 2)
		}
		return strconv.AppendInt(dst, int64(t.Year()), 10)
	case "M":
		return appendNamed(dst, k.n, int(t.Month()), monthNames(language)[t.Month()-1])
	case "d":
		if k.n <= 2 {
			return appendTwo(dst, t.Day(), k.n)
		}
		return appendNamed(dst, k.n, 0, dayNames(language)[t.Weekday()])
	case "h":
		h := t.Hour()
		if s.ampm {
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

// appendElapsed writes a duration, days as a workbook stores them: [h]:mm.
func (s *section) appendElapsed(dst []byte, raw string, n Notation) []byte {
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
		case tokDigit, tokPoint, tokSlash, tokExponent, tokPercent, tokGeneral, tokText, tokMeridiem: // say nothing of a duration
		}
	}
	return dst
}
