package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"siaran/campaign"
	"siaran/campaign/ledger"
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
	if cmd.Because = strings.TrimSpace(strings.ToValidUTF8(cmd.Because, "?")); cmd.Because == "" {
		return usage(errors.New("--because is empty"), "say how you know: it stands in the report")
	}
	if err := catchUp(ctx, settings, book, ui); err != nil {
		return err
	}
	run, err := findRun(ctx, book, cmd.RunName)
	if err != nil {
		return err
	}
	// Whoever sends the run has its own picture of these rows; and what a dead process left open is
	// unknown once the run is owned.
	if run.State != campaign.StateDone && run.State != campaign.StateCancelled {
		owner, err := book.Owners.Own(ctx, run.ID)
		if err != nil {
			return err
		}
		defer func() { _ = owner.Release() }()
	}
	if err := cmd.unknown(ctx, book, run); err != nil {
		return err
	}
	as := campaign.Accepted
	if cmd.As == "not-taken" {
		as = campaign.NotTaken
	}
	err = book.Actions.Add(ctx, campaign.Action{
		Who: who(), Host: hostName(), What: campaign.DeedSettle, Run: run.ID,
		Options: fmt.Sprintf("--rows %s --as %s", numbers(cmd.Rows), cmd.As), Why: cmd.Because,
	})
	if err != nil {
		return err
	}
	not, err := book.Doubts.Settle(ctx, run.ID, cmd.Rows, as, cmd.Because)
	if err != nil {
		return err
	}
	settled := len(cmd.Rows) - len(not)
	if len(not) > 0 {
		ui.Note("rows %s are still open: whoever sent them may be alive; say it again in a minute", numbers(not))
	}
	sum, _, err := summarise(ctx, book, run)
	if err != nil {
		return err
	}
	ui.Say("Run %s: %s settled as %s", run.ID, plural(settled, "row"), as)
	showSummary(ui, sum)
	switch {
	case as == campaign.NotTaken && sum.Queued > 0:
		ui.Hint("the next siaran send of this campaign sends what is queued")
	case sum.Unknown > 0:
		ui.Hint("siaran doctor lists the rows that are still unknown")
	}
	ui.JSON(sum)
	return nil
}

// unknown refuses the whole list if a row of it is not unknown: a slip of a digit must not settle
// another's message.
func (cmd *settleCmd) unknown(ctx context.Context, book *ledger.Ledger, run campaign.Run) error {
	slices.Sort(cmd.Rows)
	cmd.Rows = slices.Compact(cmd.Rows)
	rows, err := verdictsOf(ctx, book, run)
	if err != nil {
		return err
	}
	var wrong []string
	for _, row := range cmd.Rows {
		switch v, ok := rows[row]; {
		case !ok:
			wrong = append(wrong, fmt.Sprintf("row %d: the run has no such row", row))
		case v != campaign.VerdictUnknown:
			wrong = append(wrong, fmt.Sprintf("row %d is %s, not unknown", row, v))
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return usage(fmt.Errorf("%s; nothing was settled", strings.Join(wrong, "; ")), "only unknown rows are for a person to settle; siaran doctor lists them")
}

// verdictsOf folds every row of the run into its verdict.
func verdictsOf(ctx context.Context, book *ledger.Ledger, run campaign.Run) (map[int]campaign.Verdict, error) {
	rows := make(map[int]campaign.Verdict, run.Rows)
	for h, err := range book.Histories.Lean(ctx, run.ID) {
		if err != nil {
			return nil, err
		}
		rows[h.Message.Seq] = h.Verdict()
	}
	return rows, nil
}

// numbers writes row numbers as --rows takes them.
func numbers(rows []int) string {
	words := make([]string, len(rows))
	for i, row := range rows {
		words[i] = strconv.Itoa(row)
	}
	return strings.Join(words, ",")
}
