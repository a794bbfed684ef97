package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/ledger"
	"siaran/campaign/operation"
	"siaran/reports/receiptline"
	"siaran/reports/receiptlog"
)

// tailCmd is siaran tail.
type tailCmd struct {
	RunName string `arg:"" name:"run" optional:"" help:"A run's id, or a campaign's name for its newest run and its resends. Default: all receipts." placeholder:"RUN"`
	Lines   int    `short:"n" default:"10" help:"Begin with the last N lines of the log." placeholder:"N"`
}

// tailEvery is how often the log is looked at.
const tailEvery = 500 * time.Millisecond

// A tail shows receipts as they stand in the log.
type tail struct {
	ui   *ui
	zone *time.Location
	from *receiptlog.Tail
	operation.Tail
}

// Run shows receipts as they come in, until it is told to stop.
func (cmd *tailCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	settings, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	if cmd.Lines < 0 {
		return usage(fmt.Errorf("--lines %d: a number of lines", cmd.Lines), "")
	}
	t := &tail{ui: ui, zone: settings.Zone, Tail: operation.Tail{Aliases: book.Aliases, Runs: book.Runs}}
	reader, err := operation.NewReceiptReader(settings)
	if err != nil {
		return err
	}
	t.Parse = reader.Parse
	if cmd.RunName != "" {
		if t.Only, err = runsOf(ctx, book, cmd.RunName); err != nil {
			return err
		}
	}
	if t.from, err = receiptlog.NewTail(receiptlog.Folder(settings.Listen.Log), cmd.Lines); err != nil {
		return err
	}
	if words := listenerWords(settings); words != "" {
		ui.Note("%s; stop with Ctrl-C", words)
	} else {
		ui.Note("nobody has listened here yet: siaran listen; stop with Ctrl-C")
	}
	tick := time.NewTicker(tailEvery)
	defer tick.Stop()
	for {
		if err := t.look(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// runsOf are the ids of a run and of the resends that took over rows of it.
func runsOf(ctx context.Context, book *ledger.Ledger, name string) (map[string]bool, error) {
	run, err := operation.FindRun(ctx, book, name)
	if err != nil {
		return nil, err
	}
	family, err := operation.FamilyOf(ctx, book, run)
	only := map[string]bool{}
	for _, r := range family.Members() {
		only[r.ID] = true
	}
	return only, err
}

// look shows what is new.
func (t *tail) look(ctx context.Context) error {
	for e, err := range t.from.News(ctx) {
		var broken *receiptline.BrokenLine
		switch {
		case errors.As(err, &broken):
			if t.Only == nil {
				t.ui.Note("%s", broken)
			}
			continue
		case err != nil:
			return err
		}
		receipts, unread, err := t.Read(ctx, e)
		if unread != "" {
			t.ui.Say("%s  %-10s  not understood: %s", t.clock(e.At), e.Gateway, unread)
			t.ui.JSON(tailUnread{"unread", stamp(e.At), e.Gateway, unread})
		}
		for _, r := range receipts {
			t.receipt(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// A tailLine is one receipt of tail --json.
type tailLine struct {
	Type       string               `json:"type"`
	ReceivedAt string               `json:"received_at"`
	At         string               `json:"at,omitempty"`
	Gateway    string               `json:"gateway"`
	Channel    campaign.ChannelKind `json:"channel,omitempty"`
	Run        string               `json:"run,omitempty"`
	Row        int                  `json:"row,omitempty"`
	RefID      string               `json:"ref_id,omitempty"` // shortened where it is not ours: it may be anything
	Recipient  string               `json:"recipient,omitempty"`
	Delivery   campaign.Delivery    `json:"delivery"`
	Word       string               `json:"word"`
	Billing    campaign.Billing     `json:"billing,omitempty"`
	Reason     string               `json:"reason,omitempty"`
	Reply      bool                 `json:"reply,omitempty"`
}

// A tailUnread is a body that was not understood.
type tailUnread struct {
	Type       string `json:"type"`
	ReceivedAt string `json:"received_at"`
	Gateway    string `json:"gateway"`
	Reason     string `json:"reason"`
}

// receipt shows one receipt.
func (t *tail) receipt(r operation.TailReceipt) {
	l := tailLine{
		Type: "receipt", ReceivedAt: stamp(r.ReceivedAt), At: stamp(r.At), Gateway: r.Gateway, Channel: r.Channel, Run: r.Run, Row: r.Row,
		RefID: r.RefID, Recipient: r.Recipient, Delivery: r.Delivery, Word: r.Word, Billing: r.Billing, Reason: r.Reason, Reply: r.Reply,
	}
	t.ui.JSON(l)
	t.ui.Say("%s", t.words(l, r.ReceivedAt))
}

// words is a receipt as a line for people.
func (t *tail) words(l tailLine, at time.Time) string {
	whose := "of other traffic"
	switch {
	case l.Run != "":
		whose = fmt.Sprintf("run %s row %d", l.Run, l.Row)
	case l.RefID != "":
		whose += ", " + l.RefID
	}
	what := string(l.Delivery)
	if l.Reply {
		what = "reply"
	}
	rest := []string{whose}
	if l.Word != "" && !l.Reply {
		rest = append(rest, "("+l.Word+")")
	}
	if l.Billing != "" {
		rest = append(rest, string(l.Billing))
	}
	if l.Reason != "" {
		rest = append(rest, l.Reason)
	}
	return fmt.Sprintf("%s  %-10s  %-8s  %-11s  %-14s  %s", t.clock(at), l.Gateway, l.Channel, what, l.Recipient, strings.Join(rest, "  "))
}

func (t *tail) clock(at time.Time) string {
	return at.In(t.zone).Format("2006-01-02 15:04:05")
}

// stamp is a time for programs; empty for the zero time.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}
