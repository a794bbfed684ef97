package campaign

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// A Queued message waits for its next attempt.
type Queued struct {
	Message
	Attempts int       // how many there were; the next has this number plus one
	Tries    int       // those of them that counted
	Unknown  bool      // an earlier one ended unknown (on_unknown: resend): rc 9 may mean "already here"
	Systemic string    // the code of its last attempt, if that was systemic: it is first in line on resume
	NotTill  time.Time // back-off; zero: at once
}

// A Sender makes one call to a gateway for one message and says what came of it. It renders, signs
// and POSTs; it never repeats a call, never logs a text or a number, and always returns within its
// own timeout, also when ctx is cancelled after the first byte. Each gateway package has one.
type Sender interface {
	Send(ctx context.Context, q Queued) Answer
}

// A Book keeps attempts. package ledger fulfils it.
type Book interface {
	// Begin puts an open attempt on disk (number q.Attempts+1) and returns when it may leave.
	// When it returns without an error and Begun.Go is true, the attempt is durable; whoever
	// called must End it. Nothing was begun otherwise.
	Begin(ctx context.Context, q Queued) (Begun, error)
	// End hands over how an attempt ended; it returns before that is durable. The order of
	// calls is kept: a later Begin of the same process is never durable before it. done is
	// called from the ledger's goroutine when it is on disk, or with the error that stopped it;
	// it must not block.
	End(a Attempt, done func(error))
}

// Begun is what Begin found.
type Begun struct {
	Go      bool // the attempt is on disk: send
	Attempt Attempt
	Leave   time.Time     // not before: the slot from the account's shared rate (tat)
	Wait    time.Duration // Go is false, and the slot is this far off: nothing was begun, try again then
	// Go is false for good, and why:
	Taken      bool     // somebody else has this attempt, or the message is settled or has a receipt: forget it
	Suppressed bool     // the address opted out: the attempt is on disk as suppressed
	State      RunState // the run is no longer ready: begin nothing more
}

// A Limiter is the local token bucket that stands before Begin. package ratelimit fulfils it.
type Limiter interface {
	Wait(ctx context.Context) error
}

// A Throttle learns the gateway's pace from its answers. package ratelimit's Bucket is both this and
// a Limiter.
type Throttle interface {
	SlowDown(retryAfter time.Duration) // the gateway throttled
	Passed()                           // it took a message
}

// A Dispatcher hands unsettled messages to workers until every one is settled, or something says
// stop. It is siaran's one loop; see doc.go for the order in which things get on disk.
type Dispatcher struct {
	Book      Book
	Sender    Sender
	Limit     Limiter
	Throttle  Throttle // nil: none
	Workers   int
	Retry     Retry
	OnUnknown OnUnknown
	Outage    time.Duration // how long to probe a gateway that is down
	Until     time.Time     // valid_for's end; zero: none
	Stop      <-chan Stop   // from outside (a pause, a limit): begin nothing new; nil: never
	Heard     func(Answer)  // called for every attempt when its end is on disk, from one goroutine at a time; nil: nobody
}

// A StopKind says why the Dispatcher ended.
type StopKind string

// The reasons to end.
const (
	StopDone        StopKind = "done"        // nothing is left to begin
	StopInterrupted StopKind = "interrupted" // ctx was cancelled
	StopState       StopKind = "state"       // the run is no longer ready: paused or cancelled by someone
	StopSystemic    StopKind = "systemic"    // the gateway refuses everything
	StopOdd         StopKind = "odd"         // its answers make no sense
	StopDown        StopKind = "down"        // it stays down
	StopExpired     StopKind = "expired"     // valid_for is over
)

// A Stop is why the Dispatcher ended, in the gateway's words where it has any.
type Stop struct {
	Kind   StopKind
	Reason string
}

// errStopping is why a worker did not begin: it has to hand the message back.
var errStopping = errors.New("stopping")

// Run sends what queue yields. ctx means "begin nothing new": what began is finished under its own
// timeout and recorded. When Run returns, every attempt's end is on disk, or the error says why not.
func (d *Dispatcher) Run(ctx context.Context, queue iter.Seq2[Queued, error]) (Stop, error) {
	begin, stopBegin := context.WithCancelCause(ctx)
	defer stopBegin(nil)
	r := &dispatching{
		Dispatcher: d,
		stopBegin:  stopBegin,
		work:       make(chan Queued),
		ended:      make(chan ended, d.Workers),
		failed:     make(chan error, 1),
		canary:     true,
		breaker:    NewBreaker(),
	}
	next, closeQueue := iter.Pull2(queue)
	defer closeQueue()
	r.next = next

	var g errgroup.Group
	for range max(d.Workers, 1) {
		g.Go(func() error { r.worker(begin); return nil })
	}
	stop, err := r.loop(ctx)
	close(r.work)
	_ = g.Wait() // workers return nil
	r.ends.Wait()
	select {
	case endErr := <-r.failed:
		if err == nil {
			err = endErr
		}
	default:
	}
	return stop, err
}

// dispatching is one Run: the loop's own state. Only the loop's goroutine touches it, but for the channels.
type dispatching struct {
	*Dispatcher
	stopBegin context.CancelCauseFunc
	work      chan Queued
	ended     chan ended
	failed    chan error
	ends      sync.WaitGroup // ends handed to the ledger and not yet on disk

	next     func() (Queued, error, bool)
	drained  bool // next has no more
	waiting  waitHeap
	inFlight int
	canary   bool // the next message goes alone
	breaker  *Breaker
	suspect  *ended   // a row whose systemic answer may be about itself alone: its end waits for another row's answer
	aside    []Queued // rows that would be no witnesses: they met a systemic answer too. Their turn comes after the suspect's
	stop     Stop
	err      error
}

// ended is what a worker hands back.
type ended struct {
	q      Queued
	begun  Begun
	answer Answer
	err    error // nothing began
}

// worker takes one message after another: token, Begin, call. It begins nothing once begin is cancelled.
func (r *dispatching) worker(begin context.Context) {
	for q := range r.work {
		r.ended <- r.attempt(begin, q)
	}
}

func (r *dispatching) attempt(begin context.Context, q Queued) ended {
	for {
		if err := r.Limit.Wait(begin); err != nil {
			return ended{q: q, err: errStopping}
		}
		b, err := r.Book.Begin(begin, q)
		switch {
		case err != nil && begin.Err() != nil:
			return ended{q: q, err: errStopping}
		case err != nil:
			return ended{q: q, err: err}
		case b.Go:
			if wait := time.Until(b.Leave); wait > 0 {
				time.Sleep(wait) // at most the 20 ms that Begin allows: the attempt is open already
			}
			// What began is finished: cancelling begin does not reach the call.
			return ended{q: q, begun: b, answer: r.Sender.Send(context.WithoutCancel(begin), q)}
		case b.Wait > 0:
			if !sleep(begin, b.Wait) {
				return ended{q: q, err: errStopping}
			}
		default:
			return ended{q: q, begun: b}
		}
	}
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
	var ready *Queued
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
			ready, wait, idle = r.pick(now)
		}
		if r.inFlight == 0 && (r.stopped() || (ready == nil && idle)) {
			r.endSuspect(false)
			if !r.stopped() {
				r.stop = Stop{Kind: StopDone}
			}
			return r.stop, r.err
		}
		var work chan Queued
		var q Queued
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
func (r *dispatching) setAside(q Queued) bool {
	if r.suspect == nil || q.Systemic == "" {
		return false
	}
	r.aside = append(r.aside, q)
	return true
}

// pick returns the next message to begin; else how long until one is due, or that there is none.
func (r *dispatching) pick(now time.Time) (q *Queued, wait time.Duration, idle bool) {
	if r.suspect == nil && len(r.aside) > 0 {
		q := r.aside[0]
		r.aside = r.aside[1:]
		return &q, -1, false
	}
	if len(r.waiting) > 0 && !r.waiting[0].NotTill.After(now) {
		q := heap.Pop(&r.waiting).(Queued)
		return &q, -1, false
	}
	for !r.drained {
		q, err, ok := r.next()
		switch {
		case !ok:
			r.drained = true
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
	if r.inFlight > 0 && (r.canary || r.breaker.IsOpen()) {
		return false, 0 // canary and probe go alone
	}
	return r.breaker.May(now)
}

// judge decides what an attempt's end means for its message and for the run, and hands it to the ledger.
func (r *dispatching) judge(e ended) {
	switch {
	case errors.Is(e.err, errStopping), e.begun.Taken:
		return
	case e.err != nil:
		r.fail(e.err)
		return
	case e.begun.Suppressed:
		r.tell(Answer{Outcome: Suppressed})
		return // the canary's role passes on
	case !e.begun.Go:
		r.halt(Stop{Kind: StopState, Reason: string(e.begun.State)})
		return
	}
	a := &e.answer
	r.pace(*a)
	if a.Systemic && e.q.Systemic == a.Code && r.suspect == nil && !r.stopped() && !(r.drained && len(r.waiting) == 0) {
		// The same answer for the same row again: perhaps it is about this row alone.
		// One other row is tried, which never met such an answer; what it gets decides about both.
		r.suspect = &e
		r.canary = true
		return
	}
	verdict := r.breaker.Heard(*a, time.Now())
	// Until the gateway has answered once, what it did not take is not held against the message.
	unheard := r.canary && a.Outcome == NotTaken
	a.NoTry = a.NoTry || a.Systemic || a.Throttled || unheard || verdict.NoTry
	r.end(e)
	if r.suspect != nil {
		r.endSuspect(a.Outcome == Accepted)
	}
	if a.Outcome == Accepted || a.Outcome == Refused {
		r.canary = false
	}
	switch {
	case a.Systemic:
		r.halt(Stop{Kind: StopSystemic, Reason: words(*a)})
	case a.Odd && r.canary:
		r.halt(Stop{Kind: StopOdd, Reason: "the first answer makes no sense: " + words(*a)})
	case verdict.Stop:
		r.halt(Stop{Kind: verdict.Kind, Reason: verdict.Reason})
	case r.outageOver(time.Now()):
		r.halt(Stop{Kind: StopDown, Reason: "the gateway stays down: " + words(*a)})
	default:
		r.again(e.q, *a)
	}
}

// pace tells the throttle what the answer says about the gateway's pace.
func (r *dispatching) pace(a Answer) {
	switch {
	case r.Throttle == nil:
	case a.Throttled:
		r.Throttle.SlowDown(a.RetryAfter)
	case a.Outcome == Accepted:
		r.Throttle.Passed()
	}
}

// outageOver reports whether the gateway has been down for longer than the campaign bears.
func (r *dispatching) outageOver(now time.Time) bool {
	since := r.breaker.DownSince()
	if since.IsZero() {
		return false
	}
	outage := r.Outage
	if outage == ProbeOn {
		outage = 12 * time.Hour
		if !r.Until.IsZero() {
			return false // valid_for ends it
		}
	}
	return now.Sub(since) >= outage
}

// endSuspect ends the row that waited for another's answer: refused if that was accepted, for then
// the answer was about the row; else not taken, first in line at the next start.
func (r *dispatching) endSuspect(about bool) {
	if r.suspect == nil {
		return
	}
	e := *r.suspect
	r.suspect = nil
	if about {
		e.answer.Outcome, e.answer.Systemic = Refused, false
		r.end(e)
		return
	}
	e.answer.NoTry = true
	r.end(e)
	if !r.stopped() {
		r.halt(Stop{Kind: StopSystemic, Reason: words(e.answer)})
	}
}

// words are an answer's code and reason for people.
func words(a Answer) string {
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
	at.EndedAt, at.Answer = time.Now(), e.answer
	r.ends.Add(1)
	r.Book.End(at, func(err error) {
		defer r.ends.Done()
		if err != nil {
			select {
			case r.failed <- fmt.Errorf("recording row %d: %w", at.Seq, err):
			default:
			}
			return
		}
		r.tell(at.Answer)
	})
}

func (r *dispatching) tell(a Answer) {
	if r.Heard != nil {
		r.Heard(a)
	}
}

// again queues q for another try, if its answer allows one.
func (r *dispatching) again(q Queued, a Answer) {
	if a.Outcome != NotTaken && (a.Outcome != Unknown || r.OnUnknown != UnknownResend) {
		return
	}
	q.Attempts++
	if !a.NoTry {
		q.Tries++
	}
	if q.Tries >= r.Retry.Attempts {
		return
	}
	q.Unknown, q.Systemic = q.Unknown || a.Outcome == Unknown, ""
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

// waitHeap holds the messages that wait for their back-off, the next due first.
type waitHeap []Queued

func (h waitHeap) Len() int           { return len(h) }
func (h waitHeap) Less(i, j int) bool { return h[i].NotTill.Before(h[j].NotTill) }
func (h waitHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *waitHeap) Push(x any)        { *h = append(*h, x.(Queued)) }
func (h *waitHeap) Pop() any {
	old := *h
	q := old[len(old)-1]
	*h = old[:len(old)-1]
	return q
}
