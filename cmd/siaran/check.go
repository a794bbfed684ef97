package main

import (
	"context"

	"siaran/campaign"
)

// checkCmd is siaran check.
type checkCmd struct {
	Campaign string `arg:"" help:"The campaign file." placeholder:"CAMPAIGN"`
	File     string `help:"Recipient file, instead of the campaign's." placeholder:"FILE"`
}

func (cmd *checkCmd) Run(ctx context.Context, c *common, ui *ui) error {
	l, err := load(ctx, c, ui, cmd.Campaign, cmd.File)
	if err != nil {
		return err
	}
	defer l.Close()
	pre, _, err := l.preflight(ctx)
	if err != nil {
		return err
	}
	l.show(ui, pre)
	problems(ui, pre)
	ui.JSON(l.summaryOf(pre))
	if err := l.guard(pre); err != nil {
		return err
	}
	allowed := l.campaign.Expect.Rejected
	switch {
	case pre.Rejected == 0:
		ui.Say("\nAll well. Send it with: siaran send %s", cmd.Campaign)
		return nil
	case allowed.Set && allowed.Allows(pre.Rejected, pre.Rows):
		ui.Say("\n%s rejected, which the campaign's expect.rejected allows. Send the others with: siaran send %s", plural(pre.Rejected, "row"), cmd.Campaign)
		return nil
	default:
		ui.Say("\n%s rejected: mend them in the file and check again, or send the others with: siaran send %s", plural(pre.Rejected, "row"), cmd.Campaign)
		return quietly(exitRows)
	}
}

// guard says no where a person must decide. Nothing was sent; --yes never answers it.
func (l *loaded) guard(pre *campaign.Preflight) error {
	c := l.campaign
	if pre.Hidden > 0 && c.HiddenRows == campaign.HiddenRefuse {
		return person("say in the campaign what is meant: hidden_rows: skip leaves them out, hidden_rows: include sends to them; or show them in Excel and save",
			"hidden rows: %s, by hand or by a filter", count(pre.Hidden))
	}
	if pre.Duplicates > 0 && c.Duplicates.Keep == "refuse" {
		return person("take them out of the file, or say duplicates: {keep: first} in the campaign",
			"duplicates: %s, and the campaign refuses them", plural(pre.Duplicates, "row"))
	}
	return nil
}
