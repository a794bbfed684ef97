package dispatch

import (
	"fmt"
	"slices"
	"time"

	"siaran/campaign"
)

const (
	breakerOpensAt = 10 // consecutive answers of a gateway that is down
	probesAtMost   = 20 // probes that may each have left a message unknown
	equalAtMost    = 20 // equal refusals, or answers nobody can read, in a row

	firstProbe = time.Second
	mostProbe  = time.Minute
)

// A Breaker is a run's judgement of the gateway: arithmetic over answers, in the order in which they
// come, with the time passed in. It opens when the gateway seems down, so that messages are not burnt
// on it one after another, and says when the answers as a whole mean that a person has to look.
//
// While it is open one message at a time probes: May lets it go, the next Ended is its answer. What
// had begun before the breaker opened may still come in; until May has let a probe go, such answers
// move nothing. So ask May only when nothing is in flight.
//
// It does not know the canary, which is about beginning: nobody has to be down for the first message
// to go alone. The zero Breaker is closed and ready.
type Breaker struct {
	allowed []string // codes of refusals that a person has seen and accepted

	failures int       // not taken or unknown, in a row
	since    time.Time // of the first of them
	open     bool
	probing  bool // May let a probe go, whose answer has not come
	probeAt  time.Time
	wait     time.Duration // before the next probe
	lost     int           // probes that ended unknown since it opened

	refusal string // the last answer's, empty if it was none
	equal   int    // how many like it in a row
	odd     int    // unreadable answers in a row
}

// A Judgement is what one answer means for the run.
type Judgement struct {
	Excused bool     // the attempt opened or probed the breaker: it is not held against its message
	Stop    bool     // pause the run
	Kind    StopKind // if Stop
	Reason  string   // if Stop
}

// NewBreaker returns a closed breaker. Refusals with the allowed codes never pause the run: a person
// resumed it after them.
func NewBreaker(allowed ...string) *Breaker { return &Breaker{allowed: allowed} }

// IsOpen reports whether the gateway seems down.
func (b *Breaker) IsOpen() bool { return b.open }

// DownSince returns when the failures began that opened the breaker; zero while it is closed.
func (b *Breaker) DownSince() time.Time {
	if !b.open {
		return time.Time{}
	}
	return b.since
}

// May reports whether a message may begin. If not, wait is when to ask again. While the breaker is
// open, a yes is for one message, the probe.
func (b *Breaker) May(now time.Time) (ok bool, wait time.Duration) {
	if !b.open {
		return true, 0
	}
	if left := b.probeAt.Sub(now); left > 0 {
		return false, left
	}
	b.probing = true
	return true, 0
}

// Ended takes the next answer in.
func (b *Breaker) Ended(a campaign.Answer, now time.Time) Judgement {
	if a.Systemic {
		b.answered()
		return Judgement{Excused: true, Stop: true, Kind: StopSystemic, Reason: words(a)}
	}
	j := b.count(a)
	switch a.Outcome {
	case campaign.NotTaken, campaign.Unknown:
		b.failed(a, now, &j)
	case campaign.Accepted, campaign.Refused:
		b.answered()
	case campaign.Open, campaign.Suppressed: // nothing was asked of the gateway
	}
	return j
}

// count looks for the same refusal, or no sense at all, time after time.
func (b *Breaker) count(a campaign.Answer) Judgement {
	if a.Outcome == campaign.Suppressed {
		return Judgement{}
	}
	if !a.Odd {
		b.odd = 0
	} else if b.odd++; b.odd >= equalAtMost {
		return Judgement{Stop: true, Kind: StopOdd, Reason: fmt.Sprintf("%d answers in a row make no sense: %s", b.odd, words(a))}
	}
	if a.Outcome != campaign.Refused {
		b.refusal, b.equal = "", 0
		return Judgement{}
	}
	refusal := a.Code
	if refusal == "" {
		refusal = fmt.Sprint("HTTP ", a.HTTP)
	}
	if refusal != b.refusal {
		b.refusal, b.equal = refusal, 0
	}
	if b.equal++; b.equal >= equalAtMost && !slices.Contains(b.allowed, a.Code) {
		return Judgement{Stop: true, Kind: StopSystemic, Reason: fmt.Sprintf("%d equal refusals in a row: %s", b.equal, words(a))}
	}
	return Judgement{}
}

// failed counts an answer of a gateway that may be down.
func (b *Breaker) failed(a campaign.Answer, now time.Time, j *Judgement) {
	if b.failures++; b.failures == 1 {
		b.since = now
	}
	switch {
	case b.open && !b.probing: // begun before it opened
		j.Excused = true
	case b.open:
		j.Excused, b.probing = true, false
		b.wait = min(2*b.wait, mostProbe)
		b.probeAt = now.Add(max(b.wait, a.RetryAfter))
		if a.Outcome != campaign.Unknown {
			return
		}
		if b.lost++; b.lost >= probesAtMost && !j.Stop {
			j.Stop, j.Kind = true, StopDown
			j.Reason = fmt.Sprintf("the gateway took up %d messages and did not say what became of them: %s", b.lost, words(a))
		}
	case b.failures >= breakerOpensAt:
		j.Excused = true
		b.open, b.lost, b.wait = true, 0, firstProbe
		b.probeAt = now.Add(max(b.wait, a.RetryAfter))
	}
}

// answered closes the breaker: the gateway is there and knows what it does.
func (b *Breaker) answered() {
	b.failures, b.open, b.probing, b.since = 0, false, false, time.Time{}
}
