package main

import (
	"context"

	"siaran/campaign"
	"siaran/campaign/operation"
	"siaran/campaign/planning"
)

// checkCmd is siaran check.
type checkCmd struct {
	Campaign string `arg:"" help:"The campaign file." placeholder:"CAMPAIGN"`
	File     string `help:"Recipient file, instead of the campaign's." placeholder:"FILE"`
}

// Run prints what would be sent and what is wrong.
func (cmd *checkCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	m, err := load(c, ui, cmd.Campaign, cmd.File)
	if err != nil {
		return err
	}
	if err := lookIn(ctx, ui, &m); err != nil {
		return err
	}
	defer closeLedger(m, &err)
	checked, err := operation.Check(ctx, m)
	if err != nil {
		return err
	}
	showLook(ui, m, checked.Look)
	problems(ui, checked.Preflight)
	ui.JSON(operation.Expected(m.Campaign, m.Account.Live, checked.Preflight))
	cmd.showRuns(ui, m, checked)
	if len(checked.Objections) > 0 {
		return &operation.RefusedError{Objections: checked.Objections}
	}
	return cmd.result(ui, m.Campaign.Expect.Rejected, checked.Preflight, checked.Same != nil)
}

// showRuns says what the campaign's runs in the ledger mean for this file.
func (cmd *checkCmd) showRuns(ui *ui, m operation.Material, c *operation.Checked) {
	if run := c.Same; run != nil {
		when := run.CreatedAt.In(m.Settings.Zone).Format("2 Jan 2006 15:04")
		if run.State.Final() {
			ui.Say("\nRun %s of %s sent this file with this campaign already: siaran send would do nothing.", run.ID, when)
		} else {
			ui.Say("\nRun %s of %s is this file and campaign, and unfinished: siaran send goes on with it.", run.ID, when)
		}
	}
	for _, run := range c.First {
		ui.Say("\nRun %s is unfinished: siaran send would deal with it first (unfinished: %s).", run.ID, m.Campaign.Unfinished)
	}
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

// problems prints the rejected rows as JSON lines: the first rows of each problem, and only the first
// of one that a whole column has.
func problems(ui *ui, pre *planning.Preflight) {
	for _, g := range pre.Problems {
		rows := g.First
		if pre.Whole(g) {
			rows = rows[:1]
		}
		for _, row := range rows {
			ui.JSON(problemLine{"problem", row, g.Column, g.Reason, g.Rows})
		}
	}
}
