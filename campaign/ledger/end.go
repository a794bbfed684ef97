package ledger

import (
	"context"
	"database/sql"
	"errors"

	"siaran/campaign"
)

// endings writes how attempts ended, in a transaction.
type endings struct{ *tx }

var endAttempt = bulk{
	head: `INSERT INTO attempt (run, account, host, due_at, seq, n, begun_at, ended_at, outcome, counts, systemic, http, code, reason, gateway_id)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), column1, column2, column3, column4, column5, column6,
			column7, column8, column9, column10, column11 FROM (VALUES `,
	cast: []string{"BIGINT", "BIGINT", "BIGINT", "BIGINT", "TEXT", "BOOLEAN", "BOOLEAN", "BIGINT", "TEXT", "TEXT", "TEXT"},
	tail: `) v WHERE true
		ON CONFLICT (run, seq, n) DO UPDATE SET ended_at = excluded.ended_at, outcome = excluded.outcome, counts = excluded.counts,
			systemic = excluded.systemic, http = excluded.http, code = excluded.code, reason = excluded.reason, gateway_id = excluded.gateway_id
		WHERE attempt.outcome = 'open' OR (attempt.outcome = 'unknown' AND excluded.outcome <> 'unknown')`,
}

// write writes how attempts ended. An open one is ended once; a late End also settles one that was taken
// for unknown.
func (t endings) write(ctx context.Context, rs []*request) error {
	for _, group := range byRun(rs) {
		s := group[0].s
		for _, once := range eachOnce(group) {
			if err := t.writeOnce(ctx, s, once); err != nil {
				return err
			}
		}
		if err := t.optOuts(ctx, s, group); err != nil {
			return err
		}
		if err := t.aliases(ctx, s, group); err != nil {
			return err
		}
	}
	return nil
}

// writeOnce writes Ends of one run, of which no two are of the same attempt.
func (t endings) writeOnce(ctx context.Context, s *Attempts, rs []*request) error {
	values := make([]any, 0, len(endAttempt.cast)*len(rs))
	for _, r := range rs {
		a := r.a
		values = append(values, a.Seq, a.N, micros(a.BegunAt), micros(a.EndedAt), string(a.Outcome), a.Counts,
			a.Systemic, a.HTTP, clean(a.Code), clean(a.Reason), clean(a.GatewayID))
	}
	_, err := t.execRows(ctx, &endAttempt, []any{s.terms.Run.ID, s.terms.Account.Name, t.l.host, int64(0)}, values)
	return err
}

// eachOnce splits Ends so that no part has two of the same attempt, which one statement could not write.
func eachOnce(rs []*request) [][]*request {
	type key struct{ seq, n int }
	seen := make(map[key]bool, len(rs))
	from := 0
	var parts [][]*request
	for i, r := range rs {
		k := key{r.a.Seq, r.a.N}
		if seen[k] {
			parts = append(parts, rs[from:i])
			from = i
			clear(seen)
		}
		seen[k] = true
	}
	return append(parts, rs[from:])
}

// optOuts adds the addresses of those who opted out by an answer, on every channel of the message.
func (t endings) optOuts(ctx context.Context, s *Attempts, rs []*request) error {
	for _, r := range rs {
		if r.a.OptOut == "" {
			continue
		}
		var address, others string
		err := t.row(ctx, `SELECT address, others FROM message WHERE run = $1 AND seq = $2`, []any{r.a.Run, r.a.Seq}, &address, &others)
		if errors.Is(err, sql.ErrNoRows) {
			continue // forgotten since
		}
		if err != nil {
			return err
		}
		m := campaign.Message{Address: address}
		if err := decodeOthers(others, &m); err != nil {
			return err
		}
		for _, on := range addresses(m, s.terms.Run.Channels) {
			if err := addSuppressed(ctx, t.tx, Suppression{
				Address: on.address, Channel: on.channel, Purpose: r.a.OptOut, Why: "opted out at the gateway: " + r.a.Code,
			}); err != nil {
				return err
			}
		}
	}
	return nil
}
