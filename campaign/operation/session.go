package operation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"siaran/campaign"
	"siaran/campaign/dispatch"
	"siaran/campaign/gateway"
	"siaran/campaign/ledger"
	"siaran/ratelimit"
)

// A session is one stretch of sending of one run: from the lock to the count.
type session struct {
	r       Request
	run     campaign.Run
	gateway gateway.Compiled // nil: compiled from the run's heading
	planned bool             // it was planned just now
	older   []Result         // runs that were finished before it
	queued  int              // messages that wait, if it was

	stop dispatch.Stop
}

// A Result is what a stretch of sending came to.
type Result struct {
	Run      campaign.Run
	Summary  Summary
	Stop     dispatch.Stop // why it ended; zero if it was Finished
	Finished bool          // it was finished before: nothing was sent
	Expect   campaign.Expect
	Older    []Result // runs that were finished first
}

// sessionOf sends p's run.
func sessionOf(p *Planned) *session {
	s := &session{r: p.r, run: p.Run, older: p.Older}
	if p.fresh != nil {
		s.gateway = p.fresh.draft.gateway
	}
	return s
}

// resume lifts a pause that the run made itself, records changed conduct, and sends what is left.
func (s *session) resume(ctx context.Context, conduct []string) (Result, error) {
	owner, err := s.r.Ledger.Owners.Own(ctx, s.run.ID)
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = owner.Release() }()
	if s.run, err = s.r.Ledger.Runs.ByID(ctx, s.run.ID); err != nil { // as it is now that it is ours
		return Result{}, err
	}
	switch {
	case s.run.State.Final():
		return s.sumUp(ctx)
	case s.run.State == campaign.StatePaused && s.run.PausedBy != "":
		return Result{}, pausedByPerson(s.run)
	}
	if len(conduct) > 0 {
		s.run.Definition, s.run.ExpiresAt = s.r.Campaign.Text, expires(s.r.Campaign, s.run.CreatedAt)
		s.run.Tries = s.r.Campaign.Retry.Attempts
		if err := s.r.Ledger.Runs.SetDefinition(ctx, s.run); err != nil {
			return Result{}, err
		}
		if err := s.act(ctx, campaign.DeedConduct, strings.Join(conduct, "; ")); err != nil {
			return Result{}, err
		}
		s.r.tell(ConductChanged{Changes: conduct})
	}
	if s.run.State == campaign.StatePaused {
		_, err := s.r.Ledger.Runs.SetState(ctx, s.run.ID, []campaign.RunState{campaign.StatePaused}, campaign.StateReady, "", "")
		if err != nil {
			return Result{}, err
		}
	}
	s.r.tell(GoesOn{Run: s.run})
	if err := s.act(ctx, campaign.DeedSend, "resumed"); err != nil {
		return Result{}, err
	}
	return s.owned(ctx, owner)
}

func (s *session) act(ctx context.Context, what campaign.Deed, why string) error {
	return s.r.Ledger.Actions.Add(ctx, s.r.By.Did(what, s.run.ID, "", why))
}

// send sends what is unsettled.
func (s *session) send(ctx context.Context) (Result, error) {
	owner, err := s.r.Ledger.Owners.Own(ctx, s.run.ID)
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = owner.Release() }()
	return s.owned(ctx, owner)
}

// owned sends what is unsettled of a run that is ours, and sums up.
func (s *session) owned(ctx context.Context, owner *ledger.Ownership) (Result, error) {
	if err := s.r.Ledger.Original.Claim(ctx); err != nil {
		return Result{}, err
	}
	if s.gateway == nil {
		g, err := Compile(s.r.Account, s.r.Campaign, s.run.Header, s.r.Now)
		if err != nil {
			return Result{}, fmt.Errorf("run %s: %w", s.run.ID, err)
		}
		s.gateway = g
	}
	if err := s.dispatch(ctx, owner); err != nil {
		return Result{}, err
	}
	return s.sumUp(context.WithoutCancel(ctx))
}

// dispatch sends what is unsettled, until every attempt has an end: on PostgreSQL those of a sender that
// died stay open for a while, for it might not be dead. Theirs are sent again, too, if the campaign
// says so.
func (s *session) dispatch(ctx context.Context, owner *ledger.Ownership) error {
	rate := s.r.Account.Rate.Min(s.r.Campaign.Rate)
	bucket := ratelimit.NewBucket(float64(rate), s.r.Account.Burst)
	if !s.planned {
		sum, err := Summarise(ctx, s.r.Ledger, s.run)
		if err != nil {
			return err
		}
		s.queued = sum.Queued
	}
	s.r.tell(Began{Run: s.run, Queued: s.queued})
	defer s.r.tell(Ended{})
	defer s.watch(ctx, pace{bucket, rate})()
	attempts, err := s.r.Ledger.Attempts(ctx, ledger.Terms{Run: s.run, Account: s.r.Account, Purpose: s.r.Campaign.Purpose})
	if err != nil {
		return err
	}
	d := &dispatch.Dispatcher{
		Attempts:  attempts,
		Sender:    s.gateway,
		Limit:     bucket,
		Throttle:  bucket,
		Workers:   dispatch.Workers(s.r.Account, s.r.Campaign),
		Ahead:     dispatch.Ahead(s.r.Account, s.r.Campaign),
		Retry:     s.r.Campaign.Retry,
		OnUnknown: s.r.Campaign.OnUnknown,
		Outage:    s.r.Campaign.Outage,
		Until:     s.run.ExpiresAt,
		Ended:     func(a campaign.Answer) { s.r.tell(AttemptEnded{Answer: a}) },
	}
	if s.r.Prepare != nil {
		s.r.Prepare(d)
	}
	for {
		open, err := owner.Reap(ctx)
		if err != nil {
			return err
		}
		if err := s.pass(ctx, d, owner); err != nil {
			return err
		}
		if open.IsZero() || s.stop.Kind != dispatch.StopDone && s.stop.Kind != dispatch.StopExpired {
			return nil
		}
		if wait := time.Until(open); wait > 0 {
			s.r.tell(WaitsForDead{For: wait})
			if err := s.await(ctx, owner, wait); err != nil || s.stop.Kind == dispatch.StopInterrupted {
				return err
			}
		}
	}
}

// pass hands the dispatcher what is queued, once. It ends with ErrOwned if another process took the run.
func (s *session) pass(ctx context.Context, d *dispatch.Dispatcher, owner *ledger.Ownership) (err error) {
	lost, finished := make(chan dispatch.Stop, 1), make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-owner.Lost():
			lost <- dispatch.Stop{Kind: dispatch.StopState, Reason: "another process works on this run"}
		case <-finished:
		}
	})
	d.Stop = lost
	s.stop, err = d.Run(ctx, s.r.Ledger.Queue(ctx, s.run.ID, campaign.Policy{Retry: s.r.Campaign.Retry, OnUnknown: s.r.Campaign.OnUnknown}))
	close(finished)
	watch.Wait()
	return errors.Join(err, s.lost(owner))
}

// lost is ErrOwned once the run is another process's.
func (s *session) lost(owner *ledger.Ownership) error {
	select {
	case <-owner.Lost():
		return fmt.Errorf("run %s: %w", s.run.ID, ledger.ErrOwned)
	default:
		return nil
	}
}

// await waits, unless the run is interrupted or lost meanwhile.
func (s *session) await(ctx context.Context, owner *ledger.Ownership, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-owner.Lost():
	case <-ctx.Done():
		s.stop = dispatch.Stop{Kind: dispatch.StopInterrupted, Reason: "interrupted"}
	}
	return s.lost(owner)
}

// sumUp writes down where the run stands now, and counts.
func (s *session) sumUp(ctx context.Context) (Result, error) {
	ready := []campaign.RunState{campaign.StateReady}
	var err error
	switch s.stop.Kind {
	case dispatch.StopDone, dispatch.StopExpired:
		_, err = s.r.Ledger.Runs.SetState(ctx, s.run.ID, ready, campaign.StateDone, s.stop.Reason, "")
	case dispatch.StopSystemic, dispatch.StopOdd, dispatch.StopDown:
		_, err = s.r.Ledger.Runs.SetState(ctx, s.run.ID, ready, campaign.StatePaused, s.stop.Reason, "")
	case dispatch.StopInterrupted:
		_, err = s.r.Ledger.Runs.SetState(ctx, s.run.ID, ready, campaign.StateReady, s.stop.Reason, "")
	case dispatch.StopState:
	}
	if err != nil {
		return Result{}, err
	}
	if s.run, err = s.r.Ledger.Runs.ByID(ctx, s.run.ID); err != nil {
		return Result{}, err
	}
	sum, err := Summarise(ctx, s.r.Ledger, s.run)
	if err == nil && sum.Sum() != sum.Rows {
		err = fmt.Errorf("run %s: its counts come to %d, but it has %d rows: this is a bug; siaran report shows the difference", s.run.ID, sum.Sum(), sum.Rows)
	}
	return Result{Run: s.run, Summary: sum, Stop: s.stop, Expect: s.r.Campaign.Expect, Older: s.older}, err
}
