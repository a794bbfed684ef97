package pattern

import (
	"math"
	"strings"
	"time"
)

// lastDay is the first serial day that Excel cannot show: 10000-01-01.
const lastDay = 2958466

// DayZero is the day before Excel's day 1, as Excel counts from March 1900 on: it has a 29 February 1900,
// which never was.
func DayZero() time.Time { return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC) }

// SerialTime reads Excel's number of a day with its time of day, to the millisecond. It is not ok for what
// Excel shows as ####, and for 29 February 1900, which only Excel knows.
func SerialTime(serial float64, since1904 bool) (t time.Time, day int, ok bool) {
	if math.IsNaN(serial) || serial < 0 || serial >= lastDay {
		return t, 0, false
	}
	whole := math.Floor(serial)
	ms := time.Duration(math.Round((serial-whole)*86_400_000)) * time.Millisecond
	day = int(whole)
	switch {
	case since1904:
		t = time.Date(1904, 1, 1+day, 0, 0, 0, 0, time.UTC)
	case day == 60:
		return t, day, false
	case day < 60:
		t = DayZero().AddDate(0, 0, day+1)
	default:
		t = DayZero().AddDate(0, 0, day)
	}
	return t.Add(ms), day, true
}

// Serial turns an ISO day, day with time, or time of day ("T08:30:00") into Excel's number: an int64 for
// whole days, else a float64. It is not ok before 1900 and past 9999.
func Serial(iso string) (any, bool) {
	if rest, ok := strings.CutPrefix(iso, "T"); ok {
		t, err := time.Parse("15:04:05", rest)
		return partOfDay(t), err == nil
	}
	layout := "2006-01-02T15:04:05"
	if len(iso) == len(time.DateOnly) {
		layout = time.DateOnly
	}
	t, err := time.Parse(layout, iso)
	if err != nil || t.Year() < 1900 || t.Year() > 9999 {
		return nil, false
	}
	days := (t.Unix() - DayZero().Unix()) / 86400 // a Duration holds 292 years
	if days <= 60 {
		days--
	}
	if layout == time.DateOnly {
		return days, true
	}
	return float64(days) + partOfDay(t), true
}

func partOfDay(t time.Time) float64 {
	h, m, s := t.Clock()
	return (float64(h*3600+m*60+s) + float64(t.Nanosecond())/1e9) / 86400
}
