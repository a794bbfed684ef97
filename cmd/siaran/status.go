package main

import (
	"context"
	"fmt"
	"time"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
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
	if cmd.RunName != "" {
		run, err := findRun(ctx, book, cmd.RunName)
		if code, _ := exitOf(err); err != nil && cmd.Expect != "" && code == exitUsage {
			return nil // a campaign that never ran is what a monitor asks about
		}
		if err != nil {
			return err
		}
		return cmd.showFamily(ctx, s, book, ui, run)
	}
	runs, err := book.Runs(ctx)
	if err != nil {
		return err
	}
	if len(runs) == 0 {
		ui.Say("No runs yet. Send a campaign with: siaran send CAMPAIGN")
		return nil
	}
	for _, run := range runs {
		if run.Parent != "" {
			continue // beneath its parent
		}
		if err := cmd.showFamily(ctx, s, book, ui, run); err != nil {
			return err
		}
	}
	return nil
}

// showFamily shows a run and, beneath it, its children.
func (cmd *statusCmd) showFamily(ctx context.Context, s *definition.Settings, book *ledger.Ledger, ui *ui, run campaign.Run) error {
	if err := cmd.showRun(ctx, s, book, ui, run); err != nil {
		return err
	}
	children, err := book.Children(ctx, run.ID)
	if err != nil {
		return err
	}
	for _, child := range children {
		if err := cmd.showRun(ctx, s, book, ui, child); err != nil {
			return err
		}
	}
	return nil
}

func (cmd *statusCmd) showRun(ctx context.Context, s *definition.Settings, book *ledger.Ledger, ui *ui, run campaign.Run) error {
	sum, counts, err := summarise(ctx, book, run)
	if err != nil {
		return err
	}
	if ui.json {
		ui.Line(sum)
		if cmd.Verdicts {
			ui.Line(counted{struct {
				Type string `json:"type"`
				Run  string `json:"run"`
			}{"verdicts", run.ID}, counts})
		}
		return nil
	}
	whose := ""
	if run.Parent != "" {
		whose = fmt.Sprintf("  %s of rows of %s", run.Kind, run.Parent)
	}
	ui.Say("%s  %s  %s  %s%s  %s", run.ID, run.Campaign, run.CreatedAt.In(s.Zone).Format("2006-01-02 15:04"), live(run.Live), whose, stateWords(sum))
	if run.State == campaign.StateReady {
		cmd.showRate(s, ui, run)
	}
	if !cmd.Verdicts {
		showSummary(ui, sum)
		return nil
	}
	ui.Say("  %9s rows", count(sum.Rows))
	var all []tallied
	for _, v := range campaign.Verdicts {
		all = append(all, tallied{counts[v], string(v)})
	}
	ui.Counts(all)
	return nil
}

// showRate says how fast an unfinished run may be sent.
func (cmd *statusCmd) showRate(s *definition.Settings, ui *ui, run campaign.Run) {
	account, known := s.Accounts[run.Account]
	def, err := definitionOf(run)
	if !known || err != nil {
		return // siaran.yaml has another account by now: nothing to say
	}
	words := "without a limit of ours"
	if rate := account.Rate.Min(def.Rate); rate > 0 {
		words = "at most " + rateWords(rate)
	}
	ui.Say("  account %s, %s", account.Name, words)
}

// expected is what a monitor asks: has the campaign finished a run today?
func (cmd *statusCmd) expected(ctx context.Context, s *definition.Settings, book *ledger.Ledger, ui *ui) error {
	if cmd.Expect == "" {
		return nil
	}
	runs, err := book.Runs(ctx)
	if err != nil {
		return err
	}
	today := time.Now().In(s.Zone).Format(time.DateOnly)
	for _, run := range runs {
		if (cmd.RunName == "" || run.Campaign == cmd.RunName || run.ID == cmd.RunName) && run.State == campaign.StateDone &&
			run.Kind == campaign.KindSend && run.CreatedAt.In(s.Zone).Format(time.DateOnly) == today {
			return nil
		}
	}
	ui.Note("no run of today is done")
	return quietly(exitRows)
}
