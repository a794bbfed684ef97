package ledger

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date: a new ledger's from nothing if create, an older one's always,
// unless the ledger is read-only.
func migrate(ctx context.Context, l *core, create bool) error {
	have, err := schemaVersion(ctx, l)
	if err != nil {
		return err
	}
	steps, newest, err := migrationSteps(l)
	if err != nil {
		return err
	}
	switch {
	case have > newest:
		return fmt.Errorf("ledger %s: %w: its schema is %d, this program knows %d; use the newer siaran", l.name, ErrNewer, have, newest)
	case have == newest:
		return nil
	case have == 0 && !create:
		return fmt.Errorf("ledger %s: %w in it; `siaran init` makes one", l.name, ErrMissing)
	case l.readOnly:
		return fmt.Errorf("ledger %s: its schema is %d, older than this program's %d: open it once where it may be written", l.name, have, newest)
	}
	unlock, err := lockSchema(ctx, l)
	if err != nil {
		return err
	}
	defer unlock()
	dialect := goose.DialectSQLite3
	if l.postgres {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, l.out, nil, goose.WithGoMigrations(steps...), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// migrationSteps returns the migrations and the newest one's number. They are SQL that both engines read, but for
// one clause.
func migrationSteps(l *core) ([]*goose.Migration, int64, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, 0, err
	}
	var steps []*goose.Migration
	for i, name := range names {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return nil, 0, err
		}
		script := string(text)
		if l.postgres {
			script = strings.ReplaceAll(script, " WITHOUT ROWID", "")
		}
		steps = append(steps, goose.NewGoMigration(int64(i+1), &goose.GoFunc{
			RunTx: func(ctx context.Context, tx *sql.Tx) error {
				_, err := tx.ExecContext(ctx, script)
				return err
			},
		}, nil))
	}
	return steps, int64(len(steps)), nil
}

// schemaVersion returns the schema's number, 0 if the database is empty. A database with tables that are
// not ours is refused as damaged: it is somebody else's.
func schemaVersion(ctx context.Context, l *core) (int64, error) {
	tables := `SELECT COUNT(*), COUNT(CASE WHEN name = 'goose_db_version' THEN 1 END) FROM sqlite_master WHERE type = 'table'`
	if l.postgres {
		tables = `SELECT COUNT(*), COUNT(CASE WHEN tablename = 'goose_db_version' THEN 1 END) FROM pg_tables WHERE schemaname = current_schema()`
	}
	var all, ours int
	if err := l.db.QueryRowContext(ctx, tables).Scan(&all, &ours); err != nil {
		return 0, err
	}
	switch {
	case ours == 0 && all == 0:
		return 0, nil
	case ours == 0 && l.postgres:
		return 0, nil // a schema may be shared
	case ours == 0:
		return 0, fmt.Errorf("ledger %s: %w: it is a database, but not siaran's", l.name, ErrDamaged)
	}
	var version sql.NullInt64
	err := l.db.QueryRowContext(ctx, `SELECT MAX(version_id) FROM goose_db_version`).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return version.Int64, err
}
