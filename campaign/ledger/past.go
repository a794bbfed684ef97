package ledger

import (
	"context"
	"database/sql"

	"siaran/campaign"
)

// unsettled is the opposite of campaign.Past.Settled in SQL, of the row of message at hand. Said so, and not as NOT
// settled, PostgreSQL makes joins of it.
const unsettled = `NOT EXISTS (SELECT 1 FROM attempt a WHERE a.run = message.run AND a.seq = message.seq AND a.outcome IN ('open', 'accepted', 'refused', 'suppressed'))
	AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.run = message.run AND r.seq = message.seq)`

const pastColumns = `seq, outcome, counts, systemic, code, ended_at`

// A pasts is what was tried for some messages of one run, by row.
type pasts map[int]campaign.Past

// add takes up a row of pastColumns; those of one message come in order.
func (ps pasts) add(rows *sql.Rows) error {
	var a campaign.Attempt
	var counts bool
	var ended int64
	if err := rows.Scan(&a.Seq, &a.Outcome, &counts, &a.Systemic, &a.Code, &ended); err != nil {
		return err
	}
	a.Counts, a.EndedAt = counts, fromMicros(ended)
	p := ps[a.Seq]
	p.Add(a)
	ps[a.Seq] = p
	return nil
}

// pasts reads the attempts of ms, which stand in the order of their rows.
func (l queueReader) pasts(ctx context.Context, run string, ms []campaign.Message) (pasts, error) {
	query := `SELECT ` + pastColumns + ` FROM attempt WHERE run = $1 AND seq BETWEEN $2 AND $3 ORDER BY seq, n`
	lo, hi := ms[0].Seq, ms[len(ms)-1].Seq
	args := []any{run, lo, hi}
	if hi-lo >= 8*len(ms) {
		some := bulk{head: `SELECT ` + pastColumns + ` FROM attempt WHERE run = $1 AND seq IN (VALUES `, cast: []string{"BIGINT"}, tail: `) ORDER BY seq, n`}
		query, args = some.sql(l.postgres, len(ms)), args[:1]
		for _, m := range ms {
			args = append(args, m.Seq)
		}
	}
	rows, err := l.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	ps := pasts{}
	for rows.Next() {
		if err := ps.add(rows); err != nil {
			return nil, err
		}
	}
	return ps, rows.Err()
}
