package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"time"

	"siaran/campaign"
)

// A joiner finds the messages of receipts, in a transaction.
type joiner struct{ *tx }

// How a receipt was joined, as receipt.match says.
const (
	matchRef  = "ref"  // by its ref_id
	matchID   = "id"   // by the gateway's id of the message
	matchWeak = "weak" // by recipient and time, only one message fitting
)

// runFacts are what joining needs to know of a run.
type runFacts struct{ gateway string }

// receiptDigest is over what a receipt says, without when it came: the same report twice is one fact.
func receiptDigest(r *campaign.Receipt) [16]byte {
	var b [256]byte
	s := b[:0]
	for _, f := range [...]string{r.Gateway, string(r.Channel), r.Word, string(r.Billing), r.Category, r.Reason} {
		s = binary.AppendUvarint(s, uint64(len(f)))
		s = append(s, f...)
	}
	s = binary.AppendVarint(s, micros(r.At))
	s = binary.AppendVarint(s, int64(r.Parts))
	sum := sha256.Sum256(s)
	return [16]byte(sum[:16])
}

// join finds the message of every arrival, or says what kind of stray it is.
func (t joiner) join(ctx context.Context, as []arrival) error {
	var keys []aliasKey
	open := 0
	for i := range as {
		a := &as[i]
		a.match, a.kind, a.why, a.to = "", "", "", place{}
		if a.r.Reply {
			a.kind = campaign.StrayReply
			continue
		}
		if a.ours {
			_, known, err := t.run(ctx, a.ref.Run)
			if err != nil {
				return err
			}
			if known {
				a.match, a.to = matchRef, place{a.ref.Run, a.ref.Seq}
				continue
			}
		}
		open++
		keys = append(append(keys, refForms(a.r.RefID)...), gatewayForm(a.r)...)
	}
	if open == 0 {
		return nil
	}
	found, err := t.lookUp(ctx, keys)
	if err != nil {
		return err
	}
	for i := range as {
		if a := &as[i]; a.match == "" && a.kind == "" {
			if err := t.joinOther(ctx, a, found); err != nil {
				return err
			}
		}
	}
	return nil
}

// joinOther joins what arithmetic could not.
func (t joiner) joinOther(ctx context.Context, a *arrival, found aliasIndex) error {
	if p, ok := found.byRef(a.r); ok {
		a.match, a.to = matchRef, p
		return nil
	}
	if a.form {
		_, known, err := t.run(ctx, a.ref.Run)
		switch {
		case err != nil:
			return err
		case known:
			a.kind, a.why = campaign.StrayForged, "its id has our form and names a run of ours, but was not made by us"
		default:
			a.kind, a.why = campaign.StrayOrphan, "its run is not in this ledger"
		}
		return nil
	}
	if p, ok := found.one(a.r.Gateway, gatewayForm(a.r)...); ok {
		a.match, a.to = matchID, p
		return nil
	}
	if a.r.RefID == "" && a.r.Recipient != "" {
		return t.joinWeakly(ctx, a)
	}
	a.kind, a.why = campaign.StrayForeign, "no message of ours has its id"
	return nil
}

// A weak match needs an attempt that began at most weakBefore before the receipt's time, and
// no more than weakAfter after it: gateways' clocks differ.
const (
	weakBefore = 72 * time.Hour
	weakAfter  = 2 * time.Minute
)

// joinWeakly joins by recipient and time, if exactly one message that may have been taken fits: Sandeza's Pass Thru
// shows an empty reff_id in its only sample.
func (t joiner) joinWeakly(ctx context.Context, a *arrival) error {
	at := a.r.At
	if at.IsZero() {
		at = a.r.ReceivedAt
	}
	var fit []place
	err := t.each(ctx, `SELECT DISTINCT address.run, address.seq FROM address
		JOIN run ON run.id = address.run AND run.gateway = $1
		JOIN attempt ON attempt.run = address.run AND attempt.seq = address.seq AND attempt.outcome IN ('accepted', 'unknown')
			AND attempt.begun_at BETWEEN $2 AND $3
		WHERE address.address = $4 LIMIT 3`,
		[]any{clean(a.r.Gateway), micros(at.Add(-weakBefore)), micros(at.Add(weakAfter)), clean(a.r.Recipient)},
		func(rows *sql.Rows) error {
			var p place
			err := rows.Scan(&p.run, &p.seq)
			fit = append(fit, p)
			return err
		})
	switch {
	case err != nil:
		return err
	case len(fit) == 1:
		a.match, a.to = matchWeak, fit[0]
	case len(fit) > 1:
		a.kind, a.why = campaign.StrayOrphan, "it carries no id, and several messages to its recipient fit"
		a.to.run = fit[0].run
		for _, p := range fit {
			if p.run != a.to.run {
				a.to.run = ""
			}
		}
	default:
		a.kind, a.why = campaign.StrayForeign, "it carries no id, and no message of ours fits"
	}
	return nil
}

// run returns what is known of a run; false if it is not here.
func (t joiner) run(ctx context.Context, id string) (runFacts, bool, error) {
	t.l.mu.Lock()
	facts, ok := t.l.known[id]
	t.l.mu.Unlock()
	if ok {
		return facts, true, nil
	}
	switch err := t.row(ctx, `SELECT gateway FROM run WHERE id = $1 AND state <> 'planning'`, []any{id}, &facts.gateway); {
	case errors.Is(err, sql.ErrNoRows):
		return facts, false, nil
	case err != nil:
		return facts, false, err
	}
	t.l.mu.Lock()
	t.l.known[id] = facts
	t.l.mu.Unlock()
	return facts, true, nil
}
