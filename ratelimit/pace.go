package ratelimit

import "time"

// A Pace is how fast we may go at the moment: pure arithmetic over the times at which the gateway
// throttled us. It halves at once and climbs back by a twentieth of the ceiling a second, so that one
// throttled minute costs seconds, and a gateway that bears half the rate is met at about half.
type Pace struct {
	Ceiling float64 // requests a second; 0 is no limit

	rate    float64   // 0: at the ceiling
	top     float64   // what it climbs to: the ceiling, or what was seen when there is none
	at      time.Time // rate is as of
	cut     time.Time // when it was last halved
	since   time.Time // the second in which seen is counted
	seen    float64
	lastSec float64 // requests in the second before
}

const (
	climbShare = 20               // a twentieth of the top a second
	cutPause   = time.Second      // the answers of one burst halve the rate once
	floor      = 0.2              // requests a second: never quite stop, the gateway must be asked
	unlimited  = 10 * time.Minute // after so long without throttling a bucket without limit has none again
)

// Rate returns the requests a second, 0 if there is no limit.
func (p Pace) Rate() float64 {
	if p.rate == 0 {
		return p.Ceiling
	}
	return p.rate
}

func (p Pace) slowed() bool { return p.rate != 0 }

// Throttle returns the pace after the gateway throttled a request at now.
func (p Pace) Throttle(now time.Time) Pace {
	p = p.Climb(now)
	if !p.cut.IsZero() && now.Sub(p.cut) < cutPause {
		return p
	}
	top := p.Ceiling
	if top == 0 {
		top = max(p.top, p.lastSec, p.seen, 2*floor)
	}
	from := p.rate
	if from == 0 {
		from = top
	}
	p.rate, p.top, p.at, p.cut = max(from/2, min(floor, top)), top, now, now
	return p
}

// Climb returns the pace at now, when nothing was throttled since.
func (p Pace) Climb(now time.Time) Pace {
	if p.rate == 0 || !now.After(p.at) {
		return p
	}
	p.rate += p.top / climbShare * now.Sub(p.at).Seconds()
	p.at = now
	switch {
	case p.rate < p.top:
	case p.Ceiling > 0:
		p.rate = 0
	case now.Sub(p.cut) >= unlimited:
		p.rate, p.top = 0, 0
	}
	return p
}

// Count notes a request that was not throttled. Only a pace without a ceiling needs it.
func (p Pace) Count(now time.Time) Pace {
	if p.Ceiling > 0 {
		return p
	}
	if d := now.Sub(p.since); d >= time.Second {
		p.lastSec, p.seen, p.since = p.seen/max(d.Seconds(), 1), 0, now
	}
	p.seen++
	return p
}
