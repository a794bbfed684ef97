package ledger

import (
	"context"
	"time"

	"siaran/campaign"
	"siaran/ratelimit"
)

// Terms are what a run's attempts have in common.
type Terms struct {
	Run     campaign.Run
	Account campaign.Account // its name, rate and burst are those of the shared limit; its timeout bounds an attempt
	Purpose campaign.Purpose // which suppressions apply
}

// Attempts begins and ends the attempts of one run. It fulfils dispatch.Attempts.
type Attempts struct {
	l     *core
	terms Terms
	every time.Duration
	due   int64 // from the begin to the due time, microseconds

	start time.Time     // the zero of left
	left  int64         // what ratelimit.Depart knows of those that left: nanoseconds since start. Only the writer uses it
	took  time.Duration // how long the last transaction took. Only the writer uses it
}

// certainlyOver is how long after its timeout an attempt is certainly over.
const certainlyOver = 30 * time.Second

// Begin implements dispatch.Attempts. It waits as long as the ledger is locked or its server is away; ctx
// ends the waiting, and nothing was begun then.
func (s *Attempts) Begin(ctx context.Context, q campaign.Queued) (campaign.Begun, error) {
	if s.l.w == nil {
		return campaign.Begun{}, s.l.readOnlyError()
	}
	r := &request{kind: requestBegin, s: s, q: q, ready: make(chan struct{})}
	s.l.w.submit(r)
	if err := r.wait(ctx); err != nil {
		return campaign.Begun{}, err
	}
	return r.begun, nil
}

// End implements dispatch.Attempts; done may be nil.
func (s *Attempts) End(a campaign.Attempt, done func(error)) {
	if s.l.w == nil {
		if done != nil {
			done(s.l.readOnlyError())
		}
		return
	}
	s.l.w.submit(&request{kind: requestEnd, s: s, a: &a, done: done})
}

// depart says when attempts leave, now that they are on disk; since is when their transaction began. A commit may take
// longer than the time between two slots. Those that waited for it would leave all at once, right before the next:
// ratelimit.Depart spreads them.
func (s *Attempts) depart(rs []*request, since time.Time) {
	if s.every == 0 {
		return
	}
	now := time.Now()
	s.took = now.Sub(since)
	for _, r := range rs {
		if !r.begun.Go {
			continue
		}
		at := r.begun.Leave
		if at.Before(now) {
			at = now
		}
		var leave int64
		leave, s.left = ratelimit.Depart(s.left, int64(at.Sub(s.start)), s.every, s.terms.Account.Burst)
		r.begun.Leave = s.start.Add(time.Duration(leave))
	}
}

// departAll sets when all of a transaction's attempts leave.
func departAll(begins []*request, since time.Time) {
	for _, group := range byRun(begins) {
		group[0].s.depart(group, since)
	}
}

// late is how long a Begin waits because of those that are on disk already and have not left: they go first. So
// whoever begins leaves soon after.
func (s *Attempts) late(now time.Time) time.Duration {
	next := ratelimit.Backlog(s.left, s.every, s.terms.Account.Burst)
	return max(time.Duration(next)-now.Sub(s.start)-s.took-ratelimit.Grace, 0)
}
