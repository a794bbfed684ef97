package campaign

import (
	"log/slog"
	"time"
)

// An Account is credentials at a gateway, with its rate and its prices.
type Account struct {
	Name       string
	Gateway    string // sandeza
	URL        string // {Base URL Send}, without a slash at its end
	Live       bool   // default: true, but for loopback
	Username   string
	Password   Secret
	Token      Secret
	Originator string
	API        string // sinchindia: "2.0" or "legacy"
	AuthURL    string
	SenderID   string
	Rate       Rate // the ceiling for all runs and hosts
	Burst      int  // at least 1
	Timeout    time.Duration
	Prices     *Prices // nil: none known
}

// A Secret is a credential. It prints as ***.
type Secret string

func (Secret) String() string { return "***" }

// GoString keeps %#v from showing it.
func (Secret) GoString() string { return "***" }

// LogValue keeps slog from showing it.
func (Secret) LogValue() slog.Value { return slog.StringValue("***") }

// MarshalText keeps encoders from showing it.
func (Secret) MarshalText() ([]byte, error) { return []byte("***"), nil }

// A Rate is requests per second. Zero is unset; Unlimited is no limit.
type Rate float64

// Unlimited is the rate of an account without a limit.
const Unlimited Rate = -1

// Every returns the time between two requests; 0 if r is unlimited or unset.
func (r Rate) Every() time.Duration {
	if r <= 0 {
		return 0
	}
	return time.Duration(float64(time.Second) / float64(r))
}

// Min returns the lower of two rates; an unset one does not count.
func (r Rate) Min(o Rate) Rate {
	switch {
	case r == 0 || (r == Unlimited && o != 0):
		return o
	case o == 0 || o == Unlimited:
		return r
	default:
		return min(r, o)
	}
}

// Duration is how long n messages take at that rate; 0 if it is not limited.
func (r Rate) Duration(n int) time.Duration {
	if r <= 0 {
		return 0
	}
	return time.Duration(float64(n) / float64(r) * float64(time.Second))
}
