package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Original tells a ledger from its copies.
type Original struct{ *core }

// Claim makes sure that this ledger is the one that was sent from last, and raises its counter: in the
// ledger first, then beside it. It is to be called before every send. ErrCopied: a copy, a restored
// backup, or the file beside it is gone; a person has to say Adopt.
func (l Original) Claim(ctx context.Context) error {
	return l.claim(ctx, false)
}

// Adopt is a person's word that this ledger is the right one.
func (l Original) Adopt(ctx context.Context) error {
	return l.claim(ctx, true)
}

// Copied returns the error that Claim would, and changes nothing.
func (l Original) Copied(ctx context.Context) error {
	meta, err := l.meta(ctx)
	if err != nil {
		return l.named(err)
	}
	_, err = l.compare(ctx, l.db, meta)
	return err
}

func (l Original) claim(ctx context.Context, adopt bool) error {
	if l.readOnly {
		return l.readOnlyError()
	}
	if !l.postgres {
		lock, err := waitFileLock(ctx, l.dsn+".lock") // between the ledger and the file nobody else counts
		if err != nil {
			return l.named(err)
		}
		defer func() { _ = lock.release() }()
	}
	var next int64
	err := l.change(ctx, func(ctx context.Context, t *tx) error {
		meta := map[string][]byte{}
		rows, err := t.query(ctx, `SELECT name, value FROM meta`)
		if err != nil {
			return err
		}
		for rows.Next() {
			var name string
			var value []byte
			if err := rows.Scan(&name, &value); err != nil {
				return errors.Join(err, rows.Close())
			}
			meta[name] = value
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		beside, err := l.compare(ctx, t.conn.c, meta)
		if err != nil && !adopt {
			return err
		}
		count, _ := strconv.ParseInt(string(meta["counter"]), 10, 64)
		next = max(count, beside) + 1
		server, err := serverOf(ctx, l.core, t.conn.c)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, `DELETE FROM meta WHERE name = $1`, metaBackup); err != nil {
			return err
		}
		for name, value := range map[string]string{"counter": strconv.FormatInt(next, 10), "server": server} {
			if _, err := t.exec(ctx, `UPDATE meta SET value = $1 WHERE name = $2`, []byte(value), name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || l.postgres {
		return err
	}
	return l.writeID(next)
}

// compare holds what the ledger says of itself against what lies beside it, and returns the counter there.
func (l Original) compare(ctx context.Context, q queryRower, meta map[string][]byte) (beside int64, err error) {
	if l.postgres {
		server, err := serverOf(ctx, l.core, q)
		if err != nil {
			return 0, l.named(err)
		}
		if server != string(meta["server"]) {
			return 0, l.copied("it was made on another server or in another database")
		}
		return 0, nil
	}
	count, err := strconv.ParseInt(string(meta["counter"]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("ledger %s: %w: its counter is not a number", l.name, ErrDamaged)
	}
	id, beside, err := l.readID()
	switch {
	case errors.Is(err, fs.ErrNotExist) && count == 0 && len(meta[metaBackup]) == 0:
		return 0, nil // nothing was sent from it yet
	case errors.Is(err, fs.ErrNotExist):
		return 0, l.copied(filepath.Base(l.idFile()) + " is not beside it")
	case err != nil:
		return 0, err
	case id != string(meta["id"]):
		return 0, l.copied(filepath.Base(l.idFile()) + " belongs to another ledger")
	case len(meta[metaBackup]) > 0:
		return beside, l.copied(fmt.Sprintf("it is the backup of %s UTC", meta[metaBackup]))
	case beside > count:
		return beside, l.copied(fmt.Sprintf("it is %d sends behind", beside-count))
	}
	return beside, nil
}

func (l Original) copied(why string) error {
	return fmt.Errorf("ledger %s: %w: %s. What was sent since may be sent again; if this is the right one, say `siaran doctor --adopt`", l.name, ErrCopied, why)
}

func (l Original) readID() (id string, count int64, err error) {
	b, err := os.ReadFile(l.idFile())
	if err != nil {
		return "", 0, err
	}
	id, number, _ := strings.Cut(strings.TrimSpace(string(b)), " ")
	count, err = strconv.ParseInt(number, 10, 64)
	if err != nil {
		return id, 0, l.copied(filepath.Base(l.idFile()) + " cannot be read")
	}
	return id, count, nil
}

// writeID writes the file beside the ledger anew, whole or not at all.
func (l Original) writeID(count int64) error {
	part := l.idFile() + ".part"
	if err := os.WriteFile(part, fmt.Appendf(nil, "%s %d\n", l.id, count), 0o600); err != nil {
		return l.named(fmt.Errorf("ledger %s: the file beside it: %w", l.name, err))
	}
	if err := syncFile(part); err != nil {
		return l.named(fmt.Errorf("ledger %s: the file beside it: %w", l.name, err))
	}
	if err := os.Rename(part, l.idFile()); err != nil {
		return l.named(fmt.Errorf("ledger %s: the file beside it: %w", l.name, err))
	}
	return nil
}
