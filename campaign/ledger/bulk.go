package ledger

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// rowClasses are the numbers of rows that statements of many rows are prepared for.
var rowClasses = [...]int{256, 128, 64, 32, 16, 8, 4, 2, 1}

// A bulk is a statement over many rows of values: head, then the rows, then tail. Its parameters are first
// those of head, then those of the rows.
type bulk struct {
	head string // may use $1 …, each once and in order, as many as fixed
	tail string
	cast []string // one a column: the type of the first row's value, empty if the engine knows
}

// sql returns the statement for n rows. SQLite finds named parameters ($1) by searching a list for
// each, so there it gets anonymous ones.
func (b *bulk) sql(postgres bool, n int) string {
	var s strings.Builder
	k := 0
	param := func() {
		k++
		if postgres {
			s.WriteByte('$')
			s.WriteString(strconv.Itoa(k))
		} else {
			s.WriteByte('?')
		}
	}
	for i := 0; i < len(b.head); i++ {
		if b.head[i] != '$' {
			s.WriteByte(b.head[i])
			continue
		}
		param()
		i++ // one digit: heads have few parameters
	}
	for row := range n {
		if row > 0 {
			s.WriteByte(',')
		}
		s.WriteByte('(')
		for col, typ := range b.cast {
			if col > 0 {
				s.WriteByte(',')
			}
			if row == 0 && typ != "" && postgres {
				s.WriteString("CAST(")
				param()
				s.WriteString(" AS " + typ + ")")
			} else {
				param()
			}
		}
		s.WriteByte(')')
	}
	s.WriteString(b.tail)
	return s.String()
}

// bulkText keeps the texts of bulk statements of one connection's dialect.
func (t *tx) bulkText(b *bulk, n int) string {
	key := bulkKey{b, n}
	if s, ok := t.conn.texts[key]; ok {
		return s
	}
	s := b.sql(t.l.postgres, n)
	t.conn.texts[key] = s
	return s
}

type bulkKey struct {
	b *bulk
	n int
}

// execRows runs b over rows (their values one after the other), in statements of the prepared sizes,
// and returns how many rows changed.
func (t *tx) execRows(ctx context.Context, b *bulk, fixed, values []any) (int64, error) {
	width := len(b.cast)
	var changed int64
	for len(values) > 0 {
		n := classFor(len(values) / width)
		args := append(t.conn.args[:0], fixed...)
		args = append(args, values[:n*width]...)
		t.conn.args = args
		c, err := t.exec(ctx, t.bulkText(b, n), args...)
		if err != nil {
			return changed, err
		}
		changed += c
		values = values[n*width:]
	}
	return changed, nil
}

// queryRows is execRows for statements that return rows; each is called for every row.
func (t *tx) queryRows(ctx context.Context, b *bulk, fixed, values []any, each func(*sql.Rows) error) error {
	width := len(b.cast)
	for len(values) > 0 {
		n := classFor(len(values) / width)
		args := append(append([]any{}, fixed...), values[:n*width]...)
		if err := t.each(ctx, t.bulkText(b, n), args, each); err != nil {
			return err
		}
		values = values[n*width:]
	}
	return nil
}

// each calls f for every row of query.
func (t *tx) each(ctx context.Context, query string, args []any, f func(*sql.Rows) error) error {
	rows, err := t.query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// some reports whether query, which counts, finds any.
func (t *tx) some(ctx context.Context, query string, args ...any) (bool, error) {
	var n int
	err := t.row(ctx, query, args, &n)
	return n > 0, err
}

// classFor returns the largest prepared number of rows that is at most n.
func classFor(n int) int {
	for _, c := range rowClasses {
		if c <= n {
			return c
		}
	}
	return 1
}
