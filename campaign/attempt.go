package campaign

import "time"

// An Attempt is one call to a gateway for one message. It is on disk as Open before its first byte
// leaves; its end is written once.
type Attempt struct {
	Run     string
	Seq     int
	N       int // 1, 2, … within the message
	Account string
	Host    string // which machine made it
	BegunAt time.Time
	EndedAt time.Time // zero while open
	Counts  bool      // as one of its message's tries: whoever ends it decides, and gateways have no say
	Answer            // how it ended; Outcome is Open while it has not
}

// An Outcome is how one attempt ended, by what we know of the call. It is never the gateway's word
// on delivery: that is Delivery.
type Outcome string

// The outcomes of an attempt.
const (
	Open       Outcome = "open"       // on disk, its end not known yet
	Accepted   Outcome = "accepted"   // the gateway's yes, understood, with our ref_id
	Refused    Outcome = "refused"    // a no that is about this row
	NotTaken   Outcome = "not taken"  // certainly not taken: may be tried again
	Unknown    Outcome = "unknown"    // may or may not have been taken: not sent again
	Suppressed Outcome = "suppressed" // withheld by us at the moment of sending
)

// CodeSettled is the code of an attempt that was unknown until a person said how it ended.
const CodeSettled = "settled"

// CodeStopped is the code of an attempt that was stopped before its call, and of one whose sender died in it.
const CodeStopped = "interrupted"

// Unsent is the answer of an attempt that began and was stopped before anything was sent; no try is lost.
func Unsent(why string) Answer {
	return Answer{Outcome: NotTaken, Code: CodeStopped, Reason: why}
}

// An Answer is what came of an attempt: the one value that decides what happens next.
// Gateways make it; the Dispatcher obeys it; the ledger keeps it (but for the hints).
type Answer struct {
	Outcome   Outcome
	HTTP      int    // status, 0 if there was no answer
	Code      string // the gateway's own code, or one of ours: "rc 8", "timeout", "dns", "html"
	Reason    string // the gateway's words and what to do about them; no credential, text or whole number
	GatewayID string // the gateway's id of the message

	// Hints for the Dispatcher, not kept.
	Systemic   bool          // the no is about all rows: pause
	Throttled  bool          // 429 or the gateway's own word for it: slow down
	Odd        bool          // the answer could not be read: unknown, and a canary's pauses at once
	Timeout    bool          // no answer in time
	RetryAfter time.Duration // not before; 0 if the gateway named none
	OptOut     Purpose       // the recipient opted out: "" no, marketing or all; joins the suppressed
}

// Begun is what Begin found.
type Begun struct {
	Go      bool // the attempt is on disk: send
	Attempt Attempt
	Leave   time.Time     // not before: the slot from the account's shared rate (tat), and apart from those before it
	Wait    time.Duration // Go is false, and the slot is farther off than this: nothing was begun, try again then
	// Go is false for good, and why:
	Taken      bool     // somebody else has this attempt, or the message is settled or has a receipt: forget it
	Suppressed bool     // the address opted out: the attempt is on disk as suppressed
	State      RunState // the run is no longer ready: begin nothing more
}
