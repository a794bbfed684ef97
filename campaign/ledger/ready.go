package ledger

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"siaran/campaign"
)

// A line is in what order runs become ready: see campaign.Ready.
type line struct{ *tx }

// metaReady is the last number in the line of runs that became ready.
const metaReady = "ready"

func (l *core) readyNumber(value []byte) (int64, error) {
	n, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("ledger %s: %w: the number of ready runs is %q", l.name, ErrDamaged, value)
	}
	return n, nil
}

// Ready makes the run ready for sending, or done if it is imported, and records r.Action (but for the zero Action): all of
// it or nothing.
//
// ErrLookAgain: a run that could matter became ready after the guards looked. The plan is kept: look again, and call
// Ready again with the number noted then. After any other error the plan is discarded. ErrTaken: another process
// made a run with the same identity ready first.
func (p *Plan) Ready(ctx context.Context, r campaign.Ready) error {
	run := p.run
	run.State = campaign.StateReady
	if run.Kind == campaign.KindImported {
		run.State = campaign.StateDone
	}
	run.Rows, run.Hidden, run.Empty = r.Rows, r.Hidden, r.Empty
	if r.RowsDigest != "" {
		run.RowsDigest = r.RowsDigest
	}
	if r.Again != 0 {
		run.Again = r.Again
	}
	if !r.ExpiresAt.IsZero() {
		run.ExpiresAt = r.ExpiresAt
	}
	if r.Action.Run == "" {
		r.Action.Run = run.ID
	}
	err := p.l.change(ctx, func(ctx context.Context, t *tx) error { return line{t}.makeReady(ctx, &run, r) })
	switch {
	case errors.Is(err, ErrLookAgain):
		return err
	case err != nil:
		if errors.Is(err, ErrTaken) {
			err = fmt.Errorf("run %s: %w", run.ID, ErrTaken)
		}
		_ = p.Discard(context.WithoutCancel(ctx)) // what cannot be removed now is at the next Plans.Start
		return err
	}
	p.run = run
	if run.State == campaign.StateDone {
		_, err = Strays{p.l}.Rejoin(ctx)
	}
	return errors.Join(err, p.lock.Release())
}

// makeReady is the one transaction that makes a plan a run. It sets run.Ready and run.DoneAt.
func (t line) makeReady(ctx context.Context, run *campaign.Run, r campaign.Ready) error {
	n, err := t.next(ctx)
	if err != nil {
		return err
	}
	if err := stillPlanning(ctx, t.tx, run.ID); err != nil {
		return err
	}
	i := run.Identity()
	same := []any{i.Campaign, i.Account, i.ContentDigest, i.RowsDigest, i.Again, i.Parent}
	switch taken, err := t.some(ctx, `SELECT COUNT(*) FROM run WHERE `+sameIdentity, same...); {
	case err != nil:
		return err
	case taken:
		return ErrTaken
	}
	if err := t.seen(ctx, run, r); err != nil {
		return err
	}
	run.Ready = n
	if run.State == campaign.StateDone {
		run.DoneAt = fromMicros(t.us())
	}
	_, err = t.exec(ctx, `UPDATE run SET state = $1, rows = $2, hidden = $3, empty = $4, done_at = $5, rows_digest = $6, again = $7, ready = $8, expires_at = $9 WHERE id = $10`,
		string(run.State), run.Rows, run.Hidden, run.Empty, micros(run.DoneAt), run.RowsDigest, run.Again, n, micros(run.ExpiresAt), run.ID)
	if unique(err) {
		return ErrTaken
	}
	if err != nil {
		return err
	}
	if r.Action.What == "" {
		return nil
	}
	return act(ctx, t.tx, r.Action)
}

// seen is ErrLookAgain if a run that could matter became ready after the guards looked: one of the same campaign or
// family, or any if they looked at other campaigns. An imported run sends nothing, and nothing matters to it.
func (t line) seen(ctx context.Context, run *campaign.Run, r campaign.Ready) error {
	if run.Kind == campaign.KindImported {
		return nil
	}
	newer, err := t.some(ctx, `SELECT COUNT(*) FROM run WHERE ready > $1 AND (campaign = $2 OR ($3 <> '' AND (parent = $3 OR id = $3)) OR parent = $4 OR $5)`,
		r.Seen, run.Campaign, run.Parent, run.ID, r.Any)
	if err == nil && newer {
		err = fmt.Errorf("run %s: %w", run.ID, ErrLookAgain)
	}
	return err
}

// next takes the next number. On PostgreSQL whoever else becomes ready waits for this transaction, and sees
// what it did; on SQLite nobody else writes anyway.
func (t line) next(ctx context.Context) (int64, error) {
	query := `SELECT value FROM meta WHERE name = $1`
	if t.l.postgres {
		query += ` FOR UPDATE`
	}
	var value []byte
	if err := t.row(ctx, query, []any{metaReady}, &value); err != nil {
		return 0, err
	}
	last, err := t.l.readyNumber(value)
	if err != nil {
		return 0, err
	}
	_, err = t.exec(ctx, `UPDATE meta SET value = $1 WHERE name = $2`, strconv.AppendInt(nil, last+1, 10), metaReady)
	return last + 1, err
}

// stillPlanning is ErrNoRun if the run's plan was discarded, or is ready already.
func stillPlanning(ctx context.Context, t *tx, run string) error {
	there, err := t.some(ctx, `SELECT COUNT(*) FROM run WHERE id = $1 AND state = 'planning'`, run)
	if err == nil && !there {
		err = fmt.Errorf("run %s: its plan was discarded: %w", run, ErrNoRun)
	}
	return err
}
