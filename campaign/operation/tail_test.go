package operation

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"siaran/campaign"
	"siaran/reports/receiptline"
)

// A tailBook knows one message, r-1 of run aaaaaa.
type tailBook struct{}

func (tailBook) Whose(_ context.Context, r campaign.Receipt) (string, int, bool, error) {
	if r.RefID == "r-1" {
		return "aaaaaa", 7, true, nil
	}
	return "", 0, false, nil
}

func (tailBook) Messages(context.Context, string, []int) ([]campaign.Message, error) {
	return []campaign.Message{{Address: "628123456789"}}, nil
}

func TestATailShowsNobodysNumberAndOnlyTheRunsThatAreWanted(t *testing.T) {
	parse := func(_ string, body []byte) ([]campaign.Receipt, error) {
		if string(body) == "{}" {
			return nil, errors.New("no receipt for 628123456789")
		}
		return []campaign.Receipt{{RefID: "r-1", Word: "1 for 628123456789"}, {RefID: "theirs-628123456789", Recipient: "628123456789"}}, nil
	}
	masked := "62812•••••89"
	ours := TailReceipt{Receipt: campaign.Receipt{RefID: "r-1", Recipient: masked}, Run: "aaaaaa", Row: 7}
	for name, c := range map[string]struct {
		only   map[string]bool
		entry  receiptline.Entry
		runs   []string
		unread bool
	}{
		"all":                       {nil, receiptline.Entry{Body: []byte("x")}, []string{"aaaaaa", ""}, false},
		"one run's":                 {map[string]bool{"aaaaaa": true}, receiptline.Entry{Body: []byte("x")}, []string{"aaaaaa"}, false},
		"another's":                 {map[string]bool{"bbbbbb": true}, receiptline.Entry{Body: []byte("x")}, nil, false},
		"a body that is no receipt": {nil, receiptline.Entry{Body: []byte("{}")}, nil, true},
		"… while a run is wanted":   {map[string]bool{"aaaaaa": true}, receiptline.Entry{Body: []byte("{}")}, nil, false},
		"text":                      {nil, receiptline.Entry{Body: []byte("<html>"), Text: true}, nil, true},
	} {
		got, unread, err := Tail{Aliases: tailBook{}, Runs: tailBook{}, Parse: parse, Only: c.only}.Read(t.Context(), c.entry)
		if err != nil || (unread != "") != c.unread {
			t.Errorf("%s: %q, %v", name, unread, err)
		}
		var runs []string
		for _, r := range got {
			runs = append(runs, r.Run)
			for _, said := range []string{r.Recipient, r.Word, unread} {
				if len(said) > 0 && containsNumber(said) {
					t.Errorf("%s: it shows %q", name, said)
				}
			}
			if r.Run != "" && (r.Row != ours.Row || r.RefID != ours.RefID || r.Recipient != ours.Recipient) {
				t.Errorf("%s: %+v, want %+v", name, r, ours)
			}
		}
		if diff := cmp.Diff(c.runs, runs); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func containsNumber(s string) bool {
	digits := 0
	for _, c := range s {
		if c < '0' || c > '9' {
			digits = 0
		} else if digits++; digits > 9 {
			return true
		}
	}
	return false
}
