package main

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"siaran/campaign/gateway/simulator"
	"siaran/ratelimit"
)

// persistent gives no row up for the faults of these tests.
const persistent = "retry: {attempts: 20, first: 10ms, most: 20ms}\n"

// tooEarly looks for an arrival before which there were more than the limit allows since the first process began. That is
// all that holds on a busy machine, which may delay requests, and let them arrive in a heap, but makes none leave early.
// Every other window is package dispatch's and ratelimit's to prove, where time is not the machine's.
func tooEarly(began time.Time, arrivals []time.Time, rate float64, burst int) error {
	slices.SortFunc(arrivals, time.Time.Compare)
	for i, at := range arrivals {
		if most := rate*(at.Sub(began)+ratelimit.Grace).Seconds() + float64(burst); float64(i+1) > most {
			return fmt.Errorf("%d requests %v after the beginning, at most %.1f", i+1, at.Sub(began), most)
		}
	}
	return nil
}

// TestTheLimitIsTheAccounts whoever sends: one process with its retries, two at once on one ledger, and one after the
// other, of which none begins with a fresh burst.
func TestTheLimitIsTheAccounts(t *testing.T) {
	t.Parallel()
	start := func(t *testing.T, rows int, faults string, rate, burst int) (*stage, *simulator.Server, time.Time) {
		s := newStage(t, play{Rows: rows, Conduct: persistent})
		s.write("d.yaml", strings.Replace(s.read("c.yaml"), "name: c", "name: d", 1))
		sim, _ := s.gateway(simulator.Settings{KeepArrivals: true, Faults: parseFaults(t, faults)}, fmt.Sprintf(", rate: %d/s, burst: %d", rate, burst))
		return s, sim, time.Now()
	}
	judge := func(t *testing.T, began time.Time, sim *simulator.Server, rate float64, burst, least int) {
		all := sim.Arrivals()
		if err := tooEarly(began, all, rate, burst); err != nil {
			t.Error(err)
		}
		if len(all) < least {
			t.Errorf("%d requests, want at least %d", len(all), least)
		}
	}
	t.Run("with retries", func(t *testing.T) {
		t.Parallel()
		s, sim, began := start(t, 200, "503=10%,rc=2:10%", 100, 10)
		if code, sum, stderr := s.send(); code != exitOK || sum.Accepted != 200 {
			t.Fatalf("exit code %d, %+v: %s", code, sum, stderr)
		}
		judge(t, began, sim, 100, 10, 205)
	})
	t.Run("two processes", func(t *testing.T) {
		t.Parallel()
		s, sim, began := start(t, 60, "", 40, 10)
		one, _, oneErr := s.process(nil, "siaran", "send", "--yes", "c.yaml")
		two, _, twoErr := s.process(nil, "siaran", "send", "--yes", "d.yaml")
		for _, p := range []*exec.Cmd{one, two} {
			if code := s.exitCode(p); code != exitOK {
				t.Fatalf("exit code %d: %s %s", code, oneErr, twoErr)
			}
		}
		judge(t, began, sim, 40, 10, 120)
	})
	t.Run("killed and sent on", func(t *testing.T) {
		t.Parallel()
		s, sim, began := start(t, 110, "", 20, 30)
		for _, n := range []int{32, 36, 40} {
			cmd, _, errs := s.process(nil, "siaran", "send", "--yes", "c.yaml")
			for deadline := time.Now().Add(time.Minute); sim.Counts().Requests < n; time.Sleep(time.Millisecond) {
				if time.Now().After(deadline) {
					t.Errorf("%d requests after a minute: %s", sim.Counts().Requests, errs)
					break
				}
			}
			_ = cmd.Process.Kill()
			s.exitCode(cmd)
		}
		if code, sum, stderr := s.send(); sum.State != "done" {
			t.Fatalf("exit code %d, %+v: %s", code, sum, stderr)
		}
		judge(t, began, sim, 20, 30, 90)
	})
}

// TestAnArrivalThatIsTooEarlyIsSeen tests the measure, not siaran.
func TestAnArrivalThatIsTooEarlyIsSeen(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		ms    []int
		burst int
		early bool
	}{
		"one a slot":                   {[]int{0, 10, 20, 30}, 1, false},
		"the burst, then one a slot":   {[]int{0, 0, 0, 10, 20}, 3, false},
		"within the grace":             {[]int{0, 0, 0}, 1, false},
		"beyond it":                    {[]int{0, 0, 0, 0}, 1, true},
		"a second burst":               {[]int{0, 0, 0, 0, 0, 50, 50, 50, 50, 50, 60, 60, 60, 60}, 5, true},
		"late, and in a heap":          {[]int{0, 1000, 1000, 1000, 1000}, 1, false},
		"out of order, and none early": {[]int{30, 20, 10, 0}, 1, false},
	} {
		var all []time.Time
		for _, ms := range c.ms {
			all = append(all, began.Add(time.Duration(ms)*time.Millisecond))
		}
		if err := tooEarly(began, all, 100, c.burst); (err != nil) != c.early {
			t.Errorf("%s: %v", name, err)
		}
	}
}
