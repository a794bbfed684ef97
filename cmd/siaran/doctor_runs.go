package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"siaran/campaign"
	"siaran/campaign/ledger"
)

// shownRows is how many row numbers a finding lists.
const shownRows = 20

// runs looks for what waits for a person: half plans, paused and forgotten runs, unknown rows.
func (d *doctor) runs(ctx context.Context, book *ledger.Ledger) error {
	half, err := book.Plans.Half(ctx)
	if err != nil && !errors.Is(err, ledger.ErrReadOnly) { // which was found already; nobody can be asked who works on a run then
		return err
	}
	for _, run := range half {
		d.find("run "+run.ID, "nothing of it was sent; the next siaran send of any campaign clears it away",
			"was being planned for %s on %s when its process ended", run.Campaign, d.day(run))
	}
	runs, err := book.Runs.All(ctx)
	if err != nil {
		return err
	}
	doubtful, err := book.Doubts.Runs(ctx)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if err := d.run(ctx, book, run, doubtful[run.ID]); err != nil {
			return err
		}
	}
	return nil
}

func (d *doctor) run(ctx context.Context, book *ledger.Ledger, run campaign.Run, doubtful bool) error {
	about := "run " + run.ID
	switch run.State {
	case campaign.StatePaused:
		by, cure := "by itself", fmt.Sprintf("mend that, then the same siaran send of %s goes on; no row was lost", run.Campaign)
		if run.PausedBy != "" {
			by, cure = "by "+run.PausedBy, "only a person resumes it, or cancels it"
		}
		d.find(about, cure, "%s of %s is paused %s: %s", run.Campaign, d.day(run), by, run.Reason)
	case campaign.StateReady:
		owned, err := book.Owners.Owned(ctx, run.ID)
		if owned || errors.Is(err, ledger.ErrReadOnly) {
			return nil
		}
		if err != nil {
			return err
		}
		d.find(about, "the same siaran send goes on where it stopped", "%s of %s is unfinished and nobody sends it", run.Campaign, d.day(run))
	case campaign.StatePlanning, campaign.StateDone, campaign.StateCancelled:
	}
	if !doubtful {
		return nil
	}
	verdicts, err := verdictsOf(ctx, book, run)
	if err != nil {
		return err
	}
	var rows []int
	for row, v := range verdicts {
		if v == campaign.VerdictUnknown {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	slices.Sort(rows)
	some, more := numbers(rows[:min(len(rows), shownRows)]), ""
	if len(rows) > shownRows {
		more = fmt.Sprintf(" and %s more", count(len(rows)-shownRows))
	}
	d.find(about, fmt.Sprintf("wait for receipts, or ask the gateway by the ref_ids in siaran report %s; then: siaran settle %s --rows %s --as accepted (or not-taken) --because …", run.ID, run.ID, some),
		"%s of %s has %s unknown, whose answer was lost: %s%s", run.Campaign, d.day(run), plural(len(rows), "row"), strings.ReplaceAll(some, ",", ", "), more)
	return nil
}

func (d *doctor) day(run campaign.Run) string {
	return run.CreatedAt.In(d.settings.Zone).Format("2 Jan 15:04")
}
