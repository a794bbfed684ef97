package reports

import (
	"slices"
	"time"

	"siaran/campaign"
)

// A Change is what receipts that came late did to a row.
type Change struct {
	Row     int // as in Excel
	RefID   string
	Verdict [2]campaign.Verdict // before, now
	Billing [2]campaign.Billing // before, now; empty if it was not accepted
}

// ChangeSince compares now, the line of h, with what its line would be without the receipts that were
// received at since or later. It reports false if neither verdict nor billing differ. Attempts are not
// left out: when something was sent is no change of what became of it.
func ChangeSince(h campaign.History, now Line, s Settings, since time.Time) (Change, bool) {
	late := func(r campaign.Receipt) bool { return !r.ReceivedAt.Before(since) }
	if !slices.ContainsFunc(h.Receipts, late) {
		return Change{}, false
	}
	h.Receipts = slices.DeleteFunc(slices.Clone(h.Receipts), late)
	before := Join(h, s)
	return Change{
		Row: now.Row, RefID: now.RefID,
		Verdict: [2]campaign.Verdict{before.Verdict, now.Verdict}, Billing: [2]campaign.Billing{before.Billing, now.Billing},
	}, before.Verdict != now.Verdict || before.Billing != now.Billing
}
