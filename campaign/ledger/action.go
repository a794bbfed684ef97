package ledger

import (
	"context"
	"crypto/rand"

	"siaran/campaign"
)

// Actions are what people and schedules did.
type Actions struct{ *core }

// Add records an action.
func (l Actions) Add(ctx context.Context, a campaign.Action) error {
	return l.change(ctx, func(ctx context.Context, t *tx) error { return act(ctx, t, a) })
}

func act(ctx context.Context, t *tx, a campaign.Action) error {
	at := micros(a.At)
	if at == 0 {
		at = t.us()
	}
	if a.Host == "" {
		a.Host = t.l.host
	}
	_, err := t.exec(ctx, `INSERT INTO action (id, at, who, host, what, run, options, why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		rand.Text(), at, a.Who, a.Host, a.What, a.Run, a.Options, a.Why)
	return err
}

// OfRun returns what was done about a run (about anything if run is empty), in order.
func (l Actions) OfRun(ctx context.Context, run string) ([]campaign.Action, error) {
	rows, err := l.db.QueryContext(ctx, `SELECT at, who, host, what, run, options, why FROM action WHERE run = $1 OR $1 = '' ORDER BY at, id`, run)
	if err != nil {
		return nil, l.named(err)
	}
	defer func() { _ = rows.Close() }()
	var list []campaign.Action
	for rows.Next() {
		var a campaign.Action
		var at int64
		if err := rows.Scan(&at, &a.Who, &a.Host, &a.What, &a.Run, &a.Options, &a.Why); err != nil {
			return nil, l.named(err)
		}
		a.At = fromMicros(at)
		list = append(list, a)
	}
	return list, l.named(rows.Err())
}
