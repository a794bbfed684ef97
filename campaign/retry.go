package campaign

import "time"

// A Retry says how often and how fast a message that was not taken is tried again.
type Retry struct {
	Attempts int           // tries in all, the first included
	First    time.Duration // before the second try
	Most     time.Duration // at most, whatever the number
}

// DefaultRetry is what a campaign without retry: gets.
var DefaultRetry = Retry{Attempts: 4, First: time.Second, Most: time.Minute}

// Backoff returns how long to wait after the n-th counted try (n ≥ 1): doubling from First up to Most,
// of which a quarter is jitter (0 ≤ jitter < 1), and never less than the gateway's own Retry-After.
func (r Retry) Backoff(n int, retryAfter time.Duration, jitter float64) time.Duration {
	d := r.First
	for range n - 1 {
		if d *= 2; d >= r.Most {
			break
		}
	}
	d = min(d, r.Most)
	d -= time.Duration(jitter * float64(d) / 4)
	return max(d, retryAfter)
}
