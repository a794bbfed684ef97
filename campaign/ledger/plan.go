package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"siaran/campaign"
)

// Plans are the runs that are being planned.
type Plans struct{ *core }

// A Plan is a run that is being planned. It is nobody's to send, and its messages may be changed, until Ready.
// A process that dies leaves half a plan, which the next Plans.Start discards.
type Plan struct {
	l    *core
	run  campaign.Run
	lock *Ownership
}

// Start puts run into the ledger as planning, after it discarded what dead planners left. run.CreatedAt
// zero is now.
func (l Plans) Start(ctx context.Context, run campaign.Run) (*Plan, error) {
	if err := l.discardDead(ctx); err != nil {
		return nil, err
	}
	lock, err := Owners(l).lock(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	run.State = campaign.StatePlanning
	if run.CreatedAt.IsZero() {
		run.CreatedAt = time.Now().UTC()
	}
	if err := Runs(l).insert(ctx, run); err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	return &Plan{l: l.core, run: run, lock: lock}, nil
}

// ReadyNumber returns the number of the run that became ready last, 0 if none did. The guards note it before they
// look at what was sent: see campaign.Ready.
func (l Plans) ReadyNumber(ctx context.Context) (int64, error) {
	var value []byte
	if err := l.db.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = $1`, metaReady).Scan(&value); err != nil {
		return 0, l.named(err)
	}
	return l.readyNumber(value)
}

// Discard removes the plan.
func (p *Plan) Discard(ctx context.Context) error {
	return errors.Join(Plans{p.l}.discard(ctx, p.run), p.lock.Release())
}

// Run returns the run as it is planned.
func (p *Plan) Run() campaign.Run { return p.run }

// planBatch is how many messages one transaction takes; a few milliseconds' work.
const planBatch = 1000

// messageTable are message's columns, as messageRow fills them.
var messageTable = []string{"run", "seq", "ref_id", "address", "others", "cells", "digest", "problem"}

var insertMessage = bulk{
	head: `INSERT INTO message (` + strings.Join(messageTable, ", ") + `) VALUES `,
	cast: make([]string, len(messageTable)),
}

// Add puts messages into the plan. Their Seq must be unique in the run and their RefID made with the
// ledger's key (Key), but for runs of kind imported. When it returns they are on disk.
func (p *Plan) Add(ctx context.Context, ms []campaign.Message) error {
	for len(ms) > 0 {
		n := min(planBatch, len(ms))
		if err := p.add(ctx, ms[:n]); err != nil {
			return err
		}
		ms = ms[n:]
	}
	return nil
}

func (p *Plan) add(ctx context.Context, ms []campaign.Message) error {
	messages := make([]any, 0, len(messageTable)*len(ms))
	addresses := make([]any, 0, len(insertAddress.cast)*len(ms))
	for _, m := range ms {
		row, err := messageRow(p.run.ID, m)
		if err != nil {
			return err
		}
		messages = append(messages, row...)
		addresses = append(addresses, addressRows(p.run, m)...)
	}
	if p.l.postgres && p.run.Kind != campaign.KindImported {
		return p.l.named(p.copy(ctx, rowsOf(messages, len(messageTable)), rowsOf(addresses, len(insertAddress.cast))))
	}
	return p.l.change(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.execRows(ctx, &insertMessage, nil, messages); err != nil {
			return err
		}
		if _, err := t.execRows(ctx, &insertAddress, nil, addresses); err != nil {
			return err
		}
		if p.run.Kind == campaign.KindImported {
			return importedAliases(ctx, t, p.run.ID, ms)
		}
		return nil
	})
}

// rowsOf cuts values into rows.
func rowsOf(values []any, width int) [][]any {
	rows := make([][]any, 0, len(values)/width)
	for ; len(values) > 0; values = values[width:] {
		rows = append(rows, values[:width])
	}
	return rows
}

// copy loads messages and their addresses with COPY, on a connection of its own. A lost connection means again: whether
// the batch is there is seen by its first row.
func (p *Plan) copy(ctx context.Context, messages, addresses [][]any) error {
	for {
		err := p.copyOnce(ctx, messages, addresses)
		if cause(err) != causeLost {
			return err
		}
		pause(ctx, lostPause)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var n int
		err = p.l.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM message WHERE run = $1 AND seq = $2`, messages[0][0], messages[0][1]).Scan(&n)
		if err == nil && n == 1 {
			return nil
		}
	}
}

// copyOnce is one transaction.
func (p *Plan) copyOnce(ctx context.Context, messages, addresses [][]any) error {
	conn, err := p.l.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	return conn.Raw(func(c any) error {
		return pgx.BeginFunc(ctx, c.(*stdlib.Conn).Conn(), func(tx pgx.Tx) error {
			_, err := tx.CopyFrom(ctx, pgx.Identifier{"message"}, messageTable, pgx.CopyFromRows(messages))
			if err != nil {
				return err
			}
			_, err = tx.CopyFrom(ctx, pgx.Identifier{"address"}, []string{"address", "run", "seq", "channel"}, pgx.CopyFromRows(addresses))
			return err
		})
	})
}

// messageRow is m as it stands in the ledger.
func messageRow(run string, m campaign.Message) ([]any, error) {
	others := ""
	if len(m.Others) > 0 {
		b, err := json.Marshal(m.Others)
		if err != nil {
			return nil, fmt.Errorf("row %d: its addresses: %w", m.Seq, err)
		}
		others = string(b)
	}
	problem, err := encodeProblem(m)
	if err != nil {
		return nil, err
	}
	digest := m.Digest
	if digest == nil {
		digest = []byte{}
	}
	return []any{run, m.Seq, clean(m.RefID), clean(m.Address), others, string(EncodeCells(m.Cells)), digest, problem}, nil
}

// Change gives messages of the plan another Problem, or none: the last of several duplicates is kept, a person
// leaves rows out. Only Seq and Problem of ms are looked at. When it returns the change is on disk.
func (p *Plan) Change(ctx context.Context, ms []campaign.Message) error {
	for len(ms) > 0 {
		n := min(planBatch, len(ms))
		values := make([]any, 0, 2*n)
		for _, m := range ms[:n] {
			problem, err := encodeProblem(m)
			if err != nil {
				return err
			}
			values = append(values, m.Seq, problem)
		}
		err := p.l.change(ctx, func(ctx context.Context, t *tx) error {
			if err := stillPlanning(ctx, t, p.run.ID); err != nil {
				return err
			}
			_, err := t.execRows(ctx, &changeProblem, []any{p.run.ID}, values)
			return err
		})
		if err != nil {
			return err
		}
		ms = ms[n:]
	}
	return nil
}

var changeProblem = bulk{
	head: `UPDATE message SET problem = v.problem FROM (SELECT CAST($1 AS TEXT) AS run, column1 AS seq, column2 AS problem FROM (VALUES `,
	cast: []string{"BIGINT", "TEXT"},
	tail: `) x) v WHERE message.run = v.run AND message.seq = v.seq`,
}

// Messages returns the messages of the plan as they stand, in the order of their rows. Each page is read by itself, so
// the plan may be changed meanwhile.
func (p *Plan) Messages(ctx context.Context) iter.Seq2[campaign.Message, error] {
	return func(yield func(campaign.Message, error) bool) {
		for last, more := -1, true; more; {
			var ms []campaign.Message
			err := p.l.reading(ctx, func() (err error) {
				ms, err = someMessages(ctx, p.l, p.run.ID, `SELECT `+messageColumns+` FROM message WHERE run = $1 AND seq > $2 ORDER BY seq LIMIT $3`, p.run.ID, last, queuePage)
				return err
			})
			if err != nil {
				yield(campaign.Message{}, p.l.named(err))
				return
			}
			for _, m := range ms {
				if !yield(m, nil) {
					return
				}
				last = m.Seq
			}
			more = len(ms) == queuePage
		}
	}
}

// encodeProblem is m's problem as it stands in the ledger: empty if it has none.
func encodeProblem(m campaign.Message) (string, error) {
	if m.Problem == nil {
		return "", nil
	}
	b, err := json.Marshal(m.Problem)
	if err != nil {
		return "", fmt.Errorf("row %d: its problem: %w", m.Seq, err)
	}
	return string(b), nil
}

// importedAliases makes the ref_ids of another tool's sends known to receipts.
func importedAliases(ctx context.Context, t *tx, run string, ms []campaign.Message) error {
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
	s := &Attempts{l: p.l, terms: Terms{Run: p.run, Account: campaign.Account{Name: p.run.Account}}}
	return inParts(as, func(part []campaign.Attempt) error {
		return p.l.change(ctx, func(ctx context.Context, t *tx) error {
			rs := make([]*request, len(part))
			for i, a := range part {
				rs[i] = &request{kind: requestEnd, s: s, a: &a}
			}
			return endings{t}.write(ctx, rs)
		})
	})
}
