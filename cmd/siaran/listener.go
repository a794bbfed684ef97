package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
	"siaran/reports/receiptlog"
)

// lastAlive is the newest mark of a listener, whether it is alive, and whether there ever was one.
func lastAlive(s *definition.Settings) (mark receiptlog.Alive, alive, ever bool) {
	marks, err := receiptlog.LastAlive(s.Listen.Log)
	if err != nil || len(marks) == 0 {
		return mark, false, false
	}
	return marks[0], time.Since(marks[0].At) <= listenerGone, true
}

// listenerWords says when a listener was last alive; empty if there never was one.
func listenerWords(s *definition.Settings) string {
	m, alive, ever := lastAlive(s)
	switch {
	case !ever:
		return ""
	case alive:
		return fmt.Sprintf("listener alive on %s at %s", m.Host, m.Address)
	}
	return fmt.Sprintf("the listener on %s was last alive %s ago (%s): receipts may be missing; siaran listen starts one",
		m.Host, span(time.Since(m.At)), m.At.In(s.Zone).Format("2 Jan 2006 15:04"))
}

// showListener prints when a listener was last alive, as status does.
func showListener(ui *ui, s *definition.Settings) {
	m, alive, ever := lastAlive(s)
	if !ever {
		return
	}
	ui.JSON(struct {
		Type    string `json:"type"`
		Host    string `json:"host"`
		Address string `json:"address"`
		Alive   bool   `json:"alive"`
		At      string `json:"at"`
	}{"listener", m.Host, m.Address, alive, stamp(m.At)})
	words := listenerWords(s)
	ui.Say("%s", strings.ToUpper(words[:1])+words[1:])
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
	for _, kind := range []struct {
		kind campaign.StrayKind
		word string
	}{
		{campaign.StrayOrphan, "orphan"}, {campaign.StrayForged, "forged"}, {campaign.StrayForeign, "of other traffic"}, {campaign.StrayReply, "people's answers"}, {campaign.StrayQuarantined, "not understood"},
	} {
		if n := counts[kind.kind]; n > 0 {
			words = append(words, count(n)+" "+kind.word)
		}
	}
	ui.Say("Receipts of the last 30 days that belong to no message: %s", strings.Join(words, ", "))
	return nil
}
