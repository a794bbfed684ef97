package pattern

import (
	"testing"
	"time"
)

func TestExcelsNumberOfATimeReadsBack(t *testing.T) {
	for iso, want := range map[string]any{
		"2026-11-21": int64(46347), "2026-11-21T12:00:00": 46347.5, "T18:00:00": 0.75, "1900-03-01": int64(61), "1900-01-01": int64(1),
		"9999-12-31": int64(lastDay - 1), "2026-11-21T08:30:00.25": 46347 + (8.5*3600+0.25)/86400,
	} {
		got, ok := Serial(iso)
		if !ok || got != want {
			t.Errorf("%s is %v, %v; want %v", iso, got, ok, want)
		}
		if iso[0] == 'T' {
			continue
		}
		var serial float64
		switch v := got.(type) {
		case int64:
			serial = float64(v)
		case float64:
			serial = v
		}
		back, _, ok := SerialTime(serial, false)
		layout := "2006-01-02T15:04:05.999"
		if len(iso) == len(time.DateOnly) {
			layout = time.DateOnly
		}
		if !ok || back.Format(layout) != iso {
			t.Errorf("%v is %v, %v; want %s", serial, back, ok, iso)
		}
	}
	for _, iso := range []string{"", "T", "1899-12-31", "10000-01-01", "2026-02-30", "21/11/2026"} {
		if got, ok := Serial(iso); ok {
			t.Errorf("%s is %v", iso, got)
		}
	}
	if at, _, ok := SerialTime(0.5, true); !ok || !at.Equal(time.Date(1904, 1, 1, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("since 1904: %v, %v", at, ok)
	}
	if _, _, ok := SerialTime(60, false); ok {
		t.Error("29 February 1900 was")
	}
}
