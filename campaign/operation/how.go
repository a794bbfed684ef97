package operation

import (
	"encoding/json"
	"strings"

	"siaran/campaign"
	"siaran/campaign/english"
)

// A How is what the action "plan" keeps: how the run was planned, and what it was expected to cost.
type How struct {
	Flags    string             `json:"flags,omitempty"`
	Estimate *campaign.Estimate `json:"estimate,omitempty"` // nil: a price was missing
}

// readHow reads what Text wrote; other texts are flags.
func readHow(text string) How {
	var h How
	if json.Unmarshal([]byte(text), &h) != nil {
		return How{Flags: text}
	}
	return h
}

// Text is h for the ledger.
func (h How) Text() string {
	b, err := json.Marshal(h)
	if err != nil {
		return h.Flags // never: it is made of texts and numbers
	}
	return string(b)
}

// String is h for people.
func (h How) String() string {
	var words []string
	if h.Flags != "" {
		words = append(words, h.Flags)
	}
	if e := h.Estimate; e != nil {
		words = append(words, "estimate "+english.Estimate(*e))
	}
	return strings.Join(words, "; ")
}
