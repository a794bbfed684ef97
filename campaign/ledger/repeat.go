package ledger

import (
	"context"
	"iter"
	"time"
)

// Sent is a message that a campaign sent, or is about to, for the guard against repeating it.
type Sent struct {
	Digest  string // Message.Digest: address and values
	Address string
	Run     string
	Seq     int
	At      time.Time // when its last such attempt began; of one that is queued, when its run was planned
	Queued  bool      // it waits in a run that is ready or paused: whoever sends that run sends it
}

// SentTo says which sends are looked for.
type SentTo struct {
	Campaign string
	Since    time.Time // attempts that began before do not count
	Except   string    // a run whose rows are left out; empty: none
	Live     bool      // those of live runs, else those of the others: like is compared with like
	Queued   bool      // with the messages that are still queued
}

// mayHaveReached finds the messages with an open, accepted or unknown attempt, or with a receipt.
const mayHaveReached = `SELECT message.digest, message.address, message.run, message.seq, MAX(attempt.begun_at), 0
	FROM run
	JOIN attempt ON attempt.run = run.id AND attempt.begun_at >= $4
	JOIN message ON message.run = attempt.run AND message.seq = attempt.seq
	WHERE run.campaign = $1 AND run.live = $2 AND run.id <> $3 AND run.kind <> 'test'
		AND (attempt.outcome IN ('open', 'accepted', 'unknown')
			OR EXISTS (SELECT 1 FROM receipt WHERE receipt.run = attempt.run AND receipt.seq = attempt.seq))
	GROUP BY message.run, message.seq, message.digest, message.address`

// willReach finds the messages that the next sender of their run sends.
const willReach = ` UNION ALL
	SELECT message.digest, message.address, message.run, message.seq, run.created_at, 1
	FROM run
	JOIN message ON message.run = run.id AND message.problem = ''
	WHERE run.campaign = $1 AND run.live = $2 AND run.id <> $3 AND run.kind <> 'test' AND run.state IN ('ready', 'paused')
		AND ` + unsettled + `
		AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.run = message.run AND a.seq = message.seq AND a.outcome = 'unknown')
		AND (SELECT COUNT(*) FROM attempt a WHERE a.run = message.run AND a.seq = message.seq AND a.counts) < run.tries`

// SentTo returns the messages of a campaign that may have reached somebody: those with an open, accepted or unknown
// attempt, or with a receipt; and those that are to, if o.Queued.
func (l Histories) SentTo(ctx context.Context, o SentTo) iter.Seq2[Sent, error] {
	query := mayHaveReached
	if o.Queued {
		query += willReach
	}
	return func(yield func(Sent, error) bool) {
		rows, err := l.db.QueryContext(ctx, query, o.Campaign, o.Live, o.Except, micros(o.Since))
		if err != nil {
			yield(Sent{}, l.named(err))
			return
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var s Sent
			var digest []byte
			var at, queued int64
			if err := rows.Scan(&digest, &s.Address, &s.Run, &s.Seq, &at, &queued); err != nil {
				yield(Sent{}, l.named(err))
				return
			}
			s.Digest, s.At, s.Queued = string(digest), fromMicros(at), queued == 1
			if !yield(s, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Sent{}, l.named(err))
		}
	}
}
