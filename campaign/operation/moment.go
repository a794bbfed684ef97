package operation

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseMoment reads a moment of the past as people and programs write it: RFC 3339, a local time or day in
// zone, or how long ago (90m, 24h, 7d).
func ParseMoment(text string, zone *time.Location, now time.Time) (time.Time, error) {
	if ago, ok := parseAgo(text); ok {
		return now.Add(-ago), nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05", time.DateOnly} {
		if err == nil {
			break
		}
		at, err = time.ParseInLocation(layout, text, zone)
	}
	switch {
	case err != nil:
		return at, fmt.Errorf("%q is no time: write 24h, 2026-11-21, \"2026-11-21 19:00\" or 2026-11-21T19:00:00+07:00", text)
	case at.After(now):
		return at, errors.New(text + " is still to come")
	}
	return at, nil
}

// parseAgo reads 90m, 24h or 7d.
func parseAgo(text string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Duration(n) * 24 * time.Hour, err == nil
	}
	ago, err := time.ParseDuration(text)
	return ago, err == nil && ago >= 0
}
