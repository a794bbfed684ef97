package operation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/english"
	"siaran/campaign/ledger"
)

// shownRows is how many row numbers a finding lists.
const shownRows = 20

// runFindings are what waits for a person: half plans, paused and forgotten runs, unknown rows.
func runFindings(ctx context.Context, book *ledger.Ledger, zone *time.Location) (all []Finding, err error) {
	half, err := book.Plans.Half(ctx)
	if err != nil && !errors.Is(err, ledger.ErrReadOnly) { // which was found already; nobody can be asked who works on a run then
		return nil, err
	}
	for _, run := range half {
		all = append(all, found("run "+run.ID, "nothing of it was sent; the next siaran send of any campaign clears it away",
			"was being planned for %s on %s when its process ended", run.Campaign, day(run, zone)))
	}
	runs, err := book.Runs.All(ctx)
	if err != nil {
		return all, err
	}
	doubtful, err := book.Doubts.Runs(ctx)
	if err != nil {
		return all, err
	}
	for _, run := range runs {
		rest, err := restFinding(ctx, book, run, zone)
		if all = append(all, rest...); err != nil {
			return all, err
		}
		if !doubtful[run.ID] {
			continue
		}
		rows, err := verdicts(ctx, book, run)
		if err != nil {
			return all, err
		}
		all = append(all, unknownFinding(run, rows, zone)...)
	}
	return all, nil
}

// restFinding says that a run is at rest and should not be; nothing if it is done or being sent.
func restFinding(ctx context.Context, book *ledger.Ledger, run campaign.Run, zone *time.Location) ([]Finding, error) {
	about := "run " + run.ID
	switch run.State {
	case campaign.StatePaused:
		by, cure := "by itself", fmt.Sprintf("mend that, then the same siaran send of %s goes on; no row was lost", run.Campaign)
		if run.PausedBy != "" {
			by, cure = "by "+run.PausedBy, "only a person resumes it, or cancels it"
		}
		return []Finding{found(about, cure, "%s of %s is paused %s: %s", run.Campaign, day(run, zone), by, run.Reason)}, nil
	case campaign.StateReady:
		owned, err := book.Owners.Owned(ctx, run.ID)
		if owned || errors.Is(err, ledger.ErrReadOnly) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return []Finding{found(about, "the same siaran send goes on where it stopped", "%s of %s is unfinished and nobody sends it", run.Campaign, day(run, zone))}, nil
	case campaign.StatePlanning, campaign.StateDone, campaign.StateCancelled:
	}
	return nil, nil
}

// unknownFinding lists the rows of a run that a person may have to settle.
func unknownFinding(run campaign.Run, known map[int]campaign.Verdict, zone *time.Location) []Finding {
	var rows []int
	for row, v := range known {
		if v == campaign.VerdictUnknown {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	slices.Sort(rows)
	some, more := RowList(rows[:min(len(rows), shownRows)]), ""
	if len(rows) > shownRows {
		more = fmt.Sprintf(" and %s more", english.Count(len(rows)-shownRows))
	}
	return []Finding{found("run "+run.ID,
		fmt.Sprintf("wait for receipts, or ask the gateway by the ref_ids in siaran report %s; then: siaran settle %s --rows %s --as accepted (or not-taken) --because …", run.ID, run.ID, some),
		"%s of %s has %s unknown, whose answer was lost: %s%s", run.Campaign, day(run, zone), english.Plural(len(rows), "row"), strings.ReplaceAll(some, ",", ", "), more)}
}

// day is when the run was planned, for people.
func day(run campaign.Run, zone *time.Location) string {
	return run.CreatedAt.In(zone).Format("2 Jan 15:04")
}
