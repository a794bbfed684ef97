package ledger

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"siaran/campaign"
)

// Aliases are the other names of messages: ids that another tool or a gateway made.
type Aliases struct{ *core }

// Imported returns which of ids messages of the account's imported runs have already, exactly as they are
// written, with the run of each. Ids are unique in an account.
func (l Aliases) Imported(ctx context.Context, account string, ids []string) (map[string]string, error) {
	known := map[string]string{}
	err := inParts(ids, func(part []string) error {
		marks := make([]string, len(part))
		args := []any{account}
		for i, id := range part {
			marks[i] = "$" + strconv.Itoa(i+2)
			args = append(args, clean(id))
		}
		rows, err := l.db.QueryContext(ctx, fmt.Sprintf(`SELECT alias.id, alias.run FROM alias
			JOIN run ON run.id = alias.run AND run.account = $1 AND run.state <> 'planning'
			WHERE alias.kind = '%s' AND alias.id IN (%s)`, aliasRef, strings.Join(marks, ",")), args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var id, run string
			if err := rows.Scan(&id, &run); err != nil {
				return err
			}
			known[id] = run
		}
		return rows.Err()
	})
	return known, l.named(err)
}

// Whose returns the message that a receipt's ref_id names: one made by this ledger, else one of an imported
// run. It looks, and joins nothing; receipts that join by other ids or weakly name none.
func (l Aliases) Whose(ctx context.Context, r campaign.Receipt) (run string, seq int, ok bool, err error) {
	a := arrival{r: &r}
	a.read(l.key)
	forms := refForms(r.RefID)
	if a.form || len(forms) == 0 {
		return a.ref.Run, a.ref.Seq, a.ours, nil
	}
	rows, err := l.db.QueryContext(ctx, `SELECT alias.kind, alias.id, alias.run, alias.seq, run.gateway FROM alias
		JOIN run ON run.id = alias.run AND run.state <> 'planning'
		WHERE (alias.kind = 'ref' AND alias.id IN ($1, $2)) OR (alias.kind = 'folded' AND alias.id = $2)`, forms[0].id, forms[1].id)
	if err != nil {
		return "", 0, false, l.named(err)
	}
	defer func() { _ = rows.Close() }()
	b := aliasIndex{places: map[aliasKey][]place{}, gateway: map[string]string{}}
	for rows.Next() {
		var k aliasKey
		var p place
		var gateway string
		if err := rows.Scan(&k.kind, &k.id, &p.run, &p.seq, &gateway); err != nil {
			return "", 0, false, l.named(err)
		}
		if !slices.Contains(b.places[k], p) {
			b.places[k] = append(b.places[k], p)
		}
		b.gateway[p.run] = gateway
	}
	p, ok := b.byRef(&r)
	return p.run, p.seq, ok, l.named(rows.Err())
}
