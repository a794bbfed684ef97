package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"siaran/campaign"
)

// A core is what all views of a ledger stand on: its database, and the one goroutine that writes.
type core struct {
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
	id  string // which ledger this is, see original.go

	mu    sync.Mutex
	known map[string]runFacts     // runs that receipts were joined to; a run never goes away but by purge
	owned map[*Ownership]struct{} // so that none is forgotten, and its lock with it, while the process lives
}

func (l *core) closePools() error {
	var errs []error
	if l.out != nil && l.out != l.db {
		errs = append(errs, l.out.Close())
	}
	if l.db != nil {
		errs = append(errs, l.db.Close())
	}
	return errors.Join(errs...)
}

func (l *core) readOnlyError() error {
	return fmt.Errorf("ledger %s: %w: it was opened for reading only", l.name, ErrReadOnly)
}

func (l *core) meta(ctx context.Context) (map[string][]byte, error) {
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

// reading reads again as long as the server is away: a restart in the middle of a run means waiting.
func (l *core) reading(ctx context.Context, read func() error) error {
	for {
		err := read()
		if !l.postgres || cause(err) != causeLost || ctx.Err() != nil {
			return err
		}
		pause(ctx, lostPause)
	}
}

// named adds what e means to a driver's error, so that errors.Is and people know.
func (l *core) named(err error) error {
	var sentinel error
	hint := ""
	switch cause(err) {
	case causeNone:
		return err
	case causeFull:
		sentinel, hint = ErrFull, "free some space and run it again: it goes on where it stopped"
	case causeDamaged:
		sentinel, hint = ErrDamaged, "keep it as it is, and restore a backup (siaran doctor says more)"
	case causeReadOnly:
		sentinel, hint = ErrReadOnly, "file and folder must be writable for this user"
	case causeBusy, causeLost:
		sentinel, hint = ErrServer, "see whether it runs"
		if !l.postgres {
			return fmt.Errorf("ledger %s: locked by another process: %w", l.name, err)
		}
	}
	if errors.Is(err, sentinel) {
		return err
	}
	return fmt.Errorf("ledger %s: %w; %s: %w", l.name, sentinel, hint, err)
}

// change runs do in a transaction of the writer's, which may hold others' requests too. An error of do
// undoes what do did, and nothing else. do may be called several times.
func (l *core) change(ctx context.Context, do func(ctx context.Context, t *tx) error) error {
	r, err := l.submitChange(do)
	if err != nil {
		return err
	}
	return l.named(r.wait(ctx))
}

func (l *core) submitChange(do func(ctx context.Context, t *tx) error) (*request, error) {
	if l.w == nil {
		return nil, l.readOnlyError()
	}
	r := &request{kind: requestChange, do: do, ready: make(chan struct{})}
	l.w.submit(r)
	return r, nil
}

// idFile is the small file beside a SQLite ledger: its id and its counter.
func (l *core) idFile() string { return l.dsn + ".id" }

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
