package main

import (
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"siaran/campaign/gateway/simulator"
	"siaran/ratelimit"
)

// persistent gives no row up for the faults of these tests.
const persistent = "retry: {attempts: 20, first: 10ms, most: 20ms}\n"

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
// gateway may be its own doing. On an idle machine it is a millisecond or two.
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

// inTime runs do, which measures, until a run was not disturbed by the rest of the machine, at most five times.
func inTime(t *testing.T, do func(t *testing.T) pace) {
	t.Helper()
	for n := 1; ; n++ {
		j := watchJitter()
		p := do(t)
		disturbed := j.stop()
		t.Logf("%d requests in %v, %.1f/s, fullest window %v beyond the grace, the machine's own jitter %v", p.requests, p.span.Round(time.Millisecond), p.perSecond(0), p.excess, disturbed)
		if p.excess <= 0 || t.Failed() {
			return
		}
		if n == 5 || disturbed < 10*time.Millisecond {
			t.Errorf("a window has %v too many requests", p.excess)
			return
		}
	}
}

// TestTheAccountsLimitHoldsInEveryWindowOfTheGatewaysClock for several rates, bursts and numbers of workers, with
// retries, a slow gateway, and a gateway that stalls.
func TestTheAccountsLimitHoldsInEveryWindowOfTheGatewaysClock(t *testing.T) {
	for _, c := range []struct {
		name        string
		rate        float64
		burst, rows int
		workers     int // 0: the default
		faults      string
		stall       time.Duration
		requests    int     // at least
		least       float64 // share of the rate that is reached at least
	}{
		{name: "five a second", rate: 5, burst: 1, rows: 11, least: 0.5},
		{name: "one worker", rate: 50, burst: 5, rows: 60, workers: 1, least: 0.2},
		{name: "more workers than rate", rate: 50, burst: 1, rows: 80, workers: 128, least: 0.2},
		{name: "two hundred a second with a burst", rate: 200, burst: 10, rows: 310, least: 0.2},
		{name: "a burst of a second", rate: 100, burst: 100, rows: 250, least: 0.2},
		{name: "a thousand a second", rate: 1000, burst: 20, rows: 1220, least: 0.2},
		{name: "a thousand a second without a burst", rate: 1000, burst: 1, rows: 800, least: 0.2},
		{name: "retries", rate: 200, burst: 10, rows: 300, faults: "503=10%,rc=2:10%", requests: 330, least: 0.2},
		{name: "a slow gateway", rate: 200, burst: 10, rows: 250, faults: "latency=0..500ms", least: 0.2},
		{name: "a stall", rate: 200, burst: 10, rows: 300, workers: 100, stall: time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			inTime(t, func(t *testing.T) pace {
				s := newStage(t, play{Rows: c.rows, Conduct: persistent + "workers: " + strconv.Itoa(c.workers)})
				if c.workers == 0 {
					s.write("c.yaml", strings.Replace(s.read("c.yaml"), "workers: 0", "", 1))
				}
				sim, _ := s.gateway(simulator.Settings{KeepArrivals: true, Faults: parseFaults(t, c.faults)}, fmt.Sprintf(", rate: %g/s, burst: %d", c.rate, c.burst))
				if c.stall > 0 {
					once(t, sim, c.rows/3, func() { sim.Stall(c.stall) })
				}
				code, sum, stderr := s.send()
				if code != exitOK || sum.Accepted != c.rows {
					t.Fatalf("exit code %d, %+v: %s", code, sum, stderr)
				}
				p := paceOf(sim.Arrivals(), c.rate, c.burst)
				if p.requests < max(c.requests, c.rows) {
					t.Errorf("%d requests, want at least %d", p.requests, max(c.requests, c.rows))
				}
				if got := p.perSecond(c.burst); got < c.least*c.rate {
					t.Errorf("%.1f/s, want at least %.1f", got, c.least*c.rate)
				}
				return p
			})
		})
	}
}

// TestTheLimitIsTheAccountsForTwoProcessesAndForARestart: two campaigns in two processes on one ledger; and a send
// that is interrupted and sent on at once has no fresh burst.
func TestTheLimitIsTheAccountsForTwoProcessesAndForARestart(t *testing.T) {
	const rate, burst, rows = 100, 20, 150
	twoCampaigns := func(t *testing.T) (*stage, *simulator.Server) {
		s := newStage(t, play{Rows: rows, Conduct: persistent})
		s.write("d.yaml", strings.Replace(s.read("c.yaml"), "name: c", "name: d", 1))
		sim, _ := s.gateway(simulator.Settings{KeepArrivals: true, Faults: parseFaults(t, "503=5%")}, fmt.Sprintf(", rate: %d/s, burst: %d", rate, burst))
		return s, sim
	}
	t.Run("two processes", func(t *testing.T) {
		inTime(t, func(t *testing.T) pace {
			s, sim := twoCampaigns(t)
			one, _, oneErr := s.process(nil, "siaran", "send", "--yes", "c.yaml")
			two, _, twoErr := s.process(nil, "siaran", "send", "--yes", "d.yaml")
			for _, p := range []*exec.Cmd{one, two} {
				if code := s.exitCode(p); code != exitOK {
					t.Fatalf("exit code %d: %s %s", code, oneErr, twoErr)
				}
			}
			p := paceOf(sim.Arrivals(), rate, burst)
			if p.requests < 2*rows || p.perSecond(burst) < rate/2 {
				t.Errorf("%d requests at %.1f/s", p.requests, p.perSecond(burst))
			}
			return p
		})
	})
	t.Run("killed and sent on", func(t *testing.T) {
		inTime(t, func(t *testing.T) pace {
			s, sim := twoCampaigns(t)
			for range 4 {
				cmd, _, _ := s.process(nil, "siaran", "send", "--yes", "c.yaml")
				n := sim.Counts().Requests
				for range 2000 {
					if sim.Counts().Requests >= n+25 {
						break
					}
					time.Sleep(time.Millisecond)
				}
				_ = cmd.Process.Kill()
				s.exitCode(cmd)
			}
			if code, sum, stderr := s.send(); sum.State != "done" {
				t.Fatalf("exit code %d, %+v: %s", code, sum, stderr)
			}
			return paceOf(sim.Arrivals(), rate, burst)
		})
	})
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
