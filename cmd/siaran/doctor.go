package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
)

// doctorCmd is siaran doctor.
type doctorCmd struct {
	Adopt   bool   `help:"Say that this ledger, a copy or a restored backup, is the right one to send from."`
	Because string `help:"Why, for the ledger's actions." placeholder:"TEXT"`
	Offline bool   `help:"Ask no gateway for its time."`
}

// A finding is one thing that is wrong, or will be, and what to do about it.
type finding struct {
	Type    string `json:"type"`
	About   string `json:"about"` // settings, ledger, disk, receipts, permissions, account NAME, run ID
	Problem string `json:"problem"`
	Cure    string `json:"cure"`
}

// A doctor collects findings.
type doctor struct {
	ui       *ui
	settings *definition.Settings
	findings []finding
	support  []support
}

func (d *doctor) find(about, cure, problem string, args ...any) {
	d.findings = append(d.findings, finding{"finding", about, fmt.Sprintf(problem, args...), cure})
}

// findErr takes an error, with its hint, for a finding.
func (d *doctor) findErr(about string, err error) {
	_, hint := exitOf(err)
	d.find(about, hint, "%s", err)
}

// Run looks everything over. It changes nothing but by --adopt.
func (cmd *doctorCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	d := &doctor{ui: ui}
	if cmd.Adopt {
		if err := cmd.adopt(ctx, c, ui); err != nil {
			return err
		}
	}
	if d.readSettings(c) {
		d.permissions()
		d.receipts()
		d.certificate()
		d.disk()
		if err := d.ledger(ctx); err != nil {
			return err
		}
		if err := d.gateways(ctx, cmd.Offline); err != nil {
			return err
		}
	}
	d.show()
	if len(d.findings) > 0 {
		return quietly(exitRows)
	}
	return nil
}

// adopt records a person's word that this ledger is the right one. What the receipt log knows is read
// first: none of it is sent again.
func (cmd *doctorCmd) adopt(ctx context.Context, c *common, ui *ui) error {
	settings, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	copied := book.Original.Copied(ctx)
	switch {
	case copied == nil:
		ui.Say("The ledger %s is the one that was sent from last: there is nothing to adopt.", book.Name())
		return nil
	case !errors.Is(copied, ledger.ErrCopied):
		return copied
	}
	wrong, err := book.Health.Check(ctx)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return &statusError{
			Code: exitLedger, Err: fmt.Errorf("ledger %s: %w: %s; it was not adopted", book.Name(), ledger.ErrDamaged, strings.Join(wrong, "; ")),
			Hint: "restore another backup",
		}
	}
	if err := catchUp(ctx, settings, book, ui); err != nil {
		return err
	}
	err = book.Actions.Add(ctx, campaign.Action{Who: who(), Host: hostName(), What: campaign.DeedAdopt, Options: copied.Error(), Why: strings.ToValidUTF8(cmd.Because, "?")})
	if err != nil {
		return err
	}
	if err := book.Original.Adopt(ctx); err != nil {
		return err
	}
	ui.Say("The ledger %s is adopted: siaran send uses it from now on.", book.Name())
	ui.Say("What the receipt log knows is not sent again. What was sent since and has no receipt yet would be: let receipts come in first.")
	strays, err := book.Strays.Counts(ctx)
	if n := strays[campaign.StrayOrphan]; n > 0 {
		ui.Note("warning: %s of runs that this ledger does not know: they were sent after it was copied; do not send their campaigns again", plural(n, "receipt"))
	}
	return err
}

// readSettings reports whether the rest can be looked at.
func (d *doctor) readSettings(c *common) bool {
	s, err := readSettings(c, ".")
	var problems definition.Errors
	switch {
	case errors.As(err, &problems):
		for _, p := range problems {
			d.findSetting(p)
		}
		return false
	case err != nil:
		d.findErr("settings", err)
		return false
	}
	d.settings = s
	for _, w := range s.Warnings {
		d.findSetting(w)
	}
	if len(s.Accounts) == 0 {
		d.find("settings", "add one under accounts:", "%s has no account: nothing can be sent", s.Path)
	}
	return true
}

func (d *doctor) findSetting(p *definition.Error) {
	cure := p.Hint
	if cure == "" {
		cure = "correct it in " + p.File
	}
	bare := *p
	bare.Hint = ""
	d.find("settings", cure, "%s", bare.Error())
}

// ledger looks at the ledger and its runs. An error is one that has nothing to do with it.
func (d *doctor) ledger(ctx context.Context) (err error) {
	book, err := openLedger(ctx, d.settings)
	if errors.Is(err, ledger.ErrReadOnly) {
		d.findErr("ledger", err)
		s := ledgerSettings(d.settings)
		s.ReadOnly = true
		book, err = ledger.Open(ctx, s)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		d.findErr("ledger", err)
		return nil
	}
	defer closing(book, &err)
	if err := book.Original.Copied(ctx); errors.Is(err, ledger.ErrCopied) {
		d.findErr("ledger", err)
	} else if err != nil {
		return err
	}
	wrong, err := book.Health.Check(ctx)
	if err != nil {
		d.findErr("ledger", err)
		return ctx.Err()
	}
	for _, w := range wrong {
		d.find("ledger", "do not send from it: keep the file, restore a backup, then siaran doctor --adopt", "%s: %s", book.Name(), w)
	}
	if err := d.runs(ctx, book); errors.Is(err, ledger.ErrDamaged) {
		d.findErr("ledger", err)
	} else if err != nil {
		return err
	}
	return nil
}

// show prints what was found.
func (d *doctor) show() {
	for _, f := range d.findings {
		d.ui.Say("- %s: %s", f.About, f.Problem)
		d.ui.Say("  cure: %s", f.Cure)
		d.ui.JSON(f)
	}
	if len(d.findings) == 0 {
		d.ui.Say("All well: settings, permissions, receipts, disk, ledger and runs.")
	} else {
		d.ui.Say("\n%s", plural(len(d.findings), "finding"))
	}
	for _, s := range d.support {
		d.ui.Say("\nWhat the gateway's support may ask, account %s (%s, user %s):", s.Account, s.Gateway, s.User)
		d.ui.Say("  our address  %s", s.addressWords())
		d.ui.Say("  receipt URL  %s", s.receiptWords())
		d.ui.JSON(s)
	}
	d.ui.JSON(struct {
		Type     string `json:"type"`
		Findings int    `json:"findings"`
	}{"summary", len(d.findings)})
}
