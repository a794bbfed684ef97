package campaign

import "slices"

// A Verdict is the one word for what became of a row.
type Verdict string

// The verdicts.
const (
	VerdictRejected    Verdict = "rejected"
	VerdictDuplicate   Verdict = "duplicate"
	VerdictSuppressed  Verdict = "suppressed"
	VerdictExpired     Verdict = "expired"
	VerdictCancelled   Verdict = "cancelled"
	VerdictQueued      Verdict = "queued"
	VerdictRefused     Verdict = "refused"
	VerdictNotSent     Verdict = "not sent"
	VerdictUnknown     Verdict = "unknown"
	VerdictAccepted    Verdict = "accepted"
	VerdictPending     Verdict = "pending"
	VerdictSent        Verdict = "sent"
	VerdictDelivered   Verdict = "delivered"
	VerdictRead        Verdict = "read"
	VerdictClicked     Verdict = "clicked"
	VerdictUndelivered Verdict = "undelivered"
)

// Verdicts are all of them, in the order of the contract.
var Verdicts = []Verdict{
	VerdictRejected, VerdictDuplicate, VerdictSuppressed, VerdictExpired, VerdictCancelled, VerdictQueued, VerdictRefused, VerdictNotSent,
	VerdictUnknown, VerdictAccepted, VerdictPending, VerdictSent, VerdictDelivered, VerdictRead,
	VerdictClicked, VerdictUndelivered,
}

// A Group gathers verdicts for people.
type Group string

// The groups.
const (
	GroupReached    Group = "Reached"
	GroupWaiting    Group = "Waiting"
	GroupNotReached Group = "Not reached"
	GroupNotSent    Group = "Not sent"
	GroupNeedsYou   Group = "Needs you"
)

// Groups are all of them, in the order of the report.
var Groups = []Group{GroupReached, GroupWaiting, GroupNotReached, GroupNotSent, GroupNeedsYou}

// Group returns the group that v belongs to.
func (v Verdict) Group() Group {
	switch v {
	case VerdictDelivered, VerdictRead, VerdictClicked:
		return GroupReached
	case VerdictQueued, VerdictAccepted, VerdictPending, VerdictSent:
		return GroupWaiting
	case VerdictUndelivered:
		return GroupNotReached
	case VerdictUnknown:
		return GroupNeedsYou
	case VerdictRejected, VerdictDuplicate, VerdictSuppressed, VerdictExpired, VerdictCancelled, VerdictRefused, VerdictNotSent:
	}
	return GroupNotSent
}

// A History is all that is known of one message: what was tried, and what the gateway said later.
// It is folded from the ledger and stored nowhere.
type History struct {
	Message  Message
	Attempts []Attempt     // in the order they began
	Receipts []Receipt     // in the order they came, which is not the order things happened
	State    RunState      // of its run
	Channels []ChannelKind // those the message was to use, in order
	Tries    int           // how many counted tries the run allows (Retry.Attempts)
}

// Verdict folds h into one word.
//
// Reached outranks lost: receipts come late, twice and out of order, and a message that was once
// seen on the handset cannot be unseen. It depends neither on the clock nor on who owns the run.
func (h History) Verdict() Verdict {
	if p := h.Message.Problem; p != nil && len(h.Attempts) == 0 && len(h.Receipts) == 0 {
		return p.Verdict
	}
	best, rank := Verdict(""), -1
	for _, c := range h.Channels {
		v := h.Channel(c)
		if v == "" {
			continue
		}
		if r := slices.Index(rowOrder, v); r > rank {
			best, rank = v, r
		}
	}
	if best != "" {
		return best
	}
	return h.sending()
}

// rowOrder is how the channels of one row outrank each other, the best last.
var rowOrder = []Verdict{
	VerdictUndelivered, VerdictAccepted, VerdictPending, VerdictSent, VerdictDelivered, VerdictRead, VerdictClicked,
}

// channelOrder is how the receipts of one channel outrank each other, the best last.
var channelOrder = []Verdict{
	VerdictAccepted, VerdictPending, VerdictSent, VerdictUndelivered, VerdictDelivered, VerdictRead, VerdictClicked,
}

// Channel folds the receipts of one channel into its verdict. It is empty for a backup that was not
// used, and for a channel without a receipt of a message that was not accepted.
func (h History) Channel(k ChannelKind) Verdict {
	best := -1
	unused := false
	for _, r := range h.Receipts {
		if r.Channel != k {
			continue
		}
		if r.Delivery == DeliveryUnused {
			unused = true
			continue
		}
		if v, ok := deliveryVerdict(r.Delivery); ok {
			best = max(best, slices.Index(channelOrder, v))
		}
	}
	switch {
	case best >= 0:
		return channelOrder[best]
	case unused:
		return ""
	case h.accepted():
		return VerdictAccepted
	default:
		return ""
	}
}

func deliveryVerdict(d Delivery) (Verdict, bool) {
	switch d {
	case DeliveryPending, DeliverySent, DeliveryDelivered, DeliveryRead, DeliveryClicked, DeliveryUndelivered:
		return Verdict(d), true
	case DeliveryUnused, DeliveryOther:
	}
	return "", false
}

func (h History) accepted() bool {
	return slices.ContainsFunc(h.Attempts, func(a Attempt) bool { return a.Outcome == Accepted })
}

// sending is the verdict of a message without a receipt, by its last attempt, else by its run.
func (h History) sending() Verdict {
	if h.accepted() {
		return VerdictAccepted
	}
	if n := len(h.Attempts); n > 0 {
		last := h.Attempts[n-1].Outcome
		// What once may have been taken is not "not sent" because a later attempt was not taken.
		if last != Refused && slices.ContainsFunc(h.Attempts, func(a Attempt) bool { return a.Outcome == Unknown }) {
			return VerdictUnknown
		}
		switch last {
		case Open, Unknown:
			return VerdictUnknown
		case Refused:
			return VerdictRefused
		case Suppressed:
			return VerdictSuppressed
		case NotTaken:
			// What a person called not taken after the run was done has nobody who tries it again.
			final := h.State == StateDone && h.Attempts[n-1].Code == CodeSettled
			if _, again := h.Past().Next(Policy{Retry: Retry{Attempts: h.Tries}}); final || !again {
				return VerdictNotSent
			}
		case Accepted:
		}
	}
	switch h.State {
	case StateCancelled:
		return VerdictCancelled
	case StateDone:
		return VerdictExpired
	case StatePlanning, StateReady, StatePaused:
	}
	return VerdictQueued
}

// Past returns what was tried, and whether a receipt came.
func (h History) Past() Past {
	var p Past
	p.Add(h.Attempts...)
	if len(h.Receipts) > 0 {
		p.Report()
	}
	return p
}

// DeliveredAfterFailure reports whether channel k was reported undelivered and yet delivered: it
// counts as delivered, and is flagged.
func (h History) DeliveredAfterFailure(k ChannelKind) bool {
	v := h.Channel(k)
	return v.Group() == GroupReached && slices.ContainsFunc(h.Receipts, func(r Receipt) bool {
		return r.Channel == k && r.Delivery == DeliveryUndelivered
	})
}
