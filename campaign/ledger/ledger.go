package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"siaran/campaign"
)

// Settings say which ledger, and who we are.
type Settings struct {
	DSN      string             // a path (SQLite), or postgres://…
	Host     string             // this machine's name, for attempts and actions; empty: the system's
	ReadOnly bool               // nothing will be written: works in a folder that may not be
	Gateways []campaign.Gateway // by whose IDs receipts without our ref_id are joined; those of others are not
}

// A Ledger is an open account book. Its methods may be called from several goroutines.
type Ledger struct {
	name     string // for messages: the path, or the URL without its password
	dsn      string
	host     string
	postgres bool
	readOnly bool
	ids      map[string]campaign.ReceiptIDs // by gateway

	db  *sql.DB // reads, and connections of our own on PostgreSQL
	out *sql.DB // SQLite: the one connection that writes; PostgreSQL: the same as db
	w   *writer // nil if ReadOnly

	key campaign.RefKey
	id  string // which ledger this is, see identity.go

	mu    sync.Mutex
	known map[string]runFacts     // runs that receipts were joined to; a run never goes away but by purge
	owned map[*Ownership]struct{} // so that none is forgotten, and its lock with it, while the process lives
}

// Create makes a new ledger and opens it; one that exists already is kept and opened. A file's folder
// must exist. Errors are those of Open, but for ErrMissing.
func Create(ctx context.Context, s Settings) (*Ledger, error) {
	return open(ctx, s, true)
}

// Open opens a ledger that exists, and brings an older schema up to date unless s.ReadOnly. Errors:
// ErrMissing, ErrReadOnly, ErrNewer, ErrDamaged, ErrFull, ErrServer.
func Open(ctx context.Context, s Settings) (*Ledger, error) {
	return open(ctx, s, false)
}

func open(ctx context.Context, s Settings, create bool) (l *Ledger, err error) {
	if s.Host == "" {
		if s.Host, err = os.Hostname(); err != nil {
			return nil, fmt.Errorf("ledger: this machine has no name: %w", err)
		}
	}
	l = &Ledger{name: s.DSN, dsn: s.DSN, host: s.Host, readOnly: s.ReadOnly, ids: map[string]campaign.ReceiptIDs{}, known: map[string]runFacts{}, owned: map[*Ownership]struct{}{}}
	for _, g := range s.Gateways {
		l.ids[g.Name] = g.IDs
	}
	l.postgres = strings.HasPrefix(s.DSN, "postgres://") || strings.HasPrefix(s.DSN, "postgresql://")
	defer func() {
		if err != nil {
			err = errors.Join(l.named(err), l.closePools())
			l = nil
		}
	}()
	if l.postgres {
		err = l.openPostgres(ctx)
	} else {
		err = l.openSQLite(ctx, create)
	}
	if err != nil {
		return l, err
	}
	if err := l.migrate(ctx, create); err != nil {
		return l, err
	}
	if err := l.readMeta(ctx, create); err != nil {
		return l, err
	}
	if !s.ReadOnly {
		l.w = startWriter(context.WithoutCancel(ctx), l)
	}
	return l, nil
}

// Close waits until everything that was handed over is on disk, gives up the runs that are still owned,
// and closes the ledger.
func (l *Ledger) Close() error {
	if l.w != nil {
		l.w.close()
	}
	l.mu.Lock()
	owned := slices.Collect(maps.Keys(l.owned))
	l.mu.Unlock()
	var errs []error
	for _, o := range owned {
		errs = append(errs, o.Release())
	}
	return errors.Join(append(errs, l.closePools())...)
}

func (l *Ledger) closePools() error {
	var errs []error
	if l.out != nil && l.out != l.db {
		errs = append(errs, l.out.Close())
	}
	if l.db != nil {
		errs = append(errs, l.db.Close())
	}
	return errors.Join(errs...)
}

// Key returns the key that ref_ids are made with: 32 random bytes from when the ledger was made.
func (l *Ledger) Key() campaign.RefKey { return l.key }

func (l *Ledger) readOnlyError() error {
	return fmt.Errorf("ledger %s: %w: it was opened for reading only", l.name, ErrReadOnly)
}

// Host returns the name of this machine as attempts and actions carry it.
func (l *Ledger) Host() string { return l.host }

// Name returns the ledger's path, or its URL without password.
func (l *Ledger) Name() string { return l.name }

// readMeta reads, or makes, what identifies the ledger.
func (l *Ledger) readMeta(ctx context.Context, create bool) error {
	meta, err := l.meta(ctx)
	if err != nil {
		return err
	}
	if len(meta["key"]) != 32 && create {
		if err := l.makeMeta(ctx); err != nil {
			return err
		}
		if meta, err = l.meta(ctx); err != nil {
			return err
		}
	}
	if len(meta["key"]) != 32 || len(meta["id"]) == 0 {
		return fmt.Errorf("ledger %s: %w: it has no key", l.name, ErrDamaged)
	}
	l.key, l.id = campaign.RefKey(meta["key"]), string(meta["id"])
	return nil
}

func (l *Ledger) meta(ctx context.Context) (map[string][]byte, error) {
	rows, err := l.db.QueryContext(ctx, `SELECT name, value FROM meta`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	meta := map[string][]byte{}
	for rows.Next() {
		var name string
		var value []byte
		if err := rows.Scan(&name, &value); err != nil {
			return nil, err
		}
		meta[name] = value
	}
	return meta, rows.Err()
}

// makeMeta gives a new ledger its key, id and counter. Of two that create it together one wins.
func (l *Ledger) makeMeta(ctx context.Context) error {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	tx, err := l.out.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	place, err := l.place(ctx, tx)
	if err != nil {
		return err
	}
	for name, value := range map[string][]byte{
		"key": key, "id": []byte(rand.Text()), "counter": []byte("0"), "ready": []byte("0"), "place": []byte(place),
	} {
		if _, err := tx.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, name, value); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// micros is t as it stands in the ledger: UTC microseconds, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// clean is s as both engines take it: PostgreSQL's text holds UTF-8 without NUL bytes.
func clean(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// fromMicros reads what micros wrote.
func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
