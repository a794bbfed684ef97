package ledger

import (
	"context"
	"database/sql"
	"sync/atomic"
)

// A walLog keeps SQLite's write-ahead log short without keeping the writer waiting: copying it into the database
// ends with a sync of all that was copied, which takes a disk long.
//
// Every so many transactions another connection copies what there is, while the writer goes on. What the writer
// added meanwhile is little; it copies that itself, between two transactions, for only a log that was copied whole
// begins anew. Where either fails SQLite copies in a commit, when the log is longer (wal_autocheckpoint).
//
// The zero walLog, PostgreSQL's, does nothing.
type walLog struct {
	full    chan struct{} // the log is to be copied
	commits int           // since it was last
	copied  atomic.Bool   // all but the end of it
}

// passive copies what it can without waiting for anybody (SQLite's "Write-Ahead Logging").
const passive = "PRAGMA wal_checkpoint(PASSIVE)"

// copying copies whenever the log is full, until close.
func (g *walLog) copying(ctx context.Context, db *sql.DB) {
	for range g.full {
		if _, err := db.ExecContext(ctx, passive); err == nil {
			g.copied.Store(true)
		}
	}
}

// committed counts the writer's transactions, on its connection c.
func (g *walLog) committed(ctx context.Context, c *sql.Conn) {
	if g.full == nil || c == nil {
		return
	}
	if g.copied.CompareAndSwap(true, false) {
		_, _ = c.ExecContext(ctx, passive) // fails at most for now: see above
		g.commits = 0
		return
	}
	if g.commits++; g.commits < copyAfter {
		return
	}
	g.commits = 0
	select {
	case g.full <- struct{}{}:
	default:
	}
}

func (g *walLog) close() {
	if g.full != nil {
		close(g.full)
	}
}
