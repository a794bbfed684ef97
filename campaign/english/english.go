// Package english writes numbers and times into sentences for people: 12,345, "2 rows", "3 min".
package english

import (
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"siaran/campaign"
)

// Count writes 12345 as 12,345.
func Count(n int) string { return humanize.Comma(int64(n)) }

// Plural is "1 row", "2 rows".
func Plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + one + "s"
}

// Span is a duration: "under a second", "42 s", "3 min", "2 h 10 min".
func Span(d time.Duration) string {
	switch {
	case d < time.Second:
		return "under a second"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Round(time.Second).Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	default:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
}

// Money writes an amount with commas: 1,250,000.50.
func Money(m campaign.Money) string {
	s := m.String()
	whole, frac, found := strings.Cut(s, ".")
	var n int
	if _, err := fmt.Sscan(whole, &n); err != nil {
		return s
	}
	if found {
		return Count(n) + "." + frac
	}
	return Count(n)
}

// Estimate is what a run would cost: "IDR 3,500, without tax", or from no backup to all of them.
func Estimate(e campaign.Estimate) string {
	if e.Least == e.Most {
		return fmt.Sprintf("%s %s, without tax", e.Currency, Money(e.Most))
	}
	return fmt.Sprintf("%s %s to %s (no backup to all backups), without tax", e.Currency, Money(e.Least), Money(e.Most))
}
