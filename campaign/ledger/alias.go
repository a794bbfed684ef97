package ledger

import (
	"context"
	"database/sql"
	"slices"
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

// An aliasIndex is what aliases were found to mean.
type aliasIndex struct {
	places  map[aliasKey][]place
	gateway map[string]string // by run
}

// lookUp finds the messages with those aliases, but for those of runs that are still being planned, or were
// given up.
func (t joiner) lookUp(ctx context.Context, keys []aliasKey) (aliasIndex, error) {
	values := make([]any, 0, 2*len(keys))
	for _, k := range keys {
		values = append(values, k.kind, k.id)
	}
	b := aliasIndex{places: map[aliasKey][]place{}, gateway: map[string]string{}}
	err := t.queryRows(ctx, &aliasesOf, nil, values, func(rows *sql.Rows) error {
		var k aliasKey
		var p place
		err := rows.Scan(&k.kind, &k.id, &p.run, &p.seq)
		if !slices.Contains(b.places[k], p) {
			b.places[k] = append(b.places[k], p)
		}
		b.gateway[p.run] = ""
		return err
	})
	if err != nil {
		return b, err
	}
	for run := range b.gateway {
		facts, known, err := t.run(ctx, run)
		if err != nil {
			return b, err
		}
		if known {
			b.gateway[run] = facts.gateway
		} else {
			delete(b.gateway, run)
		}
	}
	return b, nil
}

// one returns the message that all of keys together name. If they name several, it is the only one whose run
// went through that gateway; else none: two ids never become one.
func (b aliasIndex) one(gateway string, keys ...aliasKey) (place, bool) {
	var all, near []place
	for _, k := range keys {
		for _, p := range b.places[k] {
			through, known := b.gateway[p.run]
			if !known || slices.Contains(all, p) {
				continue
			}
			all = append(all, p)
			if through == gateway {
				near = append(near, p)
			}
		}
	}
	switch {
	case len(all) == 1:
		return all[0], true
	case len(near) == 1:
		return near[0], true
	}
	return place{}, false
}

// byRef returns the message with a ref_id: exactly as it came, else case-folded.
func (b aliasIndex) byRef(r *campaign.Receipt) (place, bool) {
	forms := refForms(r.RefID)
	if len(forms) == 0 {
		return place{}, false
	}
	if len(b.places[forms[0]]) > 0 {
		return b.one(r.Gateway, forms[0])
	}
	return b.one(r.Gateway, forms[1:]...)
}

// aliases notes the gateway's ids of accepted messages, where receipts are looked up by them, and joins the receipts
// that came before the answer.
func (t endings) aliases(ctx context.Context, s *Attempts, rs []*request) error {
	if t.l.ids[s.terms.Run.Gateway] != campaign.IDsOfAnswers {
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
	return intake(t).rejoinByGatewayID(ctx, keys)
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

// gatewayForm returns the key of a receipt's gateway id, if it has one.
func gatewayForm(r *campaign.Receipt) []aliasKey {
	if r.GatewayID == "" {
		return nil
	}
	return []aliasKey{{clean(r.Gateway), clean(r.GatewayID)}}
}
