package operation

import (
	"context"
	"iter"
	"time"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
)

// A RunStatus is where a run stands.
type RunStatus struct {
	Run     campaign.Run
	Summary Summary
	Pace    *Pace // how fast it may be sent; nil if it is not being sent, or siaran.yaml has another account by now
}

// A Pace is how fast an account may be used for a run.
type Pace struct {
	Account string
	Limit   campaign.Rate // zero: without a limit of ours
}

// Status looks at one run (an id, or a campaign's name for its newest), or with an empty name at all runs, the
// newest first; each with its children behind it.
func Status(ctx context.Context, s *definition.Settings, book *ledger.Ledger, name string) iter.Seq2[RunStatus, error] {
	return func(yield func(RunStatus, error) bool) {
		runs, err := topRuns(ctx, book, name)
		if err != nil {
			yield(RunStatus{}, err)
			return
		}
		for _, run := range runs {
			children, err := book.Runs.Children(ctx, run.ID)
			if err != nil {
				yield(RunStatus{}, err)
				return
			}
			for _, run := range append([]campaign.Run{run}, children...) {
				status, err := statusOf(ctx, s, book, run)
				if !yield(status, err) || err != nil {
					return
				}
			}
		}
	}
}

// topRuns is the run of that name, or all runs that are no children.
func topRuns(ctx context.Context, book *ledger.Ledger, name string) ([]campaign.Run, error) {
	if name != "" {
		run, err := FindRun(ctx, book, name)
		return []campaign.Run{run}, err
	}
	all, err := book.Runs.All(ctx)
	var top []campaign.Run
	for _, run := range all {
		if run.Parent == "" { // else it comes beneath its parent
			top = append(top, run)
		}
	}
	return top, err
}

func statusOf(ctx context.Context, s *definition.Settings, book *ledger.Ledger, run campaign.Run) (RunStatus, error) {
	sum, err := Summarise(ctx, book, run)
	return RunStatus{Run: run, Summary: sum, Pace: paceOf(s, run)}, err
}

func paceOf(s *definition.Settings, run campaign.Run) *Pace {
	account, known := s.Accounts[run.Account]
	if run.State != campaign.StateReady || !known {
		return nil
	}
	def, err := DefinitionOf(run)
	if err != nil {
		return nil
	}
	return &Pace{Account: account.Name, Limit: max(account.Rate.Min(def.Rate), 0)}
}

// DoneToday reports whether a campaign has a run of today, on the clocks of zone, that is done; name is the
// campaign, a run, or empty for any campaign. It is what a monitor asks.
func DoneToday(runs []campaign.Run, name string, now time.Time, zone *time.Location) bool {
	today := now.In(zone).Format(time.DateOnly)
	for _, run := range runs {
		if (name == "" || run.Campaign == name || run.ID == name) && run.State == campaign.StateDone &&
			run.Kind == campaign.KindSend && run.CreatedAt.In(zone).Format(time.DateOnly) == today {
			return true
		}
	}
	return false
}
