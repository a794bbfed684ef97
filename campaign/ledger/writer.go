package ledger

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"siaran/campaign"
)

// How the writer paces itself.
const (
	lockBudget = 25 * time.Millisecond  // a transaction takes up no more changes after this
	lingerEnds = 4 * time.Millisecond   // Ends, for which nobody waits, wait so long for company
	gather     = time.Millisecond       // Begins wait so long for as many as are under way
	busyPause  = time.Millisecond       // before a locked database is tried again
	bulkPause  = 2 * time.Millisecond   // after a transaction that took longer than that, for other processes to get in
	lostPause  = 100 * time.Millisecond // before a lost server is tried again
	maxBatch   = 1024                   // Begins and Ends in one transaction
	copyAfter  = 256                    // transactions after which SQLite's log is copied into the database
)

// The writer is the one goroutine that writes: see the package's "Group commit".
type writer struct {
	l     *core
	group errgroup.Group
	wake  chan struct{} // one signal is enough: whoever wakes takes all
	conn  conn

	mu     sync.Mutex
	queue  []*request
	begins int // how many of queue are Begins
	urgent int // how many of queue somebody waits for
	closed bool

	open    int  // attempts begun and not ended: how much company may still come
	bulky   bool // the last transaction was long for its changes
	log     walLog
	sending atomic.Int64 // when the last Begin was committed, for who writes in bulk
}

// A request is a Begin, an End or a change that waits for a transaction.
type request struct {
	kind requestKind
	s    *Attempts         // begin, end
	q    campaign.Queued   // begin
	a    *campaign.Attempt // end
	done func(error)       // end: told when it is on disk
	do   func(ctx context.Context, t *tx) error

	begun campaign.Begun
	err   error
	ready chan struct{} // closed when begun or err stand
	state atomic.Int32  // waiting, taken or withdrawn
	gone  atomic.Bool   // who waited gave up while it was taken
}

type requestKind uint8

const (
	requestBegin requestKind = iota
	requestEnd
	requestChange
)

const (
	waiting int32 = iota
	taken
	withdrawn
)

func startWriter(ctx context.Context, l *core) *writer {
	w := &writer{l: l, wake: make(chan struct{}, 1)}
	w.conn = conn{l: l, texts: map[bulkKey]string{}}
	w.group.Go(func() error {
		w.loop(ctx)
		return nil
	})
	if !l.postgres {
		w.log.full = make(chan struct{}, 1)
		w.group.Go(func() error {
			w.log.copying(ctx, l.db)
			return nil
		})
	}
	return w
}

// submit puts r in the queue.
func (w *writer) submit(r *request) {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		r.finish(ErrClosed)
		return
	}
	w.queue = append(w.queue, r)
	switch r.kind {
	case requestBegin:
		w.begins++
		w.urgent++
	case requestChange:
		w.urgent++
	case requestEnd:
		w.open = max(w.open-1, 0)
	}
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// wait returns when r was answered, or with ctx's error if it could still be withdrawn.
func (r *request) wait(ctx context.Context) error {
	select {
	case <-r.ready:
		return r.err
	case <-ctx.Done():
	}
	r.gone.Store(true)
	if r.state.CompareAndSwap(waiting, withdrawn) {
		return ctx.Err()
	}
	<-r.ready
	return r.err
}

func (r *request) finish(err error) {
	if r.kind == requestEnd {
		if r.done != nil {
			r.done(err)
		}
		return
	}
	if err != nil {
		r.err = err
	}
	close(r.ready)
}

// close waits until the queue is empty.
func (w *writer) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
	_ = w.group.Wait() // the loop returns no error
}

func (w *writer) loop(ctx context.Context) {
	defer w.conn.close(ctx)
	defer w.log.close()
	for {
		batch, closed := w.take()
		if len(batch) == 0 {
			if closed {
				return
			}
			<-w.wake
			w.company()
			continue
		}
		w.commit(ctx, batch)
		w.log.committed(ctx, w.conn.c)
	}
}

// company gives others a moment to join: a sync costs the same for one as for hundreds.
func (w *writer) company() {
	w.mu.Lock()
	urgent, begins, open, closed := w.urgent, w.begins, w.open, w.closed
	w.mu.Unlock()
	var most time.Duration
	switch {
	case closed:
		return
	case urgent == 0:
		most = lingerEnds
	case urgent == begins && begins < open:
		most = gather
	default:
		return
	}
	timer := time.NewTimer(most)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return
		case <-w.wake:
		}
		w.mu.Lock()
		urgent, begins, open, closed = w.urgent, w.begins, w.open, w.closed
		w.mu.Unlock()
		switch {
		case closed, urgent > begins, urgent > 0 && begins >= open:
			return
		case urgent > 0 && most > gather: // the first who waits
			most = gather
			timer.Reset(most)
		}
	}
}

// began counts the attempts that a transaction opened.
func (w *writer) began(begins []*request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range begins {
		if r.begun.Go {
			w.open++
		}
	}
}

// take returns the next requests in the order they came.
func (w *writer) take() (batch []*request, closed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(w.queue), maxBatch)
	batch = w.queue[:n:n]
	if n == len(w.queue) {
		w.queue, w.begins, w.urgent = nil, 0, 0
		return batch, w.closed
	}
	w.queue = w.queue[n:]
	for _, r := range batch {
		if r.kind == requestBegin {
			w.begins--
		}
		if r.kind != requestEnd {
			w.urgent--
		}
	}
	return batch, w.closed
}

// commit puts batch on disk in one transaction, or in several if it has changes that take long. It
// waits as long as the database is locked or away.
func (w *writer) commit(ctx context.Context, batch []*request) {
	for len(batch) > 0 {
		rest, failed, err := w.try(ctx, batch)
		if err == nil {
			batch, w.conn.careful = rest, false
			if w.bulky && !w.l.postgres {
				pause(ctx, bulkPause)
			}
			continue
		}
		batch = putBack(batch)
		if errors.Is(err, errConflict) {
			w.conn.careful = true
			continue
		}
		if errors.Is(err, context.DeadlineExceeded) {
			w.conn.drop()
			continue // the server did not answer for a minute
		}
		switch cause(err) {
		case causeBusy:
			pause(ctx, busyPause)
		case causeLost:
			w.conn.drop()
			pause(ctx, lostPause)
		case causeNone, causeFull, causeDamaged, causeReadOnly:
			if failed == nil {
				finishAll(batch, w.l.named(err))
				return
			}
			batch = without(batch, failed)
			failed.finish(err)
		}
	}
}

// try makes one transaction of batch and returns what did not fit. failed is the change whose error err is,
// if it is one's.
func (w *writer) try(ctx context.Context, batch []*request) (rest []*request, failed *request, err error) {
	if w.l.postgres {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Minute)
		defer cancel()
	}
	t, err := w.conn.begin(ctx)
	if err != nil {
		return nil, nil, err
	}
	var ends, changes, begins []*request
	for _, r := range batch {
		switch {
		case r.kind == requestEnd:
			ends = append(ends, r)
		case !r.state.CompareAndSwap(waiting, taken):
		case r.kind == requestBegin:
			begins = append(begins, r)
		default:
			changes = append(changes, r)
		}
	}
	defer func() {
		if err != nil {
			_ = t.rollback(context.WithoutCancel(ctx)) // a connection that cannot is dropped
		}
	}()
	if err := (endings{t}).write(ctx, ends); err != nil {
		return nil, nil, err
	}
	for i, r := range changes {
		if i > 0 && time.Since(t.local) > lockBudget {
			rest = changes[i:]
			changes = changes[:i]
			break
		}
		if err := r.do(ctx, t); err != nil {
			return nil, r, err
		}
	}
	if err := beginAll(ctx, t, begins); err != nil {
		return nil, nil, err
	}
	if err := t.commit(ctx); err != nil {
		if w.conn.lost == "" || !w.unsure(ctx, ends, changes, begins) {
			return nil, nil, err
		}
		return putBack(rest), nil, nil
	}
	departAll(begins, t.local)
	w.began(begins)
	w.bulky = len(changes) > 0 && time.Since(t.local) > bulkPause
	if len(begins) > 0 {
		w.sending.Store(time.Now().UnixNano())
	}
	for _, rs := range [][]*request{ends, changes, begins} {
		finishAll(rs, nil)
	}
	return putBack(rest), nil, nil
}

// unsure waits until it is known whether the transaction that held these was committed, and answers them
// if it was. Who waits may give up meanwhile; what began for them has not left and is ended so.
func (w *writer) unsure(ctx context.Context, ends, changes, begins []*request) (committed bool) {
	ctx = context.WithoutCancel(ctx)
	putBack(changes)
	putBack(begins)
	w.conn.drop()
	if !w.conn.lostCommitted(ctx) {
		return false
	}
	departAll(begins, time.Now())
	finishAll(ends, nil)
	for _, r := range append(changes, begins...) {
		if r.state.CompareAndSwap(waiting, taken) {
			r.finish(nil)
		} else if r.kind == requestBegin && r.begun.Go {
			a := r.begun.Attempt
			a.EndedAt = time.Now().UTC()
			a.Answer = campaign.Unsent("interrupted before anything left")
			w.submit(&request{kind: requestEnd, s: r.s, a: &a})
		}
	}
	return true
}

// putBack makes what was taken waiting again, and lets go who gave up meanwhile.
func putBack(batch []*request) []*request {
	kept := batch[:0:0]
	for _, r := range batch {
		if r.kind == requestEnd {
			kept = append(kept, r)
			continue
		}
		r.state.CompareAndSwap(taken, waiting)
		if r.gone.Load() && r.state.CompareAndSwap(waiting, withdrawn) {
			r.finish(context.Canceled)
			continue
		}
		if r.state.Load() != withdrawn {
			kept = append(kept, r)
		}
	}
	return kept
}

func without(batch []*request, r *request) []*request {
	kept := batch[:0:0]
	for _, o := range batch {
		if o != r {
			kept = append(kept, o)
		}
	}
	return kept
}

// finishAll answers everybody in batch that was not let go.
func finishAll(batch []*request, err error) {
	for _, r := range batch {
		if r.state.Load() != withdrawn {
			r.finish(err)
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
