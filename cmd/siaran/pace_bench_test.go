package main

import (
	"slices"
	"sync"
	"testing"
	"time"

	"siaran/ratelimit"
)

// A pace is what the gateway's clock says of a run.
type pace struct {
	requests int
	span     time.Duration // from the first to the last
	excess   time.Duration // by how much more than the grace of 20 ms the worst window is too full; not positive: none is
}

// paceOf measures arrivals against rate and burst: in every window of t at most rate·(t + 20 ms) + burst requests.
// A window begins and ends with an arrival, so that there are n² of them; the fullest for each end is that
// with the least i − rate·tᵢ at its beginning.
func paceOf(arrivals []time.Time, rate float64, burst int) pace {
	slices.SortFunc(arrivals, time.Time.Compare)
	p := pace{requests: len(arrivals)}
	if len(arrivals) == 0 {
		return p
	}
	first := arrivals[0]
	p.span = arrivals[len(arrivals)-1].Sub(first)
	least, most := 0.0, 0.0
	for i, at := range arrivals {
		level := float64(i) - rate*at.Sub(first).Seconds()
		least = min(least, level)
		most = max(most, level-least+1-float64(burst))
	}
	p.excess = time.Duration(most/rate*float64(time.Second)) - ratelimit.Grace
	return p
}

// perSecond is the rate that was reached. The burst at the beginning is left out.
func (p pace) perSecond(burst int) float64 { return float64(p.requests-burst) / p.span.Seconds() }

// A jitter is the longest that this machine kept somebody waiting who wanted to run: what looks like a burst to the
// gateway may be its own doing. On an idle machine it is a millisecond or two. Benchmarks say it beside what they measure;
// no test may depend on it.
type jitter struct {
	quit chan struct{}
	done sync.WaitGroup
	most time.Duration
}

func watchJitter() *jitter {
	j := &jitter{quit: make(chan struct{})}
	j.done.Go(func() {
		for {
			began := time.Now()
			select {
			case <-j.quit:
				return
			case <-time.After(time.Millisecond):
				j.most = max(j.most, time.Since(began)-time.Millisecond)
			}
		}
	})
	return j
}

func (j *jitter) stop() time.Duration {
	close(j.quit)
	j.done.Wait()
	return j.most
}

// TestThePaceOfArrivalsIsMeasuredExactly tests the measure, not siaran.
func TestThePaceOfArrivalsIsMeasuredExactly(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	at := func(ms ...int) (all []time.Time) {
		for _, m := range ms {
			all = append(all, start.Add(time.Duration(m)*time.Millisecond))
		}
		return all
	}
	for name, c := range map[string]struct {
		arrivals []time.Time
		burst    int
		excess   time.Duration // at 100/s
	}{
		"one a slot":                    {at(0, 10, 20, 30), 1, -20 * time.Millisecond},
		"two of burst, then one a slot": {at(0, 0, 10, 20), 2, -20 * time.Millisecond},
		"a pair too many":               {at(0, 10, 20, 20, 20, 20), 1, 10 * time.Millisecond},
		"an early one":                  {at(0, 10, 15), 1, -15 * time.Millisecond},
		"a full window in the middle":   {at(0, 1000, 1000, 1000, 1000, 2000), 1, 10 * time.Millisecond},
	} {
		if got := paceOf(c.arrivals, 100, c.burst).excess; got != c.excess {
			t.Errorf("%s: %v, want %v", name, got, c.excess)
		}
	}
}
