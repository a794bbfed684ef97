package dispatch

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"siaran/campaign"
)

// dispatching is one Run: the loop's own state. Only the loop's goroutine touches it, but for the channels.
type dispatching struct {
	*Dispatcher
	stopBegin context.CancelCauseFunc
	work      chan campaign.Queued
	calls     chan struct{} // those that go on
	alone     atomic.Bool   // what began and is not out yet is not sent: canary and probe go alone
	ended     chan ended
	failed    chan error
	ends      sync.WaitGroup // ends handed to the ledger and not yet on disk

	next     func() (campaign.Queued, error, bool)
	drained  bool // next has no more
	waiting  waitHeap
	inFlight int
	canary   bool // the next message goes alone
	breaker  *Breaker
	suspects []ended           // rows whose systemic answer may be about themselves alone: their end waits for another row's answer
	aside    []campaign.Queued // rows that would be no witnesses: they met a systemic answer too. Their turn comes after the suspects'
	stop     Stop
	err      error
}

// ended is what a worker hands back.
type ended struct {
	q      campaign.Queued
	begun  campaign.Begun
	called bool // it was one of calls
	answer campaign.Answer
	counts bool  // as a try of its message; decided in judge
	err    error // nothing began
}

// errStopping is why a worker did not begin: it has to hand the message back.
var errStopping = errors.New("stopping")

// worker takes one message after another: token, Begin, call. It begins nothing once begin is cancelled.
func (r *dispatching) worker(begin context.Context) {
	for q := range r.work {
		r.ended <- r.attempt(begin, q)
	}
}

func (r *dispatching) attempt(begin context.Context, q campaign.Queued) ended {
	if err := r.Limit.Wait(begin); err != nil {
		return ended{q: q, err: errStopping}
	}
	for {
		b, err := r.Attempts.Begin(begin, q)
		switch {
		case err != nil && begin.Err() != nil:
			return ended{q: q, err: errStopping}
		case err != nil:
			return ended{q: q, err: err}
		case b.Go:
			return r.call(begin, q, b)
		case b.Wait > 0:
			if !sleep(begin, b.Wait) || r.Limit.Hold(begin) != nil { // it keeps its token
				return ended{q: q, err: errStopping}
			}
		default:
			return ended{q: q, begun: b}
		}
	}
}

// call makes the call of an attempt that began, as soon as there are fewer than Workers whose answers were not
// judged yet: no more than those meet a gateway that is down or refuses everything.
func (r *dispatching) call(begin context.Context, q campaign.Queued, b campaign.Begun) ended {
	unsent := ended{q: q, begun: b, answer: campaign.Unsent("stopped before anything was sent")}
	select {
	case r.calls <- struct{}{}:
	case <-begin.Done():
		return unsent
	}
	if begin.Err() != nil || r.alone.Load() {
		<-r.calls
		return unsent
	}
	// A call that began is finished: cancelling begin does not reach it.
	answer := r.Sender.Send(context.WithoutCancel(begin), q, func(ctx context.Context) error { return r.Limit.Leave(ctx, b.Leave) })
	return ended{q: q, begun: b, called: true, answer: answer}
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// loop feeds the workers and judges what they bring back, until nothing is left or it stops.
func (r *dispatching) loop(ctx context.Context) (Stop, error) {
	done := ctx.Done()
	var ready *campaign.Queued
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		now := time.Now()
		if !r.Until.IsZero() && !now.Before(r.Until) {
			r.halt(Stop{Kind: StopExpired, Reason: "valid_for is over"})
		}
		wait, idle := time.Duration(-1), false
		if ready != nil && (r.stopped() || r.setAside(*ready)) {
			ready = nil
		}
		if ready == nil && !r.stopped() {
			ready, wait, idle = r.pick(ctx, now)
		}
		if r.inFlight == 0 && (r.stopped() || (ready == nil && idle)) {
			r.endSuspects(false)
			if !r.stopped() {
				r.stop = Stop{Kind: StopDone}
			}
			return r.stop, r.err
		}
		var work chan campaign.Queued
		var q campaign.Queued
		if ready != nil {
			if ok, until := r.mayBegin(now); ok {
				work, q = r.work, *ready
			} else if until > 0 {
				wait = until
			}
		}
		if !r.Until.IsZero() && !r.stopped() {
			if left := r.Until.Sub(now); wait < 0 || left < wait {
				wait = left
			}
		}
		var alarm <-chan time.Time
		if wait >= 0 {
			timer.Reset(wait)
			alarm = timer.C
		}
		select {
		case work <- q:
			r.inFlight++
			ready = nil
		case e := <-r.ended:
			r.inFlight--
			r.judge(e)
			r.alone.Store(r.inFlight > 0 && r.goesAlone())
			if e.called {
				<-r.calls
			}
		case err := <-r.failed:
			r.fail(err)
		case s := <-r.Stop:
			r.halt(s)
		case <-done:
			done = nil
			r.halt(Stop{Kind: StopInterrupted, Reason: "interrupted"})
		case <-alarm:
		}
	}
}

// setAside keeps q for later if it cannot tell whether a systemic answer is about the suspect alone.
func (r *dispatching) setAside(q campaign.Queued) bool {
	if len(r.suspects) == 0 || q.Systemic == "" {
		return false
	}
	r.aside = append(r.aside, q)
	return true
}

// pick returns the next message to begin; else how long until one is due, or that there is none.
func (r *dispatching) pick(ctx context.Context, now time.Time) (q *campaign.Queued, wait time.Duration, idle bool) {
	if len(r.suspects) == 0 && len(r.aside) > 0 {
		q := r.aside[0]
		r.aside = r.aside[1:]
		return &q, -1, false
	}
	if len(r.waiting) > 0 && !r.waiting[0].NotTill.After(now) {
		q := heap.Pop(&r.waiting).(campaign.Queued)
		return &q, -1, false
	}
	for !r.drained {
		q, err, ok := r.next()
		switch {
		case !ok:
			r.drained = true
		case err != nil && ctx.Err() != nil:
			r.halt(Stop{Kind: StopInterrupted, Reason: "interrupted"})
			return nil, -1, false
		case err != nil:
			r.fail(err)
			return nil, -1, false
		case q.NotTill.After(now):
			heap.Push(&r.waiting, q)
		case r.setAside(q):
		default:
			return &q, -1, false
		}
	}
	if len(r.waiting) > 0 {
		return nil, r.waiting[0].NotTill.Sub(now), false
	}
	return nil, -1, true
}

// mayBegin asks the canary and the breaker; if not now, until says when to ask again (0: after the
// next answer).
func (r *dispatching) mayBegin(now time.Time) (ok bool, until time.Duration) {
	if r.inFlight > 0 && r.goesAlone() {
		return false, 0
	}
	return r.breaker.May(now)
}

// goesAlone reports whether the next message is a canary or a probe.
func (r *dispatching) goesAlone() bool { return r.canary || r.breaker.IsOpen() }

// judge decides what an attempt's end means for its message and for the run, and hands it to the ledger.
func (r *dispatching) judge(e ended) {
	switch {
	case errors.Is(e.err, errStopping), e.begun.Taken:
		return
	case e.err != nil:
		r.fail(e.err)
		return
	case e.begun.Suppressed:
		tell(r.Ended, campaign.Answer{Outcome: campaign.Suppressed})
		return // the canary's role passes on
	case !e.begun.Go:
		r.halt(Stop{Kind: StopState, Reason: string(e.begun.State)})
		return
	case !e.called: // nobody was asked: its turn comes again as it was
		r.end(e)
		e.q.Attempts++
		heap.Push(&r.waiting, e.q)
		return
	}
	a := &e.answer
	pace(r.Throttle, *a)
	if a.Systemic && e.q.Systemic == a.Code && !r.stopped() {
		// The same answer for the same row again: perhaps it is about this row alone. One other
		// row is tried, which never met such an answer; what it gets decides about all suspects.
		r.suspects = append(r.suspects, e)
		r.canary = true
		return
	}
	verdict := r.breaker.Ended(*a, time.Now())
	// Until the gateway has answered once, what it did not take is not held against the message.
	unheard := r.canary && a.Outcome == campaign.NotTaken
	e.counts = !a.Systemic && !a.Throttled && a.Code != campaign.CodeStopped && !unheard && !verdict.Excused
	r.end(e)
	r.endSuspects(a.Outcome == campaign.Accepted)
	if a.Outcome == campaign.Accepted || a.Outcome == campaign.Refused {
		r.canary = false
	}
	switch {
	case a.Systemic:
		r.halt(Stop{Kind: StopSystemic, Reason: words(*a)})
	case a.Odd && r.canary:
		r.halt(Stop{Kind: StopOdd, Reason: "the first answer makes no sense: " + words(*a)})
	case verdict.Stop:
		r.halt(Stop{Kind: verdict.Kind, Reason: verdict.Reason})
	case outageOver(r.Dispatcher, r.breaker.DownSince(), time.Now()):
		r.halt(Stop{Kind: StopDown, Reason: "the gateway stays down: " + words(*a)})
	default:
		r.again(e)
	}
}

// pace tells the throttle what the answer says about the gateway's pace.
func pace(t Throttle, a campaign.Answer) {
	switch {
	case t == nil:
	case a.Throttled:
		t.SlowDown(a.RetryAfter)
	case a.Outcome == campaign.Accepted:
		t.Passed()
	}
}

// longestOutage is how long a gateway that is down is probed where nothing else ends it.
const longestOutage = 12 * time.Hour

// outageOver reports whether the gateway, down since then, has been so for longer than the campaign bears.
func outageOver(d *Dispatcher, since, now time.Time) bool {
	switch {
	case since.IsZero():
		return false
	case d.Outage != campaign.ProbeOn:
		return now.Sub(since) >= d.Outage
	default:
		return d.Until.IsZero() && now.Sub(since) >= longestOutage // else valid_for ends it
	}
}

// endSuspects ends the rows that waited for another's answer: refused if that was accepted, for then
// the answer was about them; else not taken, first in line at the next start.
func (r *dispatching) endSuspects(about bool) {
	for _, e := range r.suspects {
		if about {
			e.answer.Outcome, e.answer.Systemic = campaign.Refused, false
		}
		r.end(e)
		if !about {
			r.halt(Stop{Kind: StopSystemic, Reason: words(e.answer)})
		}
	}
	r.suspects = nil
}

// words are an answer's code and reason for people.
func words(a campaign.Answer) string {
	switch {
	case a.Code == "", strings.HasPrefix(a.Reason, a.Code):
		return a.Reason
	case a.Reason == "":
		return a.Code
	default:
		return a.Code + ": " + a.Reason
	}
}

// end hands the attempt's end to the ledger.
func (r *dispatching) end(e ended) {
	at := e.begun.Attempt
	at.EndedAt, at.Answer, at.Counts = time.Now(), e.answer, e.counts
	r.ends.Add(1)
	r.Attempts.End(at, func(err error) {
		defer r.ends.Done()
		if err != nil {
			select {
			case r.failed <- fmt.Errorf("recording row %d: %w", at.Seq, err):
			default:
			}
			return
		}
		tell(r.Ended, at.Answer)
	})
}

func tell(ended func(campaign.Answer), a campaign.Answer) {
	if ended != nil {
		ended(a)
	}
}

// again queues a message for another try, if its answer allows one.
func (r *dispatching) again(e ended) {
	q, a := e.q, e.answer
	q.Add(campaign.Attempt{EndedAt: time.Now(), Counts: e.counts, Answer: a})
	if _, ok := q.Next(campaign.Policy{Retry: r.Retry, OnUnknown: r.OnUnknown}); !ok {
		return
	}
	wait := r.Retry.Backoff(max(q.Tries, 1), a.RetryAfter, rand.Float64()) //nolint:gosec // jitter
	q.NotTill = time.Now().Add(wait)
	heap.Push(&r.waiting, q)
}

func (r *dispatching) stopped() bool { return r.stop.Kind != "" }

// halt begins nothing more; the first reason stands.
func (r *dispatching) halt(s Stop) {
	if r.stopped() {
		return
	}
	r.stop = s
	r.stopBegin(errStopping)
}

func (r *dispatching) fail(err error) {
	if r.err == nil { // the others are of the same kind
		r.err = err
	}
	r.halt(Stop{Kind: StopInterrupted, Reason: err.Error()})
}
