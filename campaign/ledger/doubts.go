package ledger

import (
	"context"
	"fmt"

	"siaran/campaign"
)

// Doubts are the attempts of which nobody knows how they ended, until a receipt or a person says so.
type Doubts struct{ *core }

// Settle is a person's word on unknown rows: it ends their unknown attempts as accepted or not taken, because of why.
// What was not taken does not count as a try. It returns the rows that had none, which are left as they are.
func (l Doubts) Settle(ctx context.Context, run string, seqs []int, as campaign.Outcome, why string) (not []int, err error) {
	if as != campaign.Accepted && as != campaign.NotTaken {
		return nil, fmt.Errorf("a row can be settled as accepted or not taken, not as %s", as)
	}
	err = inParts(seqs, func(part []int) error {
		var left []int
		err := l.change(ctx, func(ctx context.Context, t *tx) error {
			left = left[:0]
			for _, seq := range part {
				n, err := t.exec(ctx, `UPDATE attempt SET outcome = $1, code = $2, reason = $3, counts = counts AND $4 WHERE run = $5 AND seq = $6 AND outcome = 'unknown'`,
					string(as), campaign.CodeSettled, clean(why), as == campaign.Accepted, run, seq)
				if err != nil {
					return err
				}
				if n == 0 {
					left = append(left, seq)
				}
			}
			return nil
		})
		not = append(not, left...)
		return err
	})
	return not, err
}

// Runs returns the ids of the runs with an attempt that ended unknown, or is open: those in which
// a person may have to say what became of a row.
func (l Doubts) Runs(ctx context.Context) (map[string]bool, error) {
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
