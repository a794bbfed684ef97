package ledger

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// SQLite's settings. The writer's connection waits for nothing later on (tx.go).
const (
	writePragmas = "_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=secure_delete(ON)" +
		"&_pragma=cache_size(-32768)&_pragma=wal_autocheckpoint(4000)&_pragma=journal_size_limit(67108864)&_pragma=temp_store(MEMORY)&_txlock=immediate"
	readPragmas = "_pragma=busy_timeout(5000)&_pragma=synchronous(FULL)&_pragma=query_only(1)&_pragma=cache_size(-16384)&_pragma=temp_store(MEMORY)"
)

// openSQLite opens the file; it makes one only if create.
func openSQLite(ctx context.Context, l *core, create bool) error {
	path, err := filepath.Abs(l.dsn)
	if err != nil {
		return err
	}
	l.dsn = path
	if err := lookAtFile(l, path, create); err != nil {
		return err
	}
	mode := "rw"
	if create {
		mode = "rwc"
	}
	if l.readOnly {
		mode = "ro"
		if !writable(path) && !exists(path+"-wal") {
			mode = "ro&immutable=1" // nobody can write, and SQLite could not make its lock files
		}
	}
	if create && !exists(path) {
		if err := makePrivate(path); err != nil {
			return err
		}
	}
	base := fileURL(path, mode)
	if l.db, err = sql.Open("sqlite", base+"&"+readPragmas); err != nil {
		return err
	}
	l.db.SetMaxOpenConns(8)
	l.db.SetMaxIdleConns(4)
	if l.readOnly {
		return nil
	}
	if l.out, err = sql.Open("sqlite", base+"&"+writePragmas); err != nil {
		return err
	}
	l.out.SetMaxOpenConns(1)
	return touchFile(ctx, l)
}

// fileURL is path as SQLite opens it.
func fileURL(path, mode string) string {
	return (&url.URL{Scheme: "file", Opaque: url.PathEscape(path)}).String() + "?mode=" + mode
}

// makePrivate makes an empty file that only its owner reads: SQLite keeps its mode, and gives it to
// the files beside it. Names, numbers and the key of all ref_ids stand in a ledger.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil // another process was faster
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// lookAtFile tells the common troubles apart before SQLite sees the file, whose one word for many of
// them is "unable to open database file".
func lookAtFile(l *core, path string, create bool) error {
	info, err := os.Stat(path)
	folder := filepath.Dir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(folder); err != nil {
			return fmt.Errorf("ledger %s: %w: its folder is not there: %w", l.name, ErrMissing, err)
		}
		if !create {
			return fmt.Errorf("ledger %s: %w; `siaran init` makes one", l.name, ErrMissing)
		}
		if !writable(folder) {
			return fmt.Errorf("ledger %s: %w: the folder is not writable", l.name, ErrReadOnly)
		}
		return nil
	case err != nil:
		return fmt.Errorf("ledger %s: %w", l.name, err)
	case info.IsDir():
		return fmt.Errorf("ledger %s: %w: it is a folder, not a file", l.name, ErrDamaged)
	case !l.readOnly && (!writable(path) || !writable(folder)):
		return fmt.Errorf("ledger %s: %w: file and folder must be writable for this user", l.name, ErrReadOnly)
	case info.Size() == 0 && create && !exists(l.idFile()):
		return nil
	}
	return wholeFile(l, path, info.Size())
}

// sqliteMagic opens every SQLite file; page size and number of pages stand at 16 and 28 (SQLite's "Database File Format").
const sqliteMagic = "SQLite format 3\x00"

// wholeFile refuses what is no database, or one that lost its end.
func wholeFile(l *core, path string, size int64) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("ledger %s: %w", l.name, err)
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 100)
	if _, err := io.ReadFull(f, head); err != nil || string(head[:16]) != sqliteMagic {
		return fmt.Errorf("ledger %s: %w: the file is not a database", l.name, ErrDamaged)
	}
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 {
		page = 65536
	}
	if pages := int64(binary.BigEndian.Uint32(head[28:])); size < page*pages && !exists(path+"-wal") {
		return fmt.Errorf("ledger %s: %w: it should have %d bytes and has %d", l.name, ErrDamaged, page*pages, size)
	}
	return nil
}

// touchFile opens the writing connection, waiting for whoever is switching the file to its write-ahead log.
func touchFile(ctx context.Context, l *core) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		err := l.out.PingContext(ctx)
		if cause(err) != causeBusy {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
