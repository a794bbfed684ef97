package operation

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"siaran/campaign"
	"siaran/campaign/ledger"
	"siaran/campaign/planning"
)

// A Summary says what became of the rows of a run, or would become of those of a file. As JSON it is the last
// line of send, check, settle and status. Its counts add up to Rows.
type Summary struct {
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

	Verdicts Verdicts `json:"-"` // the same rows, receipts included; nil for those of a file
}

// Summarise folds every row of the run into its verdict and counts them.
func Summarise(ctx context.Context, book *ledger.Ledger, run campaign.Run) (Summary, error) {
	s := Summary{
		Type: "summary", Run: run.ID, Campaign: run.Campaign, Kind: string(run.Kind), Parent: run.Parent, Live: run.Live,
		Rows: run.Rows, State: string(run.State), Reason: run.Reason, Verdicts: make(Verdicts),
	}
	for h, err := range book.Histories.Lean(ctx, run.ID) {
		if err != nil {
			return s, err
		}
		s.Add(h.Verdict())
	}
	return s, nil
}

// Expected is the summary of what was not sent yet: the sendable are queued.
func Expected(c *campaign.Campaign, live bool, pre *planning.Preflight) Summary {
	return Summary{
		Type: "summary", Campaign: c.Name, Kind: string(campaign.KindSend), Live: live,
		Rows: pre.Rows, Rejected: pre.Rejected, Duplicate: pre.Duplicates, Suppressed: pre.Suppressed,
		Queued: pre.Sendable - pre.Suppressed,
	}
}

// Add counts one more row.
func (s *Summary) Add(v campaign.Verdict) {
	if s.Verdicts != nil {
		s.Verdicts[v]++
	}
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

// Sum is what the counts come to: Rows, or something is wrong.
func (s *Summary) Sum() int {
	return s.Rejected + s.Duplicate + s.Suppressed + s.Expired + s.Cancelled + s.Accepted + s.Refused + s.NotSent + s.Unknown + s.Queued
}

// Verdicts counts the rows of a run by verdict.
type Verdicts map[campaign.Verdict]int

// MarshalJSON writes one key a verdict, blanks as _, in the order of the contract.
func (v Verdicts) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, w := range campaign.Verdicts {
		fmt.Fprintf(&b, `%c"%s":%d`, "{,"[min(i, 1)], strings.ReplaceAll(string(w), " ", "_"), v[w])
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
