package ledger

import (
	"context"
	"sync"

	"siaran/campaign"
)

// A queueReader reads what of a run is to be sent, in pages.
type queueReader struct{ *core }

// queuePage is how many messages are in memory at a time.
const queuePage = 1000

// A page is a part of the queue, or why it could not be read.
type page struct {
	queued []campaign.Queued
	end    int // the row where it ends; -1: there are no more
	err    error
}

// pages reads the pages of a queue, each while the one before is used, until stop is called.
func (l queueReader) pages(ctx context.Context, run string, o campaign.Policy) (<-chan page, func()) {
	ctx, cancel := context.WithCancel(ctx)
	pages := make(chan page)
	var ahead sync.WaitGroup
	ahead.Go(func() {
		for p := (page{end: -1}); ; {
			last := p.end
			p.err = l.reading(ctx, func() (err error) {
				p.queued, p.end, err = l.page(ctx, run, last, o)
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

// unsettledMessages leaves out, in the database, the bulk of what is not sent; Past.Next decides about the rest.
const unsettledMessages = `SELECT ` + messageColumns + ` FROM message WHERE run = $1 AND problem = '' AND ` + unsettled

// systemicFirst returns the messages whose last attempt was systemic: at most as many as had workers.
func (l queueReader) systemicFirst(ctx context.Context, run string, o campaign.Policy) ([]campaign.Queued, error) {
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

// page returns what is queued of the next messages after row last, and the row where they end, -1 if there
// are no more.
func (l queueReader) page(ctx context.Context, run string, last int, o campaign.Policy) ([]campaign.Queued, int, error) {
	return l.queued(ctx, run, o, unsettledMessages+` AND seq > $2 ORDER BY seq LIMIT 1000`, run, last)
}

func (l queueReader) queued(ctx context.Context, run string, o campaign.Policy, query string, args ...any) ([]campaign.Queued, int, error) {
	ms, err := someMessages(ctx, l.core, run, query, args...)
	if err != nil || len(ms) == 0 {
		return nil, -1, err
	}
	pasts, err := l.pasts(ctx, run, ms)
	if err != nil {
		return nil, -1, err
	}
	qs := make([]campaign.Queued, 0, len(ms))
	for _, m := range ms {
		if notTill, ok := pasts[m.Seq].Next(o); ok {
			qs = append(qs, campaign.Queued{Message: m, Past: pasts[m.Seq], NotTill: notTill})
		}
	}
	end := ms[len(ms)-1].Seq
	if len(ms) < queuePage {
		end = -1
	}
	return qs, end, nil
}

func someMessages(ctx context.Context, l *core, run, query string, args ...any) ([]campaign.Message, error) {
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
