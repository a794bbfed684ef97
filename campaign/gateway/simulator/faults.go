package simulator

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Faults are what goes wrong on purpose. The zero value: nothing.
type Faults struct {
	LatencyMin, LatencyMax time.Duration // before an answer; drawn evenly
	Shares                 []Fault       // at most one meets a request
	Receipts               ReceiptFaults
}

// A Fault is something that goes wrong with a share of the requests.
type Fault struct {
	Kind  FaultKind
	Code  int     // of FaultStatus the HTTP status, of FaultRC the rc
	Share float64 // 0 to 1
}

// A FaultKind names a fault, as the record does.
type FaultKind string

// The faults. The message counts as taken in those that say so.
const (
	FaultResetBefore FaultKind = "reset-before" // reset before the request is read
	FaultResetAfter  FaultKind = "reset-after"  // taken; reset without an answer
	FaultHang        FaultKind = "hang"         // taken; no answer until the client leaves
	FaultTruncated   FaultKind = "truncated"    // taken; half of the answer's JSON
	FaultHTML        FaultKind = "html"         // a login page with 200
	FaultStatus      FaultKind = "status"       // an HTTP status from 400 to 599, as plain text
	FaultRC          FaultKind = "rc"           // an answer with that rc
)

// ReceiptFaults are what goes wrong with receipts.
type ReceiptFaults struct {
	Late     time.Duration // later by this much
	Shuffled bool          // posted in any order; their times stay true
	Repeated int           // posted this many times; 0 and 1: once
	Early    bool          // the first receipt comes before the answer to the send
}

// String names f as ParseFaults takes it.
func (f Fault) String() string {
	switch f.Kind {
	case FaultStatus:
		return strconv.Itoa(f.Code)
	case FaultRC:
		return "rc=" + strconv.Itoa(f.Code)
	case FaultResetBefore, FaultResetAfter, FaultHang, FaultTruncated, FaultHTML:
	}
	return string(f.Kind)
}

// ParseFaults reads faults as a list with commas, such as
//
//	latency=0..500ms,reset-before=1%,reset-after=1%,hang=1%,429=1%,500=1%,503=1%,html=1%,truncated=1%,rc=8:1%,receipts=late:10s+shuffled+repeated:3+early
//
// Any HTTP status from 400 to 599 may be named. An empty text is no faults.
func ParseFaults(s string) (Faults, error) {
	var f Faults
	if strings.TrimSpace(s) == "" {
		return f, nil
	}
	for item := range strings.SplitSeq(s, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(item), "=")
		if !ok {
			return Faults{}, fmt.Errorf("fault %q: want NAME=VALUE, such as hang=1%%", item)
		}
		var err error
		switch name {
		case "latency":
			f.LatencyMin, f.LatencyMax, err = parseLatency(value)
		case "receipts":
			f.Receipts, err = parseReceiptFaults(value)
		default:
			var one Fault
			one, err = parseFault(name, value)
			f.Shares = append(f.Shares, one)
		}
		if err != nil {
			return Faults{}, fmt.Errorf("fault %q: %w", item, err)
		}
	}
	return f, f.check()
}

// check refuses faults that cannot be.
func (f Faults) check() error {
	sum := 0.0
	for _, one := range f.Shares {
		sum += one.Share
	}
	if sum > 1+1e-9 {
		return fmt.Errorf("faults: the shares add up to %g%%, at most one fault meets a request: make them 100%% or less", sum*100)
	}
	return nil
}

func parseLatency(s string) (from, to time.Duration, err error) {
	low, high, ranged := strings.Cut(s, "..")
	if !ranged {
		low = s
	}
	if low == "0" {
		from = 0
	} else if from, err = time.ParseDuration(low); err != nil {
		return 0, 0, fmt.Errorf("want a duration or a range, such as 200ms or 0..500ms")
	}
	if !ranged {
		return from, from, nil
	}
	if to, err = time.ParseDuration(high); err != nil || from < 0 || to < from {
		return 0, 0, fmt.Errorf("want a range from the shorter to the longer, such as 0..500ms")
	}
	return from, to, nil
}

func parseReceiptFaults(s string) (r ReceiptFaults, err error) {
	for item := range strings.SplitSeq(s, "+") {
		name, value, _ := strings.Cut(item, ":")
		switch name {
		case "late":
			if r.Late, err = time.ParseDuration(value); err != nil || r.Late < 0 {
				return r, fmt.Errorf("want late:DURATION, such as late:10s")
			}
		case "repeated":
			if r.Repeated, err = strconv.Atoi(value); err != nil || r.Repeated < 1 || r.Repeated > 100 {
				return r, fmt.Errorf("want repeated:TIMES from 1 to 100, such as repeated:3")
			}
		case "shuffled":
			r.Shuffled = true
		case "early":
			r.Early = true
		default:
			return r, fmt.Errorf("receipts can be late:10s, shuffled, repeated:3 and early, with + between them; %q is none of these", item)
		}
	}
	return r, nil
}

func parseFault(name, value string) (f Fault, err error) {
	f.Kind = FaultKind(name)
	switch status, notNumber := strconv.Atoi(name); {
	case notNumber == nil && status >= 400 && status <= 599:
		f.Kind, f.Code = FaultStatus, status
	case name == "rc":
		rc, share, _ := strings.Cut(value, ":")
		if f.Code, err = strconv.Atoi(rc); err != nil || f.Code < 1 || f.Code > 99 {
			return f, fmt.Errorf("want rc=NUMBER:SHARE with a number from 1 to 99, such as rc=8:1%%")
		}
		value = share
	case !slices.Contains([]FaultKind{FaultResetBefore, FaultResetAfter, FaultHang, FaultTruncated, FaultHTML}, f.Kind):
		return f, fmt.Errorf("there are latency, reset-before, reset-after, hang, html, truncated, rc, receipts and any HTTP status from 400 to 599; %q is none of these", name)
	}
	percent, ok := strings.CutSuffix(value, "%")
	share, err := strconv.ParseFloat(percent, 64)
	if !ok || err != nil || math.IsNaN(share) || share < 0 || share > 100 {
		return f, fmt.Errorf("want a share from 0%% to 100%%, such as 1%%")
	}
	f.Share = share / 100
	return f, nil
}

// draw chooses what goes wrong with request n: a fault (Kind empty: none) and a latency.
func (f *Faults) draw(seed uint64, n int64) (Fault, time.Duration) {
	if len(f.Shares) == 0 && f.LatencyMax == 0 {
		return Fault{}, 0
	}
	d := dice{state: seed + uint64(n)*0x2545f4914f6cdd1d}
	latency := d.between(f.LatencyMin, f.LatencyMax)
	share := d.share()
	for _, one := range f.Shares {
		if share -= one.Share; share < 0 {
			return one, latency
		}
	}
	return Fault{}, latency
}
