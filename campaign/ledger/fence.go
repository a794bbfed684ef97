package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"siaran/campaign"
	"siaran/ratelimit"
)

// A fence lets attempts begin, in a transaction: see the package's "The fence".
type fence struct{ *tx }

// byRun groups requests by their run, in the order of first appearance.
func byRun(rs []*request) [][]*request {
	if len(rs) == 0 {
		return nil
	}
	one := true
	for _, r := range rs {
		one = one && r.s == rs[0].s
	}
	if one {
		return [][]*request{rs}
	}
	var groups [][]*request
	index := map[*Attempts]int{}
	for _, r := range rs {
		i, ok := index[r.s]
		if !ok {
			i = len(groups)
			index[r.s] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}

// beginAll decides about every Begin of a transaction.
func beginAll(ctx context.Context, t *tx, rs []*request) error {
	for _, group := range byRun(rs) {
		if err := (fence{t}).begin(ctx, group[0].s, group); err != nil {
			return err
		}
	}
	return nil
}

// begin decides about Begins of one run.
func (t fence) begin(ctx context.Context, s *Attempts, rs []*request) error {
	query := `SELECT state FROM run WHERE id = $1`
	if t.l.postgres {
		query += ` FOR SHARE` // pause and cancel wait for us, and we for them
	}
	var state campaign.RunState
	switch err := t.row(ctx, query, []any{s.terms.Run.ID}, &state); {
	case errors.Is(err, sql.ErrNoRows):
		for _, r := range rs { // not the fault of the others in this transaction
			r.begun, r.err = campaign.Begun{}, fmt.Errorf("run %s: %w in ledger %s", s.terms.Run.ID, ErrNoRun, t.l.name)
		}
		return nil
	case err != nil:
		return err
	}
	for _, r := range rs {
		r.begun, r.err = campaign.Begun{}, nil
		if state != campaign.StateReady {
			r.begun.State = state
		}
	}
	if state != campaign.StateReady {
		return nil
	}
	free, err := t.unsettled(ctx, s, rs)
	if err != nil {
		return err
	}
	if free, err = t.suppress(ctx, s, free); err != nil {
		return err
	}
	if free, err = t.slots(ctx, s, free); err != nil {
		return err
	}
	return t.insertOpen(ctx, s, free)
}

// unsettled marks as taken the messages that have a receipt, or attempts other than those the caller
// knew of, and returns the rest.
func (t fence) unsettled(ctx context.Context, s *Attempts, rs []*request) ([]*request, error) {
	lo, hi := rs[0].q.Seq, rs[0].q.Seq
	var again []any
	for _, r := range rs {
		lo, hi = min(lo, r.q.Seq), max(hi, r.q.Seq)
		if r.q.Attempts > 0 {
			again = append(again, r.q.Seq)
		}
	}
	reported := map[int]bool{}
	mark := func(rows *sql.Rows) error {
		var seq int
		if err := rows.Scan(&seq); err != nil {
			return err
		}
		reported[seq] = true
		return nil
	}
	// The messages of one transaction stand close together, and have no receipts yet: looking
	// through the stretch is one descent into the tree instead of one for each.
	var err error
	if hi-lo < 16*len(rs)+64 {
		err = t.each(ctx, `SELECT seq FROM receipt WHERE run = $1 AND seq BETWEEN $2 AND $3`, []any{s.terms.Run.ID, lo, hi}, mark)
	} else {
		seqs := make([]any, len(rs))
		for i, r := range rs {
			seqs[i] = r.q.Seq
		}
		err = t.queryRows(ctx, &receiptsOf, []any{s.terms.Run.ID}, seqs, mark)
	}
	if err != nil {
		return nil, err
	}
	before := pasts{}
	if err := t.queryRows(ctx, &attemptsOf, []any{s.terms.Run.ID}, again, before.add); err != nil {
		return nil, err
	}
	free := rs[:0:0]
	for _, r := range rs {
		p := before[r.q.Seq]
		if reported[r.q.Seq] {
			p.Report()
		}
		// Whether an unknown one is sent again is for the caller to say, who knew of it.
		if p.Settled() || p.Attempts != r.q.Attempts {
			r.begun.Taken = true
			continue
		}
		free = append(free, r)
	}
	return free, nil
}

var (
	receiptsOf = bulk{
		head: `SELECT DISTINCT seq FROM receipt WHERE run = $1 AND seq IN (VALUES `, cast: []string{"BIGINT"}, tail: `)`,
	}
	attemptsOf = bulk{
		head: `SELECT ` + pastColumns + ` FROM attempt WHERE run = $1 AND seq IN (VALUES `, cast: []string{"BIGINT"}, tail: `) ORDER BY seq, n`,
	}
)

// slots gives the account's next slots to as many as may leave by now, and tells the others when to
// ask again.
func (t fence) slots(ctx context.Context, s *Attempts, rs []*request) ([]*request, error) {
	for _, r := range rs {
		r.begun.Leave = t.local
	}
	if s.every == 0 || len(rs) == 0 {
		return rs, nil
	}
	query := `SELECT tat FROM rate WHERE account = $1`
	if t.l.postgres {
		query += ` FOR UPDATE`
	}
	var tat int64
	if err := t.row(ctx, query, []any{s.terms.Account.Name}, &tat); err != nil {
		return nil, err
	}
	if err := t.tick(ctx); err != nil { // who held the row may have kept us waiting
		return nil, err
	}
	late := s.late(t.local)
	free := rs[:0:0]
	for _, r := range rs {
		slot, next, wait := ratelimit.Take(tat, t.now, s.every, s.terms.Account.Burst)
		if wait = max(wait, late); wait > 0 {
			r.begun.Wait = wait
			continue
		}
		tat = next
		r.begun.Leave = t.local.Add(time.Duration(slot - t.now))
		free = append(free, r)
	}
	if len(free) == 0 {
		return nil, nil
	}
	_, err := t.exec(ctx, `UPDATE rate SET tat = $1 WHERE account = $2`, tat, s.terms.Account.Name)
	return free, err
}

var openAttempt = bulk{
	head: `INSERT INTO attempt (run, account, host, begun_at, due_at, seq, n)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), column1, column2 FROM (VALUES `,
	cast: []string{"BIGINT", "BIGINT"},
	tail: `) v WHERE true ON CONFLICT DO NOTHING`,
}

// insertOpen is where the fence stands: who inserts the row makes the call.
func (t fence) insertOpen(ctx context.Context, s *Attempts, rs []*request) error {
	if len(rs) == 0 {
		return nil
	}
	values := make([]any, 0, 2*len(rs))
	for _, r := range rs {
		r.begun.Go = true
		r.begun.Attempt = campaign.Attempt{
			Run: s.terms.Run.ID, Seq: r.q.Seq, N: r.q.Attempts + 1, Account: s.terms.Account.Name, Host: t.l.host,
			BegunAt: fromMicros(t.us()), Answer: campaign.Answer{Outcome: campaign.Open},
		}
		values = append(values, r.q.Seq, r.q.Attempts+1)
	}
	fixed := []any{s.terms.Run.ID, s.terms.Account.Name, t.l.host, t.us(), t.us() + s.due}
	if t.conn.careful {
		return t.insertCarefully(ctx, rs, fixed, values)
	}
	changed, err := t.execRows(ctx, &openAttempt, fixed, values)
	if err == nil && changed != int64(len(rs)) {
		return errConflict
	}
	return err
}

// errConflict makes the writer do a transaction again, carefully: some attempt was there already. Asking for
// every row which were inserted costs each send something; having been too late is rare.
var errConflict = errors.New("somebody else has one of the attempts")

var openReturning = bulk{head: openAttempt.head, cast: openAttempt.cast, tail: openAttempt.tail + ` RETURNING seq, n`}

// insertCarefully asks which rows were inserted, and marks the others as taken.
func (t fence) insertCarefully(ctx context.Context, rs []*request, fixed, values []any) error {
	type key struct{ seq, n int }
	inserted := map[key]bool{}
	err := t.queryRows(ctx, &openReturning, fixed, values, func(rows *sql.Rows) error {
		var k key
		if err := rows.Scan(&k.seq, &k.n); err != nil {
			return err
		}
		inserted[k] = true
		return nil
	})
	if err != nil {
		return err
	}
	for _, r := range rs {
		k := key{r.q.Seq, r.q.Attempts + 1}
		if !inserted[k] {
			r.begun = campaign.Begun{Taken: true}
		}
		delete(inserted, k) // of two who asked for the same, one has it
	}
	return nil
}
