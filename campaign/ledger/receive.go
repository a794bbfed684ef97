package ledger

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"siaran/campaign"
)

// Receipts are what the gateways reported.
type Receipts struct{ *core }

// How much of a batch goes into one transaction. While messages are being sent the parts are small, so that
// no Begin waits long behind receipts.
const (
	receivePart  = 4096
	sendingPart  = 512
	sendingSince = time.Second
)

// Receive joins receipts to their messages and stores each once; one that was there already is a no-op. What
// belongs to no message is kept as a stray for thirty days. The place in the log moves in the
// transaction of the last part: after a crash some are read again, to no effect. Order and
// repetition make no difference.
func (l Receipts) Receive(ctx context.Context, p campaign.Batch) (campaign.Tally, error) {
	total := campaign.Tally{Lines: p.Lines, Broken: p.Broken}
	var last *part
	wait := func() error {
		if last == nil {
			return nil
		}
		err := last.request.wait(ctx)
		if err == nil {
			total.Add(last.tally)
		}
		last = nil
		return err
	}
	arrivals := p.Receipts
	raw := p.Raw
	for first := true; first || len(arrivals) > 0; first = false {
		n := min(len(arrivals), receivePart)
		if l.w != nil && time.Since(time.Unix(0, l.w.sending.Load())) < sendingSince {
			n = min(n, sendingPart)
		}
		next := &part{l: l.core, p: &p, first: first, last: n == len(arrivals)}
		next.prepare(arrivals[:n], raw) // while the part before is being written
		arrivals = arrivals[n:]
		if len(raw) > 0 {
			raw = raw[n:]
		}
		if err := wait(); err != nil {
			return total, l.named(err)
		}
		r, err := l.submitChange(next.store)
		if err != nil {
			return total, err
		}
		next.request, last = r, next
	}
	return total, l.named(wait())
}

// Position returns up to where the log file of a host was read; 0 if never.
func (l Receipts) Position(ctx context.Context, host, file string) (int64, error) {
	var offset int64
	err := l.db.QueryRowContext(ctx, `SELECT byte_offset FROM log_position WHERE host = $1 AND file = $2`, host, file).Scan(&offset)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return offset, l.named(err)
}

// A part is what one transaction stores of a batch.
type part struct {
	l           *core
	p           *campaign.Batch
	first, last bool
	arrivals    []arrival
	request     *request
	tally       campaign.Tally
}

// An arrival is a receipt on its way to its message.
type arrival struct {
	r      *campaign.Receipt
	raw    []byte
	digest [16]byte
	ref    campaign.RefID
	form   bool // ref_id is of our form
	ours   bool // and made with our key

	to    place
	match string             // how it was joined: "", "ref", "id", "weak"
	kind  campaign.StrayKind // what stray it is, if it was not joined
	why   string
}

// prepare does what needs no transaction.
func (p *part) prepare(rs []campaign.Receipt, raw [][]byte) {
	p.arrivals = make([]arrival, len(rs))
	for i := range rs {
		a := &p.arrivals[i]
		a.r = &rs[i]
		if len(raw) > i {
			a.raw = raw[i]
		}
		a.digest = receiptDigest(a.r)
		a.read(p.l.key)
	}
}

// read decides what the ref_id alone can say: exactly as it came, then case-folded.
func (a *arrival) read(key campaign.RefKey) {
	for _, s := range [...]string{a.r.RefID, strings.ToLower(a.r.RefID)} {
		ref, ok := campaign.ParseRefID(s)
		if !ok {
			continue
		}
		ours := key.Genuine(ref)
		if !a.form || ours {
			a.ref, a.form, a.ours = ref, true, ours
		}
		if ours {
			return
		}
	}
}

// store is the part's change. It may run more than once.
func (p *part) store(ctx context.Context, t *tx) error {
	p.tally = campaign.Tally{Receipts: len(p.arrivals)}
	if err := (joiner{t}).join(ctx, p.arrivals); err != nil {
		return err
	}
	if err := (intake{t}).receipts(ctx, p.arrivals, p.p.Source, &p.tally); err != nil {
		return err
	}
	if err := (intake{t}).strays(ctx, p.arrivals, p.p.Source, &p.tally); err != nil {
		return err
	}
	if p.first {
		if err := (intake{t}).quarantine(ctx, p.p.Unread, p.p.Source, &p.tally); err != nil {
			return err
		}
	}
	if !p.last {
		return nil
	}
	if err := (intake{t}).expireStrays(ctx); err != nil {
		return err
	}
	if p.p.Position.File == "" {
		return nil
	}
	_, err := t.exec(ctx, `INSERT INTO log_position (host, file, byte_offset) VALUES ($1, $2, $3)
		ON CONFLICT (host, file) DO UPDATE SET byte_offset = excluded.byte_offset WHERE excluded.byte_offset > log_position.byte_offset`,
		p.p.Position.Host, p.p.Position.File, p.p.Position.Offset)
	return err
}

// An intake stores receipts and strays, in a transaction.
type intake struct{ *tx }

var insertReceipt = bulk{
	head: `INSERT INTO receipt (run, seq, digest, gateway, channel, delivery, word, at, received_at, billing, category, parts, reason,
		gateway_id, match, source) VALUES `,
	cast: make([]string, 16),
	tail: ` ON CONFLICT DO NOTHING`,
}

// receipts stores what was joined, and notes Meta's ids of those messages.
func (t intake) receipts(ctx context.Context, as []arrival, source string, tally *campaign.Tally) error {
	sure := make([]any, 0, len(insertReceipt.cast)*len(as))
	var weak, named []any
	var keys []aliasKey
	joined := 0
	for i := range as {
		a := &as[i]
		if a.match == "" {
			continue
		}
		joined++
		if a.match == matchWeak {
			weak = a.appendRow(weak, source)
		} else {
			sure = a.appendRow(sure, source)
		}
		if a.r.GatewayID != "" && namesByWamid(a.r.Gateway) && a.match != matchID {
			named = append(named, a.r.Gateway, clean(a.r.GatewayID), a.to.run, a.to.seq)
			keys = append(keys, aliasKey{a.r.Gateway, clean(a.r.GatewayID)})
		}
	}
	fresh, err := t.execRows(ctx, &insertReceipt, nil, sure)
	if err != nil {
		return err
	}
	guessed, err := t.execRows(ctx, &insertReceipt, nil, weak)
	if err != nil {
		return err
	}
	tally.New += int(fresh + guessed)
	tally.Weak += int(guessed)
	tally.Repeated += joined - int(fresh+guessed)
	if len(named) == 0 {
		return nil
	}
	if n, err := t.execRows(ctx, &insertAlias, nil, named); err != nil || n == 0 {
		return err
	}
	return t.rejoinByGatewayID(ctx, keys)
}

// appendRow adds a's values for insertReceipt.
func (a *arrival) appendRow(values []any, source string) []any {
	r := a.r
	return append(values, a.to.run, a.to.seq, a.digest[:], clean(r.Gateway), clean(string(r.Channel)), string(r.Delivery), clean(r.Word),
		micros(r.At), micros(r.ReceivedAt), clean(string(r.Billing)), clean(r.Category), r.Parts, clean(r.Reason), clean(r.GatewayID), a.match, source)
}
