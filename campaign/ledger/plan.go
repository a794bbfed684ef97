package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"siaran/campaign"
)

// A Plan is a run that is being planned. It is nobody's to send until Ready; a process that dies
// leaves half a plan, which the next StartPlan discards.
type Plan struct {
	l    *Ledger
	run  campaign.Run
	lock *Ownership
}

// StartPlan puts run into the ledger as planning, after it discarded what dead planners left. run.CreatedAt
// zero is now.
func (l *Ledger) StartPlan(ctx context.Context, run campaign.Run) (*Plan, error) {
	if err := l.discardDead(ctx); err != nil {
		return nil, err
	}
	lock, err := l.lockRun(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	run.State = campaign.StatePlanning
	if run.CreatedAt.IsZero() {
		run.CreatedAt = time.Now().UTC()
	}
	if err := l.insertRun(ctx, run); err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	return &Plan{l: l, run: run, lock: lock}, nil
}

// discardDead removes the plans whose planner is not alive any more: its lock is free.
func (l *Ledger) discardDead(ctx context.Context) error {
	half, err := l.runsWhere(ctx, `WHERE state = 'planning'`)
	if err != nil {
		return err
	}
	for _, run := range half {
		lock, err := l.lockRun(ctx, run.ID)
		if errors.Is(err, ErrOwned) {
			continue
		}
		if err != nil {
			return err
		}
		// It may have become ready between our looking and our locking.
		err = l.discard(ctx, run.ID)
		if err := errors.Join(err, lock.Release()); err != nil {
			return err
		}
	}
	return nil
}

// discard removes a run that is still planning, messages first, in batches.
func (l *Ledger) discard(ctx context.Context, run string) error {
	for {
		var gone int64
		err := l.change(ctx, func(ctx context.Context, t *tx) (err error) {
			// An imported run has attempts and aliases while it is planned.
			const half = `EXISTS (SELECT 1 FROM run WHERE id = $1 AND state = 'planning')
				AND seq < (SELECT COALESCE(MIN(seq), 0) FROM message WHERE run = $1) + 2000`
			for _, of := range []string{
				`DELETE FROM alias WHERE run = $1 AND kind IN ('ref', 'folded') AND id IN (
					SELECT ref_id FROM message WHERE run = $1 AND ` + half + ` UNION SELECT LOWER(ref_id) FROM message WHERE run = $1 AND ` + half + `)`,
				`DELETE FROM alias WHERE run = $1 AND (kind, id) IN (SELECT run.gateway, attempt.gateway_id FROM attempt
					JOIN run ON run.id = attempt.run WHERE attempt.run = $1 AND ` + half + `)`,
				`DELETE FROM attempt WHERE run = $1 AND ` + half,
			} {
				if _, err := t.exec(ctx, of, run); err != nil {
					return err
				}
			}
			gone, err = t.exec(ctx, `DELETE FROM message WHERE run = $1 AND `+half, run)
			return err
		})
		if err != nil {
			return err
		}
		if gone == 0 {
			break
		}
	}
	return l.change(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM run WHERE id = $1 AND state = 'planning' AND NOT EXISTS (SELECT 1 FROM message WHERE run = $1)`, run)
		return err
	})
}

// Run returns the run as it is planned.
func (p *Plan) Run() campaign.Run { return p.run }

// planBatch is how many messages one transaction takes; a few milliseconds' work.
const planBatch = 1000

var insertMessage = bulk{
	head: `INSERT INTO message (run, seq, ref_id, address, others, cells, digest, problem) VALUES `,
	cast: make([]string, 8),
}

// Add puts messages into the plan. Their Seq must be unique in the run and their RefID made with the
// ledger's key (Key), but for runs of kind imported. When it returns they are on disk.
func (p *Plan) Add(ctx context.Context, ms []campaign.Message) error {
	for len(ms) > 0 {
		n := min(planBatch, len(ms))
		values := make([]any, 0, 8*n)
		for _, m := range ms[:n] {
			row, err := messageRow(p.run.ID, m)
			if err != nil {
				return err
			}
			values = append(values, row...)
		}
		if err := p.add(ctx, ms[:n], values); err != nil {
			return err
		}
		ms = ms[n:]
	}
	return nil
}

func (p *Plan) add(ctx context.Context, ms []campaign.Message, values []any) error {
	if p.l.postgres && p.run.Kind != campaign.KindImported {
		return p.l.named(p.copy(ctx, values))
	}
	return p.l.change(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.execRows(ctx, &insertMessage, nil, values); err != nil {
			return err
		}
		if p.run.Kind == campaign.KindImported {
			return t.importedAliases(ctx, p.run.ID, ms)
		}
		return nil
	})
}

// copy loads messages with COPY, on a connection of its own. A lost connection means again: whether the
// batch is there is seen by its first row.
func (p *Plan) copy(ctx context.Context, values []any) error {
	rows := make([][]any, 0, len(values)/8)
	for i := 0; i < len(values); i += 8 {
		rows = append(rows, values[i:i+8])
	}
	for {
		err := p.copyOnce(ctx, rows)
		if cause(err) != causeLost {
			return err
		}
		pause(ctx, lostPause)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var n int
		err = p.l.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM message WHERE run = $1 AND seq = $2`, rows[0][0], rows[0][1]).Scan(&n)
		if err == nil && n == 1 {
			return nil
		}
	}
}

func (p *Plan) copyOnce(ctx context.Context, rows [][]any) error {
	conn, err := p.l.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	return conn.Raw(func(c any) error {
		_, err := c.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{"message"},
			[]string{"run", "seq", "ref_id", "address", "others", "cells", "digest", "problem"}, pgx.CopyFromRows(rows))
		return err
	})
}

// messageRow is m as it stands in the ledger.
func messageRow(run string, m campaign.Message) ([]any, error) {
	others, problem := "", ""
	if len(m.Others) > 0 {
		b, err := json.Marshal(m.Others)
		if err != nil {
			return nil, fmt.Errorf("row %d: its addresses: %w", m.Seq, err)
		}
		others = string(b)
	}
	if m.Problem != nil {
		b, err := json.Marshal(m.Problem)
		if err != nil {
			return nil, fmt.Errorf("row %d: its problem: %w", m.Seq, err)
		}
		problem = string(b)
	}
	digest := m.Digest
	if digest == nil {
		digest = []byte{}
	}
	return []any{run, m.Seq, clean(m.RefID), clean(m.Address), others, string(campaign.EncodeCells(m.Cells)), digest, problem}, nil
}

// importedAliases makes the ref_ids of another tool's sends known to receipts.
func (t *tx) importedAliases(ctx context.Context, run string, ms []campaign.Message) error {
	var values []any
	for _, m := range ms {
		if m.RefID == "" {
			continue
		}
		values = append(values, aliasRef, clean(m.RefID), run, m.Seq)
		if f := strings.ToLower(clean(m.RefID)); f != clean(m.RefID) {
			values = append(values, aliasFolded, f, run, m.Seq)
		}
	}
	_, err := t.execRows(ctx, &insertAlias, nil, values)
	return err
}

// AddSent puts in the attempts of messages that another tool sent, which are accepted at their time. Only
// runs of kind imported have any before they are ready.
func (p *Plan) AddSent(ctx context.Context, as []campaign.Attempt) error {
	s := &Sending{l: p.l, terms: Terms{Run: p.run, Account: campaign.Account{Name: p.run.Account}}}
	return inParts(as, func(part []campaign.Attempt) error {
		return p.l.change(ctx, func(ctx context.Context, t *tx) error {
			rs := make([]*request, len(part))
			for i, a := range part {
				rs[i] = &request{kind: requestEnd, s: s, a: &a}
			}
			return t.end(ctx, rs)
		})
	})
}

// Ready makes the run ready for sending, or done if it is imported. rows, hidden and empty are the counts of
// the file. ErrTaken: another process made a run with the same identity ready first; this plan is
// discarded then.
func (p *Plan) Ready(ctx context.Context, rows, hidden, empty int) error {
	state := campaign.StateReady
	if p.run.Kind == campaign.KindImported {
		state = campaign.StateDone
	}
	err := p.l.change(ctx, func(ctx context.Context, t *tx) error {
		if p.run.Digest != "" {
			var n int
			err := t.row(ctx, `SELECT COUNT(*) FROM run WHERE digest = $1 AND state <> 'planning'`, []any{p.run.Digest}, &n)
			if err != nil {
				return err
			}
			if n > 0 {
				return ErrTaken
			}
		}
		done := int64(0)
		if state == campaign.StateDone {
			done = t.us()
		}
		n, err := t.exec(ctx, `UPDATE run SET state = $1, rows = $2, hidden = $3, empty = $4, done_at = $5 WHERE id = $6 AND state = 'planning'`,
			string(state), rows, hidden, empty, done, p.run.ID)
		if err == nil && n == 0 {
			err = fmt.Errorf("run %s: its plan was discarded: %w", p.run.ID, ErrNoRun)
		}
		if unique(err) {
			return ErrTaken
		}
		return err
	})
	if errors.Is(err, ErrTaken) {
		return errors.Join(fmt.Errorf("run %s: %w", p.run.ID, ErrTaken), p.Discard(context.WithoutCancel(ctx)))
	}
	if err == nil {
		p.run.State, p.run.Rows, p.run.Hidden, p.run.Empty = state, rows, hidden, empty
	}
	if err == nil && state == campaign.StateDone {
		_, err = p.l.Rejoin(ctx)
	}
	return errors.Join(err, p.lock.Release())
}

// Discard removes the plan.
func (p *Plan) Discard(ctx context.Context) error {
	return errors.Join(p.l.discard(ctx, p.run.ID), p.lock.Release())
}
