package main

import (
	"encoding/json"
	"strings"

	"siaran/campaign"
)

// A planned is what the action "plan" keeps: how the run was planned, and what it was expected to cost.
type planned struct {
	Flags    string             `json:"flags,omitempty"`
	Estimate *campaign.Estimate `json:"estimate,omitempty"` // nil: a price was missing
}

// options writes p for the ledger.
func (p planned) options() string {
	b, err := json.Marshal(p)
	if err != nil {
		return p.Flags // never: it is made of texts and numbers
	}
	return string(b)
}

// readPlanned reads what options wrote; other texts are flags.
func readPlanned(options string) planned {
	var p planned
	if json.Unmarshal([]byte(options), &p) != nil {
		return planned{Flags: options}
	}
	return p
}

// String is p for people.
func (p planned) String() string {
	var words []string
	if p.Flags != "" {
		words = append(words, p.Flags)
	}
	if e := p.Estimate; e != nil {
		words = append(words, "estimate "+estimateWords(*e))
	}
	return strings.Join(words, "; ")
}
