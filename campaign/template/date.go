package template

import (
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/pattern"
)

// readDate returns v as a day, a time of day (of the year 0), or both.
func readDate(v *value) (t time.Time, problem string) {
	text := v.text
	if !v.made {
		switch v.cell.Kind {
		case campaign.Date:
			text = v.cell.Raw
		case campaign.Number:
			return t, "is a number, and a date is wanted: format the cell as a date"
		case campaign.Bool:
			return t, "is TRUE or FALSE, and a date is wanted"
		case campaign.Empty, campaign.Text, campaign.Error, campaign.Formula:
		}
	}
	return parseDate(text)
}

// parseDate reads a date that is written as text. Nothing is guessed: 05/11/2026 may be either of two
// days.
func parseDate(text string) (t time.Time, problem string) {
	s := trim(text)
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05.999", "2006-01-02 15:04:05.999", "2006-01-02T15:04", "2006-01-02 15:04", time.RFC3339, "T15:04:05.999"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, ""
		}
	}
	day, clock, ok := splitClock(s)
	if ok {
		if t, ok = parseNamed(day); !ok {
			t, problem, ok = parseSlashed(day)
		}
	}
	if !ok {
		return t, "is not a date that can be read: make the cell a date, or write it as 2026-11-21"
	}
	return t.Add(clock), problem
}

// splitClock takes a time of day off the end.
func splitClock(s string) (day string, clock time.Duration, ok bool) {
	i := strings.LastIndexByte(s, ' ')
	if i < 0 || strings.IndexByte(s[i:], ':') < 0 {
		return s, 0, true
	}
	for _, layout := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(layout, s[i+1:]); err == nil {
			return strings.TrimSpace(s[:i]), time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second, true
		}
	}
	return s, 0, false
}

// parseNamed reads 21 November 2026 and 21-Nov-2026, in both languages.
func parseNamed(s string) (t time.Time, ok bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '-' || r == '\u00a0' })
	if len(parts) != 3 || len(parts[2]) != 4 || len(parts[0]) > 2 || len(parts[1]) < 3 {
		return t, false
	}
	for m := time.January; m <= time.December; m++ {
		for _, language := range []string{"id", "en"} {
			name := pattern.MonthName(m, language)
			if strings.EqualFold(parts[1], name) || strings.EqualFold(parts[1], name[:3]) {
				return makeDate(parts[2], int(m), parts[0])
			}
		}
	}
	return t, false
}

// parseSlashed reads 21/11/2026, also with - or a point: whichever of the first two is no month is the
// day.
func parseSlashed(s string) (t time.Time, problem string, ok bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '-' || r == '.' })
	if len(parts) != 3 || len(parts[2]) != 4 || strings.ContainsAny(s, " ") {
		return t, "", false
	}
	a, b := small(parts[0]), small(parts[1])
	switch {
	case a < 1 || b < 1 || (a > 12 && b > 12):
		return t, "", false
	case a <= 12 && b <= 12 && a != b:
		return t, "may be either of two days: make the cell a date, or write it as " + parts[2] + "-MM-DD", true
	case a > 12:
		t, ok = makeDate(parts[2], b, parts[0])
	default:
		t, ok = makeDate(parts[2], a, parts[1])
	}
	return t, "", ok
}

// small reads a number of one or two digits; -1 if it is none.
func small(s string) int {
	if !allDigits(s) || len(s) > 2 {
		return -1
	}
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// makeDate makes a day that exists.
func makeDate(year string, month int, day string) (time.Time, bool) {
	d := small(day)
	if !allDigits(year) || d < 1 {
		return time.Time{}, false
	}
	y := small(year[:2])*100 + small(year[2:])
	t := time.Date(y, time.Month(month), d, 0, 0, 0, 0, time.UTC)
	return t, y > 0 && t.Day() == d && int(t.Month()) == month
}
