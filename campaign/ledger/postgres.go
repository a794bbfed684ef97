package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// openPostgres opens the pool. The database must exist; its schema is made by migrate.
func openPostgres(ctx context.Context, l *core) error {
	if u, err := url.Parse(l.dsn); err == nil {
		l.name = u.Redacted()
	} else {
		l.name = "postgres://…"
	}
	config, err := pgx.ParseConfig(l.dsn)
	if err != nil {
		return fmt.Errorf("ledger %s: not a postgres:// URL", l.name) // the error quotes the URL, password and all
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "siaran"
	}
	config.RuntimeParams["timezone"] = "UTC"
	l.db = stdlib.OpenDB(*config)
	l.db.SetMaxOpenConns(16)
	l.db.SetMaxIdleConns(4)
	l.out = l.db
	return l.db.PingContext(ctx)
}

// schemaLock is the advisory lock under which the schema is changed: "siaran" in ASCII.
const schemaLock = 0x73696172616e

// lockSchema keeps two processes from changing the schema together.
func lockSchema(ctx context.Context, l *core) (unlock func(), err error) {
	if !l.postgres {
		f, err := waitFileLock(ctx, l.dsn+".lock")
		if err != nil {
			return nil, err
		}
		return func() { _ = f.release() }, nil
	}
	conn, err := l.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, int64(schemaLock)); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(schemaLock))
		_ = conn.Close()
	}, nil
}

// queryRower is *sql.DB, *sql.Conn or *sql.Tx.
type queryRower interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// serverOf names where the ledger lies, for telling a copy: the server's system identifier and the database's
// oid on PostgreSQL, nothing for SQLite, which has a file beside it.
func serverOf(ctx context.Context, l *core, q queryRower) (string, error) {
	if !l.postgres {
		return "", nil
	}
	var server string
	err := q.QueryRowContext(ctx, `SELECT (SELECT system_identifier FROM pg_control_system())::text || '/' ||
		(SELECT oid FROM pg_database WHERE datname = current_database())::text`).Scan(&server)
	return server, err
}
