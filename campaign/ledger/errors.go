package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What callers tell apart with errors.Is. The error's text says which ledger and what to do.
var (
	ErrMissing   = errors.New("there is no ledger")
	ErrReadOnly  = errors.New("the ledger cannot be written")
	ErrNewer     = errors.New("the ledger is newer than this program")
	ErrDamaged   = errors.New("the ledger is damaged")
	ErrFull      = errors.New("the disk with the ledger is full")
	ErrCopied    = errors.New("the ledger is a copy, or older than what was sent")
	ErrNoRun     = errors.New("there is no such run")
	ErrOwned     = errors.New("another process works on this run")
	ErrTaken     = errors.New("another process planned the same run")
	ErrLookAgain = errors.New("another run became ready meanwhile")
	ErrClosed    = errors.New("the ledger is closed")
	ErrServer    = errors.New("the ledger's server cannot be reached")
)

// A causeKind is what a driver's error means to us.
type causeKind int

const (
	causeNone     causeKind = iota // nothing we know
	causeBusy                      // locked: try again
	causeLost                      // the connection is gone, or the server is: reconnect and try again
	causeFull                      // no space
	causeDamaged                   // not a database, or torn
	causeReadOnly                  // may not write
)

// cause reads SQLite's and PostgreSQL's codes.
func cause(err error) causeKind {
	if err == nil {
		return causeNone
	}
	if e := (*sqlite.Error)(nil); errors.As(err, &e) {
		return sqliteCause(e.Code())
	}
	if e := (*pgconn.PgError)(nil); errors.As(err, &e) {
		return postgresCause(e.Code)
	}
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return causeNone
	case errors.Is(err, syscall.ENOSPC):
		return causeFull
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EACCES):
		return causeReadOnly
	case errors.As(err, &connect), errors.As(err, &network), errors.Is(err, driver.ErrBadConn), errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE),
		errors.Is(err, sql.ErrConnDone), strings.Contains(err.Error(), "conn closed"):
		return causeLost
	}
	return causeNone
}

// unique reports whether err is a violated unique index or primary key.
func unique(err error) bool {
	if e := (*sqlite.Error)(nil); errors.As(err, &e) {
		return e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	e := (*pgconn.PgError)(nil)
	return errors.As(err, &e) && e.Code == "23505"
}

// Results that a full disk has too: the index of the write-ahead log is a file too.
const (
	ioErrShmSize = sqlite3.SQLITE_IOERR | 19<<8
	ioErrWrite   = sqlite3.SQLITE_IOERR | 3<<8
)

func sqliteCause(code int) causeKind {
	if code == ioErrShmSize || code == ioErrWrite {
		return causeFull // a short write: on a local disk there is no other reason
	}
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		return causeBusy
	case sqlite3.SQLITE_FULL:
		return causeFull
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return causeDamaged
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return causeReadOnly
	}
	return causeNone
}

// postgresCause reads the SQLSTATE classes of appendix A of PostgreSQL's manual.
func postgresCause(state string) causeKind {
	switch {
	case state == "53100":
		return causeFull
	case strings.HasPrefix(state, "08"), strings.HasPrefix(state, "57P"), state == "53300": // connection, shutdown or starting up, too many
		return causeLost
	case strings.HasPrefix(state, "40"), state == "55P03": // serialization, deadlock, lock not available
		return causeBusy
	case state == "25006", state == "42501": // read-only transaction, no privilege
		return causeReadOnly
	case strings.HasPrefix(state, "XX001"), strings.HasPrefix(state, "XX002"):
		return causeDamaged
	}
	return causeNone
}
