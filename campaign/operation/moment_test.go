package operation

import (
	"testing"
	"time"
)

func TestAMomentIsReadAsPeopleWriteIt(t *testing.T) {
	zone := time.FixedZone("WIB", 7*3600)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"24h":                       "2026-11-21T12:00:00Z",
		"90m":                       "2026-11-22T10:30:00Z",
		"7d":                        "2026-11-15T12:00:00Z",
		"2026-11-21":                "2026-11-20T17:00:00Z",
		"2026-11-21 19:00":          "2026-11-21T12:00:00Z",
		"2026-11-21T19:00:05":       "2026-11-21T12:00:05Z",
		"2026-11-21T19:00:00+08:00": "2026-11-21T11:00:00Z",
		"2026-11-21T12:00:00Z":      "2026-11-21T12:00:00Z",
		"tomorrow":                  "",
		"2026-11-23":                "",
		"-3h":                       "",
		"24":                        "",
		"":                          "",
	} {
		got, err := ParseMoment(text, zone, now)
		if want == "" {
			if err == nil {
				t.Errorf("%q was taken for %s", text, got)
			}
			continue
		}
		if err != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%q: %s, %v; want %s", text, got.UTC(), err, want)
		}
	}
}
