package operation

import (
	"encoding/json"
	"strings"

	"siaran/campaign"
	"siaran/campaign/english"
)

// A PlanOptions is what the action "plan" keeps: how the run was planned, and what it was expected to cost.
type PlanOptions struct {
	Flags    string             `json:"flags,omitempty"`
	Estimate *campaign.Estimate `json:"estimate,omitempty"` // nil: a price was missing
}

// ReadPlanOptions reads what Text wrote; other texts are flags.
func ReadPlanOptions(text string) PlanOptions {
	var p PlanOptions
	if json.Unmarshal([]byte(text), &p) != nil {
		return PlanOptions{Flags: text}
	}
	return p
}

// Text is p for the ledger.
func (p PlanOptions) Text() string {
	b, err := json.Marshal(p)
	if err != nil {
		return p.Flags // never: it is made of texts and numbers
	}
	return string(b)
}

// String is p for people.
func (p PlanOptions) String() string {
	var words []string
	if p.Flags != "" {
		words = append(words, p.Flags)
	}
	if e := p.Estimate; e != nil {
		words = append(words, "estimate "+english.Estimate(*e))
	}
	return strings.Join(words, "; ")
}
