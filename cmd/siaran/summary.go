package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
)

// A summary is the last line of send --json and check --json. Its counts add up to Rows.
type summary struct {
	Type       string `json:"type"`
	Run        string `json:"run"`
	Campaign   string `json:"campaign"`
	Kind       string `json:"kind"`
	Parent     string `json:"parent,omitempty"` // of a resend: the run whose rows it sends
	Live       bool   `json:"live"`
	Rows       int    `json:"rows"`
	Rejected   int    `json:"rejected"`
	Duplicate  int    `json:"duplicate"`
	Suppressed int    `json:"suppressed"`
	Expired    int    `json:"expired"`
	Cancelled  int    `json:"cancelled"`
	Accepted   int    `json:"accepted"` // what was taken, whatever came later
	Refused    int    `json:"refused"`
	NotSent    int    `json:"not_sent"`
	Unknown    int    `json:"unknown"`
	Queued     int    `json:"queued"`
	State      string `json:"state"`
	Reason     string `json:"reason"`
}

// verdicts counts the rows of a run by verdict.
type verdicts map[campaign.Verdict]int

// summarise folds every row of the run into its verdict.
func summarise(ctx context.Context, l *ledger.Ledger, run campaign.Run) (summary, verdicts, error) {
	s := summary{
		Type: "summary", Run: run.ID, Campaign: run.Campaign, Kind: string(run.Kind), Parent: run.Parent, Live: run.Live,
		Rows: run.Rows, State: string(run.State), Reason: run.Reason,
	}
	counts := make(verdicts)
	for h, err := range l.Histories.Lean(ctx, run.ID) {
		if err != nil {
			return s, nil, err
		}
		v := h.Verdict()
		counts[v]++
		s.add(v)
	}
	return s, counts, nil
}

func (s *summary) add(v campaign.Verdict) {
	switch v {
	case campaign.VerdictRejected:
		s.Rejected++
	case campaign.VerdictDuplicate:
		s.Duplicate++
	case campaign.VerdictSuppressed:
		s.Suppressed++
	case campaign.VerdictExpired:
		s.Expired++
	case campaign.VerdictCancelled:
		s.Cancelled++
	case campaign.VerdictQueued:
		s.Queued++
	case campaign.VerdictRefused:
		s.Refused++
	case campaign.VerdictNotSent:
		s.NotSent++
	case campaign.VerdictUnknown:
		s.Unknown++
	case campaign.VerdictAccepted, campaign.VerdictPending, campaign.VerdictSent, campaign.VerdictDelivered,
		campaign.VerdictRead, campaign.VerdictClicked, campaign.VerdictUndelivered:
		s.Accepted++
	}
}

// sum is what the counts come to: Rows, or something is wrong.
func (s *summary) sum() int {
	return s.Rejected + s.Duplicate + s.Suppressed + s.Expired + s.Cancelled + s.Accepted + s.Refused + s.NotSent + s.Unknown + s.Queued
}

// exit is the code of a finished run.
func (s *summary) exit(expect campaign.Expect) int {
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

// definitionOf returns the definition a run goes by.
func definitionOf(run campaign.Run) (*campaign.Campaign, error) {
	if run.Kind == campaign.KindImported {
		return sentCampaign(run)
	}
	return definition.ParseCampaign(run.Campaign+".yaml", run.Definition, definition.Options{Now: run.CreatedAt})
}

// channels are those a message of c uses, in order.
func channels(c *campaign.Campaign) []campaign.ChannelKind {
	var kinds []campaign.ChannelKind
	for _, ch := range c.Channels {
		kinds = append(kinds, ch.Kind)
	}
	return kinds
}

// MarshalJSON writes one key a verdict, blanks as _, in the order of the contract.
func (v verdicts) MarshalJSON() ([]byte, error) { //nolint:unparam // json.Marshaler
	var b bytes.Buffer
	for i, w := range campaign.Verdicts {
		fmt.Fprintf(&b, `%c"%s":%d`, "{,"[min(i, 1)], strings.ReplaceAll(string(w), " ", "_"), v[w])
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// A counted is a JSON line of the keys of head, then those of verdicts.
type counted struct {
	head     any
	verdicts verdicts
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
