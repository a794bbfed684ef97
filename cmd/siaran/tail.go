package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/address"
	"siaran/campaign/definition"
	"siaran/campaign/gateway"
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

// A tail shows receipts as they stand in the log. It brings nothing into the ledger.
type tail struct {
	ui       *ui
	settings *definition.Settings
	book     *ledger.Ledger
	parse    receiptline.Parse
	only     map[string]bool  // runs; nil: all receipts
	at       map[string]int64 // how far each file was shown
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
	t := &tail{ui: ui, settings: settings, book: book, at: map[string]int64{}}
	reader, err := operation.NewReceiptReader(settings)
	if err != nil {
		return err
	}
	t.parse = reader.Parse
	if cmd.RunName != "" {
		if t.only, err = runsOf(ctx, book, cmd.RunName); err != nil {
			return err
		}
	}
	begin, err := receiptlog.Folder(settings.Listen.Log).Last(cmd.Lines)
	if err != nil {
		return err
	}
	for _, p := range begin {
		t.at[p.File] = p.Offset
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

// look shows what is new in every host's files.
func (t *tail) look(ctx context.Context) error {
	files, err := receiptlog.Folder(t.settings.Listen.Log).Ends()
	if err != nil {
		return err
	}
	for _, p := range files {
		if p.Offset == t.at[p.File] {
			continue
		}
		p.Offset = t.at[p.File]
		for e, err := range receiptlog.Folder(t.settings.Listen.Log).Follow(ctx, p) {
			var broken *receiptline.BrokenLine
			if err != nil && !errors.As(err, &broken) {
				if errors.Is(err, fs.ErrNotExist) {
					break // archived just now
				}
				return err
			}
			t.at[p.File] = e.Offset
			if broken == nil {
				err = t.entry(ctx, e)
			} else if t.only == nil {
				t.ui.Note("%s", broken)
				err = nil
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// entry shows the receipts of one body.
func (t *tail) entry(ctx context.Context, e receiptline.Entry) error {
	receipts, err := t.receipts(e)
	if err != nil {
		if t.only == nil {
			t.ui.Say("%s  %-10s  not understood: %s", t.clock(e.At), e.Gateway, gateway.Redact(err.Error()))
			t.ui.JSON(tailUnread{"unread", stamp(e.At), e.Gateway, gateway.Redact(err.Error())})
		}
		return nil
	}
	for _, r := range receipts {
		r.ReceivedAt = e.At
		if err := t.receipt(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func (t *tail) receipts(e receiptline.Entry) ([]campaign.Receipt, error) {
	if e.Text {
		return nil, errors.New("it is not JSON")
	}
	return receiptline.ParseAll(t.parse, e.Gateway, e.Body)
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

// receipt shows one receipt, if it is of a run that is wanted.
func (t *tail) receipt(ctx context.Context, r campaign.Receipt) error {
	run, row, ours, err := t.book.Aliases.Whose(ctx, r)
	if err != nil {
		return err
	}
	if t.only != nil && !t.only[run] {
		return nil
	}
	l := tailLine{
		Type: "receipt", ReceivedAt: stamp(r.ReceivedAt), At: stamp(r.At), Gateway: r.Gateway, Channel: r.Channel, Recipient: r.Recipient,
		Delivery: r.Delivery, Word: gateway.Redact(r.Word), Billing: r.Billing, Reason: gateway.Redact(r.Reason), Reply: r.Reply,
	}
	if ours {
		l.Run, l.Row, l.RefID = run, row, r.RefID
		if l.Recipient == "" {
			if l.Recipient, err = t.address(ctx, run, row); err != nil {
				return err
			}
		}
	} else if r.RefID != "" {
		l.RefID = address.Mask(gateway.ID(r.RefID))
	}
	if l.Recipient != "" {
		l.Recipient = address.Mask(l.Recipient)
	}
	t.ui.JSON(l)
	t.ui.Say("%s", t.words(l, r.ReceivedAt))
	return nil
}

// address is where the message went on its first channel.
func (t *tail) address(ctx context.Context, run string, row int) (string, error) {
	ms, err := t.book.Runs.Messages(ctx, run, []int{row})
	if err != nil || len(ms) == 0 {
		return "", err
	}
	return ms[0].Address, nil
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
	return at.In(t.settings.Zone).Format("2006-01-02 15:04:05")
}

// stamp is a time for programs; empty for the zero time.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}
