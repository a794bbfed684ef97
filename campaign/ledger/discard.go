package ledger

import (
	"context"
	"errors"
	"time"

	"siaran/campaign"
)

// discardDead removes the plans whose planner is not alive any more: its lock is free.
func (l Plans) discardDead(ctx context.Context) error {
	half, err := Runs(l).where(ctx, `WHERE state = 'planning'`)
	if err != nil {
		return err
	}
	for _, run := range half {
		lock, err := Owners(l).lock(ctx, run.ID)
		if errors.Is(err, ErrOwned) {
			continue
		}
		if err != nil {
			return err
		}
		// It may have become ready between our looking and our locking.
		err = l.discard(ctx, run)
		if err := errors.Join(err, lock.Release()); err != nil {
			return err
		}
	}
	return nil
}

// discard removes a run that is still planning, messages first, in parts that hold the write lock for about
// discardPart each.
func (l Plans) discard(ctx context.Context, run campaign.Run) error {
	for rows := firstPart; ; {
		began := time.Now()
		var gone int64
		err := l.change(ctx, func(ctx context.Context, t *tx) (err error) {
			began = time.Now()
			gone, err = discardPart(ctx, t, run, rows)
			return err
		})
		if err != nil {
			return err
		}
		if gone == 0 {
			return l.change(ctx, func(ctx context.Context, t *tx) error {
				_, err := t.exec(ctx, `DELETE FROM run WHERE id = $1 AND state = 'planning' AND NOT EXISTS (SELECT 1 FROM message WHERE run = $1)`, run.ID)
				return err
			})
		}
		rows = nextPart(rows, time.Since(began))
	}
}

// How large a part of a plan is that one transaction removes. What a row costs depends on the machine and on how much
// of the ledger is in memory, so each part is sized by the one before.
const (
	firstPart   = 500
	largestPart = 50_000
	partTime    = 20 * time.Millisecond
)

// nextPart is the size of the next part, after one of rows took so long.
func nextPart(rows int, took time.Duration) int {
	switch {
	case took < partTime/2:
		return min(2*rows, largestPart)
	case took > partTime:
		return max(rows/2, firstPart/8)
	}
	return rows
}

// discardPart removes the first rows of a plan and returns how many messages it had; 0 if there are none left, or
// it is no plan any more.
func discardPart(ctx context.Context, t *tx, run campaign.Run, rows int) (int64, error) {
	var first int
	err := t.row(ctx, `SELECT COALESCE(MIN(seq), -1) FROM message WHERE run = $1 AND EXISTS (SELECT 1 FROM run WHERE id = $1 AND state = 'planning')`, []any{run.ID}, &first)
	if err != nil || first < 0 {
		return 0, err
	}
	parts := []string{`DELETE FROM message WHERE run = $1 AND seq BETWEEN $2 AND $3`}
	if run.Kind == campaign.KindImported { // only those have attempts and aliases while they are planned
		parts = append([]string{
			`DELETE FROM alias WHERE run = $1 AND kind IN ('ref', 'folded') AND id IN (
				SELECT ref_id FROM message WHERE run = $1 AND seq BETWEEN $2 AND $3 UNION SELECT LOWER(ref_id) FROM message WHERE run = $1 AND seq BETWEEN $2 AND $3)`,
			`DELETE FROM alias WHERE run = $1 AND (kind, id) IN (SELECT run.gateway, attempt.gateway_id FROM attempt
				JOIN run ON run.id = attempt.run WHERE attempt.run = $1 AND attempt.seq BETWEEN $2 AND $3)`,
			`DELETE FROM attempt WHERE run = $1 AND seq BETWEEN $2 AND $3`,
		}, parts...)
	}
	if err := discardAddresses(ctx, t, run, first, first+rows-1); err != nil {
		return 0, err
	}
	var gone int64
	for _, part := range parts {
		if gone, err = t.exec(ctx, part, run.ID, first, first+rows-1); err != nil {
			return 0, err
		}
	}
	return gone, nil
}

// Half returns the runs that were being planned when their process ended. Nothing of them was sent;
// the next Plans.Start discards them.
func (l Plans) Half(ctx context.Context) ([]campaign.Run, error) {
	planning, err := Runs(l).where(ctx, `WHERE state = 'planning' ORDER BY created_at, id`)
	if err != nil {
		return nil, err
	}
	var half []campaign.Run
	for _, run := range planning {
		owned, err := Owners(l).Owned(ctx, run.ID)
		if err != nil {
			return nil, err
		}
		if !owned {
			half = append(half, run)
		}
	}
	return half, nil
}
