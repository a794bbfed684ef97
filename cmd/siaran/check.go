package main

import (
	"context"
	"time"

	"siaran/campaign"
	"siaran/campaign/planning"
)

// checkCmd is siaran check.
type checkCmd struct {
	Campaign string `arg:"" help:"The campaign file." placeholder:"CAMPAIGN"`
	File     string `help:"Recipient file, instead of the campaign's." placeholder:"FILE"`
}

func (cmd *checkCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	l, err := look(ctx, c, ui, cmd.Campaign, cmd.File)
	if err != nil {
		return err
	}
	defer closing(l, &err)
	pre, plan, err := l.preflight(ctx)
	if err != nil {
		return err
	}
	l.show(ui, pre)
	problems(ui, pre)
	ui.JSON(l.summaryOf(pre))
	same, objections, err := l.wouldObject(ctx, ui, pre, plan)
	if err != nil {
		return err
	}
	if len(objections) > 0 {
		return refuse(objections)
	}
	return cmd.result(ui, l.campaign.Expect.Rejected, pre, same)
}

// wouldObject finds what send would object to, and whether there is a run of the same already.
func (l *loaded) wouldObject(ctx context.Context, ui *ui, pre *planning.Preflight, plan planning.Plan) (same bool, all []objection, err error) {
	now := time.Now()
	if l.book == nil {
		return false, l.objections(pre, now), nil
	}
	run, same, err := l.book.Runs.ByIdentity(ctx, l.identity(plan, 0))
	switch {
	case err != nil:
		return same, nil, err
	case same:
		when := run.CreatedAt.In(l.settings.Zone).Format("2 Jan 2006 15:04")
		if run.State != campaign.StateDone && run.State != campaign.StateCancelled {
			ui.Say("\nRun %s of %s is this file and campaign, and unfinished: siaran send goes on with it.", run.ID, when)
			return same, nil, nil
		}
		ui.Say("\nRun %s of %s sent this file with this campaign already: siaran send would do nothing.", run.ID, when)
		if problem := l.tooOld(now); problem != "" {
			all = append(all, objection{problem: problem, hint: "has today's file come? else change expect.file_age in the campaign"})
		}
		return same, all, nil
	}
	open, err := l.openRuns(ctx, l.book, plan)
	if err != nil {
		return false, nil, err
	}
	for _, o := range open {
		if no := l.object(o); no != nil {
			all = append(all, *no)
		} else {
			ui.Say("\nRun %s is unfinished: siaran send would deal with it first (unfinished: %s).", o.ID, l.campaign.Unfinished)
		}
	}
	return false, append(append(all, l.objections(pre, now)...), l.repeatedRows(pre)...), nil
}

// result says what to do next.
func (cmd *checkCmd) result(ui *ui, allowed campaign.Share, pre *planning.Preflight, same bool) error {
	switch {
	case pre.Rejected == 0 && same:
		return nil
	case pre.Rejected == 0:
		ui.Say("\nAll well. Send it with: siaran send %s", cmd.Campaign)
		return nil
	case allowed.Set && allowed.Allows(pre.Rejected, pre.Rows):
		ui.Say("\n%s rejected, which the campaign's expect.rejected allows. Send the others with: siaran send %s", plural(pre.Rejected, "row"), cmd.Campaign)
		return nil
	default:
		ui.Say("\n%s rejected: mend them in the file and check again; or send the others with: siaran send %s", plural(pre.Rejected, "row"), cmd.Campaign)
		ui.Say("and the mended ones of the repair workbook later with: siaran send %s --repair FILE", cmd.Campaign)
		return quietly(exitRows)
	}
}
