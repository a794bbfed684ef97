package main

import (
	"context"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
	"siaran/campaign/operation"
)

// lastListener is who listened last; nil if nobody ever did, or it cannot be told.
func lastListener(s *definition.Settings) *operation.Listener {
	all, err := operation.Listeners(s, time.Now())
	if err != nil || len(all) == 0 {
		return nil
	}
	return &all[0]
}

// listenerWords says when a listener was last alive; empty if there never was one.
func listenerWords(s *definition.Settings) string {
	if l := lastListener(s); l != nil {
		return l.Words(s.Zone)
	}
	return ""
}

// showListener prints when a listener was last alive, as status does.
func showListener(ui *ui, s *definition.Settings) {
	l := lastListener(s)
	if l == nil {
		return
	}
	ui.JSON(struct {
		Type    string `json:"type"`
		Host    string `json:"host"`
		Address string `json:"address"`
		Alive   bool   `json:"alive"`
		At      string `json:"at"`
	}{"listener", l.Host, l.Address, l.Gone == 0, stamp(l.At)})
	words := l.Words(s.Zone)
	ui.Say("%s", strings.ToUpper(words[:1])+words[1:])
}

// strayWords are what people call the kinds of strays.
var strayWords = map[campaign.StrayKind]string{
	campaign.StrayOrphan: "orphan", campaign.StrayForged: "forged", campaign.StrayForeign: "of other traffic",
	campaign.StrayReply: "people's answers", campaign.StrayQuarantined: "not understood",
}

// showStrays prints how many receipts belong to no message, if there are some.
func showStrays(ctx context.Context, ui *ui, book *ledger.Ledger) error {
	counts, err := book.Strays.Counts(ctx)
	if err != nil || len(counts) == 0 {
		return err
	}
	ui.JSON(struct {
		Type        string `json:"type"`
		Orphan      int    `json:"orphan"`
		Forged      int    `json:"forged"`
		Foreign     int    `json:"foreign"`
		Reply       int    `json:"reply"`
		Quarantined int    `json:"quarantined"`
	}{"strays", counts[campaign.StrayOrphan], counts[campaign.StrayForged], counts[campaign.StrayForeign], counts[campaign.StrayReply], counts[campaign.StrayQuarantined]})
	var words []string
	for _, kind := range campaign.StrayKinds {
		if n := counts[kind]; n > 0 {
			words = append(words, count(n)+" "+strayWords[kind])
		}
	}
	ui.Say("Receipts of the last 30 days that belong to no message: %s", strings.Join(words, ", "))
	return nil
}
