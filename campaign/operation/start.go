package operation

import (
	"context"
	"errors"
	"slices"
	"strings"

	"siaran/campaign"
	"siaran/campaign/ledger"
	"siaran/campaign/planning"
)

// Decisions are a person's answers to objections. The zero value answers none.
type Decisions struct {
	Yes        []planning.Guard // send all the same
	Unfinished string           // what becomes of the campaign's older run: finish-first or expire
	Leave      bool             // rows that were sent before are left out
}

// A RefusedError is a guard's no that nobody answered. Nothing was sent.
type RefusedError struct{ Objections []planning.Objection }

func (e *RefusedError) Error() string {
	problems := make([]string, len(e.Objections))
	for i, o := range e.Objections {
		problems[i] = o.Problem
	}
	return strings.Join(problems, "\n")
}

// Hints are the ways out, a line each.
func (e *RefusedError) Hints() string {
	hints := make([]string, len(e.Objections))
	for i, o := range e.Objections {
		hints[i] = o.Hint
	}
	return strings.Join(hints, "\n")
}

// ErrChanged says that the plan is not what was answered any more: another run of the campaign became ready. The counts and objections of the Planned are those of now; it may be started
// again.
var ErrChanged = errors.New("another run of this campaign was planned meanwhile: look again")

// errOver says that there is nothing left to start.
var errOver = errors.New("the plan was started or discarded already")

// Answer does what decisions mean for the plan: the older run is finished or expired, rows are left out. The
// Objections are those that are left, and may be new ones.
func (p *Planned) Answer(ctx context.Context, d Decisions) error {
	if p.Found || p.fresh == nil {
		return nil
	}
	if d.Leave {
		p.r.Campaign.Repeat = "skip"
	}
	if d.Unfinished != "" {
		p.r.Campaign.Unfinished = d.Unfinished
	} else if !d.Leave {
		return nil
	}
	return p.lookAgain(ctx)
}

// lookAgain lets the guards look at the plan as it is now.
func (p *Planned) lookAgain(ctx context.Context) error {
	if err := p.fresh.again(ctx, p.replaced); err != nil {
		return err
	}
	return p.look(ctx)
}

// Start sends what was planned, or goes on with the run that was found, until it is settled or something says
// stop. It refuses (*RefusedError) while an objection is not answered, and returns ErrChanged if the guards have to
// look again. A run that was done is summed up.
func (p *Planned) Start(ctx context.Context, d Decisions) (Result, error) {
	if p.Found {
		return p.goOn(ctx)
	}
	if p.fresh == nil {
		return Result{}, errOver
	}
	if err := p.Answer(ctx, d); err != nil {
		return Result{}, err
	}
	if err := unanswered(p.Objections, d); err != nil {
		return Result{}, err
	}
	if err := p.ready(ctx); err != nil {
		return Result{}, err
	}
	s := sessionOf(p)
	s.planned, s.queued = true, p.Preflight.Sendable
	_ = p.fresh.draft.Close() // it was only read; sending takes hours
	p.fresh = nil
	return s.send(ctx)
}

// unanswered is a *RefusedError with the objections that d does not answer; nil if there are none. What becomes of an
// older run is not answered with yes.
func unanswered(all []planning.Objection, d Decisions) error {
	var open []planning.Objection
	for _, o := range all {
		if !slices.Contains(d.Yes, o.Guard) || o.Question == "" || o.Guard == planning.GuardUnfinished {
			open = append(open, o)
		}
	}
	if len(open) == 0 {
		return nil
	}
	return &RefusedError{Objections: open}
}

// ready makes the plan ready. If another run that matters was ready first, the guards look again, and whoever
// answered is asked again where they say anything new.
func (p *Planned) ready(ctx context.Context) error {
	for {
		n, sendable, said := p.fresh, p.Preflight.Sendable, p.objected
		ends := expires(p.r.Campaign, p.r.Now())
		err := n.plan.Ready(ctx, campaign.Ready{
			Rows: n.counts.Rows, Hidden: n.counts.Hidden, Empty: p.Preflight.Empty, RowsDigest: n.counts.Digest,
			Again: p.Run.Again, ExpiresAt: ends, Seen: n.seen, Action: p.action(),
		})
		switch {
		case err == nil:
			n.plan, p.Run.State = nil, campaign.StateReady
			p.Run.ExpiresAt = ends
			p.Run.Rows, p.Run.Hidden, p.Run.Empty = n.counts.Rows, n.counts.Hidden, p.Preflight.Empty
			return nil
		case !errors.Is(err, ledger.ErrLookAgain):
			n.plan = nil // the ledger discarded it
			return err
		}
		if err := p.lookAgain(ctx); err != nil {
			return err
		}
		if !slices.Equal(p.objected, said) || p.Preflight.Sendable != sendable {
			return ErrChanged
		}
	}
}

// action is what the ledger keeps of how the run was planned.
func (p *Planned) action() campaign.Action {
	how := How{Flags: p.r.Flags}
	if p.Estimate.Known {
		how.Estimate = &p.Estimate
	}
	return p.r.By.Did(campaign.DeedPlan, p.Run.ID, how.Text(), "")
}

// goOn goes on with a run that was here, if it is not done.
func (p *Planned) goOn(ctx context.Context) (Result, error) {
	s := sessionOf(p)
	if !p.Run.State.Final() {
		return s.resume(ctx, p.Change)
	}
	sum, err := Summarise(ctx, p.r.Ledger, p.Run)
	return Result{Run: p.Run, Summary: sum, Finished: true, Expect: p.r.Campaign.Expect, Older: p.Older}, err
}
