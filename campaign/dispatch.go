package campaign

import (
	"context"
	"time"
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
