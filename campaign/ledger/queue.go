package ledger

import (
	"context"
	"database/sql"
	"iter"
	"sync"
	"time"

	"siaran/campaign"
)

// QueueOptions are the parts of a campaign's conduct that decide what is still to be sent.
type QueueOptions struct {
	Retry     campaign.Retry
	OnUnknown campaign.OnUnknown
}

// queuePage is how many messages are in memory at a time.
const queuePage = 1000

// Queue returns the messages of a run that are not settled: first those whose last attempt met a systemic answer,
// then all in the order of their rows. Left out are messages with a problem, with a receipt, with an attempt
// that settled them or is open, with no try left, and unknown ones unless o says to send them again.
//
// What it returns was true when its page was read; Begin looks again.
func (l *Ledger) Queue(ctx context.Context, run string, o QueueOptions) iter.Seq2[campaign.Queued, error] {
	return func(yield func(campaign.Queued, error) bool) {
		var first []campaign.Queued
		err := l.reading(ctx, func() (err error) {
			first, err = l.systemicFirst(ctx, run, o)
			return err
		})
		if err != nil {
			yield(campaign.Queued{}, l.named(err))
			return
		}
		seen := map[int]bool{}
		for _, q := range first {
			seen[q.Seq] = true
			if !yield(q, nil) {
				return
			}
		}
		pages, stop := l.queuePages(ctx, run, o)
		defer stop()
		for {
			var p page
			select {
			case p = <-pages:
			case <-ctx.Done():
				p.err = ctx.Err()
			}
			for _, q := range p.queued {
				if !seen[q.Seq] && !yield(q, nil) {
					return
				}
			}
			if p.err != nil {
				yield(campaign.Queued{}, l.named(p.err))
				return
			}
			if p.end < 0 {
				return
			}
		}
	}
}

// A page is a part of the queue, or why it could not be read.
type page struct {
	queued []campaign.Queued
	end    int // the row where it ends; -1: there are no more
	err    error
}

// queuePages reads the pages of a queue, each while the one before is used, until stop is called.
func (l *Ledger) queuePages(ctx context.Context, run string, o QueueOptions) (<-chan page, func()) {
	ctx, cancel := context.WithCancel(ctx)
	pages := make(chan page)
	var ahead sync.WaitGroup
	ahead.Go(func() {
		for p := (page{end: -1}); ; {
			last := p.end
			p.err = l.reading(ctx, func() (err error) {
				p.queued, p.end, err = l.queuePage(ctx, run, last, o)
				return err
			})
			select {
			case pages <- p:
			case <-ctx.Done():
				return
			}
			if p.end < 0 || p.err != nil {
				return
			}
		}
	})
	return pages, func() {
		cancel()
		ahead.Wait()
	}
}

// reading reads again as long as the server is away: a restart in the middle of a run means waiting.
func (l *Ledger) reading(ctx context.Context, read func() error) error {
	for {
		err := read()
		if !l.postgres || cause(err) != causeLost || ctx.Err() != nil {
			return err
		}
		pause(ctx, lostPause)
	}
}

// unsettledMessages leaves out, in the database, the bulk of what is settled; past.queued decides about the rest.
const unsettledMessages = `SELECT ` + messageColumns + ` FROM message WHERE run = $1 AND problem = ''
	AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.run = message.run AND a.seq = message.seq AND a.outcome IN ('accepted', 'refused', 'suppressed', 'open'))
	AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.run = message.run AND r.seq = message.seq)`

// systemicFirst returns the messages whose last attempt was systemic: at most as many as had workers.
func (l *Ledger) systemicFirst(ctx context.Context, run string, o QueueOptions) ([]campaign.Queued, error) {
	all, _, err := l.queued(ctx, run, o, unsettledMessages+`
		AND seq IN (SELECT seq FROM attempt WHERE run = $1 AND systemic) ORDER BY seq LIMIT 1000`, run)
	first := all[:0]
	for _, q := range all {
		if q.Systemic != "" {
			first = append(first, q)
		}
	}
	return first, err
}

// queuePage returns what is queued of the next messages after row last, and the row where they end, -1 if there
// are no more.
func (l *Ledger) queuePage(ctx context.Context, run string, last int, o QueueOptions) ([]campaign.Queued, int, error) {
	return l.queued(ctx, run, o, unsettledMessages+` AND seq > $2 ORDER BY seq LIMIT 1000`, run, last)
}

func (l *Ledger) queued(ctx context.Context, run string, o QueueOptions, query string, args ...any) ([]campaign.Queued, int, error) {
	ms, err := l.someMessages(ctx, run, query, args...)
	if err != nil || len(ms) == 0 {
		return nil, -1, err
	}
	pasts, err := l.pasts(ctx, run, ms)
	if err != nil {
		return nil, -1, err
	}
	qs := make([]campaign.Queued, 0, len(ms))
	for _, m := range ms {
		if q, ok := pasts[m.Seq].queued(m, o); ok {
			qs = append(qs, q)
		}
	}
	end := ms[len(ms)-1].Seq
	if len(ms) < queuePage {
		end = -1
	}
	return qs, end, nil
}

func (l *Ledger) someMessages(ctx context.Context, run, query string, args ...any) ([]campaign.Message, error) {
	rows, err := l.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	ms := make([]campaign.Message, 0, queuePage)
	for rows.Next() {
		m, err := scanMessage(rows, run)
		if err != nil {
			return nil, err
		}
		ms = append(ms, m)
	}
	return ms, rows.Err()
}

// A past is what was tried for one message.
type past struct {
	attempts int
	tries    int
	unknown  bool
	settled  bool
	systemic string    // the last attempt's code, if it was systemic
	counted  bool      // the last attempt counts
	ended    time.Time // the last attempt
}

// add takes up the next attempt.
func (p past) add(outcome campaign.Outcome, counts, systemic bool, code string, ended time.Time) past {
	p.attempts++
	if counts {
		p.tries++
	}
	p.counted, p.ended, p.systemic = counts, ended, ""
	if systemic {
		p.systemic = code
		if code == "" {
			p.systemic = "systemic"
		}
	}
	switch outcome {
	case campaign.Unknown:
		p.unknown = true
	case campaign.Open, campaign.Accepted, campaign.Refused, campaign.Suppressed:
		p.settled = true
	case campaign.NotTaken:
	}
	return p
}

// queued returns m as it waits for its next attempt; false if there is none to come.
func (p past) queued(m campaign.Message, o QueueOptions) (campaign.Queued, bool) {
	switch {
	case p.settled, p.unknown && o.OnUnknown != campaign.UnknownResend, p.attempts > 0 && p.tries >= max(o.Retry.Attempts, 1):
		return campaign.Queued{}, false
	}
	q := campaign.Queued{Message: m, Attempts: p.attempts, Tries: p.tries, Unknown: p.unknown, Systemic: p.systemic}
	if p.attempts > 0 && p.counted {
		q.NotTill = p.ended.Add(o.Retry.Backoff(p.tries, 0, 0))
	}
	return q, true
}

// pasts reads the attempts of ms.
func (l *Ledger) pasts(ctx context.Context, run string, ms []campaign.Message) (map[int]past, error) {
	const columns = `SELECT seq, outcome, counts, systemic, code, ended_at FROM attempt WHERE run = $1 AND seq `
	pasts := map[int]past{}
	lo, hi := ms[0].Seq, ms[len(ms)-1].Seq
	if hi-lo < 8*len(ms) {
		return pasts, l.readPasts(ctx, pasts, columns+`BETWEEN $2 AND $3 ORDER BY seq, n`, run, lo, hi)
	}
	some := bulk{head: columns + `IN (VALUES `, cast: []string{"BIGINT"}, tail: `) ORDER BY seq, n`}
	args := []any{run}
	for _, m := range ms {
		args = append(args, m.Seq)
	}
	return pasts, l.readPasts(ctx, pasts, some.sql(l.postgres, len(ms)), args...)
}

func (l *Ledger) readPasts(ctx context.Context, pasts map[int]past, query string, args ...any) error {
	rows, err := l.db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		seq, next, err := scanPast(rows, pasts)
		if err != nil {
			return err
		}
		pasts[seq] = next
	}
	return rows.Err()
}

func scanPast(rows *sql.Rows, pasts map[int]past) (int, past, error) {
	var seq int
	var outcome campaign.Outcome
	var counts, systemic bool
	var code string
	var ended int64
	err := rows.Scan(&seq, &outcome, &counts, &systemic, &code, &ended)
	return seq, pasts[seq].add(outcome, counts, systemic, code, fromMicros(ended)), err
}
