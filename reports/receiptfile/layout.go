package receiptfile

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"siaran/reports/receiptline"
)

// A timeForm reads the times of a custom format.
type timeForm struct {
	layout string // Go's; "" is RFC 3339, unixLayout and unixMilliLayout count from 1970
	zone   *time.Location
}

// Layouts that are no pattern.
const (
	unixLayout      = "unix"
	unixMilliLayout = "unix_ms"
)

// newTimeForm compiles a layout in Excel's patterns ("dd/mm/yyyy hh:mm:ss", "unix", "unix_ms"; empty for
// RFC 3339) and a zone: "+05:30", a name such as Asia/Jakarta, or empty for UTC.
func newTimeForm(layout, zone string) (timeForm, error) {
	f := timeForm{layout: layout, zone: time.UTC}
	if zone != "" {
		z, err := parseZone(zone)
		if err != nil {
			return f, err
		}
		f.zone = z
	}
	if f.layout == "" || f.sinceUnix() {
		return f, nil
	}
	var err error
	f.layout, err = goLayout(layout)
	return f, err
}

func parseZone(zone string) (*time.Location, error) {
	if zone[0] == '+' || zone[0] == '-' {
		t, err := time.Parse("-07:00", zone)
		if err != nil {
			return nil, fmt.Errorf("zone %q: write +05:30 or a name such as Asia/Jakarta", zone)
		}
		_, offset := t.Zone()
		return time.FixedZone(zone, offset), nil
	}
	z, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		return nil, fmt.Errorf("zone %q: write +05:30 or a name such as Asia/Jakarta", zone)
	}
	return z, nil
}

// parse reads s by the layout, else as RFC 3339.
func (f timeForm) parse(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	if f.sinceUnix() {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < 0 || n > 1<<46 {
			return time.Time{}, fmt.Errorf("time %q is no count since 1970", receiptline.Clip(s))
		}
		if f.layout == unixLayout {
			return time.Unix(n, 0).UTC(), nil
		}
		return time.UnixMilli(n).UTC(), nil
	}
	if f.layout != "" {
		if t, err := time.ParseInLocation(f.layout, s, f.zone); err == nil {
			return t.UTC(), nil
		}
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UTC(), nil
	}
	return time.Time{}, fmt.Errorf("time %q does not fit the layout", receiptline.Clip(s))
}

// sinceUnix reports whether times are counts since 1970.
func (f timeForm) sinceUnix() bool { return f.layout == unixLayout || f.layout == unixMilliLayout }

// format writes what parse reads back; for a workbook's dates, which are numbers.
func (f timeForm) format(wall time.Time) string {
	t := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), f.zone)
	switch f.layout {
	case unixLayout:
		return strconv.FormatInt(t.Unix(), 10)
	case unixMilliLayout:
		return strconv.FormatInt(t.UnixMilli(), 10)
	}
	return t.Format(time.RFC3339Nano)
}

// goLayout translates a pattern of Excel's: mm is minutes after h or before s, else the month.
func goLayout(pattern string) (string, error) {
	runs := letterRuns(pattern)
	twelve := strings.Contains(strings.ToLower(pattern), "am/pm")
	var out strings.Builder
	for i, run := range runs {
		word := strings.ToLower(run)
		if word[0] == 'm' && (near(runs, i, -1) == 'h' || near(runs, i, +1) == 's') {
			word = strings.ReplaceAll(word, "m", "n")
		}
		if twelve && word[0] == 'h' {
			word += " am/pm"
		}
		g, ok := goWord(word)
		if !ok {
			return "", fmt.Errorf("layout %q: %q is no pattern for dates; use d m y h s as in dd/mm/yyyy hh:mm:ss", pattern, run)
		}
		if g == "" {
			g = run
		}
		out.WriteString(g)
	}
	return out.String(), nil
}

// goWord returns Go's spelling of one run of a pattern; "" if it stands for itself.
func goWord(word string) (string, bool) {
	switch word {
	case "d":
		return "2", true
	case "dd":
		return "02", true
	case "m":
		return "1", true
	case "mm":
		return "01", true
	case "mmm":
		return "Jan", true
	case "mmmm":
		return "January", true
	case "yy":
		return "06", true
	case "yyyy":
		return "2006", true
	case "h", "hh":
		return "15", true
	case "h am/pm":
		return "3", true
	case "hh am/pm":
		return "03", true
	case "n":
		return "4", true
	case "nn":
		return "04", true
	case "s":
		return "5", true
	case "ss":
		return "05", true
	case ".0", ".00", ".000", ".000000":
		return word, true
	case "am/pm":
		return "PM", true
	case "t":
		return "T", true
	}
	c := word[0]
	return "", c < 'a' || c > 'z'
}

// letterRuns cuts a pattern into runs of one letter, AM/PM, fractions, and what stands between.
func letterRuns(pattern string) []string {
	var runs []string
	for s := pattern; s != ""; {
		n := 1
		switch {
		case len(s) >= 5 && strings.EqualFold(s[:5], "am/pm"):
			n = 5
		case strings.HasPrefix(s, ".0"):
			n = 1 + len(s[1:]) - len(strings.TrimLeft(s[1:], "0"))
		default:
			for n < len(s) && s[n]|0x20 == s[0]|0x20 && isLetter(s[0]) {
				n++
			}
		}
		runs = append(runs, s[:n])
		s = s[n:]
	}
	return runs
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// near returns the next letter in that direction, in lower case; 0 if there is none.
func near(runs []string, i, step int) byte {
	for i += step; i >= 0 && i < len(runs); i += step {
		if c := runs[i][0]; isLetter(c) {
			return c | 0x20
		}
	}
	return 0
}
