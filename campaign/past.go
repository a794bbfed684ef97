package campaign

import "time"

// A Past is what was tried for one message, as far as it decides what may be tried next. It is the one answer to "is
// this message settled?" and "may it be tried again, and when?". The zero Past is that of a message for which
// nothing was tried.
type Past struct {
	Attempts int    // how many there were; the next has this number plus one
	Tries    int    // those of them that counted
	Unknown  bool   // one ended unknown (on_unknown: resend): rc 9 may mean "already here"
	Systemic string // the code of the last one, if that was systemic: its message is first in line on resume

	settled bool
	counted bool      // the last one was a try
	ended   time.Time // the last one
}

// A Policy is the part of a campaign's conduct that decides what is tried again.
type Policy struct {
	Retry     Retry
	OnUnknown OnUnknown
}

// Add takes up attempts, in the order they began.
func (p *Past) Add(attempts ...Attempt) {
	for _, a := range attempts {
		p.Attempts++
		if a.Counts {
			p.Tries++
		}
		p.counted, p.ended, p.Systemic = a.Counts, a.EndedAt, ""
		if a.Systemic {
			p.Systemic = a.Code
			if a.Code == "" {
				p.Systemic = "systemic"
			}
		}
		switch a.Outcome {
		case Unknown:
			p.Unknown = true
		case Open, Accepted, Refused, Suppressed:
			p.settled = true
		case NotTaken:
		}
	}
}

// Report takes up that a receipt came: whatever the attempts say, the gateway has the message.
func (p *Past) Report() { p.settled = true }

// Settled reports whether nothing more is tried, whatever the policy: there is a receipt, or an attempt that was
// accepted, refused or suppressed, or one that is open. What an open one comes to may change that; until it has an end
// nobody else begins.
func (p Past) Settled() bool { return p.settled }

// Next reports whether the message may be tried again, and not before when: the zero time is at once. An attempt that
// did not count is followed at once, by whoever takes the run up.
func (p Past) Next(o Policy) (notTill time.Time, ok bool) {
	switch {
	case p.settled, p.Unknown && o.OnUnknown != UnknownResend, p.Attempts > 0 && p.Tries >= max(o.Retry.Attempts, 1):
		return time.Time{}, false
	case p.Attempts > 0 && p.counted:
		return p.ended.Add(o.Retry.Backoff(p.Tries, 0, 0)), true
	}
	return time.Time{}, true
}
