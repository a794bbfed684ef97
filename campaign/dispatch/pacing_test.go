package dispatch

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"siaran/campaign"
	"siaran/ratelimit"
)

// An account is a gateway's view of one: what arrives, at what time. It shares a limit among those that send.
type account struct {
	rate   float64
	burst  int
	disk   time.Duration                                                   // that a Begin takes
	answer func(q campaign.Queued, n int) (campaign.Answer, time.Duration) // to the n-th request, and after how long

	mu       sync.Mutex
	tat      int64 // as the ledger keeps it
	arrivals []time.Time
}

// A slotted book begins attempts as the ledger does: each with a slot of the account's.
type slotted struct {
	*memoryBook
	account *account
}

func (s slotted) Begin(ctx context.Context, q campaign.Queued) (campaign.Begun, error) {
	a := s.account
	a.mu.Lock()
	slot, tat, wait := ratelimit.Take(a.tat, time.Now().UnixNano(), ratelimit.Every(a.rate), a.burst)
	a.tat = tat
	a.mu.Unlock()
	if wait > 0 {
		return campaign.Begun{Wait: wait}, nil
	}
	time.Sleep(a.disk)
	b, err := s.memoryBook.Begin(ctx, q)
	b.Leave = time.Unix(0, slot)
	return b, err
}

// Send is a call over a connection that was there.
func (a *account) Send(ctx context.Context, q campaign.Queued, leave func(context.Context) error) campaign.Answer {
	if err := leave(ctx); err != nil {
		return campaign.Unsent(err.Error())
	}
	a.mu.Lock()
	a.arrivals = append(a.arrivals, time.Now())
	n := len(a.arrivals)
	a.mu.Unlock()
	answer, after := a.answer(q, n)
	time.Sleep(after)
	return answer
}

// sender is a process that sends on the account.
func (a *account) sender(workers int) *Dispatcher {
	limit := ratelimit.NewBucket(a.rate, a.burst)
	return &Dispatcher{
		Attempts: slotted{newBook(), a}, Sender: a, Limit: limit, Throttle: limit, Workers: workers, Ahead: 8,
		Retry: campaign.Retry{Attempts: 20, First: 10 * time.Millisecond, Most: 20 * time.Millisecond}, Outage: campaign.ProbeOn,
	}
}

// tooFull looks for a window with more requests than the limit allows: rate·(t + 20 ms) + burst in every window of t.
func (a *account) tooFull() (message string) {
	slices.SortFunc(a.arrivals, time.Time.Compare)
	for i, from := range a.arrivals {
		for j, to := range a.arrivals[i:] {
			if most := a.rate*(to.Sub(from)+ratelimit.Grace).Seconds() + float64(a.burst); float64(j+1) > most+1e-6 {
				return fmt.Sprintf("%d requests in %v, at most %.1f", j+1, to.Sub(from), most)
			}
		}
	}
	return ""
}

func fast(campaign.Queued, int) (campaign.Answer, time.Duration) {
	return campaign.Answer{Outcome: campaign.Accepted}, time.Millisecond
}

// TestTheAccountsLimitHoldsInEveryWindow for several rates, bursts and numbers of workers, with retries, a slow disk, a
// slow gateway, and a gateway that stalls; and nothing of the rate is given away.
func TestTheAccountsLimitHoldsInEveryWindow(t *testing.T) {
	failing := func(_ campaign.Queued, n int) (campaign.Answer, time.Duration) {
		if n > 1 && n%5 == 0 {
			return campaign.Answer{Outcome: campaign.NotTaken, Code: "rc 2"}, time.Millisecond
		}
		return campaign.Answer{Outcome: campaign.Accepted}, time.Millisecond
	}
	slow := func(campaign.Queued, int) (campaign.Answer, time.Duration) {
		return campaign.Answer{Outcome: campaign.Accepted}, rand.N(500 * time.Millisecond)
	}
	stalling := func(_ campaign.Queued, n int) (campaign.Answer, time.Duration) {
		if n > 100 && n <= 200 {
			return campaign.Answer{Outcome: campaign.Accepted}, time.Second
		}
		return campaign.Answer{Outcome: campaign.Accepted}, time.Millisecond
	}
	for _, c := range []struct {
		name        string
		rate        float64
		burst, rows int
		workers     int
		disk        time.Duration
		answer      func(campaign.Queued, int) (campaign.Answer, time.Duration)
		requests    int     // at least
		least       float64 // share of the rate that is reached at least
	}{
		{name: "one in two seconds", rate: 0.5, burst: 1, rows: 20, workers: 8, answer: fast, least: 0.98},
		{name: "five a second", rate: 5, burst: 1, rows: 100, workers: 32, answer: fast, least: 0.98},
		{name: "one worker", rate: 50, burst: 5, rows: 300, workers: 1, answer: fast, least: 0.98},
		{name: "more workers than rate", rate: 50, burst: 1, rows: 300, workers: 128, answer: fast, least: 0.98},
		{name: "a burst of a second", rate: 100, burst: 100, rows: 600, workers: 32, answer: fast, least: 0.98},
		{name: "a thousand a second", rate: 1000, burst: 20, rows: 1500, workers: 32, answer: fast, least: 0.98},
		{name: "a slow disk", rate: 200, burst: 10, rows: 600, workers: 32, disk: 30 * time.Millisecond, answer: fast, least: 0.95},
		{name: "retries", rate: 200, burst: 10, rows: 600, workers: 32, answer: failing, requests: 700, least: 0.98},
		{name: "a slow gateway", rate: 200, burst: 10, rows: 600, workers: 128, answer: slow, least: 0.8},
		{name: "a stall", rate: 200, burst: 10, rows: 600, workers: 100, answer: stalling, least: 0.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &account{rate: c.rate, burst: c.burst, disk: c.disk, answer: c.answer}
				if stop, err := a.sender(c.workers).Run(t.Context(), rowsTo(c.rows)); err != nil || stop.Kind != StopDone {
					t.Fatal(stop, err)
				}
				if problem := a.tooFull(); problem != "" {
					t.Error(problem)
				}
				n := len(a.arrivals)
				if n < max(c.rows, c.requests) {
					t.Errorf("%d requests, want at least %d", n, max(c.rows, c.requests))
				}
				span := a.arrivals[n-1].Sub(a.arrivals[0]).Seconds()
				if got := float64(n-c.burst) / span; got < c.least*c.rate {
					t.Errorf("%.1f/s, want at least %.1f", got, c.least*c.rate)
				}
			})
		})
	}
}

func TestTheLimitIsTheAccountsForTwoProcessesAndForOneAfterTheOther(t *testing.T) {
	t.Run("two processes", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a := &account{rate: 100, burst: 20, answer: fast}
			var both sync.WaitGroup
			for range 2 {
				both.Go(func() {
					if stop, err := a.sender(8).Run(t.Context(), rowsTo(300)); err != nil || stop.Kind != StopDone {
						t.Error(stop, err)
					}
				})
			}
			both.Wait()
			if problem := a.tooFull(); problem != "" || len(a.arrivals) != 600 {
				t.Errorf("%d requests: %s", len(a.arrivals), problem)
			}
		})
	})
	t.Run("one after the other", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a := &account{rate: 100, burst: 20, answer: fast}
			for range 5 {
				ctx, interrupt := context.WithTimeout(t.Context(), 300*time.Millisecond)
				if stop, err := a.sender(8).Run(ctx, rowsTo(300)); err != nil || stop.Kind != StopInterrupted {
					t.Error(stop, err)
				}
				interrupt()
			}
			if problem := a.tooFull(); problem != "" || len(a.arrivals) < 100 {
				t.Errorf("%d requests: %s", len(a.arrivals), problem)
			}
		})
	})
}

// TestWhileTheGatewayWantsToHearNothingNobodySpeaks: its Retry-After is about the account, not the one message.
func TestWhileTheGatewayWantsToHearNothingNobodySpeaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const workers = 4
		var told time.Time
		a := &account{rate: 100, burst: 1}
		a.answer = func(_ campaign.Queued, n int) (campaign.Answer, time.Duration) {
			if n == 40 {
				told = time.Now()
				return campaign.Answer{Outcome: campaign.NotTaken, Code: "HTTP 429", Throttled: true, RetryAfter: 30 * time.Second}, 0
			}
			return campaign.Answer{Outcome: campaign.Accepted}, time.Millisecond
		}
		if stop, err := a.sender(workers).Run(t.Context(), rowsTo(100)); err != nil || stop.Kind != StopDone {
			t.Fatal(stop, err)
		}
		early := 0
		for _, at := range a.arrivals {
			if at.After(told) && at.Sub(told) < 30*time.Second {
				early++
			}
		}
		if early > workers+8 { // those had their tokens already, and some of them a slot
			t.Errorf("%d requests came while the gateway wanted to hear nothing", early)
		}
		if len(a.arrivals) != 101 {
			t.Errorf("%d requests, want one for each message and one more", len(a.arrivals))
		}
	})
}
