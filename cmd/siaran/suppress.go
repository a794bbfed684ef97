package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/address"
	"siaran/campaign/ledger"
)

// suppressCmd is siaran suppress: who must not get messages.
type suppressCmd struct {
	Add    suppressAddCmd    `cmd:"" help:"Put people on the list. Messages planned before are withheld, too."`
	Remove suppressRemoveCmd `cmd:"" help:"Take people off the list."`
	List   suppressListCmd   `cmd:"" help:"Show the list."`
	Import suppressImportCmd `cmd:"" help:"Put the people of a .csv on the list, by its headings address, channel, for, because, since."`
}

// suppressTerms say what a suppression holds for.
type suppressTerms struct {
	For     string `help:"marketing: only such messages; all: service messages, too." enum:"marketing,all" default:"all"`
	Channel string `help:"Only on this channel: whatsapp, sms, email, line, telegram or facebook. Default: on every one." enum:",whatsapp,sms,email,line,telegram,facebook" default:"" placeholder:"CHANNEL"`
	Country string `help:"Country by which local phone numbers are read." default:"ID"`
}

// suppression normalises an address as messages have it.
func (t suppressTerms) suppression(said string) (ledger.Suppression, error) {
	s := ledger.Suppression{Channel: campaign.ChannelKind(t.Channel), Purpose: campaign.Purpose(t.For)}
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

// suppressions normalises a list of addresses.
func (t suppressTerms) suppressions(addresses []string) ([]ledger.Suppression, error) {
	var list []ledger.Suppression
	for _, a := range addresses {
		s, err := t.suppression(a)
		if err != nil {
			return nil, usage(fmt.Errorf("%s: %w; nothing was changed", address.Mask(a), err), "write numbers as 0812… or with + and their country's code; --channel telegram for a chat id")
		}
		list = append(list, s)
	}
	return list, nil
}

// words say what t holds for.
func (t suppressTerms) words() string {
	words := "for all messages"
	if t.For == string(campaign.PurposeMarketing) {
		words = "for marketing"
	}
	if t.Channel != "" {
		words += " on " + t.Channel
	}
	return words
}

// suppressAddCmd is siaran suppress add.
type suppressAddCmd struct {
	Addresses []string `arg:"" name:"address" help:"Phone numbers, e-mail addresses or chat ids." placeholder:"ADDRESS"`
	suppressTerms
	Because string `help:"Why, for the record." placeholder:"TEXT"`
}

// Run adds the addresses: all of them, or none.
func (cmd *suppressAddCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	list, err := cmd.suppressions(cmd.Addresses)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Why = cmd.Because
	}
	_, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	if err := book.Suppressions.Add(ctx, list...); err != nil {
		return err
	}
	ui.Say("%s suppressed %s", people(len(list)), cmd.words())
	ui.JSON(suppressed{Type: "summary", Added: len(list)})
	return actSuppressed(ctx, book, fmt.Sprintf("add %d %s", len(list), cmd.words()), cmd.Because)
}

// A suppressed is the last line of suppress --json.
type suppressed struct {
	Type    string `json:"type"`
	Added   int    `json:"added"`
	Removed int    `json:"removed"`
	Broken  int    `json:"broken"`
}

func people(n int) string {
	if n == 1 {
		return "1 address"
	}
	return count(n) + " addresses"
}

// actSuppressed records the change; who it was about stands in the list itself.
func actSuppressed(ctx context.Context, book *ledger.Ledger, options, why string) error {
	return book.Actions.Add(ctx, campaign.Action{Who: who(), Host: hostName(), What: campaign.DeedSuppress, Options: options, Why: why})
}

// suppressRemoveCmd is siaran suppress remove.
type suppressRemoveCmd struct {
	Addresses []string `arg:"" name:"address" help:"Phone numbers, e-mail addresses or chat ids." placeholder:"ADDRESS"`
	For       string   `help:"Only what was added for this. Default: everything about the address." enum:",marketing,all" default:"" placeholder:"marketing|all"`
	Channel   string   `help:"With --for: only what was added for this channel." enum:",whatsapp,sms,email,line,telegram,facebook" default:"" placeholder:"CHANNEL"`
	Country   string   `help:"Country by which local phone numbers are read." default:"ID"`
	Because   string   `help:"Why, for the record." placeholder:"TEXT"`
}

// Run takes the addresses off.
func (cmd *suppressRemoveCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	list, err := suppressTerms{For: cmd.For, Channel: cmd.Channel, Country: cmd.Country}.suppressions(cmd.Addresses)
	if err != nil {
		return err
	}
	_, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	n, err := book.Suppressions.Remove(ctx, list...)
	if err != nil {
		return err
	}
	ui.JSON(suppressed{Type: "summary", Removed: n})
	if n == 0 {
		return &statusError{Code: exitRows, Err: errors.New("none of them is on the list"), Hint: "siaran suppress list shows it; --for and --channel must be as they were added"}
	}
	ui.Say("%s taken off the list", plural(n, "line"))
	return actSuppressed(ctx, book, fmt.Sprintf("remove %d", n), cmd.Because)
}

// suppressListCmd is siaran suppress list.
type suppressListCmd struct {
	Mask bool `help:"Mask addresses."`
}

// Run prints the list, as a .csv that suppress import reads, or as JSON lines.
func (cmd *suppressListCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	_, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	ui.Say("address,channel,for,because,since")
	for s, err := range book.Suppressions.All(ctx) {
		if err != nil {
			return err
		}
		if cmd.Mask {
			s.Address = address.Mask(s.Address)
		}
		since := s.Since.UTC().Format(time.RFC3339)
		ui.Say("%s,%s,%s,%s,%s", csvField(s.Address), s.Channel, s.Purpose, csvField(s.Why), since)
		ui.JSON(struct {
			Type    string               `json:"type"`
			Address string               `json:"address"`
			Channel campaign.ChannelKind `json:"channel"`
			For     campaign.Purpose     `json:"for"`
			Because string               `json:"because"`
			Since   string               `json:"since"`
		}{"suppression", s.Address, s.Channel, s.Purpose, s.Why, since})
	}
	return nil
}

// csvField quotes s where a .csv needs it.
func csvField(s string) string {
	if strings.ContainsAny(s, ",\"\r\n") {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}
