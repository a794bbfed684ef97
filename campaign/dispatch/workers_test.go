package dispatch

import (
	"testing"

	"siaran/campaign"
)

func TestWorkersFollowTheLowerRateAndAttemptsBeginAheadOnlyWithoutOne(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		account, own   campaign.Rate
		says           int
		workers, ahead int
	}{
		{campaign.Unlimited, 0, 0, 64, 64},
		{0, 0, 0, 64, 64},
		{campaign.Unlimited, 0, 9, 9, 9},
		{campaign.Unlimited, campaign.Unlimited, 0, 64, 64},
		{campaign.Unlimited, 50, 0, 25, 0},
		{50, campaign.Unlimited, 0, 25, 0},
		{100, 20, 0, 10, 0},
		{20, 100, 0, 10, 0},
		{1, 0, 0, 4, 0},
		{0.1, 0, 0, 4, 0},
		{9, 0, 0, 4, 0},
		{5000, 0, 0, 256, 0},
		{5000, 0, 300, 300, 0},
		{10, 0, 1, 1, 0},
	} {
		a, c := campaign.Account{Rate: test.account}, &campaign.Campaign{Rate: test.own, Workers: test.says}
		if w, n := Workers(a, c), Ahead(a, c); w != test.workers || n != test.ahead {
			t.Errorf("%+v: got %d workers, %d ahead", test, w, n)
		}
	}
}
