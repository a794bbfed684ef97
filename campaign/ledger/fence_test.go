package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"siaran/campaign"
)

func TestOfTwoProcessesThatBeginTheSameMessageOneGoes(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		a, b := create(t, dsn), create(t, dsn)
		const n = 300
		run := planned(t, a, aRun("aaaaaa"), n)
		qs := queue(t, a, run.ID, defaults)
		won := make([]atomic.Int32, n)
		var taken atomic.Int32
		var group sync.WaitGroup
		for _, l := range []*Ledger{a, b} {
			s := sending(t, l, terms(run))
			for w := range 8 {
				group.Go(func() {
					for i := range qs {
						// Each worker of each ledger tries every message, from a place of its own.
						q := qs[(i+w*37)%n]
						begun, err := s.Begin(t.Context(), q)
						switch {
						case err != nil:
							t.Error(err)
						case begun.Go:
							won[q.Seq-2].Add(1)
							begun.Attempt.Answer = campaign.Answer{Outcome: campaign.Accepted}
							s.End(begun.Attempt, nil)
						case begun.Taken:
							taken.Add(1)
						default:
							t.Errorf("%+v", begun)
						}
					}
				})
			}
		}
		group.Wait()
		for i := range won {
			if got := won[i].Load(); got != 1 {
				t.Fatalf("message %d was begun %d times", i+2, got)
			}
		}
		if got := taken.Load(); got != 15*n {
			t.Errorf("%d were told it is taken, want %d", got, 15*n)
		}
	})
}

func TestAnAttemptIsOnDiskBeforeBeginReturns(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l, other := create(t, dsn), create(t, dsn)
		run := planned(t, l, aRun("aaaaaa"), 1)
		begin(t, sending(t, l, terms(run)), queue(t, l, run.ID, defaults)[0])
		if got := verdicts(t, other, run.ID); got != "unknown" {
			t.Errorf("another process sees %q", got)
		}
	})
}

func TestABeginIsNeverDurableBeforeAnEndHandedOverEarlier(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l, other := create(t, dsn), create(t, dsn)
		const n = 120
		run := planned(t, l, aRun("aaaaaa"), n)
		s := sending(t, l, terms(run))
		var last campaign.Attempt
		for i, q := range queue(t, l, run.ID, defaults) {
			if i > 0 {
				last.Answer = campaign.Answer{Outcome: campaign.Accepted}
				s.End(last, nil)
			}
			last = begin(t, s, q)
			if i%20 != 19 {
				continue
			}
			for _, h := range histories(t, other, run.ID)[:i] {
				if h.Attempts[0].Outcome != campaign.Accepted {
					t.Fatalf("row %d is begun on disk, and row %d, ended before it, is %s", q.Seq, h.Message.Seq, h.Attempts[0].Outcome)
				}
			}
		}
	})
}

func TestNothingBeginsOnceTheRunIsNotReady(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l, other := create(t, dsn), create(t, dsn)
		run := planned(t, l, aRun("aaaaaa"), 3)
		s := sending(t, l, terms(run))
		qs := queue(t, l, run.ID, defaults)
		ready := []campaign.RunState{campaign.StateReady}
		if ok := must(other.Runs.SetState(t.Context(), run.ID, ready, campaign.StatePaused, "look at it", "rini"))(t); !ok {
			t.Fatal("not paused")
		}
		if b := must(s.Begin(t.Context(), qs[0]))(t); b.Go || b.State != campaign.StatePaused {
			t.Errorf("after a pause: %+v", b)
		}
		if got := must(l.Runs.ByID(t.Context(), run.ID))(t); got.PausedBy != "rini" || got.Reason != "look at it" {
			t.Errorf("%+v", got)
		}
		if ok := must(other.Runs.SetState(t.Context(), run.ID, ready, campaign.StatePaused, "", ""))(t); ok {
			t.Error("a change from another state was made")
		}
		if ok := must(other.Runs.SetState(t.Context(), run.ID, nil, campaign.StateCancelled, "wrong text", "rini"))(t); !ok {
			t.Fatal("not cancelled")
		}
		if b := must(s.Begin(t.Context(), qs[0]))(t); b.State != campaign.StateCancelled {
			t.Errorf("after a cancel: %+v", b)
		}
		if ok := must(other.Runs.SetState(t.Context(), run.ID, nil, campaign.StateReady, "", ""))(t); ok {
			t.Error("a cancelled run became ready again")
		}
	})
}

func TestNoRunIsDoneWhileAnAttemptIsOpen(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := planned(t, l, aRun("aaaaaa"), 1)
		s := sending(t, l, terms(run))
		a := begin(t, s, queue(t, l, run.ID, defaults)[0])
		if ok := must(l.Runs.SetState(t.Context(), run.ID, nil, campaign.StateDone, "", ""))(t); ok {
			t.Error("done with an open attempt")
		}
		end(t, s, a, campaign.Answer{Outcome: campaign.Accepted})
		if ok := must(l.Runs.SetState(t.Context(), run.ID, nil, campaign.StateDone, "", ""))(t); !ok {
			t.Error("not done though all ended")
		}
		if got := must(l.Runs.ByID(t.Context(), run.ID))(t); got.DoneAt.IsZero() {
			t.Error("no time of its end")
		}
	})
}

func TestAMessageWithAReceiptIsNeverSent(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := planned(t, l, aRun("aaaaaa"), 200)
		s := sending(t, l, terms(run))
		qs := queue(t, l, run.ID, defaults)
		got := must(l.Receipts.Receive(t.Context(), campaign.Batch{Receipts: []campaign.Receipt{
			delivered(l, run, 4), delivered(l, run, 150),
		}}))(t)
		if got.New != 2 {
			t.Fatalf("%+v", got)
		}
		for _, i := range []int{2, 148} {
			if b := must(s.Begin(t.Context(), qs[i]))(t); !b.Taken {
				t.Errorf("row %d has a receipt and got %+v", qs[i].Seq, b)
			}
		}
		if left := queue(t, l, run.ID, defaults); len(left) != 198 {
			t.Errorf("%d are queued, want 198", len(left))
		}
	})
}

func TestASettledOrOpenMessageIsTaken(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := planned(t, l, aRun("aaaaaa"), 5)
		s := sending(t, l, terms(run))
		for i, outcome := range []campaign.Outcome{campaign.Accepted, campaign.Refused, campaign.Open, campaign.NotTaken, campaign.Unknown} {
			q := queue(t, l, run.ID, campaign.Policy{Retry: campaign.DefaultRetry, OnUnknown: campaign.UnknownHold})
			var one campaign.Queued
			for _, c := range q {
				if c.Seq == i+2 {
					one = c
				}
			}
			a := begin(t, s, one)
			if outcome != campaign.Open {
				end(t, s, a, campaign.Answer{Outcome: outcome})
			}
			stale := must(s.Begin(t.Context(), one))(t) // who did not see it begin
			one.Attempts++
			next := must(s.Begin(t.Context(), one))(t) // who did
			one.Attempts += 3
			far := must(s.Begin(t.Context(), one))(t) // nonsense
			if !stale.Taken || !far.Taken {
				t.Errorf("%s: the same attempt again: %+v, one far off: %+v", outcome, stale, far)
			}
			if goes := outcome == campaign.NotTaken || outcome == campaign.Unknown; next.Go != goes || next.Taken == goes {
				t.Errorf("%s: the next attempt: %+v", outcome, next)
			}
		}
	})
}

func TestALateEndSettlesAnUnknownAttemptAndNothingUndoesAnEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := planned(t, l, aRun("aaaaaa"), 2)
		s := sending(t, l, terms(run))
		qs := queue(t, l, run.ID, defaults)
		a, b := begin(t, s, qs[0]), begin(t, s, qs[1])
		end(t, s, a, campaign.Answer{Outcome: campaign.Unknown, Code: "interrupted"})
		end(t, s, b, campaign.Answer{Outcome: campaign.Refused})
		end(t, s, a, campaign.Answer{Outcome: campaign.Accepted})
		end(t, s, b, campaign.Answer{Outcome: campaign.Accepted})
		end(t, s, a, campaign.Answer{Outcome: campaign.Unknown})
		if got := verdicts(t, l, run.ID); got != "accepted,refused" {
			t.Error(got)
		}
	})
}

func TestOneBrokenRequestDoesNotHarmItsTransactionsOthers(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := planned(t, l, aRun("aaaaaa"), 20)
		s, nowhere := sending(t, l, terms(run)), sending(t, l, terms(aRun("zzzzzz")))
		qs := queue(t, l, run.ID, defaults)
		var group sync.WaitGroup
		for i, q := range qs {
			group.Go(func() {
				if _, err := nowhere.Begin(t.Context(), q); !errors.Is(err, ErrNoRun) {
					t.Errorf("a run that is not here: %v", err)
				}
			})
			group.Go(func() {
				a := begin(t, s, q)
				a.Answer = campaign.Answer{Outcome: campaign.Refused, Code: fmt.Sprint(i), OptOut: campaign.PurposeAll}
				s.End(a, nil)
				s.End(a, nil) // twice the same
			})
			group.Go(func() {
				if err := l.change(t.Context(), func(ctx context.Context, t *tx) error {
					_, err := t.exec(ctx, "INSERT INTO nothing VALUES (1)")
					return err
				}); err == nil {
					t.Error("a broken change reports nothing")
				}
			})
		}
		group.Wait()
		if err := l.Actions.Add(t.Context(), campaign.Action{What: "send", Run: run.ID}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(verdicts(t, l, run.ID), "refused"); got != 20 {
			t.Errorf("%d of 20 ended", got)
		}
		if got := must(l.Actions.OfRun(t.Context(), run.ID))(t); len(got) != 1 || got[0].Host != "test" {
			t.Errorf("%+v", got)
		}
	})
}

func TestWhoGivesUpWaitingHasBegunNothing(t *testing.T) {
	dsn := t.TempDir() + "/siaran.db"
	l, other := create(t, dsn), create(t, dsn)
	run := planned(t, l, aRun("aaaaaa"), 1)
	s := sending(t, l, terms(run))
	q := queue(t, l, run.ID, defaults)[0]
	lock := must(other.out.Conn(t.Context()))(t)
	if _, err := lock.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := s.Begin(ctx, q); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v", err)
	}
	waited := make(chan campaign.Begun)
	go func() { waited <- must(s.Begin(t.Context(), q))(t) }()
	time.Sleep(50 * time.Millisecond)
	if _, err := lock.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if b := <-waited; !b.Go {
		t.Errorf("a locked ledger means waiting, but: %+v", b)
	}
	_ = lock.Close()
}

// TestTheSharedLimitHoldsForAllProcesses: two ledgers, many workers, one account. The bound is on the slots, at
// which requests leave.
func TestTheSharedLimitHoldsForAllProcessesAndRestarts(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		const rate, burst, n = 400, 10, 300
		a := create(t, dsn)
		run := planned(t, a, aRun("aaaaaa"), n)
		ts := terms(run)
		ts.Account.Rate, ts.Account.Burst = rate, burst
		qs := queue(t, a, run.ID, defaults)
		var next atomic.Int64
		var mu sync.Mutex
		var left []time.Time
		var group sync.WaitGroup
		start := time.Now()
		for _, l := range []*Ledger{a, create(t, dsn)} {
			for range 8 {
				group.Go(func() {
					s := sending(t, l, ts)
					for i := next.Add(1) - 1; i < n; i = next.Add(1) - 1 {
						if i%50 == 0 {
							s = sending(t, l, ts) // a restart gets no fresh burst
						}
						at := leave(t, s, qs[i])
						mu.Lock()
						left = append(left, at)
						mu.Unlock()
					}
				})
			}
		}
		group.Wait()
		slices.SortFunc(left, time.Time.Compare)
		for i := range left {
			for j := i; j < len(left); j++ {
				if most := rate*(left[j].Sub(left[i])+20*time.Millisecond).Seconds() + burst; float64(j-i+1) > most {
					t.Fatalf("%d requests in %v, at most %.1f", j-i+1, left[j].Sub(left[i]), most)
				}
			}
		}
		if d := time.Since(start); d < (n-burst-10)*time.Second/rate {
			t.Errorf("%d took only %v", n, d)
		}
	})
}

func leave(t *testing.T, s *Attempts, q campaign.Queued) time.Time {
	t.Helper()
	for {
		b, err := s.Begin(t.Context(), q)
		switch {
		case err != nil:
			t.Error(err)
			return time.Now()
		case b.Go:
			time.Sleep(time.Until(b.Leave))
			b.Attempt.Answer = campaign.Answer{Outcome: campaign.Accepted}
			s.End(b.Attempt, nil)
			return b.Leave
		case b.Wait > 0:
			time.Sleep(b.Wait)
		default:
			t.Errorf("%+v", b)
			return time.Now()
		}
	}
}

func TestASuppressedAddressIsWithheldAtTheMomentOfSending(t *testing.T) {
	for _, c := range []struct {
		what       string
		on         Suppression
		purpose    campaign.Purpose
		suppressed bool
	}{
		{"for all", Suppression{Address: "6281200000000", Channel: campaign.WhatsApp, Purpose: campaign.PurposeAll}, campaign.PurposeService, true},
		{"for marketing, marketing", Suppression{Address: "6281200000000", Channel: campaign.WhatsApp, Purpose: campaign.PurposeMarketing}, campaign.PurposeMarketing, true},
		{"for marketing, service", Suppression{Address: "6281200000000", Channel: campaign.WhatsApp, Purpose: campaign.PurposeMarketing}, campaign.PurposeService, false},
		{"on another channel", Suppression{Address: "6281200000000", Channel: campaign.Email, Purpose: campaign.PurposeAll}, campaign.PurposeMarketing, false},
		{"on every channel", Suppression{Address: "6281200000000", Purpose: campaign.PurposeAll}, campaign.PurposeMarketing, true},
		{"the backup's address", Suppression{Address: "6281299999999", Channel: campaign.SMS, Purpose: campaign.PurposeAll}, campaign.PurposeMarketing, true},
		{"somebody else", Suppression{Address: "6281200000001", Channel: campaign.WhatsApp, Purpose: campaign.PurposeAll}, campaign.PurposeMarketing, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			onBoth(t, func(t *testing.T, dsn string) {
				l := create(t, dsn)
				run := planned(t, l, aRun("aaaaaa"), 1)
				ts := terms(run)
				ts.Purpose, ts.Run.Channels = c.purpose, []campaign.ChannelKind{campaign.WhatsApp, campaign.SMS}
				s := sending(t, l, ts)
				q := queue(t, l, run.ID, defaults)[0]
				q.Others = map[campaign.ChannelKind]string{campaign.SMS: "6281299999999"}
				c.on.Why = "asked by letter"
				if err := l.Suppressions.Add(t.Context(), c.on); err != nil { // after planning
					t.Fatal(err)
				}
				b := must(s.Begin(t.Context(), q))(t)
				if b.Suppressed != c.suppressed || b.Go == c.suppressed {
					t.Errorf("%+v", b)
				}
				want := map[bool]string{true: "suppressed", false: "unknown"}[c.suppressed]
				if got := verdicts(t, l, run.ID); got != want {
					t.Errorf("verdict %s, want %s", got, want)
				}
			})
		})
	}
}

func TestAnOptOutJoinsTheSuppressedOnEveryChannelOfTheMessage(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := aRun("aaaaaa")
		p := must(l.Plans.Start(t.Context(), run))(t)
		ms := messagesOf(l, run, 1)
		ms[0].Others = map[campaign.ChannelKind]string{campaign.Email: "siti@example.test"}
		if err := errors.Join(p.Add(t.Context(), ms), p.Ready(t.Context(), whole(1))); err != nil {
			t.Fatal(err)
		}
		ts := terms(run)
		ts.Run.Channels = []campaign.ChannelKind{campaign.WhatsApp, campaign.Email}
		s := sending(t, l, ts)
		end(t, s, begin(t, s, queue(t, l, run.ID, defaults)[0]), campaign.Answer{Outcome: campaign.Refused, Code: "rc 21", OptOut: campaign.PurposeAll})
		var got []string
		for sup, err := range l.Suppressions.All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%s %s %s", sup.Address, sup.Channel, sup.Purpose))
		}
		if want := "[6281200000000 whatsapp all siti@example.test email all]"; fmt.Sprint(got) != want {
			t.Errorf("%v, want %v", got, want)
		}
		found := must(l.Suppressions.Among(t.Context(), []string{"6281200000000", "6281200000001"}, campaign.WhatsApp, campaign.PurposeService))(t)
		if len(found) != 1 {
			t.Errorf("the preflight sees %v", found)
		}
		if n := must(l.Suppressions.Remove(t.Context(), Suppression{Address: "siti@example.test"}))(t); n != 1 {
			t.Errorf("%d lines removed", n)
		}
	})
}

func TestAPersonsWordSettlesUnknownRowsOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := planned(t, l, aRun("aaaaaa"), 3)
		s := sending(t, l, terms(run))
		for i, q := range queue(t, l, run.ID, defaults) {
			end(t, s, begin(t, s, q), campaign.Answer{Outcome: []campaign.Outcome{campaign.Unknown, campaign.Unknown, campaign.Refused}[i]})
		}
		not := must(l.Doubts.Settle(t.Context(), run.ID, []int{2, 4}, campaign.Accepted, "the gateway's portal shows it"))(t)
		if fmt.Sprint(not) != "[4]" {
			t.Errorf("not settled: %v, want [4]", not)
		}
		must(l.Doubts.Settle(t.Context(), run.ID, []int{3}, campaign.NotTaken, "the portal does not show it"))(t)
		if got := verdicts(t, l, run.ID); got != "accepted,queued,refused" {
			t.Error(got)
		}
		if _, err := l.Doubts.Settle(t.Context(), run.ID, []int{3}, campaign.Refused, ""); err == nil {
			t.Error("settled as refused")
		}
	})
}
