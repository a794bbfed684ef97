package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/address"
	"siaran/campaign/operation"
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

func (t suppressTerms) terms() operation.SuppressTerms {
	return operation.SuppressTerms{For: campaign.Purpose(t.For), Channel: campaign.ChannelKind(t.Channel), Country: t.Country}
}

// suppressAddCmd is siaran suppress add.
type suppressAddCmd struct {
	Addresses []string `arg:"" name:"address" help:"Phone numbers, e-mail addresses or chat ids." placeholder:"ADDRESS"`
	suppressTerms
	Because string `help:"Why, for the record." placeholder:"TEXT"`
}

// Run adds the addresses: all of them, or none.
func (cmd *suppressAddCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	list, err := cmd.terms().Suppressions(cmd.Addresses, cmd.Because)
	if err != nil {
		return err
	}
	_, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	result, err := operation.Suppress(ctx, book, list, cmd.terms(), me())
	if err != nil {
		return err
	}
	ui.Say("%s suppressed %s", people(result.Added), cmd.terms())
	ui.JSON(result)
	return nil
}

func people(n int) string {
	if n == 1 {
		return "1 address"
	}
	return count(n) + " addresses"
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
	list, err := suppressTerms{For: cmd.For, Channel: cmd.Channel, Country: cmd.Country}.terms().Suppressions(cmd.Addresses, "")
	if err != nil {
		return err
	}
	_, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	result, err := operation.Unsuppress(ctx, book, list, me(), cmd.Because)
	if errors.Is(err, operation.ErrNotSuppressed) {
		ui.JSON(result)
		return &statusError{Code: exitRows, Err: err, Hint: "siaran suppress list shows it; --for and --channel must be as they were added"}
	}
	if err != nil {
		return err
	}
	ui.Say("%s taken off the list", plural(result.Removed, "line"))
	ui.JSON(result)
	return nil
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

// suppressImportCmd is siaran suppress import.
type suppressImportCmd struct {
	File string `arg:"" help:"A .csv with a heading; - is standard input." placeholder:"FILE"`
	suppressTerms
	Because string `help:"Why, where the file does not say." placeholder:"TEXT"`
}

// Run adds every line that can be read. Those that cannot are told, and the exit code is 3.
func (cmd *suppressImportCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	in := ui.in
	if cmd.File != "-" {
		f, err := os.Open(cmd.File)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // only read
		in = f
	}
	settings, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	result, err := operation.ImportSuppressions(ctx, book, operation.SuppressImport{
		Input: in, Name: cmd.File, Terms: cmd.terms(), Why: cmd.Because, Zone: settings.Zone, By: me(),
	}, &unreadLines{ui: ui, file: cmd.File})
	if err != nil {
		return err
	}
	ui.Say("%s suppressed, as the file or the flags say", people(result.Added))
	ui.JSON(result)
	if result.Broken > 0 {
		ui.Note("%s could not be read: correct and import them again", plural(result.Broken, "line"))
		return quietly(exitRows)
	}
	return nil
}

// unreadLines prints the first lines that could not be read.
type unreadLines struct {
	ui   *ui
	file string
	n    int
}

// Unread prints one, if it is one of the first.
func (u *unreadLines) Unread(line int, err error) {
	if u.n++; u.n <= shownProblems {
		u.ui.Note("%s:%d: %v", u.file, line, err)
		u.ui.JSON(problemLine{Type: "problem", Row: line, Reason: err.Error(), Rows: 1})
	}
}
