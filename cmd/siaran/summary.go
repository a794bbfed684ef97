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
