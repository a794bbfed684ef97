package english

import (
	"testing"
	"time"

	"siaran/campaign"
)

func TestNumbersAndDurationsAreWrittenForPeople(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Count(0), "0"},
		{Count(1234567), "1,234,567"},
		{Plural(1, "row"), "1 row"},
		{Plural(0, "row"), "0 rows"},
		{Plural(20000, "row"), "20,000 rows"},
		{Span(999 * time.Millisecond), "under a second"},
		{Span(90 * time.Second), "90 s"},
		{Span(2 * time.Minute), "2 min"},
		{Span(119*time.Minute + 20*time.Second), "119 min"},
		{Span(130 * time.Minute), "2 h 10 min"},
		{Money(1_250_000_500_000), "1,250,000.5"},
		{Money(45_000_000_000_000), "45,000,000"},
		{Estimate(campaign.Estimate{Currency: "IDR", Least: 1_000_000_000, Most: 1_000_000_000}), "IDR 1,000, without tax"},
		{Estimate(campaign.Estimate{Currency: "IDR", Least: 1_000_000, Most: 2_000_000}), "IDR 1 to 2 (no backup to all backups), without tax"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
