package operation

import (
	"context"
	"fmt"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/planning"
)

// A StoppedError says that an older run of the campaign was to be finished first, and was not: the new file is not
// begun.
type StoppedError struct{ Result Result }

func (e *StoppedError) Error() string {
	return fmt.Sprintf("run %s is still unfinished", e.Result.Run.ID)
}

// An olderRun is an unfinished run of the campaign with another file, and the guard's word on it.
type olderRun struct {
	campaign.Run
	objection *planning.Objection // nil: the campaign says what to do with it
}

// olderRuns finds the unfinished runs of the campaign, the newest first. rows is the digest of the plan's rows.
func olderRuns(ctx context.Context, m Material, rows string) ([]olderRun, error) {
	runs, err := m.Ledger.Runs.All(ctx)
	if err != nil {
		return nil, err
	}
	c := m.Campaign
	var older []olderRun
	for _, run := range runs {
		if run.Campaign != c.Name || run.Kind != campaign.KindSend || run.State.Final() {
			continue
		}
		var content []string
		if run.RowsDigest == rows {
			if content, _, err = definition.Diff(run.Definition, c.Text); err != nil {
				return nil, err
			}
		}
		older = append(older, olderRun{Run: run, objection: planning.Unfinished(c, run, content, m.Settings.Zone)})
	}
	return older, nil
}

// An olderResult is what became of the campaign's older runs.
type olderResult struct {
	objections []planning.Objection // what speaks against going on
	finished   []Result             // those that were sent to their end
	dealt      bool                 // any of them was finished or expired
}

// dealWithOlder finishes or expires the campaign's other runs, as it says: never a mixture of two.
func dealWithOlder(ctx context.Context, r Request, rows string) (result olderResult, err error) {
	older, err := olderRuns(ctx, r.Material, rows)
	if err != nil {
		return result, err
	}
	for _, o := range older {
		if o.objection != nil {
			result.objections = []planning.Objection{*o.objection}
			return result, nil
		}
		if r.Campaign.Unfinished == "expire" {
			err = expire(ctx, r, o.Run)
		} else {
			var finished Result
			if finished, err = finish(ctx, r, o.Run); err == nil {
				result.finished = append(result.finished, finished)
			}
		}
		if err != nil {
			return result, err
		}
		result.dealt = true
	}
	return result, nil
}

// finish sends what is left of an older run, from the ledger, by its own definition.
func finish(ctx context.Context, r Request, run campaign.Run) (Result, error) {
	account, ok := r.Settings.Accounts[run.Account]
	if !ok {
		return Result{}, usage(fmt.Errorf("run %s is unfinished, and its account %s is no longer in %s", run.ID, run.Account, r.Settings.Path),
			"put the account back, or say unfinished: expire in the campaign")
	}
	old, err := DefinitionOf(run)
	if err != nil {
		return Result{}, fmt.Errorf("run %s: its definition: %w", run.ID, err)
	}
	r.tell(Finishes{Run: run})
	r.Campaign, r.Account = old, account
	result, err := (&session{r: r, run: run}).resume(ctx, nil)
	if err != nil {
		return Result{}, err
	}
	r.tell(Finished{Result: result})
	if result.Run.State != campaign.StateDone {
		return result, &StoppedError{Result: result}
	}
	return result, nil
}

// expire gives up what is left of an older run.
func expire(ctx context.Context, r Request, run campaign.Run) error {
	book := r.Ledger
	owner, err := book.Owners.Own(ctx, run.ID)
	if err != nil {
		return err
	}
	defer func() { _ = owner.Release() }()
	before, err := Summarise(ctx, book, run)
	if err != nil {
		return err
	}
	reason := "expired: a newer file of the campaign took its place"
	done, err := book.Runs.SetState(ctx, run.ID, []campaign.RunState{run.State}, campaign.StateDone, reason, "")
	if err != nil {
		return err
	}
	if !done {
		return &Error{Kind: Busy, Err: fmt.Errorf("run %s is unfinished and somebody is sending it", run.ID), Hint: "run the same command again when siaran status shows it at rest"}
	}
	r.tell(Expired{Run: run, Rows: before.Queued})
	return book.Actions.Add(ctx, r.By.Did(campaign.DeedExpire, run.ID, "", reason))
}
