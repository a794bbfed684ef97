package main

import (
	"encoding/json"
	"slices"

	"siaran/campaign"
	"siaran/campaign/operation"
)

// exitOfRun is the exit code of a run with that summary; expect says how many rejected rows are no fault.
func exitOfRun(s operation.Summary, expect campaign.Expect) int {
	switch campaign.RunState(s.State) {
	case campaign.StateCancelled:
		return exitPaused
	case campaign.StatePaused:
		return exitGateway
	case campaign.StatePlanning, campaign.StateReady, campaign.StateDone:
	}
	rejected := s.Rejected
	if expect.Rejected.Set && expect.Rejected.Allows(rejected, s.Rows) {
		rejected = 0
	}
	if rejected+s.Refused+s.NotSent+s.Unknown+s.Expired > 0 {
		return exitRows
	}
	return exitOK
}

// A counted is a JSON line of the keys of head, then those of verdicts.
type counted struct {
	head     any
	verdicts operation.Verdicts
}

// MarshalJSON writes both as one object.
func (c counted) MarshalJSON() ([]byte, error) {
	head, err := json.Marshal(c.head)
	if err != nil {
		return nil, err
	}
	tail, err := json.Marshal(c.verdicts)
	if err != nil {
		return nil, err
	}
	return slices.Concat(head[:len(head)-1], []byte(","), tail[1:]), nil
}

// showSummary prints the counts that are not zero; they add up to the rows.
func showSummary(ui *ui, sum operation.Summary) {
	ui.Say("  %9s rows", count(sum.Rows))
	ui.Counts([]tallied{
		{sum.Accepted, "accepted by the gateway"},
		{sum.Queued, "queued"},
		{sum.Rejected, "rejected: not sent, mend them in the file"},
		{sum.Duplicate, "duplicates: not sent twice"},
		{sum.Suppressed, "suppressed: opted out"},
		{sum.Refused, "refused by the gateway"},
		{sum.NotSent, "not sent: not taken after all tries"},
		{sum.Unknown, "unknown: the answer was lost; not sent again by itself"},
		{sum.Expired, "expired"},
		{sum.Cancelled, "cancelled"},
	})
}
