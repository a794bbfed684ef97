package ledger

import (
	"context"
	"database/sql"
	"strings"

	"siaran/campaign"
)

// The kinds of alias; any other is a gateway's name, whose id of the message it is.
const (
	aliasRef    = "ref"    // an imported message's ref_id
	aliasFolded = "folded" // the same in lower case
)

var insertAlias = bulk{
	head: `INSERT INTO alias (kind, id, run, seq) VALUES `,
	cast: make([]string, 4),
	tail: ` ON CONFLICT DO NOTHING`,
}

var aliasesOf = bulk{
	head: `SELECT kind, id, run, seq FROM alias WHERE (kind, id) IN (VALUES `,
	cast: []string{"TEXT", "TEXT"},
	tail: `)`,
}

// An aliasKey is what an alias is looked up by.
type aliasKey struct{ kind, id string }

// A place is one message.
type place struct {
	run string
	seq int
}

// lookUp finds the messages with those aliases. An alias of several messages names none: two ids never become one.
func (t *tx) lookUp(ctx context.Context, keys []aliasKey) (map[aliasKey]place, error) {
	values := make([]any, 0, 2*len(keys))
	for _, k := range keys {
		values = append(values, k.kind, k.id)
	}
	found, twice := map[aliasKey]place{}, map[aliasKey]bool{}
	err := t.queryRows(ctx, &aliasesOf, nil, values, func(rows *sql.Rows) error {
		var k aliasKey
		var p place
		if err := rows.Scan(&k.kind, &k.id, &p.run, &p.seq); err != nil {
			return err
		}
		if old, ok := found[k]; ok && old != p {
			twice[k] = true
		}
		found[k] = p
		return nil
	})
	for k := range twice {
		delete(found, k)
	}
	return found, err
}

// joinsByGatewayID reports whether a gateway's receipts may name the message by the id of its answer alone:
// Sinch India's rqst_ack_id is the answer's responseId, D7's request_id the answer's request_id. Sandeza's
// receipts do not carry code_sms.
func joinsByGatewayID(gateway string) bool { return gateway == "sinchindia" || gateway == "d7" }

// namesByWamid reports whether a gateway's receipts carry Meta's id of the message, which joins those that
// come without a ref_id once one was joined.
func namesByWamid(gateway string) bool { return gateway == "sandeza" || gateway == "meta" }

// aliases notes the gateway's ids of accepted messages, where receipts are looked up by them, and joins the receipts
// that came before the answer.
func (t *tx) aliases(ctx context.Context, s *Sending, rs []*request) error {
	if !joinsByGatewayID(s.terms.Run.Gateway) {
		return nil
	}
	var values []any
	var keys []aliasKey
	for _, r := range rs {
		if r.a.GatewayID == "" {
			continue
		}
		values = append(values, s.terms.Run.Gateway, clean(r.a.GatewayID), r.a.Run, r.a.Seq)
		keys = append(keys, aliasKey{s.terms.Run.Gateway, clean(r.a.GatewayID)})
	}
	if _, err := t.execRows(ctx, &insertAlias, nil, values); err != nil {
		return err
	}
	return t.rejoinByGatewayID(ctx, keys)
}

// refForms returns the forms in which a ref_id may be known: as it came, then case-folded.
func refForms(ref string) []aliasKey {
	if ref == "" {
		return nil
	}
	ref = clean(ref)
	folded := strings.ToLower(ref)
	return []aliasKey{{aliasRef, ref}, {aliasRef, folded}, {aliasFolded, folded}}
}

// firstOf returns the first of keys that was found.
func firstOf(found map[aliasKey]place, keys []aliasKey) (place, bool) {
	for _, k := range keys {
		if p, ok := found[k]; ok {
			return p, true
		}
	}
	return place{}, false
}

// gatewayForm returns the key of a receipt's gateway id, if it has one.
func gatewayForm(r *campaign.Receipt) []aliasKey {
	if r.GatewayID == "" {
		return nil
	}
	return []aliasKey{{clean(r.Gateway), clean(r.GatewayID)}}
}
