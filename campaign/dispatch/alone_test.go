package dispatch

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"siaran/campaign"
	"siaran/ratelimit"
)

// TestWhatBeganAheadIsNotSentToAGatewayThatIsDown: once the breaker is open, the next request is the probe, when it is due,
// also where attempts had begun before.
func TestWhatBeganAheadIsNotSentToAGatewayThatIsDown(t *testing.T) {
	for _, ahead := range []int{0, 1, 2, 8} {
		synctest.Test(t, func(t *testing.T) {
			var calls []time.Time
			d := dispatcher(newBook(), func(campaign.Queued) campaign.Answer {
				calls = append(calls, time.Now())
				if len(calls) <= 5 {
					return campaign.Answer{Outcome: campaign.Accepted}
				}
				return campaign.Answer{Outcome: campaign.NotTaken, Code: "refused"}
			})
			d.Workers, d.Ahead, d.Outage = 1, ahead, 15*time.Second
			stop, err := d.Run(t.Context(), rowsTo(100))
			if err != nil || stop.Kind != StopDown {
				t.Fatal(stop, err)
			}
			// Five are accepted, ten open the breaker, four probe: after 1, 2, 4 and 8 s.
			if len(calls) != 5+10+4 {
				t.Fatalf("%d ahead: %d calls, want 19", ahead, len(calls))
			}
			for i, wait := range []time.Duration{1, 2, 4, 8} {
				if gap := calls[15+i].Sub(calls[14+i]); gap < wait*time.Second || gap > wait*time.Second+10*time.Millisecond {
					t.Errorf("%d ahead: probe %d left %v after the call before, want %ds", ahead, i+1, gap, wait)
				}
			}
		})
	}
}

// TestAnOutageCostsTheRequestsThatWereUnderWayAndOneAProbe counts what meets a gateway that goes down while all workers
// are busy, and how long is probed.
func TestAnOutageCostsTheRequestsThatWereUnderWayAndOneAProbe(t *testing.T) {
	const rows, workers = 300, 8
	for name, c := range map[string]struct {
		outage  time.Duration
		down    time.Duration // 0: for good
		stop    StopKind
		probes  int
		atLeast time.Duration
	}{
		"at once":          {0, 0, StopDown, 0, 0},
		"for two seconds":  {2 * time.Second, 0, StopDown, 2, 3 * time.Second},
		"until it is back": {campaign.ProbeOn, 2 * time.Second, StopDone, 1, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBook()
				var mu sync.Mutex
				var down time.Time
				seen, failed := 0, 0
				d := dispatcher(b, func(campaign.Queued) campaign.Answer {
					mu.Lock()
					defer mu.Unlock()
					if seen++; seen == 100 {
						down = time.Now()
					}
					if down.IsZero() || (c.down > 0 && time.Since(down) >= c.down) {
						return campaign.Answer{Outcome: campaign.Accepted}
					}
					failed++
					return campaign.Answer{Outcome: campaign.NotTaken, Code: "HTTP 503"}
				})
				d.Outage, d.Ahead = c.outage, 8
				stop, err := d.Run(t.Context(), rowsTo(rows))
				if err != nil || stop.Kind != c.stop {
					t.Fatal(stop, err)
				}
				if took := time.Since(down); took < c.atLeast || took > c.atLeast+time.Second {
					t.Errorf("it ended %v after the gateway went down, want %v", took, c.atLeast)
				}
				if least, most := breakerOpensAt+c.probes, breakerOpensAt+workers-1+c.probes; failed < least || failed > most {
					t.Errorf("%d requests were burnt on a gateway that was down, want %d to %d", failed, least, most)
				}
				for seq := range b.begun {
					for i, o := range b.outcomes(seq) {
						if o == campaign.Accepted && i != len(b.ended[seq])-1 {
							t.Errorf("row %d: %v", seq, b.outcomes(seq))
						}
					}
				}
			})
		})
	}
}

// TestARowThatIsRefusedAloneIsNoLongerAboutAllRows: what is in the ledger then is a refusal of this row, or a later
// start would try it first.
func TestARowThatIsRefusedAloneIsNoLongerAboutAllRows(t *testing.T) {
	for name, c := range map[string]struct {
		witness  campaign.Answer
		outcome  campaign.Outcome
		systemic bool
	}{
		"the other row is accepted": {campaign.Answer{Outcome: campaign.Accepted}, campaign.Refused, false},
		"the other row meets it too": {
			campaign.Answer{Outcome: campaign.NotTaken, Code: "rc 8", Systemic: true}, campaign.NotTaken, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBook()
				b.begun[1] = 1
				queue := func(yield func(campaign.Queued, error) bool) {
					_ = yield(campaign.Queued{Message: campaign.Message{Seq: 1}, Past: campaign.Past{Attempts: 1, Systemic: "rc 8"}}, nil) &&
						yield(campaign.Queued{Message: campaign.Message{Seq: 2}}, nil)
				}
				if _, err := dispatcher(b, func(q campaign.Queued) campaign.Answer {
					if q.Seq == 1 {
						return campaign.Answer{Outcome: campaign.NotTaken, Code: "rc 8", Systemic: true}
					}
					return c.witness
				}).Run(t.Context(), queue); err != nil {
					t.Fatal(err)
				}
				if len(b.ended[1]) != 1 || b.ended[1][0].Outcome != c.outcome || b.ended[1][0].Systemic != c.systemic {
					t.Errorf("row 1 ended %+v, want %s, systemic %v", b.ended[1], c.outcome, c.systemic)
				}
			})
		})
	}
}

// TestWhoWaitsForATokenOrASlotBeginsNothingAfterAStop from outside, a pause or an interrupt: the run does not wait for
// the limit either.
func TestWhoWaitsForATokenOrASlotBeginsNothingAfterAStop(t *testing.T) {
	for name, c := range map[string]struct {
		tell func(stop chan<- Stop, interrupt func())
		kind StopKind
	}{
		"a pause":      {func(stop chan<- Stop, _ func()) { stop <- Stop{Kind: StopState, Reason: "paused"} }, StopState},
		"an interrupt": {func(_ chan<- Stop, interrupt func()) { interrupt() }, StopInterrupted},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, interrupt := context.WithCancel(t.Context())
				defer interrupt()
				b, stops := newBook(), make(chan Stop)
				d := dispatcher(b, yes)
				d.Limit, d.Stop = ratelimit.NewBucket(1, 1), stops
				began := time.Now()
				go func() {
					time.Sleep(5500 * time.Millisecond)
					c.tell(stops, interrupt)
				}()
				stop, err := d.Run(ctx, rowsTo(100))
				if took := time.Since(began); err != nil || stop.Kind != c.kind || took != 5500*time.Millisecond {
					t.Errorf("stop %+v, error %v after %v, want %s at once", stop, err, took, c.kind)
				}
				if len(b.begun) != 6 || len(b.ended) != 6 {
					t.Errorf("%d rows begun, %d ended: want the six that had their token", len(b.begun), len(b.ended))
				}
			})
		})
	}
}

// TestTheWitnessForARowThatIsRefusedAsAllRowsAreGoesAlone: until another row's answer says whom the refusal is about,
// nobody else meets it.
func TestTheWitnessForARowThatIsRefusedAsAllRowsAreGoesAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		b.begun[2] = 1
		queue := func(yield func(campaign.Queued, error) bool) {
			for q, err := range rowsTo(20) {
				if q.Seq == 2 {
					q.Attempts, q.Systemic = 1, "rc 8"
				}
				if !yield(q, err) {
					return
				}
			}
		}
		var mu sync.Mutex
		suspected, asked, answered, others := false, false, false, 0
		d := dispatcher(b, func(q campaign.Queued) campaign.Answer {
			mu.Lock()
			defer mu.Unlock()
			switch {
			case q.Seq == 2:
				suspected = true
				return campaign.Answer{Outcome: campaign.NotTaken, Code: "rc 8", Systemic: true}
			case suspected && !asked: // the witness, who takes its time
				asked = true
				mu.Unlock()
				time.Sleep(5 * time.Second)
				mu.Lock()
				answered = true
			case asked && !answered:
				others++
			}
			return campaign.Answer{Outcome: campaign.Accepted}
		})
		d.Limit = ratelimit.NewBucket(1, 1)
		if stop, err := d.Run(t.Context(), queue); err != nil || stop.Kind != StopDone {
			t.Fatal(stop, err)
		}
		if !answered || others != 0 {
			t.Errorf("%d calls while the witness was asked (it was: %v)", others, answered)
		}
	})
}

// TestWhoWaitsForItsSlotWaitsForTheGatewaysSilenceToo: its token was given before the gateway wanted to hear nothing.
func TestWhoWaitsForItsSlotWaitsForTheGatewaysSilenceToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, limit := newBook(), ratelimit.NewBucket(0, 1)
		began := time.Now()
		var mu sync.Mutex
		var calls []time.Duration
		d := dispatcher(b, func(q campaign.Queued) campaign.Answer {
			mu.Lock()
			defer mu.Unlock()
			calls = append(calls, time.Since(began).Truncate(time.Second))
			if len(calls) == 2 {
				return campaign.Answer{Outcome: campaign.NotTaken, Code: "HTTP 429", Throttled: true, RetryAfter: 30 * time.Second}
			}
			return campaign.Answer{Outcome: campaign.Accepted}
		})
		d.Attempts, d.Limit, d.Throttle, d.Workers = &late{memoryBook: b}, limit, limit, 2
		if stop, err := d.Run(t.Context(), rowsTo(3)); err != nil || stop.Kind != StopDone {
			t.Fatal(stop, err)
		}
		if len(calls) != 4 || calls[2] < 30*time.Second {
			t.Errorf("calls after %v: want the third and the fourth after the 30 s that the gateway asked for at the second", calls)
		}
	})
}

// late is Attempts where row 3 finds its slot five seconds off.
type late struct {
	*memoryBook
	told bool
}

func (l *late) Begin(ctx context.Context, q campaign.Queued) (campaign.Begun, error) {
	l.mu.Lock()
	wait := q.Seq == 3 && !l.told
	l.told = l.told || wait
	l.mu.Unlock()
	if wait {
		return campaign.Begun{Wait: 5 * time.Second}, nil
	}
	return l.memoryBook.Begin(ctx, q)
}
