package ledger

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"siaran/campaign"
)

func TestOfTwoProcessesThatPlanTheSameOneBecomesReady(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		ls := []*Ledger{create(t, dsn), create(t, dsn)}
		var ready, taken atomic.Int32
		var group sync.WaitGroup
		for i, id := range []string{"aaaaaa", "bbbbbb"} {
			l := ls[i]
			run := aRun(id)
			run.RowsDigest = "the same"
			p := must(l.Plans.Start(t.Context(), run))(t)
			if err := p.Add(t.Context(), messagesOf(l, run, 50)); err != nil {
				t.Fatal(err)
			}
			group.Go(func() {
				switch err := p.Ready(t.Context(), whole(50)); {
				case err == nil:
					ready.Add(1)
				case errors.Is(err, ErrTaken):
					taken.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		group.Wait()
		if ready.Load() != 1 || taken.Load() != 1 {
			t.Errorf("%d ready, %d taken", ready.Load(), taken.Load())
		}
		if found := must(ls[0].Health.Check(t.Context()))(t); len(found) > 0 {
			t.Errorf("the loser's plan is still there: %v", found)
		}
		if runs := must(ls[0].Runs.All(t.Context()))(t); len(runs) != 1 || runs[0].Rows != 50 {
			t.Errorf("%+v", runs)
		}
	})
}

func TestHalfAPlanIsDiscardedWhenItsPlannerIsDeadAndNotBefore(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l, other := create(t, dsn), create(t, dsn)
		half := must(l.Plans.Start(t.Context(), aRun("aaaaaa")))(t)
		if err := half.Add(t.Context(), messagesOf(l, half.Run(), 4500)); err != nil {
			t.Fatal(err)
		}
		planned(t, other, aRun("bbbbbb"), 1) // its planner lives
		if _, err := other.Runs.ByID(t.Context(), "aaaaaa"); err != nil {
			t.Fatalf("a living planner's plan is gone: %v", err)
		}
		if _, err := other.Owners.Own(t.Context(), "aaaaaa"); !errors.Is(err, ErrOwned) {
			t.Errorf("a plan was taken from its planner: %v", err)
		}
		if err := half.lock.Release(); err != nil { // as the kernel or the server does for the dead
			t.Fatal(err)
		}
		planned(t, other, aRun("cccccc"), 1)
		if _, err := other.Runs.ByID(t.Context(), "aaaaaa"); !errors.Is(err, ErrNoRun) {
			t.Errorf("half a plan is still there: %v", err)
		}
		if found := must(l.Health.Check(t.Context()))(t); len(found) > 0 {
			t.Error(found)
		}
		if err := half.Ready(t.Context(), whole(4500)); err == nil {
			t.Error("a discarded plan became ready")
		}
	})
}

func TestAPlanThatIsNotReadyIsNoRunYet(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		p := must(l.Plans.Start(t.Context(), aRun("aaaaaa")))(t)
		if err := p.Add(t.Context(), messagesOf(l, p.Run(), 1)); err != nil {
			t.Fatal(err)
		}
		if runs := must(l.Runs.All(t.Context()))(t); len(runs) != 0 {
			t.Errorf("it is listed: %+v", runs)
		}
		if _, ok, _ := l.Runs.ByIdentity(t.Context(), aRun("aaaaaa").Identity()); ok {
			t.Error("it is found by its identity")
		}
		q := campaign.Queued{Message: messagesOf(l, p.Run(), 1)[0]}
		if b := must(sending(t, l, terms(p.Run())).Begin(t.Context(), q))(t); b.Go || b.State != campaign.StatePlanning {
			t.Errorf("it is sent from: %+v", b)
		}
		if err := p.Discard(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Runs.ByID(t.Context(), "aaaaaa"); !errors.Is(err, ErrNoRun) {
			t.Errorf("discarded: %v", err)
		}
	})
}
