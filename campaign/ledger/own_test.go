package ledger

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"siaran/campaign"
)

func TestASecondProcessCannotOwnARunAndADeadOneDoesNotBlock(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l, other := create(t, dsn), create(t, dsn)
		run := planned(t, l, aRun("aaaaaa"), 1)
		o := must(l.Owners.Own(t.Context(), run.ID))(t)
		if _, err := other.Owners.Own(t.Context(), run.ID); !errors.Is(err, ErrOwned) {
			t.Errorf("a second owner: %v", err)
		}
		if err := o.Release(); err != nil {
			t.Fatal(err)
		}
		again := must(other.Owners.Own(t.Context(), run.ID))(t)
		if err := again.Release(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestLookingWhetherARunIsOwnedKeepsNobodyFromOwningIt(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l, other := create(t, dsn), create(t, dsn)
		run := planned(t, l, aRun("aaaaaa"), 1)
		look := must(other.Owners.lock(t.Context(), run.ID))(t) // what Owned does
		go func() {
			time.Sleep(50 * time.Millisecond)
			_ = look.Release()
		}()
		o, err := l.Owners.Own(t.Context(), run.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.Release(); err != nil {
			t.Error(err)
		}
	})
}

func TestTakingOwnershipMakesOpenAttemptsUnknown(t *testing.T) {
	l := create(t, filepath.Join(t.TempDir(), "siaran.db"))
	run := planned(t, l, aRun("aaaaaa"), 2)
	begin(t, sending(t, l, terms(run)), queue(t, l, run.ID, defaults)[0])
	o := must(l.Owners.Own(t.Context(), run.ID))(t)
	defer func() { _ = o.Release() }()
	h := histories(t, l, run.ID)[0]
	if a := h.Attempts[0]; a.Outcome != campaign.Unknown || a.Code != "interrupted" || a.EndedAt.IsZero() || a.Reason == "" {
		t.Errorf("%+v", a)
	}
	if qs := queue(t, l, run.ID, defaults); len(qs) != 1 {
		t.Errorf("%d are queued, want the other one", len(qs))
	}
}

func TestOnPostgresOpenAttemptsWaitForTheirDueTime(t *testing.T) {
	l := create(t, postgres(t))
	run := planned(t, l, aRun("aaaaaa"), 2)
	ts := terms(run)
	qs := queue(t, l, run.ID, defaults)
	begin(t, sending(t, l, ts), qs[0])
	ts.Account.Timeout = -certainlyOver // due at once
	begin(t, sending(t, l, ts), qs[1])
	o := must(l.Owners.Own(t.Context(), run.ID))(t)
	defer func() { _ = o.Release() }()
	hs := histories(t, l, run.ID)
	if hs[0].Attempts[0].Outcome != campaign.Open || hs[1].Attempts[0].Outcome != campaign.Unknown {
		t.Errorf("%s, %s: want open, unknown", hs[0].Attempts[0].Outcome, hs[1].Attempts[0].Outcome)
	}
	due := must(o.Reap(t.Context()))(t)
	if d := time.Until(due); d < 50*time.Second || d > 61*time.Second {
		t.Errorf("the open one comes due in %v, want about a minute", d)
	}
}

// childEnv makes TestMain run child on that ledger.
const childEnv = "SIARAN_LEDGER_TEST_CHILD"

// child owns a run, begins two attempts, ends one, and waits to be killed.
func child(dsn string) error {
	ctx, cancel := context.WithCancel(context.Background()) //nolint:forbidigo // a process of its own has no test's context
	defer cancel()
	l, err := Open(ctx, Settings{DSN: dsn, Host: "child"})
	if err != nil {
		return err
	}
	run, err := l.Runs.Newest(ctx, "tagihan")
	if err != nil {
		return err
	}
	if _, err := l.Owners.Own(ctx, run.ID); err != nil {
		return err
	}
	s, err := l.Attempts(ctx, terms(run))
	if err != nil {
		return err
	}
	for q, err := range l.Queue(ctx, run.ID, defaults) {
		if err != nil {
			return err
		}
		b, err := s.Begin(ctx, q)
		if err != nil || !b.Go {
			return fmt.Errorf("%+v: %w", b, err)
		}
		if q.Seq > 2 {
			break
		}
		ended := make(chan error)
		b.Attempt.Answer = campaign.Answer{Outcome: campaign.Accepted}
		s.End(b.Attempt, func(err error) { ended <- err })
		if err := <-ended; err != nil {
			return err
		}
	}
	if _, err := os.Stdout.WriteString("begun\n"); err != nil {
		return err
	}
	select {}
}

func TestAKilledOwnerLeavesItsFactsAndNoLock(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := planned(t, l, aRun("aaaaaa"), 3)
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+dsn)
		cmd.Stderr = os.Stderr
		out := must(cmd.StdoutPipe())(t)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "begun\n" {
			t.Fatalf("the child says %q: %v", line, err)
		}
		if _, err := l.Owners.Own(t.Context(), run.ID); !errors.Is(err, ErrOwned) {
			t.Errorf("while it lives: %v", err)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		var o *Ownership
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			var err error
			if o, err = l.Owners.Own(t.Context(), run.ID); err == nil {
				break
			}
			if time.Now().After(deadline) { // a server takes a moment to miss its client
				t.Fatal(err)
			}
		}
		defer func() { _ = o.Release() }()
		if got := verdicts(t, l, run.ID); got != "accepted,unknown,queued" {
			t.Error(got)
		}
	})
}
