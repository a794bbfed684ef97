package ledger

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// ImportedIDs returns which of ids messages of the account's imported runs have already, exactly as they are
// written, with the run of each. Ids are unique in an account.
func (l *Ledger) ImportedIDs(ctx context.Context, account string, ids []string) (map[string]string, error) {
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
