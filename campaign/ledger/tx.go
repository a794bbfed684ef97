package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// A conn is the writer's own connection, with its prepared statements.
type conn struct {
	l     *core
	c     *sql.Conn
	stmts map[string]*sql.Stmt // SQLite; pgx keeps its own
	lost  string               // PostgreSQL: the id of the transaction whose COMMIT was not answered
	mark  string               // PostgreSQL: the row of meta in which each transaction leaves its number
	last  int64                // PostgreSQL: the number of the last transaction
	texts map[bulkKey]string   // of bulk statements
	args  []any                // of the statement at hand

	careful bool // this transaction: ask which attempts were inserted
}

// drop forgets the connection; the next begin makes a new one.
func (c *conn) drop() {
	for _, s := range c.stmts {
		_ = s.Close()
	}
	c.stmts = nil
	if c.c != nil {
		_ = c.c.Close()
		c.c = nil
	}
}

// lostCommitted finds out what became of the transaction whose COMMIT was not answered. It waits until
// the server is there and knows.
//
// Once the transaction is over, its number tells whether it was committed. Its id would not do: a server
// that crashed gives the ids of what it lost to others.
func (c *conn) lostCommitted(ctx context.Context) bool {
	for {
		over, err := c.lostOver(ctx)
		if err == nil && over {
			var number []byte
			err = c.l.out.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = $1`, c.mark).Scan(&number)
			if err == nil || errors.Is(err, sql.ErrNoRows) {
				c.lost = ""
				return string(number) == strconv.FormatInt(c.last, 10)
			}
		}
		pause(ctx, lostPause) // in progress, or no server
	}
}

// lostOver reports whether the transaction whose COMMIT was not answered is over, one way or the other.
func (c *conn) lostOver(ctx context.Context) (bool, error) {
	var status sql.NullString
	err := c.l.out.QueryRowContext(ctx, `SELECT pg_xact_status($1::xid8)`, c.lost).Scan(&status)
	const future = "22023" // invalid_parameter_value: no such transaction since the server crashed
	if e := (*pgconn.PgError)(nil); errors.As(err, &e) && e.Code == future {
		return true, nil
	}
	return status.String != "in progress", err
}

// close takes the mark away and forgets the connection.
func (c *conn) close(ctx context.Context) {
	if c.mark != "" {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		_, _ = c.l.out.ExecContext(ctx, `DELETE FROM meta WHERE name = $1`, c.mark) // left behind it does no harm
	}
	c.drop()
}

// begin starts a transaction that may write: on SQLite it holds the write lock from now on.
func (c *conn) begin(ctx context.Context) (*tx, error) {
	if c.c == nil {
		conn, err := c.l.out.Conn(ctx)
		if err != nil {
			return nil, err
		}
		c.c, c.stmts = conn, map[string]*sql.Stmt{}
		if !c.l.postgres {
			// The writer waits in a loop of its own: SQLite's handler sleeps longer and longer, and would
			// miss every gap that a process writing in bulk leaves.
			if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil {
				c.drop()
				return nil, err
			}
		}
	}
	t := &tx{conn: c, l: c.l}
	if !c.l.postgres {
		if _, err := t.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
			return nil, err
		}
		t.local = time.Now()
		t.now = t.local.UnixNano()
		return t, nil
	}
	if _, err := t.exec(ctx, "BEGIN"); err != nil {
		return nil, err
	}
	if c.mark == "" {
		c.mark = "commit " + rand.Text()
	}
	c.last++
	var us int64
	err := c.c.QueryRowContext(ctx, `INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value
		RETURNING pg_current_xact_id()::text, (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint`,
		c.mark, []byte(strconv.FormatInt(c.last, 10))).Scan(&t.id, &us)
	if err != nil {
		return nil, errors.Join(err, t.rollback(ctx))
	}
	t.local, t.now = time.Now(), us*1000
	return t, nil
}

// A tx is one transaction on the writer's connection.
type tx struct {
	conn  *conn
	l     *core
	now   int64     // the ledger's clock when it began, in nanoseconds
	local time.Time // this host's clock then
	id    string    // PostgreSQL's id of it
}

// us is the ledger's time in microseconds.
func (t *tx) us() int64 { return t.now / 1000 }

// tick brings the transaction's clock up to date.
func (t *tx) tick(ctx context.Context) error {
	t.local = time.Now()
	t.now = t.local.UnixNano()
	if !t.l.postgres {
		return nil
	}
	var us int64
	err := t.row(ctx, `SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint`, nil, &us)
	t.local, t.now = time.Now(), us*1000
	return err
}

// exec runs one statement and returns how many rows it changed.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	var res sql.Result
	var err error
	if t.l.postgres {
		res, err = t.conn.c.ExecContext(ctx, query, args...)
	} else {
		var s *sql.Stmt
		if s, err = t.stmt(ctx, query); err != nil {
			return 0, err
		}
		res, err = s.ExecContext(ctx, args...)
	}
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// query runs one statement that returns rows.
func (t *tx) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if t.l.postgres {
		return t.conn.c.QueryContext(ctx, query, args...)
	}
	s, err := t.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// row scans the one row of query into dest; sql.ErrNoRows if there is none.
func (t *tx) row(ctx context.Context, query string, args []any, dest ...any) error {
	rows, err := t.query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	return rows.Close()
}

// stmt keeps every statement it meets: there are few, and rowClasses keeps it so.
func (t *tx) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := t.conn.stmts[query]; ok {
		return s, nil
	}
	s, err := t.conn.c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	t.conn.stmts[query] = s
	return s, nil
}

// commit puts everything on disk. If conn.lost is set afterwards, nobody knows whether it did.
func (t *tx) commit(ctx context.Context) error {
	_, err := t.exec(ctx, "COMMIT")
	if t.l.postgres && (cause(err) == causeLost || errors.Is(err, context.DeadlineExceeded)) {
		t.conn.lost = t.id
	}
	return err
}

// rollback undoes everything.
func (t *tx) rollback(ctx context.Context) error {
	if t.conn.c == nil {
		return nil // its connection was dropped, which undid it
	}
	_, err := t.exec(ctx, "ROLLBACK")
	if err != nil {
		t.conn.drop() // whatever state it is in, a new connection is in none
	}
	return err
}
