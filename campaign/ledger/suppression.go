package ledger

import (
	"context"
	"database/sql"
	"iter"
	"time"

	"siaran/campaign"
)

// Suppressions are the addresses that must not get messages.
type Suppressions struct{ *core }

// A Suppression is an address that must not get messages.
type Suppression struct {
	Address string               // normalised as in messages
	Channel campaign.ChannelKind // empty: on every channel
	Purpose campaign.Purpose     // PurposeMarketing, or PurposeAll for service messages too
	Since   time.Time            // zero: now
	Why     string               // no message text
}

// holds reports whether s forbids messages of that purpose on that channel.
func (s Suppression) holds(on campaign.ChannelKind, purpose campaign.Purpose) bool {
	return (s.Channel == "" || s.Channel == on) && (s.Purpose == campaign.PurposeAll || s.Purpose == purpose)
}

// Add adds addresses; those already there keep their date.
func (l Suppressions) Add(ctx context.Context, list ...Suppression) error {
	return inParts(list, func(part []Suppression) error {
		return l.change(ctx, func(ctx context.Context, t *tx) error {
			for _, s := range part {
				if err := addSuppressed(ctx, t, s); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func addSuppressed(ctx context.Context, t *tx, s Suppression) error {
	since := micros(s.Since)
	if since == 0 {
		since = t.us()
	}
	_, err := t.exec(ctx, `INSERT INTO suppressed (address, channel, purpose, since, why) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		s.Address, string(s.Channel), string(s.Purpose), since, s.Why)
	return err
}

// Remove takes addresses off the list: exactly the channel and purpose given, or everything of the
// address where Purpose is empty. It returns how many lines went.
func (l Suppressions) Remove(ctx context.Context, list ...Suppression) (int, error) {
	var total int64
	err := inParts(list, func(part []Suppression) error {
		var n int64
		err := l.change(ctx, func(ctx context.Context, t *tx) error {
			n = 0
			for _, s := range part {
				gone, err := t.exec(ctx, `DELETE FROM suppressed WHERE address = $1 AND ($2 = '' OR (channel = $3 AND purpose = $2))`,
					s.Address, string(s.Purpose), string(s.Channel))
				if err != nil {
					return err
				}
				n += gone
			}
			return nil
		})
		total += n
		return err
	})
	return int(total), err
}

// All returns the whole list, by address.
func (l Suppressions) All(ctx context.Context) iter.Seq2[Suppression, error] {
	return func(yield func(Suppression, error) bool) {
		rows, err := l.db.QueryContext(ctx, `SELECT address, channel, purpose, since, why FROM suppressed ORDER BY address, channel, purpose`)
		if err != nil {
			yield(Suppression{}, l.named(err))
			return
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			s, err := scanSuppression(rows)
			if !yield(s, l.named(err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Suppression{}, l.named(err))
		}
	}
}

func scanSuppression(rows *sql.Rows) (Suppression, error) {
	var s Suppression
	var since int64
	err := rows.Scan(&s.Address, &s.Channel, &s.Purpose, &since, &s.Why)
	s.Since = fromMicros(since)
	return s, err
}

// Among returns those of the addresses that are on the list for that purpose and channel (any channel if
// it is empty), for the preflight.
func (l Suppressions) Among(ctx context.Context, list []string, on campaign.ChannelKind, purpose campaign.Purpose) (map[string]Suppression, error) {
	found := map[string]Suppression{}
	err := inParts(list, func(part []string) error {
		args := make([]any, len(part))
		for i, a := range part {
			args[i] = a
		}
		rows, err := l.db.QueryContext(ctx, suppressedOf.sql(l.postgres, len(part)), args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			s, err := scanSuppression(rows)
			if err != nil {
				return err
			}
			if s.holds(on, purpose) || (on == "" && s.holds(s.Channel, purpose)) {
				found[s.Address] = s
			}
		}
		return rows.Err()
	})
	return found, l.named(err)
}

var suppressedOf = bulk{
	head: `SELECT address, channel, purpose, since, why FROM suppressed WHERE address IN (VALUES `, cast: []string{"TEXT"}, tail: `)`,
}

// suppress writes the attempts of messages with a suppressed address as ended so, and returns the rest. No
// address of a message may be on the list: a gateway that turns to the backup would reach it.
func (t fence) suppress(ctx context.Context, s *Attempts, rs []*request) ([]*request, error) {
	if len(rs) == 0 {
		return nil, nil
	}
	var some int
	switch err := t.row(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM suppressed LIMIT 1) s`, nil, &some); {
	case err != nil:
		return nil, err
	case some == 0:
		return rs, nil
	}
	var asked []any
	for _, r := range rs {
		for _, on := range addresses(r.q.Message, s.terms.Run.Channels) {
			asked = append(asked, on.address)
		}
	}
	listed := map[string][]Suppression{}
	err := t.queryRows(ctx, &suppressedOf, nil, asked, func(rows *sql.Rows) error {
		sup, err := scanSuppression(rows)
		listed[sup.Address] = append(listed[sup.Address], sup)
		return err
	})
	if err != nil || len(listed) == 0 {
		return rs, err
	}
	free := rs[:0:0]
	for _, r := range rs {
		sup, ok := suppressedBy(r.q.Message, s.terms, listed)
		if !ok {
			free = append(free, r)
			continue
		}
		if err := t.insertSuppressed(ctx, s, r, sup); err != nil {
			return nil, err
		}
	}
	return free, nil
}

func suppressedBy(m campaign.Message, terms Terms, listed map[string][]Suppression) (Suppression, bool) {
	for _, on := range addresses(m, terms.Run.Channels) {
		for _, s := range listed[on.address] {
			if s.holds(on.channel, terms.Purpose) {
				return s, true
			}
		}
	}
	return Suppression{}, false
}

func (t fence) insertSuppressed(ctx context.Context, s *Attempts, r *request, sup Suppression) error {
	n, err := t.exec(ctx, `INSERT INTO attempt (run, seq, n, account, host, begun_at, due_at, ended_at, outcome, counts, code, reason)
		VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 'suppressed', $8, 'suppressed', $9) ON CONFLICT DO NOTHING`,
		s.terms.Run.ID, r.q.Seq, r.q.Attempts+1, s.terms.Account.Name, t.l.host, t.us(), t.us(), false, sup.Why)
	r.begun.Suppressed, r.begun.Taken = n == 1, n == 0
	return err
}

// inParts calls f with parts of list that one transaction bears.
func inParts[T any](list []T, f func([]T) error) error {
	const size = 500
	for len(list) > 0 {
		n := min(size, len(list))
		if err := f(list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}
