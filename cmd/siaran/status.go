package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
	"siaran/campaign/operation"
)

// statusCmd is siaran status.
type statusCmd struct {
	RunName  string `arg:"" name:"run" optional:"" help:"A run's id, or a campaign's name for its newest run. Default: all runs." placeholder:"RUN"`
	Verdicts bool   `help:"Count by verdict, receipts included."`
	Watch    bool   `help:"Show again every two seconds, until Ctrl-C."`
	Expect   string `help:"With a campaign's name: exit 3 unless it has a run of today that is done." enum:"today," default:"" placeholder:"today"`
}

// Run prints the runs, newest first.
func (cmd *statusCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	settings, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	defer func() {
		if cmd.Watch && ctx.Err() != nil {
			err = nil // Ctrl-C ends it, also in the middle of a look
		}
	}()
	for {
		if err := catchUp(ctx, settings, book, ui); err != nil {
			return err
		}
		showListener(ui, settings)
		if err := cmd.show(ctx, settings, book, ui); err != nil {
			return err
		}
		if err := showStrays(ctx, ui, book); err != nil {
			return err
		}
		if !cmd.Watch {
			return cmd.expected(ctx, settings, book, ui)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(2 * time.Second):
			ui.Say("")
		}
	}
}

func (cmd *statusCmd) show(ctx context.Context, s *definition.Settings, book *ledger.Ledger, ui *ui) error {
	n := 0
	for status, err := range operation.Status(ctx, s, book, cmd.RunName) {
		if cmd.Expect != "" && errors.Is(err, ledger.ErrNoRun) {
			return nil // a campaign that never ran is what a monitor asks about
		}
		if err != nil {
			return err
		}
		n++
		cmd.showRun(ui, status, s.Zone)
	}
	if n == 0 {
		ui.Say("No runs yet. Send a campaign with: siaran send CAMPAIGN")
	}
	return nil
}

// showRun prints one run: its head, and its counts.
func (cmd *statusCmd) showRun(ui *ui, status operation.RunStatus, zone *time.Location) {
	run, sum := status.Run, status.Summary
	if ui.json {
		ui.Line(sum)
		if cmd.Verdicts {
			ui.Line(counted{struct {
				Type string `json:"type"`
				Run  string `json:"run"`
			}{"verdicts", run.ID}, sum.Verdicts})
		}
		return
	}
	whose := ""
	if run.Parent != "" {
		whose = fmt.Sprintf("  %s of rows of %s", run.Kind, run.Parent)
	}
	ui.Say("%s  %s  %s  %s%s  %s", run.ID, run.Campaign, run.CreatedAt.In(zone).Format("2006-01-02 15:04"), live(run.Live), whose, stateWords(sum))
	if p := status.Pace; p != nil {
		words := "without a limit of ours"
		if p.Limit > 0 {
			words = "at most " + rateWords(p.Limit)
		}
		ui.Say("  account %s, %s", p.Account, words)
	}
	if !cmd.Verdicts {
		showSummary(ui, sum)
		return
	}
	ui.Say("  %9s rows", count(sum.Rows))
	var all []tallied
	for _, v := range campaign.Verdicts {
		all = append(all, tallied{sum.Verdicts[v], string(v)})
	}
	ui.Counts(all)
}

// expected is what a monitor asks: has the campaign finished a run today?
func (cmd *statusCmd) expected(ctx context.Context, s *definition.Settings, book *ledger.Ledger, ui *ui) error {
	if cmd.Expect == "" {
		return nil
	}
	runs, err := book.Runs.All(ctx)
	if err != nil || operation.DoneToday(runs, cmd.RunName, time.Now(), s.Zone) {
		return err
	}
	ui.Note("no run of today is done")
	return quietly(exitRows)
}
