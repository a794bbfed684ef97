package main

import (
	"context"
	"time"

	"siaran/campaign/operation"
)

// doctorCmd is siaran doctor.
type doctorCmd struct {
	Adopt   bool   `help:"Say that this ledger, a copy or a restored backup, is the right one to send from."`
	Because string `help:"Why, for the ledger's actions." placeholder:"TEXT"`
	Offline bool   `help:"Ask no gateway for its time."`
}

// Run looks everything over. It changes nothing but by --adopt.
func (cmd *doctorCmd) Run(ctx context.Context, c *common, ui *ui) error {
	if cmd.Adopt {
		if err := cmd.adopt(ctx, c, ui); err != nil {
			return err
		}
	}
	var e operation.Examination
	settings, err := readSettings(c, ".")
	if err != nil {
		e.Findings = operation.UnreadSettings(err)
	} else if e, err = operation.Doctor(ctx, operation.DoctorRequest{Settings: settings, Host: hostName(), Offline: cmd.Offline, Now: time.Now}); err != nil {
		return err
	}
	showExamination(ui, e)
	if len(e.Findings) > 0 {
		return quietly(exitRows)
	}
	return nil
}

// adopt records a person's word that this ledger is the right one. What the receipt log knows is read
// first: none of it is sent again.
func (cmd *doctorCmd) adopt(ctx context.Context, c *common, ui *ui) (err error) {
	settings, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	copied, err := operation.MayAdopt(ctx, book)
	if err != nil {
		return err
	}
	if !copied {
		ui.Say("The ledger %s is the one that was sent from last: there is nothing to adopt.", book.Name())
		return nil
	}
	if err := catchUp(ctx, settings, book, ui); err != nil {
		return err
	}
	unknown, err := operation.Adopt(ctx, book, me(), cmd.Because)
	if err != nil {
		return err
	}
	ui.Say("The ledger %s is adopted: siaran send uses it from now on.", book.Name())
	ui.Say("What the receipt log knows is not sent again. What was sent since and has no receipt yet would be: let receipts come in first.")
	if unknown > 0 {
		ui.Note("warning: %s of runs that this ledger does not know: they were sent after it was copied; do not send their campaigns again", plural(unknown, "receipt"))
	}
	return nil
}

// showExamination prints what was found.
func showExamination(ui *ui, e operation.Examination) {
	for _, f := range e.Findings {
		if f.Err != nil {
			_, f.Cure = exitOf(f.Err)
		}
		ui.Say("- %s: %s", f.About, f.Problem)
		ui.Say("  cure: %s", f.Cure)
		ui.JSON(f)
	}
	if len(e.Findings) == 0 {
		ui.Say("All well: settings, permissions, receipts, disk, ledger and runs.")
	} else {
		ui.Say("\n%s", plural(len(e.Findings), "finding"))
	}
	for _, s := range e.Support {
		ui.Say("\nWhat the gateway's support may ask, account %s (%s, user %s):", s.Account, s.Gateway, s.User)
		ui.Say("  our address  %s", s.AddressWords())
		ui.Say("  receipt URL  %s", s.ReceiptWords())
		ui.JSON(s)
	}
	ui.JSON(struct {
		Type     string `json:"type"`
		Findings int    `json:"findings"`
	}{"summary", len(e.Findings)})
}
