package campaign_test

import (
	"testing"

	"siaran/campaign"
)

func TestAShareAllowsACountOrAPartOfTheRows(t *testing.T) {
	count := func(n int) campaign.Share { return campaign.Share{Set: true, Count: n} }
	percent := func(p float64) campaign.Share { return campaign.Share{Set: true, Percent: p, IsPct: true} }
	for _, c := range []struct {
		name     string
		share    campaign.Share
		n, total int
		want     bool
	}{
		{"none given, none rejected", campaign.Share{}, 0, 1000, true},
		{"none given, one rejected", campaign.Share{}, 1, 1000, false},
		{"up to the count", count(10), 10, 1000, true},
		{"past the count", count(10), 11, 1000, false},
		{"a count of none", count(0), 1, 1000, false},
		{"up to the percentage", percent(1), 10, 1000, true},
		{"past the percentage", percent(1), 11, 1000, false},
		{"one per cent of few rows is not one row", percent(1), 1, 99, false},
		{"half a per cent", percent(0.5), 5, 1000, true},
		{"all", percent(100), 1000, 1000, true},
		{"no rows at all", percent(1), 0, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.share.Allows(c.n, c.total); got != c.want {
				t.Errorf("%d of %d: %v", c.n, c.total, got)
			}
		})
	}
}
