package ledger

import (
	"context"
	"iter"
	"time"
)

// Sent is a message that a campaign sent, for the guard against repeating it.
type Sent struct {
	Digest  string // Message.Digest: address and values
	Address string
	Run     string
	Seq     int
	At      time.Time // when its last such attempt began
}

// SentTo returns the messages of a campaign's live runs that may have reached somebody since then: those with
// an open, accepted or unknown attempt, or with a receipt. The rows of the run named except are left out.
func (l *Ledger) SentTo(ctx context.Context, name string, since time.Time, except string) iter.Seq2[Sent, error] {
	const query = `SELECT message.digest, message.address, message.run, message.seq, MAX(attempt.begun_at)
		FROM run
		JOIN attempt ON attempt.run = run.id AND attempt.begun_at >= $2
		JOIN message ON message.run = attempt.run AND message.seq = attempt.seq
		WHERE run.campaign = $1 AND run.live AND run.id <> $3 AND run.kind <> 'test'
			AND (attempt.outcome IN ('open', 'accepted', 'unknown')
				OR EXISTS (SELECT 1 FROM receipt WHERE receipt.run = attempt.run AND receipt.seq = attempt.seq))
		GROUP BY message.run, message.seq, message.digest, message.address`
	return func(yield func(Sent, error) bool) {
		rows, err := l.db.QueryContext(ctx, query, name, micros(since), except)
		if err != nil {
			yield(Sent{}, l.named(err))
			return
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var s Sent
			var digest []byte
			var at int64
			if err := rows.Scan(&digest, &s.Address, &s.Run, &s.Seq, &at); err != nil {
				yield(Sent{}, l.named(err))
				return
			}
			s.Digest, s.At = string(digest), fromMicros(at)
			if !yield(s, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Sent{}, l.named(err))
		}
	}
}
