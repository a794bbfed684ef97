package reports

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"siaran/campaign"
)

// Settings are what Join needs to know besides a history.
type Settings struct {
	Campaign *campaign.Campaign // its channels' categories, send mode and budget code; nil for an imported run
	Prices   *campaign.Prices   // nil: none known
	Zone     *time.Location     // days are cut in it

	// Text returns the text of m on an SMS channel, to count its parts where the gateway did not. Nil: not known.
	Text func(m campaign.Message, k campaign.ChannelKind) (string, error)
	// BudgetCode returns the budget code of m. Nil: the campaign's, as it stands.
	BudgetCode func(m campaign.Message) (string, error)
}

// Join makes a line of what is known of one message.
func Join(h campaign.History, s Settings) Line {
	m := &h.Message
	l := Line{
		Cells: m.Cells, Row: m.Seq, RefID: m.RefID,
		Verdict:  h.Verdict(),
		Attempts: len(h.Attempts),
		Accepted: accepted(h),
	}
	l.Group = l.Verdict.Group()
	l.Channel = deciding(h, l.Verdict)
	if len(h.Channels) > 0 {
		l.Recipient = m.To(l.Channel, h.Channels[0])
	} else {
		l.Recipient = m.Address
	}
	l.SentAt = sentAt(h)
	for _, r := range h.Receipts {
		if !slices.Contains(h.Channels, r.Channel) {
			l.Flags |= FlagOtherChannel
			continue
		}
		switch r.Delivery {
		case campaign.DeliveryDelivered:
			l.DeliveredAt = first(l.DeliveredAt, when(r))
		case campaign.DeliveryRead, campaign.DeliveryClicked:
			l.DeliveredAt = first(l.DeliveredAt, when(r))
			l.ReadAt = first(l.ReadAt, when(r))
		case campaign.DeliveryOther:
			l.Flags |= FlagUnknownWord
		case campaign.DeliveryPending, campaign.DeliverySent, campaign.DeliveryUndelivered, campaign.DeliveryUnused:
		}
	}
	l.GatewayID = gatewayID(h)
	l.Code, l.Reason = why(h, l)
	if l.Accepted && len(h.Receipts) == 0 && l.Reason != "" {
		l.Flags |= FlagUnconfirmed
	}
	l.BudgetCode = s.budgetCode(*m)
	if l.Accepted {
		l.charge(h, s)
	}
	return l
}

// charge fills in what the line costs.
func (l *Line) charge(h campaign.History, s Settings) {
	l.Charges = make([]Charge, 0, len(h.Channels))
	paid := 0
	for i, k := range h.Channels {
		c, flags := s.charge(h, i, l.SentAt)
		l.Flags |= flags
		if h.DeliveredAfterFailure(k) {
			l.Flags |= FlagDeliveredAfterFailure
		}
		if billingRank(c.Billing) > billingRank(l.Billing) {
			l.Billing = c.Billing
		}
		if l.Category == "" {
			l.Category = c.Category
		}
		if c.Billing == campaign.BillingPaid {
			paid++
		}
		l.Parts += c.Parts
		l.Amount += c.Amount
		l.Settled = l.Settled || c.Settled()
		l.Charges = append(l.Charges, c)
	}
	if paid > 1 {
		l.Flags |= FlagSeveralPaid
	}
}

func (s Settings) budgetCode(m campaign.Message) string {
	if s.BudgetCode != nil {
		if code, err := s.BudgetCode(m); err == nil {
			return code
		}
		return "" // a row that does not render was rejected for it
	}
	if s.Campaign == nil {
		return ""
	}
	return s.Campaign.BudgetCode
}

// accepted reports whether the gateway took the message. A receipt proves it, also when our own attempt
// ended unknown.
func accepted(h campaign.History) bool {
	return slices.ContainsFunc(h.Attempts, func(a campaign.Attempt) bool { return a.Outcome == campaign.Accepted }) ||
		slices.ContainsFunc(h.Receipts, func(r campaign.Receipt) bool { return slices.Contains(h.Channels, r.Channel) })
}

// sentAt returns when the accepted attempt began. Where only receipts prove that the message was taken,
// it is the last attempt of which we do not know better.
func sentAt(h campaign.History) time.Time {
	for _, a := range h.Attempts {
		if a.Outcome == campaign.Accepted {
			return a.BegunAt
		}
	}
	if len(h.Receipts) == 0 {
		return time.Time{}
	}
	for _, a := range slices.Backward(h.Attempts) {
		if a.Outcome == campaign.Unknown || a.Outcome == campaign.Open {
			return a.BegunAt
		}
	}
	return time.Time{}
}

// deciding returns the first channel that has the row's verdict, else the first of all.
func deciding(h campaign.History, v campaign.Verdict) campaign.ChannelKind {
	if len(h.Channels) == 0 {
		return ""
	}
	if len(h.Channels) > 1 {
		for _, k := range h.Channels {
			if h.Channel(k) == v {
				return k
			}
		}
	}
	return h.Channels[0]
}

func gatewayID(h campaign.History) string {
	id := ""
	for _, a := range h.Attempts {
		if a.GatewayID != "" {
			if id = a.GatewayID; a.Outcome == campaign.Accepted {
				return id
			}
		}
	}
	for _, r := range h.Receipts {
		if id == "" || (r.GatewayID != "" && len(h.Attempts) == 0) {
			id = r.GatewayID
		}
	}
	return id
}

// why returns the code and the reason of a line that was not reached.
func why(h campaign.History, l Line) (code, reason string) {
	switch l.Verdict {
	case campaign.VerdictDelivered, campaign.VerdictRead, campaign.VerdictClicked:
		return "", ""
	case campaign.VerdictSent, campaign.VerdictPending, campaign.VerdictUndelivered:
		var last *campaign.Receipt
		for i := range h.Receipts {
			r := &h.Receipts[i]
			if r.Channel == l.Channel && string(r.Delivery) == string(l.Verdict) && (last == nil || byTime(*r, *last) > 0) {
				last = r
			}
		}
		if last != nil {
			return last.Word, last.Reason
		}
		return "", ""
	case campaign.VerdictRejected, campaign.VerdictDuplicate, campaign.VerdictSuppressed, campaign.VerdictExpired,
		campaign.VerdictCancelled, campaign.VerdictQueued, campaign.VerdictRefused, campaign.VerdictNotSent,
		campaign.VerdictUnknown, campaign.VerdictAccepted:
	}
	if p := h.Message.Problem; p != nil && p.Verdict == l.Verdict {
		if p.Column != "" {
			return "", p.Column + ": " + p.Reason
		}
		return "", p.Reason
	}
	if l.Verdict == campaign.VerdictAccepted {
		for _, r := range slices.Backward(slices.SortedFunc(slices.Values(h.Receipts), byTime)) {
			if r.Channel == l.Channel && r.Delivery == campaign.DeliveryOther {
				return r.Word, r.Reason // which the verdict does not know
			}
		}
	}
	if a := telling(h, l.Verdict); a != nil {
		return a.Code, a.Reason
	}
	return "", silence(l.Verdict)
}

// silence says why nothing was tried.
func silence(v campaign.Verdict) string {
	if v == campaign.VerdictExpired {
		return "its time ran out before its turn"
	}
	if v == campaign.VerdictCancelled {
		return "the run was cancelled before its turn"
	}
	if v == campaign.VerdictQueued {
		return "waits for its turn"
	}
	return ""
}

// telling returns the last attempt that explains the verdict, else the last of all.
func telling(h campaign.History, v campaign.Verdict) *campaign.Attempt {
	want := campaign.Outcome("")
	if v == campaign.VerdictAccepted || v == campaign.VerdictUnknown {
		want = campaign.Outcome(v) // these two are the same word
	}
	for i := range slices.Backward(h.Attempts) {
		if want == "" || h.Attempts[i].Outcome == want {
			return &h.Attempts[i]
		}
	}
	if n := len(h.Attempts); n > 0 && v != campaign.VerdictAccepted {
		return &h.Attempts[n-1]
	}
	return nil
}

// when returns the gateway's time of a receipt, or ours where it stated none.
func when(r campaign.Receipt) time.Time {
	if r.At.IsZero() {
		return r.ReceivedAt
	}
	return r.At
}

// byTime orders receipts by the gateway's time; equal ones by their words, so that the order in which they
// came never shows.
func byTime(a, b campaign.Receipt) int {
	return cmp.Or(when(a).Compare(when(b)), strings.Compare(a.Word, b.Word), strings.Compare(a.Reason, b.Reason))
}

func first(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
