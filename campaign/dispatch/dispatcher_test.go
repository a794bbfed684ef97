package dispatch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"siaran/campaign"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memoryBook keeps attempts in memory: what is tested here is the order of things, not the disk.
type memoryBook struct {
	mu        sync.Mutex
	begun     map[int]int // attempts by row
	ended     map[int][]campaign.Attempt
	state     campaign.RunState
	failBegin error
	failEnd   error
}

func newBook() *memoryBook {
	return &memoryBook{begun: map[int]int{}, ended: map[int][]campaign.Attempt{}, state: campaign.StateReady}
}

func (b *memoryBook) Begin(ctx context.Context, q campaign.Queued) (campaign.Begun, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return campaign.Begun{}, err
	}
	if b.failBegin != nil {
		return campaign.Begun{}, b.failBegin
	}
	if b.state != campaign.StateReady {
		return campaign.Begun{State: b.state}, nil
	}
	if b.begun[q.Seq] != q.Attempts {
		return campaign.Begun{Taken: true}, nil
	}
	b.begun[q.Seq]++
	return campaign.Begun{Go: true, Attempt: campaign.Attempt{Seq: q.Seq, N: q.Attempts + 1, BegunAt: time.Now()}}, nil
}

func (b *memoryBook) End(a campaign.Attempt, done func(error)) {
	b.mu.Lock()
	b.ended[a.Seq] = append(b.ended[a.Seq], a)
	err := b.failEnd
	b.mu.Unlock()
	done(err)
}

func (b *memoryBook) outcomes(seq int) (out []campaign.Outcome) {
	for _, a := range b.ended[seq] {
		out = append(out, a.Outcome)
	}
	return out
}

// A script answers by row and attempt.
type script func(q campaign.Queued) campaign.Answer

func (f script) Send(ctx context.Context, q campaign.Queued, leave func(context.Context) error) campaign.Answer {
	if err := leave(ctx); err != nil {
		return campaign.Unsent(err.Error())
	}
	time.Sleep(time.Millisecond)
	return f(q)
}

type free struct{}

func (free) Wait(ctx context.Context) error { return ctx.Err() }
func (free) Hold(ctx context.Context) error { return ctx.Err() }
func (free) Leave(_ context.Context, slot time.Time) error {
	time.Sleep(time.Until(slot))
	return nil
}

func rowsTo(n int) iter.Seq2[campaign.Queued, error] {
	return func(yield func(campaign.Queued, error) bool) {
		for i := 1; i <= n; i++ {
			if !yield(campaign.Queued{Message: campaign.Message{Seq: i, RefID: fmt.Sprint(i)}}, nil) {
				return
			}
		}
	}
}

func dispatcher(b *memoryBook, s script) *Dispatcher {
	return &Dispatcher{Attempts: b, Sender: s, Limit: free{}, Workers: 8, Retry: campaign.DefaultRetry, Outage: campaign.ProbeOn}
}

func yes(campaign.Queued) campaign.Answer { return campaign.Answer{Outcome: campaign.Accepted} }

func TestEveryMessageIsSentOnceAndTheRunIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		heard := 0
		d := dispatcher(b, yes)
		d.Ended = func(campaign.Answer) { heard++ }
		stop, err := d.Run(t.Context(), rowsTo(500))
		if err != nil || stop.Kind != StopDone {
			t.Fatalf("stop %+v, error %v", stop, err)
		}
		for i := 1; i <= 500; i++ {
			if b.begun[i] != 1 || len(b.ended[i]) != 1 {
				t.Fatalf("row %d: begun %d times, ended %d times", i, b.begun[i], len(b.ended[i]))
			}
		}
		if heard != 500 {
			t.Errorf("heard of %d ends, want 500", heard)
		}
	})
}

func TestTheFirstMessageGoesAloneUntilTheGatewayHasAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		inFlight, most, answered := 0, 0, 0
		stop, err := dispatcher(newBook(), func(q campaign.Queued) campaign.Answer {
			mu.Lock()
			inFlight++
			if answered == 0 {
				most = max(most, inFlight)
			}
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			defer mu.Unlock()
			inFlight--
			answered++
			return campaign.Answer{Outcome: campaign.Accepted}
		}).Run(t.Context(), rowsTo(50))
		if err != nil || stop.Kind != StopDone {
			t.Fatal(stop, err)
		}
		if most != 1 {
			t.Errorf("%d messages were under way before the first answer, want 1", most)
		}
	})
}

func TestASystemicRefusalIsSeenByTheCanaryAloneAndLosesNoRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		stop, err := dispatcher(b, func(campaign.Queued) campaign.Answer {
			return campaign.Answer{Outcome: campaign.NotTaken, Code: "rc 6", Reason: "Not Ip Whitelist", Systemic: true}
		}).Run(t.Context(), rowsTo(100))
		if err != nil || stop.Kind != StopSystemic || stop.Reason != "rc 6: Not Ip Whitelist" {
			t.Fatalf("stop %+v, error %v", stop, err)
		}
		if len(b.begun) != 1 || b.ended[1][0].Counts {
			t.Errorf("begun %v: want row 1 alone, not counted as a try", b.begun)
		}
	})
}

func TestASystemicRefusalInTheMiddleIsSeenByAtMostTheWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		seen := 0
		var mu sync.Mutex
		stop, _ := dispatcher(b, func(q campaign.Queued) campaign.Answer {
			mu.Lock()
			defer mu.Unlock()
			if q.Seq < 50 {
				return campaign.Answer{Outcome: campaign.Accepted}
			}
			seen++
			return campaign.Answer{Outcome: campaign.NotTaken, Code: "rc 7", Systemic: true}
		}).Run(t.Context(), rowsTo(1000))
		if stop.Kind != StopSystemic || seen > 8 {
			t.Errorf("%d requests saw the refusal (%+v), want at most the 8 workers", seen, stop)
		}
		for seq, n := range b.begun {
			if len(b.ended[seq]) != n {
				t.Errorf("row %d: begun %d, ended %d", seq, n, len(b.ended[seq]))
			}
		}
	})
}

func TestARowThatAloneIsRefusedSystemicallyOnResumeBlocksNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		b.begun[1] = 1
		queue := func(yield func(campaign.Queued, error) bool) {
			if !yield(campaign.Queued{Message: campaign.Message{Seq: 1}, Past: campaign.Past{Attempts: 1, Systemic: "rc 8"}}, nil) {
				return
			}
			for q, err := range rowsTo(20) {
				if q.Seq > 1 && !yield(q, err) {
					return
				}
			}
		}
		stop, err := dispatcher(b, func(q campaign.Queued) campaign.Answer {
			if q.Seq == 1 {
				return campaign.Answer{Outcome: campaign.NotTaken, Code: "rc 8", Systemic: true}
			}
			return campaign.Answer{Outcome: campaign.Accepted}
		}).Run(t.Context(), queue)
		if err != nil || stop.Kind != StopDone {
			t.Fatalf("stop %+v, error %v: want done", stop, err)
		}
		if got := b.outcomes(1); len(got) != 1 || got[0] != campaign.Refused {
			t.Errorf("row 1 ended %v, want refused", got)
		}
	})
}

func TestRowsThatAreRefusedSystemicallyOnResumeAreNoWitnessesForEachOther(t *testing.T) {
	bad := func(q campaign.Queued) bool { return q.Seq <= 3 }
	queue := func(rows int) iter.Seq2[campaign.Queued, error] {
		return func(yield func(campaign.Queued, error) bool) {
			for q, err := range rowsTo(rows) {
				if bad(q) {
					q.Attempts, q.Systemic = 1, "rc 8"
				}
				if !yield(q, err) {
					return
				}
			}
		}
	}
	for name, c := range map[string]struct {
		rows    int
		mended  bool
		stop    StopKind
		outcome campaign.Outcome
		asked   int // requests with a systemic answer
	}{
		"about three rows of twenty":    {20, false, StopDone, campaign.Refused, 3},
		"about rows without a witness":  {3, false, StopSystemic, campaign.NotTaken, 1},
		"about all of them, and mended": {20, true, StopDone, campaign.Accepted, 0},
		"about the only three, mended":  {3, true, StopDone, campaign.Accepted, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBook()
				b.begun[1], b.begun[2], b.begun[3] = 1, 1, 1
				asked := 0
				var mu sync.Mutex
				stop, err := dispatcher(b, func(q campaign.Queued) campaign.Answer {
					if bad(q) && !c.mended {
						mu.Lock()
						defer mu.Unlock()
						asked++
						return campaign.Answer{Outcome: campaign.NotTaken, Code: "rc 8", Systemic: true}
					}
					return campaign.Answer{Outcome: campaign.Accepted}
				}).Run(t.Context(), queue(c.rows))
				if err != nil || stop.Kind != c.stop || asked != c.asked {
					t.Errorf("stop %+v, error %v, %d systemic answers: want %s and %d", stop, err, asked, c.stop, c.asked)
				}
				if got := b.outcomes(1); len(got) != 1 || got[0] != c.outcome {
					t.Errorf("row 1 ended %v, want %s", got, c.outcome)
				}
				for seq := 4; seq <= c.rows; seq++ {
					// An attempt that had begun when a suspect's witness was to go alone was not sent, and began again.
					if got := b.outcomes(seq); len(got) == 0 || got[len(got)-1] != campaign.Accepted || slices.Contains(got[:len(got)-1], campaign.Accepted) {
						t.Errorf("row %d ended %v, want accepted once", seq, got)
					}
				}
			})
		})
	}
}

func TestAnUnreadableFirstAnswerStopsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		stop, _ := dispatcher(b, func(campaign.Queued) campaign.Answer {
			return campaign.Answer{Outcome: campaign.Unknown, Odd: true, Code: "html"}
		}).Run(t.Context(), rowsTo(10))
		if stop.Kind != StopOdd || len(b.begun) != 1 {
			t.Errorf("stop %+v after %d rows, want odd after 1", stop, len(b.begun))
		}
	})
}

func TestWhatWasNotTakenIsTriedAgainAfterItsBackOffAndNoMoreThanItsTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		stop, err := dispatcher(b, func(q campaign.Queued) campaign.Answer {
			switch {
			case q.Seq == 5:
				return campaign.Answer{Outcome: campaign.NotTaken, Code: "rc 2"}
			case q.Seq == 6 && q.Attempts == 0:
				return campaign.Answer{Outcome: campaign.NotTaken, Code: "HTTP 429", Throttled: true, RetryAfter: 30 * time.Second}
			}
			return campaign.Answer{Outcome: campaign.Accepted}
		}).Run(t.Context(), rowsTo(20))
		if err != nil || stop.Kind != StopDone {
			t.Fatal(stop, err)
		}
		if got := b.ended[5]; len(got) != campaign.DefaultRetry.Attempts {
			t.Errorf("row 5 had %d attempts, want %d", len(got), campaign.DefaultRetry.Attempts)
		}
		for i := 1; i < len(b.ended[5]); i++ {
			if gap := b.ended[5][i].BegunAt.Sub(b.ended[5][i-1].EndedAt); gap < 700*time.Millisecond {
				t.Errorf("try %d of row 5 began %v after the last, want a back-off", i+1, gap)
			}
		}
		six := b.ended[6]
		if len(six) != 2 || six[1].BegunAt.Sub(six[0].EndedAt) < 30*time.Second || six[0].Counts {
			t.Errorf("row 6: %+v: want a second attempt after Retry-After, the first not counted", six)
		}
	})
}

func TestALostAnswerIsNotSentAgainUnlessTheCampaignSaysSo(t *testing.T) {
	for _, policy := range []campaign.OnUnknown{campaign.UnknownHold, campaign.UnknownResend} {
		t.Run(string(policy), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBook()
				d := dispatcher(b, func(q campaign.Queued) campaign.Answer {
					if q.Seq == 3 && q.Attempts == 0 {
						return campaign.Answer{Outcome: campaign.Unknown, Timeout: true}
					}
					if q.Seq == 3 && !q.Unknown {
						t.Error("the second attempt does not know of the first")
					}
					return campaign.Answer{Outcome: campaign.Accepted}
				})
				d.OnUnknown = policy
				if stop, err := d.Run(t.Context(), rowsTo(5)); err != nil || stop.Kind != StopDone {
					t.Fatal(stop, err)
				}
				if want := map[campaign.OnUnknown]int{campaign.UnknownHold: 1, campaign.UnknownResend: 2}[policy]; len(b.ended[3]) != want {
					t.Errorf("%d attempts, want %d", len(b.ended[3]), want)
				}
			})
		})
	}
}

func TestAnInterruptBeginsNothingNewAndFinishesWhatBegan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		b := newBook()
		stop, err := dispatcher(b, func(q campaign.Queued) campaign.Answer {
			if q.Seq == 40 {
				cancel()
			}
			time.Sleep(time.Second)
			return campaign.Answer{Outcome: campaign.Accepted}
		}).Run(ctx, rowsTo(1000))
		if err != nil || stop.Kind != StopInterrupted {
			t.Fatal(stop, err)
		}
		if len(b.begun) > 40+8 {
			t.Errorf("%d rows begun, want few after the interrupt", len(b.begun))
		}
		for seq := range b.begun {
			if got := b.outcomes(seq); len(got) != 1 || got[0] != campaign.Accepted {
				t.Errorf("row %d ended %v, want accepted", seq, got)
			}
		}
	})
}

func TestAGatewayThatIsDownIsProbedAndNotBurntThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		began := time.Now()
		d := dispatcher(b, func(q campaign.Queued) campaign.Answer {
			if s := time.Since(began); s > 5*time.Second && s < 20*time.Minute {
				return campaign.Answer{Outcome: campaign.NotTaken, Code: "refused"}
			}
			time.Sleep(500 * time.Millisecond)
			return campaign.Answer{Outcome: campaign.Accepted}
		})
		stop, err := d.Run(t.Context(), rowsTo(200))
		if err != nil || stop.Kind != StopDone {
			t.Fatal(stop, err)
		}
		attempts := 0
		for i := 1; i <= 200; i++ {
			attempts += len(b.ended[i])
			if got := b.outcomes(i); got[len(got)-1] != campaign.Accepted {
				t.Errorf("row %d ended %v, want accepted when the gateway is back", i, got)
			}
		}
		if attempts > 200+60 {
			t.Errorf("%d attempts for 200 rows: it burnt messages on a gateway that was down", attempts)
		}
	})
}

func TestAGatewayThatWasNeverReachedIsDownAndItsRowsAreNotGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		d := dispatcher(b, func(campaign.Queued) campaign.Answer {
			return campaign.Answer{Outcome: campaign.NotTaken, Code: "refused"}
		})
		d.Outage = time.Minute
		stop, err := d.Run(t.Context(), rowsTo(1))
		if err != nil || stop.Kind != StopDown {
			t.Fatal(stop, err)
		}
		for _, a := range b.ended[1] {
			if a.Counts {
				t.Errorf("attempt %d counts as a try of the row", a.N)
			}
		}
	})
}

func TestAnOutageLongerThanTheCampaignBearsStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		d := dispatcher(b, func(campaign.Queued) campaign.Answer {
			return campaign.Answer{Outcome: campaign.NotTaken, Code: "refused", Reason: "connection refused"}
		})
		d.Outage = 10 * time.Minute
		began := time.Now()
		stop, err := d.Run(t.Context(), rowsTo(200))
		if err != nil || stop.Kind != StopDown {
			t.Fatal(stop, err)
		}
		if took := time.Since(began); took < 10*time.Minute || took > 13*time.Minute {
			t.Errorf("stopped after %v, want about 10 min", took)
		}
	})
}

func TestARunThatIsNoLongerReadyBeginsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		b.state = campaign.StatePaused
		stop, err := dispatcher(b, yes).Run(t.Context(), rowsTo(10))
		if err != nil || stop.Kind != StopState || len(b.begun) != 0 {
			t.Errorf("stop %+v, error %v, begun %v", stop, err, b.begun)
		}
	})
}

func TestADiskThatFailsStopsSendingAtOnce(t *testing.T) {
	full := errors.New("disk full")
	for name, set := range map[string]func(*memoryBook){
		"at Begin": func(b *memoryBook) { b.failBegin = full },
		"at End":   func(b *memoryBook) { b.failEnd = full },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBook()
				set(b)
				_, err := dispatcher(b, yes).Run(t.Context(), rowsTo(1000))
				if !errors.Is(err, full) || len(b.begun) > 16 {
					t.Errorf("error %v after %d rows, want the disk's at once", err, len(b.begun))
				}
			})
		})
	}
}

// shared is Attempts whose slots are another process's too: every other Begin finds that its slot is a second off.
type shared struct {
	*memoryBook
	asked int
}

func (s *shared) Begin(ctx context.Context, q campaign.Queued) (campaign.Begun, error) {
	s.mu.Lock()
	s.asked++
	wait := s.asked%2 == 1
	s.mu.Unlock()
	if wait {
		return campaign.Begun{Wait: time.Second}, nil
	}
	return s.memoryBook.Begin(ctx, q)
}

// tokens counts them.
type tokens struct {
	free
	taken int
}

func (l *tokens) Wait(ctx context.Context) error {
	l.taken++
	return l.free.Wait(ctx)
}

func TestWhoWaitsForItsSlotKeepsItsToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, l := newBook(), &tokens{}
		d := dispatcher(b, yes)
		d.Workers, d.Attempts, d.Limit = 1, &shared{memoryBook: b}, l
		if stop, err := d.Run(t.Context(), rowsTo(10)); err != nil || stop.Kind != StopDone {
			t.Fatal(stop, err)
		}
		if l.taken != 10 {
			t.Errorf("10 messages took %d tokens", l.taken)
		}
	})
}

func TestValidForEndsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		d := dispatcher(b, func(campaign.Queued) campaign.Answer {
			time.Sleep(time.Second)
			return campaign.Answer{Outcome: campaign.Accepted}
		})
		d.Until = time.Now().Add(5 * time.Second)
		stop, err := d.Run(t.Context(), rowsTo(1000))
		if err != nil || stop.Kind != StopExpired || len(b.begun) > 60 {
			t.Errorf("stop %+v, error %v, %d begun", stop, err, len(b.begun))
		}
	})
}

// TestAttemptsBeginAheadButNoMoreCallsGoOnThanThereAreWorkers: and what began ahead when the run stops has an end
// that says nothing was sent.
func TestAttemptsBeginAheadButNoMoreCallsGoOnThanThereAreWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		var mu sync.Mutex
		calls, most, begunMost := 0, 0, 0
		count := func(by int) {
			mu.Lock()
			defer mu.Unlock()
			calls += by
			most = max(most, calls)
			b.mu.Lock()
			begunMost = max(begunMost, len(b.begun)-len(b.ended))
			b.mu.Unlock()
		}
		d := dispatcher(b, func(q campaign.Queued) campaign.Answer {
			count(1)
			time.Sleep(10 * time.Millisecond)
			count(-1)
			if q.Seq >= 200 {
				return campaign.Answer{Outcome: campaign.NotTaken, Systemic: true, Code: "rc 16"}
			}
			return campaign.Answer{Outcome: campaign.Accepted}
		})
		d.Ahead = 8
		stop, err := d.Run(t.Context(), rowsTo(500))
		if err != nil || stop.Kind != StopSystemic {
			t.Fatalf("stop %+v, error %v", stop, err)
		}
		if most != d.Workers || begunMost != d.Workers+d.Ahead {
			t.Errorf("%d calls and %d attempts at once, want %d and %d", most, begunMost, d.Workers, d.Workers+d.Ahead)
		}
		systemic, unsent := 0, 0
		for seq := range b.begun {
			if len(b.ended[seq]) != 1 {
				t.Fatalf("row %d: begun %d times, ended %d times", seq, b.begun[seq], len(b.ended[seq]))
			}
			switch a := b.ended[seq][0]; {
			case a.Systemic:
				systemic++
			case a.Outcome == campaign.NotTaken && !a.Counts:
				unsent++
			}
		}
		if systemic == 0 || systemic > d.Workers || unsent == 0 {
			t.Errorf("%d requests met the refusal, want 1 to %d; %d that began ahead were not sent", systemic, d.Workers, unsent)
		}
	})
}

// TestAnInterruptedReadingOfTheQueueIsAnInterruption and no error, nor the end of the run.
func TestAnInterruptedReadingOfTheQueueIsAnInterruption(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		queue := func(yield func(campaign.Queued, error) bool) {
			if yield(campaign.Queued{Message: campaign.Message{Seq: 1}}, nil) {
				cancel()
				yield(campaign.Queued{}, ctx.Err())
			}
		}
		stop, err := dispatcher(newBook(), yes).Run(ctx, queue)
		if err != nil || stop.Kind != StopInterrupted {
			t.Errorf("stop %+v, error %v", stop, err)
		}
	})
}
