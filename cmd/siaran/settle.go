package main

import (
	"context"

	"siaran/campaign"
	"siaran/campaign/operation"
)

// settleCmd is siaran settle.
type settleCmd struct {
	RunName string `arg:"" name:"run" help:"A run's id, or a campaign's name for its newest run." placeholder:"RUN"`
	Rows    []int  `required:"" help:"Row numbers as in Excel." placeholder:"17,40"`
	As      string `required:"" enum:"accepted,not-taken" help:"accepted: the gateway has it. not-taken: it has not; the row is queued again, in a finished run it is not sent." placeholder:"accepted|not-taken"`
	Because string `required:"" help:"How you know: what the gateway's portal or its support says." placeholder:"TEXT"`
}

// Run writes a person's word on unknown rows into the ledger.
func (cmd *settleCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	settings, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	if err := catchUp(ctx, settings, book, ui); err != nil {
		return err
	}
	r := operation.SettleRequest{Run: cmd.RunName, Rows: cmd.Rows, As: campaign.Accepted, Because: cmd.Because, By: me()}
	if cmd.As == "not-taken" {
		r.As = campaign.NotTaken
	}
	result, err := operation.Settle(ctx, book, r)
	if err != nil {
		return err
	}
	if len(result.Open) > 0 {
		ui.Note("rows %s are still open: whoever sent them may be alive; say it again in a minute", operation.RowList(result.Open))
	}
	sum := result.Summary
	ui.Say("Run %s: %s settled as %s", result.Run.ID, plural(result.Settled, "row"), r.As)
	showSummary(ui, sum)
	switch {
	case r.As == campaign.NotTaken && sum.Queued > 0:
		ui.Hint("the next siaran send of this campaign sends what is queued")
	case sum.Unknown > 0:
		ui.Hint("siaran doctor lists the rows that are still unknown")
	}
	ui.JSON(sum)
	return nil
}
