package main

import (
	"context"
	"errors"

	"siaran/campaign"
	"siaran/campaign/operation"
)

// sentFlags are those of import --sent.
type sentFlags struct {
	Sent     string `help:"Make a run of another tool's sends: a table of what it sent (.xlsx, .csv, …)." placeholder:"FILE"`
	Account  string `help:"With --sent: whose sends they were." placeholder:"NAME"`
	Campaign string `help:"With --sent: what the run is called." placeholder:"NAME"`
	Channel  string `help:"With --sent: whatsapp, sms, email, line, telegram or facebook." placeholder:"CHANNEL"`
	Columns  string `help:"With --sent: which column holds what: id, address, time, and gateway_id if there is one. Every column stays in the report." placeholder:"id=…,address=…,time=…"`
	Country  string `help:"With --sent: the country of numbers without its code." default:"ID" placeholder:"CC"`
}

// importSent is siaran import --sent.
func (cmd *importCmd) importSent(ctx context.Context, c *common, ui *ui) (err error) {
	if len(cmd.Files) > 0 {
		return usage(errors.New("--sent names the file; receipts are imported by another siaran import"), "")
	}
	settings, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	im, err := operation.OpenSent(ctx, settings, operation.SentRequest{
		File: cmd.Sent, Input: ui.in, Account: cmd.Account, Campaign: cmd.Campaign, Channel: cmd.Channel, Columns: cmd.Columns, Country: cmd.Country,
	})
	if err != nil {
		return err
	}
	defer closing(im, &err)
	if err := catchUp(ctx, settings, book, ui); err != nil { // its receipts may have come already
		return err
	}
	rejected := &rejectedRows{ui: ui}
	result, err := im.Import(ctx, book, me(), rejected)
	rejected.close()
	if err != nil {
		return err
	}
	run := result.Run
	if result.Already {
		ui.Say("These sends were imported already, on %s, as run %s. Nothing to do.", run.CreatedAt.In(settings.Zone).Format("2 Jan 2006 15:04"), run.ID)
	} else {
		ui.Say("Run %s of %s: %s of another tool, through %s", run.ID, run.Campaign, plural(run.Rows, "row"), run.Account)
	}
	if result.Found > 0 {
		ui.Say("  %9s that had come before found their messages", plural(result.Found, "receipt"))
	}
	showSummary(ui, result.Summary)
	ui.Say("Next: siaran import its receipts, then siaran report %s", run.ID)
	ui.JSON(result.Summary)
	if result.Summary.Rejected > 0 {
		return quietly(exitRows)
	}
	return nil
}

// rejectedRows prints the first rows that are rejected, and how many more there are.
type rejectedRows struct {
	ui *ui
	n  int
}

// Rejected prints one, if it is one of the first.
func (r *rejectedRows) Rejected(row *campaign.RowError) {
	if r.n++; r.n <= shownProblems {
		r.ui.Note("rejected: %s", row)
	}
}

func (r *rejectedRows) close() {
	if r.n > shownProblems {
		r.ui.Note("%s more rows are rejected", count(r.n-shownProblems))
	}
}
