package dispatch

import (
	"context"
	"iter"
	"time"

	"siaran/campaign"

	"golang.org/x/sync/errgroup"
)

// A Sender makes one call to a gateway for one message and says what came of it. It renders, signs
// and POSTs; it never repeats a call, never logs a text or a number, and always returns within its
// own timeout, also when ctx is cancelled after the first byte. Each gateway package has one.
//
// It calls leave once, when a connection is there and nothing is between the request and the gateway any
// more: leave returns when the request may go out, or with the error that it is too late for that.
type Sender interface {
	Send(ctx context.Context, q campaign.Queued, leave func(context.Context) error) campaign.Answer
}

// Attempts keeps the attempts of one run. package ledger fulfils it.
type Attempts interface {
	// Begin puts an open attempt on disk (number q.Attempts+1) and returns when it may leave.
	// When it returns without an error and Begun.Go is true, the attempt is durable; whoever
	// called must End it. Nothing was begun otherwise.
	Begin(ctx context.Context, q campaign.Queued) (campaign.Begun, error)
	// End hands over how an attempt ended; it returns before that is durable. The order of
	// calls is kept: a later Begin of the same process is never durable before it. done is
	// called from the ledger's goroutine when it is on disk, or with the error that stopped it;
	// it must not block.
	End(a campaign.Attempt, done func(error))
}

// A Limiter is the local token bucket that stands before Begin. package ratelimit fulfils it.
type Limiter interface {
	Wait(ctx context.Context) error                  // for a token
	Hold(ctx context.Context) error                  // while the gateway wants to hear nothing; takes no token
	Leave(ctx context.Context, slot time.Time) error // until a request may go out that has this slot: not before it, nor in a heap with others
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
	Attempts  Attempts
	Sender    Sender
	Limit     Limiter
	Throttle  Throttle // nil: none
	Workers   int      // calls at once
	Ahead     int      // attempts begun beyond them, so that the ledger's disk and the gateway work at the same time
	Retry     campaign.Retry
	OnUnknown campaign.OnUnknown
	Outage    time.Duration         // how long to probe a gateway that is down
	Until     time.Time             // valid_for's end; zero: none
	Stop      <-chan Stop           // from outside (a pause, a limit): begin nothing new; nil: never
	Ended     func(campaign.Answer) // called for every attempt when its end is on disk, from one goroutine at a time; nil: nobody
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

// Run sends what queue yields. ctx means "begin nothing new": what began is finished under its own
// timeout and recorded. When Run returns, every attempt's end is on disk, or the error says why not.
func (d *Dispatcher) Run(ctx context.Context, queue iter.Seq2[campaign.Queued, error]) (Stop, error) {
	begin, stopBegin := context.WithCancelCause(ctx)
	defer stopBegin(nil)
	r := &dispatching{
		Dispatcher: d,
		stopBegin:  stopBegin,
		work:       make(chan campaign.Queued),
		calls:      make(chan struct{}, max(d.Workers, 1)),
		ended:      make(chan ended, d.Workers+d.Ahead),
		failed:     make(chan error, 1),
		canary:     true,
		breaker:    NewBreaker(),
	}
	next, closeQueue := iter.Pull2(queue)
	defer closeQueue()
	r.next = next

	var g errgroup.Group
	for range max(d.Workers, 1) + d.Ahead {
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
