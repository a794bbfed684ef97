package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"siaran/campaign"
)

// Strays are the receipts that belong to no message, and texts that could not be read.
type Strays struct{ *core }

// strayLife is how long strays are kept.
const strayLife = 30 * 24 * time.Hour

var insertStray = bulk{
	head: `INSERT INTO stray (digest, kind, run, gateway, ref_id, folded, gateway_id, receipt, raw, why, seen_at, expires_at) VALUES `,
	cast: make([]string, 12),
	tail: ` ON CONFLICT DO NOTHING`,
}

// strays keeps what was not joined, each once.
func (t intake) strays(ctx context.Context, as []arrival, source string, tally *campaign.Tally) error {
	byKind := map[campaign.StrayKind][]any{}
	for i := range as {
		a := &as[i]
		if a.match != "" {
			continue
		}
		row, err := a.strayRow(t.us(), source)
		if err != nil {
			return err
		}
		byKind[a.kind] = append(byKind[a.kind], row...)
	}
	for kind, values := range byKind {
		n, err := t.execRows(ctx, &insertStray, nil, values)
		if err != nil {
			return err
		}
		tally.Repeated += len(values)/len(insertStray.cast) - int(n)
		switch kind {
		case campaign.StrayOrphan:
			tally.Orphan += int(n)
		case campaign.StrayForged:
			tally.Forged += int(n)
		case campaign.StrayForeign:
			tally.Foreign += int(n)
		case campaign.StrayReply:
			tally.Reply += int(n)
		case campaign.StrayQuarantined: // not a receipt: counted by quarantine
		}
	}
	return nil
}

func (a *arrival) strayRow(now int64, source string) ([]any, error) {
	r := *a.r
	receipt, err := json.Marshal(strayReceipt{r, source})
	if err != nil {
		return nil, fmt.Errorf("stray receipt: %w", err)
	}
	raw := a.raw
	if raw == nil {
		raw = []byte{}
	}
	run := a.to.run
	if a.form {
		run = a.ref.Run
	}
	digest := a.strayDigest()
	return []any{
		digest[:16], string(a.kind), run, clean(r.Gateway), clean(r.RefID), strings.ToLower(clean(r.RefID)), clean(r.GatewayID), string(receipt), raw, a.why, now,
		now + strayLife.Microseconds(),
	}, nil
}

// strayReceipt is a receipt on disk, to be joined later.
type strayReceipt struct {
	campaign.Receipt
	Source string
}

// strayDigest tells strays apart: what the receipt says, and whom it is about.
func (a *arrival) strayDigest() [32]byte {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%x\x00%s\x00%s\x00%s\x00%t", a.digest, a.r.RefID, a.r.GatewayID, a.r.Recipient, a.r.Reply) // never fails
	if a.r.Reply {
		_, _ = h.Write(a.raw)
	}
	return [32]byte(h.Sum(nil))
}

// quarantine keeps texts that could not be read.
func (t intake) quarantine(ctx context.Context, list []campaign.Unread, source string, tally *campaign.Tally) error {
	var values []any
	for _, q := range list {
		seen := micros(q.ReceivedAt)
		if seen == 0 {
			seen = t.us()
		}
		digest := sha256.Sum256(append([]byte(q.Gateway+"\x00"), q.Raw...))
		receipt, err := json.Marshal(strayReceipt{campaign.Receipt{Gateway: q.Gateway, ReceivedAt: q.ReceivedAt}, source})
		if err != nil {
			return fmt.Errorf("quarantined receipt: %w", err)
		}
		raw := q.Raw
		if raw == nil {
			raw = []byte{}
		}
		values = append(values, digest[:16], string(campaign.StrayQuarantined), "", clean(q.Gateway), "", "", "", string(receipt), raw, clean(q.Why), seen, t.us()+strayLife.Microseconds())
	}
	n, err := t.execRows(ctx, &insertStray, nil, values)
	tally.Quarantined += int(n)
	return err
}

// expireStrays removes some of those whose time is over.
func (t intake) expireStrays(ctx context.Context) error {
	_, err := t.exec(ctx, `DELETE FROM stray WHERE digest IN (SELECT digest FROM stray WHERE expires_at < $1 LIMIT 500)`, t.us())
	return err
}

var straysOf = bulk{
	head: `SELECT digest, receipt, raw FROM stray WHERE (gateway, gateway_id) IN (VALUES `,
	cast: []string{"TEXT", "TEXT"},
	tail: `) AND gateway_id <> '' AND kind IN ('orphan', 'foreign')`,
}

// rejoinByGatewayID joins the strays with those gateway ids, which have become known.
func (t intake) rejoinByGatewayID(ctx context.Context, keys []aliasKey) error {
	var some int
	err := t.row(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM stray WHERE gateway = $1 AND gateway_id <> '' LIMIT 1) s`, []any{firstKind(keys)}, &some)
	if err != nil || some == 0 {
		return err
	}
	values := make([]any, 0, 2*len(keys))
	for _, k := range keys {
		values = append(values, k.kind, k.id)
	}
	var back []strayBack
	err = t.queryRows(ctx, &straysOf, nil, values, func(rows *sql.Rows) error {
		b, err := scanStrayBack(rows)
		back = append(back, b)
		return err
	})
	if err != nil {
		return err
	}
	_, err = t.rejoin(ctx, back)
	return err
}

func firstKind(keys []aliasKey) string {
	if len(keys) == 0 {
		return ""
	}
	return keys[0].kind
}

// A strayBack is a stray on its way back to its message.
type strayBack struct {
	digest []byte
	r      strayReceipt
	raw    []byte
}

func scanStrayBack(rows *sql.Rows) (strayBack, error) {
	var b strayBack
	var receipt string
	if err := rows.Scan(&b.digest, &receipt, &b.raw); err != nil {
		return b, err
	}
	if err := json.Unmarshal([]byte(receipt), &b.r); err != nil {
		return b, fmt.Errorf("stray receipt: %w", err)
	}
	return b, nil
}

// rejoin tries to join strays again and returns how many were.
func (t intake) rejoin(ctx context.Context, back []strayBack) (int, error) {
	joined := 0
	for i := range back {
		b := &back[i]
		one := make([]arrival, 1)
		one[0] = arrival{r: &b.r.Receipt, raw: b.raw, digest: receiptDigest(&b.r.Receipt)}
		one[0].read(t.l.key)
		if err := joiner(t).join(ctx, one); err != nil {
			return joined, err
		}
		if one[0].match == "" {
			continue
		}
		// Its own row goes first: storing it may rejoin others with the same id, and must not meet it again.
		if _, err := t.exec(ctx, `DELETE FROM stray WHERE digest = $1`, b.digest); err != nil {
			return joined, err
		}
		var tally campaign.Tally
		if err := t.receipts(ctx, one, b.r.Source, &tally); err != nil {
			return joined, err
		}
		joined++
	}
	return joined, nil
}

// Rejoin tries to join all orphans and foreign receipts again, as after a run was imported or restored, and
// returns how many were.
func (l Strays) Rejoin(ctx context.Context) (int, error) {
	total := 0
	for last := []byte{}; ; {
		back, err := l.after(ctx, last)
		if err != nil || len(back) == 0 {
			return total, l.named(err)
		}
		joined := 0
		err = l.change(ctx, func(ctx context.Context, t *tx) (err error) {
			joined, err = intake{t}.rejoin(ctx, back)
			return err
		})
		if err != nil {
			return total, err
		}
		total += joined
		last = back[len(back)-1].digest
	}
}

func (l Strays) after(ctx context.Context, digest []byte) ([]strayBack, error) {
	rows, err := l.db.QueryContext(ctx, `SELECT digest, receipt, raw FROM stray WHERE digest > $1 AND kind IN ('orphan', 'foreign') ORDER BY digest LIMIT 200`, digest)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var back []strayBack
	for rows.Next() {
		b, err := scanStrayBack(rows)
		if err != nil {
			return nil, err
		}
		back = append(back, b)
	}
	return back, rows.Err()
}

// OfRun returns the orphans and forged receipts that name a run (all runs' if empty), the newest first,
// at most limit.
func (l Strays) OfRun(ctx context.Context, run string, limit int) ([]campaign.Stray, error) {
	rows, err := l.db.QueryContext(ctx, `SELECT kind, run, receipt, raw, why, seen_at FROM stray
		WHERE (run = $1 OR $1 = '') AND kind IN ('orphan', 'forged') ORDER BY seen_at DESC, digest LIMIT $2`, run, limit)
	if err != nil {
		return nil, l.named(err)
	}
	defer func() { _ = rows.Close() }()
	var strays []campaign.Stray
	for rows.Next() {
		var s campaign.Stray
		var receipt string
		var r strayReceipt
		var seen int64
		if err := rows.Scan(&s.Kind, &s.Run, &receipt, &s.Raw, &s.Why, &seen); err != nil {
			return nil, l.named(err)
		}
		if err := json.Unmarshal([]byte(receipt), &r); err != nil {
			return nil, fmt.Errorf("stray receipt: %w", err)
		}
		s.Receipt, s.SeenAt = r.Receipt, fromMicros(seen)
		strays = append(strays, s)
	}
	return strays, l.named(rows.Err())
}

// Counts returns how many strays of each kind there are.
func (l Strays) Counts(ctx context.Context) (campaign.StrayCounts, error) {
	rows, err := l.db.QueryContext(ctx, `SELECT kind, COUNT(*) FROM stray GROUP BY kind`)
	if err != nil {
		return nil, l.named(err)
	}
	defer func() { _ = rows.Close() }()
	counts := campaign.StrayCounts{}
	for rows.Next() {
		var kind campaign.StrayKind
		var n int
		if err := rows.Scan(&kind, &n); err != nil {
			return nil, l.named(err)
		}
		counts[kind] = n
	}
	return counts, l.named(rows.Err())
}
