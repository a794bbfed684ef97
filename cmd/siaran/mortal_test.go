package main

import (
	"context"
	"math/rand/v2"
	"net/http/httptrace"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"siaran/campaign"
	"siaran/campaign/dispatch"
)

// The points at which siaran-mortal dies, in the order in which a message meets them.
const (
	dieReady     = "ready"      // planned, and nothing begun
	dieToken     = "token"      // has its token
	dieBegin     = "begin"      // on its way into the ledger
	dieBegun     = "begun"      // open in the ledger, no byte sent
	dieFirstByte = "first-byte" // the request is going out
	dieAnswered  = "answered"   // the answer's first byte is here
	dieRead      = "read"       // the answer is read
	dieEnd       = "end"        // its end is handed to the ledger
	dieEnded     = "ended"      // its end is on disk
)

// How siaran-mortal is told where to die.
const (
	envDieAt    = "MORTAL_AT"    // a point
	envDieAfter = "MORTAL_AFTER" // at the how manieth message there
	envInTurn   = "MORTAL_TURN"  // a message begins when the one before it has its end on disk
)

// mortal is siaran, but that it kills itself as kill -9 does, at the point that its environment names.
func mortal() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	after, _ := strconv.ParseInt(os.Getenv(envDieAfter), 10, 64) // none: never
	d := &death{point: os.Getenv(envDieAt), after: after}
	if os.Getenv(envInTurn) != "" {
		d.turn = make(chan struct{}, 1)
	}
	c := new(cli)
	c.Send.prepare = d.wrap
	os.Exit(c.execute(ctx, os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr}))
}

// A death happens once, when its point has been met often enough.
type death struct {
	point string
	after int64
	met   atomic.Int64
	turn  chan struct{} // whose message is under way; nil: everybody's
	dying atomic.Bool   // nothing else begins meanwhile, however long that moment is on a busy machine
}

// at dies if this is the point and the time.
func (d *death) at(point string) {
	if d.due(point) {
		die()
	}
}

// soon dies a moment later, while what follows the point goes on.
func (d *death) soon(point string, most time.Duration) {
	if d.due(point) {
		d.dying.Store(true)
		wait := time.Duration(rand.Int64N(int64(most))) //nolint:gosec // any moment will do
		go func() { time.Sleep(wait); die() }()
	}
}

// hold lets nobody pass who is not dying yet.
func (d *death) hold() {
	if d.dying.Load() {
		select {}
	}
}

// next lets the next message begin.
func (d *death) next() {
	if d.turn != nil {
		<-d.turn
	}
}

func (d *death) due(point string) bool { return point == d.point && d.met.Add(1) == d.after }

// die is kill -9 by our own hand.
func die() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {}
}

// wrap stands between the dispatcher and its parts.
func (d *death) wrap(x *dispatch.Dispatcher) {
	d.at(dieReady)
	if d.turn != nil {
		x.Ahead = 0 // in the order of the rows
	}
	x.Limit = mortalLimit{x.Limit, d}
	x.Attempts = mortalAttempts{x.Attempts, d}
	x.Sender = mortalSender{x.Sender, d}
}

type mortalLimit struct {
	dispatch.Limiter
	d *death
}

func (m mortalLimit) Wait(ctx context.Context) error {
	err := m.Limiter.Wait(ctx)
	if err == nil && m.d.turn != nil {
		select {
		case m.d.turn <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	m.d.hold()
	m.d.at(dieToken)
	return err
}

type mortalAttempts struct {
	dispatch.Attempts
	d *death
}

func (m mortalAttempts) Begin(ctx context.Context, q campaign.Queued) (campaign.Begun, error) {
	m.d.hold()
	m.d.soon(dieBegin, 4*time.Millisecond)
	b, err := m.Attempts.Begin(ctx, q)
	if b.Go {
		m.d.at(dieBegun)
	} else if b.Wait == 0 {
		m.d.next()
	}
	return b, err
}

func (m mortalAttempts) End(a campaign.Attempt, done func(error)) {
	m.d.soon(dieEnd, 4*time.Millisecond)
	m.Attempts.End(a, func(err error) {
		m.d.at(dieEnded)
		done(err)
		m.d.next()
	})
}

type mortalSender struct {
	dispatch.Sender
	d *death
}

func (m mortalSender) Send(ctx context.Context, q campaign.Queued, leave func(context.Context) error) campaign.Answer {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest:         func(httptrace.WroteRequestInfo) { m.d.soon(dieFirstByte, time.Millisecond) }, // it leaves right after this
		GotFirstResponseByte: func() { m.d.at(dieAnswered) },
	})
	a := m.Sender.Send(ctx, q, leave)
	m.d.at(dieRead)
	return a
}
