package ledger

import (
	"context"
	"errors"

	"siaran/campaign"
)

// Owned reports whether a process works on the run now, or plans it.
func (l *Ledger) Owned(ctx context.Context, run string) (bool, error) {
	o, err := l.lockRun(ctx, run)
	if errors.Is(err, ErrOwned) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, o.Release()
}

// HalfPlans returns the runs that were being planned when their process ended. Nothing of them was sent;
// the next StartPlan discards them.
func (l *Ledger) HalfPlans(ctx context.Context) ([]campaign.Run, error) {
	planning, err := l.runsWhere(ctx, `WHERE state = 'planning' ORDER BY created_at, id`)
	if err != nil {
		return nil, err
	}
	var half []campaign.Run
	for _, run := range planning {
		owned, err := l.Owned(ctx, run.ID)
		if err != nil {
			return nil, err
		}
		if !owned {
			half = append(half, run)
		}
	}
	return half, nil
}

// Doubtful returns the ids of the runs with an attempt that ended unknown, or is open: those in which
// a person may have to say what became of a row.
func (l *Ledger) Doubtful(ctx context.Context) (map[string]bool, error) {
	rows, err := l.db.QueryContext(ctx, `SELECT DISTINCT run FROM attempt WHERE outcome IN ('unknown', 'open')`)
	if err != nil {
		return nil, l.named(err)
	}
	defer func() { _ = rows.Close() }()
	runs := map[string]bool{}
	for rows.Next() {
		var run string
		if err := rows.Scan(&run); err != nil {
			return nil, l.named(err)
		}
		runs[run] = true
	}
	return runs, l.named(rows.Err())
}
