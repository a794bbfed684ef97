package campaign_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"siaran/campaign"
)

func TestBackoffDoublesUpToTheMost(t *testing.T) {
	r := campaign.Retry{Attempts: 9, First: time.Second, Most: 10 * time.Second}
	for i, want := range []time.Duration{1, 2, 4, 8, 10, 10} {
		if got := r.Backoff(i+1, 0, 0); got != want*time.Second {
			t.Errorf("after try %d: %v, want %ds", i+1, got, want)
		}
	}
}

func TestBackoffIsNeverShorterThanTheGatewayAsks(t *testing.T) {
	r := campaign.DefaultRetry
	if got := r.Backoff(1, 5*time.Minute, 0.5); got != 5*time.Minute {
		t.Errorf("got %v", got)
	}
	if got := r.Backoff(7, time.Second, 0); got != time.Minute {
		t.Errorf("a short Retry-After shortens it to %v", got)
	}
}

func TestBackoffsJitterIsAtMostAQuarter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "first"))
		r := campaign.Retry{First: first, Most: first * time.Duration(rapid.IntRange(1, 100).Draw(t, "most"))}
		n := rapid.IntRange(1, 1000).Draw(t, "n")
		full := r.Backoff(n, 0, 0)
		got := r.Backoff(n, 0, rapid.Float64Range(0, 0.999).Draw(t, "jitter"))
		if got > full || got < full-full/4-1 || full > r.Most || full < r.First {
			t.Fatalf("%v of %v (first %v, most %v)", got, full, r.First, r.Most)
		}
	})
}
