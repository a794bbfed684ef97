package operation

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
	"siaran/reports"
)

// FindRun finds a run by its id, else the newest run of the campaign of that name: of its sends, or if it has
// none, of another tool's that were imported. If there is none, the error is one of Usage that wraps
// ledger.ErrNoRun.
func FindRun(ctx context.Context, book *ledger.Ledger, name string) (campaign.Run, error) {
	run, err := book.Runs.ByID(ctx, strings.ToLower(name))
	if !errors.Is(err, ledger.ErrNoRun) {
		return run, err
	}
	run, err = book.Runs.Newest(ctx, name)
	if !errors.Is(err, ledger.ErrNoRun) {
		return run, err
	}
	runs, listErr := book.Runs.All(ctx)
	if listErr != nil {
		return campaign.Run{}, listErr
	}
	if run, ok := newestImported(runs, name); ok {
		return run, nil
	}
	return campaign.Run{}, usage(&noRunError{name, err}, "siaran status lists the runs")
}

// newestImported finds the newest run of another tool's sends of that name; runs has the newest first.
func newestImported(runs []campaign.Run, name string) (campaign.Run, bool) {
	for _, run := range runs {
		if run.Kind == campaign.KindImported && run.Campaign == name {
			return run, true
		}
	}
	return campaign.Run{}, false
}

// A noRunError says that a name is neither a run's nor a campaign's.
type noRunError struct {
	name  string
	cause error
}

func (e *noRunError) Error() string {
	return fmt.Sprintf("there is no run and no campaign %q in the ledger", e.name)
}

func (e *noRunError) Unwrap() error { return e.cause }

// FamilyOf finds the resends that took over rows of run.
func FamilyOf(ctx context.Context, book *ledger.Ledger, run campaign.Run) (reports.Family, error) {
	children, err := book.Runs.Children(ctx, run.ID)
	return reports.NewFamily(run, children), err
}

// DefinitionOf returns the definition that a run goes by. What could not be said today any more, because a day
// is over, is read as it was when the run was planned.
func DefinitionOf(run campaign.Run) (*campaign.Campaign, error) {
	if run.Kind == campaign.KindImported {
		return sentCampaign(run)
	}
	return definition.ParseCampaign(run.Campaign+".yaml", run.Definition, definition.Options{Now: run.CreatedAt})
}

// verdicts folds every row of the run into its verdict.
func verdicts(ctx context.Context, book *ledger.Ledger, run campaign.Run) (map[int]campaign.Verdict, error) {
	rows := make(map[int]campaign.Verdict, run.Rows)
	for h, err := range book.Histories.Lean(ctx, run.ID) {
		if err != nil {
			return nil, err
		}
		rows[h.Message.Seq] = h.Verdict()
	}
	return rows, nil
}
