package operation

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"siaran/campaign"
	"siaran/campaign/address"
	"siaran/campaign/ledger"
)

// SuppressTerms say what a suppression holds for.
type SuppressTerms struct {
	For     campaign.Purpose     // marketing: only such messages; all: service messages, too
	Channel campaign.ChannelKind // empty: every one
	Country string               // by which local phone numbers are read
}

// A SuppressResult is what was changed. As JSON it is the last line of suppress.
type SuppressResult struct {
	Type    string `json:"type"` // summary
	Added   int    `json:"added"`
	Removed int    `json:"removed"`
	Broken  int    `json:"broken"` // lines of a list that could not be read
}

// String says what t holds for.
func (t SuppressTerms) String() string {
	words := "for all messages"
	if t.For == campaign.PurposeMarketing {
		words = "for marketing"
	}
	if t.Channel != "" {
		words += " on " + string(t.Channel)
	}
	return words
}

// Suppressions normalises a list of addresses as messages have them; why is for the record. One that cannot be
// read is an error of Usage.
func (t SuppressTerms) Suppressions(addresses []string, why string) ([]ledger.Suppression, error) {
	var list []ledger.Suppression
	for _, a := range addresses {
		s, err := t.suppression(a)
		if err != nil {
			return nil, usage(fmt.Errorf("%s: %w; nothing was changed", address.Mask(a), err), "write numbers as 0812… or with + and their country's code; --channel telegram for a chat id")
		}
		s.Why = why
		list = append(list, s)
	}
	return list, nil
}

// suppression normalises one address.
func (t SuppressTerms) suppression(said string) (ledger.Suppression, error) {
	s := ledger.Suppression{Channel: t.Channel, Purpose: t.For}
	kind := s.Channel
	if kind == "" {
		kind = campaign.SMS // phones are the same on every channel
		if strings.Contains(said, "@") {
			kind = campaign.Email
		}
	}
	var err error
	s.Address, err = address.Parse(campaign.TextCell(strings.TrimSpace(said)), kind, t.Country)
	if err != nil && t.Channel == "" {
		err = fmt.Errorf("%w (a chat id needs its channel)", err)
	}
	return s, err
}

// Suppress puts all of list on the list of those who must not get messages. Messages planned before are
// withheld, too.
func Suppress(ctx context.Context, book *ledger.Ledger, list []ledger.Suppression, t SuppressTerms, by campaign.Person) (SuppressResult, error) {
	if err := book.Suppressions.Add(ctx, list...); err != nil {
		return SuppressResult{}, err
	}
	why := ""
	if len(list) > 0 {
		why = list[0].Why
	}
	return SuppressResult{Type: "summary", Added: len(list)}, actSuppressed(ctx, book, by, fmt.Sprintf("add %d %s", len(list), t), why)
}

// ErrNotSuppressed says that nothing was taken off the list.
var ErrNotSuppressed = errors.New("none of them is on the list")

// Unsuppress takes list off it: each exactly as it was added, or without a purpose everything about its address.
// ErrNotSuppressed if that is nothing.
func Unsuppress(ctx context.Context, book *ledger.Ledger, list []ledger.Suppression, by campaign.Person, why string) (SuppressResult, error) {
	n, err := book.Suppressions.Remove(ctx, list...)
	r := SuppressResult{Type: "summary", Removed: n}
	switch {
	case err != nil:
		return r, err
	case n == 0:
		return r, ErrNotSuppressed
	}
	return r, actSuppressed(ctx, book, by, fmt.Sprintf("remove %d", n), why)
}

// actSuppressed records the change; who it was about stands in the list itself.
func actSuppressed(ctx context.Context, book *ledger.Ledger, by campaign.Person, options, why string) error {
	return book.Actions.Add(ctx, by.Did(campaign.DeedSuppress, "", options, why))
}
