package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Health is what keeps a ledger from being lost: looking it over, and copying it.
type Health struct{ *core }

// Backup writes a copy of the ledger to path, which must not exist. It is one snapshot, and safe while
// messages are being sent. The copy is marked as one: put in the ledger's place, it is ErrCopied until
// Adopt, also if nothing was sent since. A PostgreSQL ledger is refused: its own tools do that.
func (l Health) Backup(ctx context.Context, path string) error {
	if l.postgres {
		return errors.New("a PostgreSQL ledger is backed up with pg_dump: pg_dump --format=custom --file FILE URL")
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backup %s: there is something already: name another file", path)
	}
	// The copy gets its name when it is whole.
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backup %s: %w", path, err)
	}
	if err := l.copyTo(ctx, part); err != nil {
		_ = os.Remove(part)
		return fmt.Errorf("backup %s: %w", path, l.named(err))
	}
	return os.Rename(part, path)
}

// copyTo makes the whole copy at path, and puts it on disk.
func (l Health) copyTo(ctx context.Context, path string) error {
	if err := makePrivate(path); err != nil {
		return err
	}
	if err := l.vacuumInto(ctx, path); err != nil {
		return err
	}
	if err := markBackup(ctx, path); err != nil {
		return err
	}
	return syncFile(path)
}

// metaBackup is when a backup was made; only backups have it.
const metaBackup = "backup"

// markBackup notes in the copy what it is.
func markBackup(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", fileURL(path, "rw")+"&_pragma=synchronous(FULL)")
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
		metaBackup, []byte(time.Now().UTC().Format(time.DateTime)))
	return errors.Join(err, db.Close())
}

// vacuumInto copies on a connection of its own, which only reads this file but is not bound to.
func (l Health) vacuumInto(ctx context.Context, path string) error {
	conn, err := l.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, `PRAGMA query_only = 0`); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, `VACUUM INTO $1`, path)
	_, again := conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA query_only = 1`)
	return errors.Join(err, again)
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Check looks the whole ledger over and returns what is wrong with it; nothing if all is well.
func (l Health) Check(ctx context.Context) ([]string, error) {
	var found []string
	if !l.postgres {
		rows, err := l.db.QueryContext(ctx, `PRAGMA integrity_check(20)`)
		if err != nil {
			return nil, l.named(err)
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				return nil, l.named(err)
			}
			if line != "ok" {
				found = append(found, line)
			}
		}
		if err := rows.Err(); err != nil {
			return found, l.named(err)
		}
	}
	for _, c := range []struct{ what, query string }{
		{"attempts without their message", `SELECT COUNT(*) FROM attempt a WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.run = a.run AND m.seq = a.seq)`},
		{"receipts without their message", `SELECT COUNT(*) FROM receipt r WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.run = r.run AND m.seq = r.seq)`},
		{"messages without their run", `SELECT COUNT(*) FROM message m WHERE NOT EXISTS (SELECT 1 FROM run WHERE run.id = m.run)`},
		{"finished runs with an open attempt", `SELECT COUNT(DISTINCT run.id) FROM run JOIN attempt a ON a.run = run.id AND a.outcome = 'open' WHERE run.state = 'done'`},
		{"runs with fewer messages than rows", `SELECT COUNT(*) FROM run WHERE state <> 'planning' AND rows <> (SELECT COUNT(*) FROM message m WHERE m.run = run.id)`},
	} {
		var n int
		if err := l.db.QueryRowContext(ctx, c.query).Scan(&n); err != nil {
			return found, l.named(err)
		}
		if n > 0 {
			found = append(found, fmt.Sprintf("%d %s", n, c.what))
		}
	}
	return found, nil
}
