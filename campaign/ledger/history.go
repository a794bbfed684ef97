package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"

	"siaran/campaign"
)

// Histories are what is known of messages: what was tried, and what the gateway said later.
type Histories struct{ *core }

// The three tables of a history in one statement: its columns mean different things in each part.
const (
	partRun = iota
	partMessage
	partAttempt
	partReceipt
)

const historyQuery = `
SELECT CAST(-1 AS BIGINT) AS seq, CAST(0 AS BIGINT) AS part, CAST(0 AS BIGINT) AS n, state AS a, channels AS b, '' AS c, '' AS d, '' AS e, '' AS f, '' AS g, '' AS h,
	tries AS p, CAST(0 AS BIGINT) AS q, CAST(0 AS BIGINT) AS r, CAST(NULL AS BYTEA) AS z FROM run WHERE id = $1
UNION ALL
SELECT seq, 1, 0, ref_id, %s, problem, '', '', '', 0, 0, 0, %s FROM message WHERE run = $1
UNION ALL
SELECT seq, 2, n, account, host, outcome, code, reason, gateway_id, '', '', begun_at, ended_at, http * 4 + (CASE WHEN counts THEN 1 ELSE 0 END)
	+ (CASE WHEN systemic THEN 2 ELSE 0 END), NULL FROM attempt WHERE run = $1
UNION ALL
SELECT seq, 3, 0, gateway, channel, delivery, word, reason, gateway_id, billing, category, at, received_at, parts, NULL FROM receipt WHERE run = $1
ORDER BY seq, part, n`

// Of returns the history of every message of a run, in the order of the rows: one statement, one
// snapshot, constant memory. A receipt that names no channel gets the run's first.
func (l Histories) Of(ctx context.Context, run string) iter.Seq2[campaign.History, error] {
	return l.read(ctx, run, fmt.Sprintf(historyQuery, `address, others, cells`, `digest`))
}

// Lean returns the same without cells and addresses: enough for verdicts, and much less to read.
func (l Histories) Lean(ctx context.Context, run string) iter.Seq2[campaign.History, error] {
	return l.read(ctx, run, fmt.Sprintf(historyQuery, `'', '', '[]'`, `NULL`))
}

func (l Histories) read(ctx context.Context, run, query string) iter.Seq2[campaign.History, error] {
	return func(yield func(campaign.History, error) bool) {
		rows, err := l.db.QueryContext(ctx, query, run)
		if err != nil {
			yield(campaign.History{}, l.named(err))
			return
		}
		defer func() { _ = rows.Close() }()
		r := historyReader{run: run}
		for rows.Next() {
			h, whole, err := r.take(rows)
			if err != nil {
				yield(campaign.History{}, l.named(err))
				return
			}
			if whole && !yield(h, nil) {
				return
			}
		}
		switch err := rows.Err(); {
		case err != nil:
			yield(campaign.History{}, l.named(err))
		case r.none.State == "":
			yield(campaign.History{}, fmt.Errorf("run %s: %w in ledger %s", run, ErrNoRun, l.name))
		case r.begun:
			yield(r.finish(), nil)
		}
	}
}

// A historyReader puts the rows of historyQuery together.
type historyReader struct {
	run   string
	none  campaign.History // what all histories of the run have in common
	h     campaign.History // of the message being read
	begun bool

	cols [15]any // as the driver made them; converting by Scan would cost more than reading
	dest []any
	row  historyRow
}

// A historyRow is one row of historyQuery.
type historyRow struct {
	seq, part, n           int64
	a, b, c, d, e, f, g, h any // string; kept as the driver made them
	p, q, r                int64
	z                      []byte
}

// fill takes the columns apart; those that are NULL or of another type are zero.
func (row *historyRow) fill(cols *[15]any) {
	for i, dest := range [...]*int64{0: &row.seq, 1: &row.part, 2: &row.n, 11: &row.p, 12: &row.q, 13: &row.r} {
		if dest != nil {
			*dest, _ = cols[i].(int64)
		}
	}
	row.a, row.b, row.c, row.d, row.e, row.f, row.g, row.h = cols[3], cols[4], cols[5], cols[6], cols[7], cols[8], cols[9], cols[10]
	row.z, _ = cols[14].([]byte)
}

// take reads the row at hand; a message's history is whole when the next message begins.
func (r *historyReader) take(rows *sql.Rows) (h campaign.History, whole bool, err error) {
	row := &r.row
	if r.dest == nil {
		for i := range r.cols {
			r.dest = append(r.dest, &r.cols[i])
		}
	}
	if err := rows.Scan(r.dest...); err != nil {
		return h, false, err
	}
	row.fill(&r.cols)
	if row.part != partRun && row.part != partMessage && (!r.begun || int64(r.h.Message.Seq) != row.seq) {
		return h, false, fmt.Errorf("run %s, row %d: %w: an attempt or receipt without its message", r.run, row.seq, ErrDamaged)
	}
	switch row.part {
	case partRun:
		r.none = campaign.History{State: campaign.RunState(str(row.a)), Tries: int(row.p)}
		r.none.Channels, err = readChannels(str(row.b))
	case partMessage:
		if r.begun {
			h, whole = r.finish(), true
		}
		r.begun = true
		r.h = r.none
		r.h.Message = campaign.Message{Run: r.run, Seq: int(row.seq), RefID: str(row.a), Address: str(row.b), Digest: row.z}
		err = fillMessage(&r.h.Message, str(row.c), str(row.d), str(row.e))
	case partAttempt:
		r.h.Attempts = append(r.h.Attempts, row.attempt(r.run))
	case partReceipt:
		r.h.Receipts = append(r.h.Receipts, row.receipt(&r.h))
	default:
		err = errors.New("a row of no table")
	}
	return h, whole, err
}

func (row *historyRow) attempt(run string) campaign.Attempt {
	return campaign.Attempt{
		Run: run, Seq: int(row.seq), N: int(row.n), Account: str(row.a), Host: str(row.b),
		BegunAt: fromMicros(row.p), EndedAt: fromMicros(row.q), Counts: row.r&1 != 0,
		Answer: campaign.Answer{
			Outcome: campaign.Outcome(str(row.c)), Code: str(row.d), Reason: str(row.e), GatewayID: str(row.f),
			HTTP: int(row.r / 4), Systemic: row.r&2 != 0,
		},
	}
}

func (row *historyRow) receipt(h *campaign.History) campaign.Receipt {
	r := campaign.Receipt{
		RefID: h.Message.RefID, Gateway: str(row.a), Channel: campaign.ChannelKind(str(row.b)), Delivery: campaign.Delivery(str(row.c)), Word: str(row.d),
		Reason: str(row.e), GatewayID: str(row.f), Billing: campaign.Billing(str(row.g)), Category: str(row.h),
		At: fromMicros(row.p), ReceivedAt: fromMicros(row.q), Parts: int(row.r),
	}
	if r.Channel == "" && len(h.Channels) > 0 {
		r.Channel = h.Channels[0]
	}
	return r
}

// finish puts the receipts in the order they came.
func (r *historyReader) finish() campaign.History {
	h := r.h
	slices.SortStableFunc(h.Receipts, func(a, b campaign.Receipt) int {
		return cmp.Or(a.ReceivedAt.Compare(b.ReceivedAt), a.At.Compare(b.At))
	})
	return h
}

// str reads a text as either driver hands it over.
func str(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}
