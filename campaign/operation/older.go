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

// olderRuns finds the unfinished runs of this campaign, the newest first. rows is the digest of the plan's rows.
func (m Material) olderRuns(ctx context.Context, c *campaign.Campaign, rows string) ([]olderRun, error) {
	runs, err := m.Ledger.Runs.All(ctx)
	if err != nil {
		return nil, err
	}
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

// older deals with the campaign's other runs: never a mixture of two. It reports whether it dealt with any, and
// returns what speaks against going on.
func (p *Planned) older(ctx context.Context) (objections []planning.Objection, dealt bool, err error) {
	if p.draft.repairs != nil {
		return nil, false, nil
	}
	older, err := p.r.olderRuns(ctx, p.r.Campaign, p.counts.Digest)
	if err != nil {
		return nil, false, err
	}
	for _, o := range older {
		switch {
		case o.objection != nil:
			return []planning.Objection{*o.objection}, dealt, nil
		case p.r.Campaign.Unfinished == "expire":
			err = p.expire(ctx, o.Run)
		default:
			err = p.finish(ctx, o.Run)
		}
		if err != nil {
			return nil, dealt, err
		}
		dealt = true
	}
	return nil, dealt, nil
}

// finish sends what is left of an older run, from the ledger, by its own definition.
func (p *Planned) finish(ctx context.Context, run campaign.Run) error {
	account, ok := p.r.Settings.Accounts[run.Account]
	if !ok {
		return usage(fmt.Errorf("run %s is unfinished, and its account %s is no longer in %s", run.ID, run.Account, p.r.Settings.Path),
			"put the account back, or say unfinished: expire in the campaign")
	}
	old, err := DefinitionOf(run)
	if err != nil {
		return fmt.Errorf("run %s: its definition: %w", run.ID, err)
	}
	p.r.tell(Finishes{Run: run})
	r := p.r
	r.Campaign, r.Account = old, account
	result, err := (&session{r: r, run: run}).resume(ctx, nil)
	if err != nil {
		return err
	}
	p.r.tell(Finished{Result: result})
	if result.Run.State != campaign.StateDone {
		return &StoppedError{Result: result}
	}
	p.Older = append(p.Older, result)
	return nil
}

// expire gives up what is left of an older run.
func (p *Planned) expire(ctx context.Context, run campaign.Run) error {
	book := p.r.Ledger
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
	p.r.tell(Expired{Run: run, Rows: before.Queued})
	return book.Actions.Add(ctx, p.r.By.Did(campaign.DeedExpire, run.ID, "", reason))
}
