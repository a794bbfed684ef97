package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Owners are the processes that work on runs.
type Owners struct{ *core }

// An Ownership is one process's right to work on a run. It keeps others from doing the same work; that
// nothing is sent twice does not depend on it.
type Ownership struct {
	l   *core
	run string

	file *fileLock // SQLite

	conn  *sql.Conn // PostgreSQL: the session that holds the advisory lock
	group errgroup.Group
	stop  context.CancelFunc
	lost  chan struct{}
	once  sync.Once
	err   error
}

// Whoever only looks whether a run is owned (Owned) holds its lock for a moment; that is no owner.
const (
	glances = 8
	glance  = 25 * time.Millisecond
)

// Own takes the run for this process. ErrOwned if another process works on it (or plans it).
//
// On SQLite the run's open attempts become unknown at once: their owner is dead, for its lock was free. On
// PostgreSQL only those past their due time do; the rest is for Reap.
func (l Owners) Own(ctx context.Context, run string) (*Ownership, error) {
	o, err := l.lock(ctx, run)
	for range glances {
		if !errors.Is(err, ErrOwned) {
			break
		}
		pause(ctx, glance)
		o, err = l.lock(ctx, run)
	}
	if err != nil {
		return nil, err
	}
	if _, err := o.Reap(ctx); err != nil {
		return nil, errors.Join(err, o.Release())
	}
	return o, nil
}

// Owned reports whether a process works on the run now, or plans it.
func (l Owners) Owned(ctx context.Context, run string) (bool, error) {
	o, err := l.lock(ctx, run)
	if errors.Is(err, ErrOwned) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, o.Release()
}

// lock takes the lock without looking at the run.
func (l Owners) lock(ctx context.Context, run string) (*Ownership, error) {
	if l.readOnly {
		return nil, l.readOnlyError()
	}
	o := &Ownership{l: l.core, run: run, lost: make(chan struct{})}
	if l.postgres {
		if err := o.lockSession(ctx); err != nil {
			return nil, err
		}
		o.keep()
		return o, nil
	}
	f, err := tryFileLock(l.dsn + "." + run + ".lock")
	if errors.Is(err, errLocked) {
		return nil, fmt.Errorf("run %s: %w", run, ErrOwned)
	}
	if err != nil {
		return nil, l.named(fmt.Errorf("run %s: %w", run, err))
	}
	o.file = f
	o.keep()
	return o, nil
}

// keep holds on to o: a forgotten lock file would be closed, and the lock freed, by the garbage collector.
func (o *Ownership) keep() {
	o.l.mu.Lock()
	defer o.l.mu.Unlock()
	o.l.owned[o] = struct{}{}
}

// Reap makes open attempts unknown whose end cannot come any more, and returns when the next ones come
// due: the zero time if none is open. Call it again then; on SQLite once is enough, and only before
// sending begins.
func (o *Ownership) Reap(ctx context.Context) (due time.Time, err error) {
	err = o.l.change(ctx, func(ctx context.Context, t *tx) error {
		by := int64(1) << 62
		if o.l.postgres {
			by = t.us()
		}
		const reason = "interrupted before its answer was recorded: the gateway may have taken it; a receipt or `siaran settle` decides"
		_, err := t.exec(ctx, `UPDATE attempt SET outcome = 'unknown', ended_at = $1, code = 'interrupted', reason = $2
			WHERE run = $3 AND outcome = 'open' AND due_at <= $4`, t.us(), reason, o.run, by)
		if err != nil {
			return err
		}
		var next sql.NullInt64
		err = t.row(ctx, `SELECT MIN(due_at) FROM attempt WHERE run = $1 AND outcome = 'open'`, []any{o.run}, &next)
		due = time.Time{}
		if next.Valid {
			due = t.local.Add(time.Duration(next.Int64*1000 - t.now))
		}
		return err
	})
	return due, err
}

// Lost is closed when the ownership is lost, which only happens on PostgreSQL: the server went away, and
// another process had the run when it was back. Begin nothing more then.
func (o *Ownership) Lost() <-chan struct{} { return o.lost }

// Release gives the run up. It may be called more than once.
func (o *Ownership) Release() error {
	o.once.Do(func() {
		o.l.mu.Lock()
		delete(o.l.owned, o)
		o.l.mu.Unlock()
		if o.file != nil {
			o.err = o.file.release()
			return
		}
		if o.stop != nil {
			o.stop()
			o.err = o.group.Wait()
		}
	})
	return o.err
}

// unlockSession frees the lock at once; a server takes its time to miss a session that is merely closed.
func (o *Ownership) unlockSession(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, watchEvery)
	defer cancel()
	if _, err := o.conn.ExecContext(ctx, `SELECT pg_advisory_unlock_all()`); err != nil {
		return o.closeSession()
	}
	if err := o.conn.Close(); err != nil && !errors.Is(err, sql.ErrConnDone) {
		return err
	}
	return nil
}

// closeSession ends the session and not only its use: the pool would keep it, and the lock with it.
func (o *Ownership) closeSession() error {
	_ = o.conn.Raw(func(any) error { return driver.ErrBadConn }) // how database/sql is told to throw a connection away
	if err := o.conn.Close(); err != nil && !errors.Is(err, sql.ErrConnDone) {
		return err
	}
	return nil
}

// watchEvery is how often a PostgreSQL session that holds a lock is asked whether it is alive.
const watchEvery = 2 * time.Second

// regain is how long a lost session's lock is asked for again before it counts as somebody else's.
const regain = 10 * time.Second

// lockSession takes the advisory lock on a connection of its own, and watches it.
func (o *Ownership) lockSession(ctx context.Context) error {
	conn, err := o.l.db.Conn(ctx)
	if err != nil {
		return o.l.named(err)
	}
	ok, err := tryAdvisory(ctx, conn, o.run)
	if err != nil || !ok {
		_ = conn.Close()
		if err != nil {
			return o.l.named(err)
		}
		return fmt.Errorf("run %s: %w", o.run, ErrOwned)
	}
	o.conn = conn
	watch, stop := context.WithCancel(context.WithoutCancel(ctx))
	o.stop = stop
	o.group.Go(func() error {
		o.watch(watch)
		return o.unlockSession(context.WithoutCancel(watch))
	})
	return nil
}

func tryAdvisory(ctx context.Context, conn *sql.Conn, run string) (ok bool, err error) {
	h := fnv.New64a()
	_, _ = h.Write([]byte("siaran run " + run)) // never fails
	err = conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, int64(h.Sum64())).Scan(&ok)
	return ok, err
}

// watch asks the session whether it lives. If it does not, the lock is free: it is taken again on a new
// session, and if somebody else was faster the ownership is lost.
func (o *Ownership) watch(ctx context.Context) {
	for {
		pause(ctx, watchEvery)
		if ctx.Err() != nil {
			return
		}
		ask, cancel := context.WithTimeout(ctx, 10*watchEvery)
		err := o.conn.PingContext(ask)
		cancel()
		if err == nil || ctx.Err() != nil {
			continue
		}
		if !o.again(ctx) {
			return
		}
	}
}

// again takes the lock on a new session, waiting for the server. It reports false if it is over.
func (o *Ownership) again(ctx context.Context) bool {
	_ = o.closeSession()
	since := time.Now()
	for ctx.Err() == nil {
		conn, err := o.l.db.Conn(ctx)
		if err != nil {
			pause(ctx, lostPause)
			continue
		}
		ok, err := tryAdvisory(ctx, conn, o.run)
		switch {
		case err != nil:
			_ = conn.Close()
			pause(ctx, lostPause)
		case ok:
			o.conn = conn
			return true
		case time.Since(since) < regain:
			_ = conn.Close()
			pause(ctx, lostPause) // it may be our own old session, which the server has not missed yet
		default:
			_ = conn.Close()
			close(o.lost)
			return false
		}
	}
	return false
}
