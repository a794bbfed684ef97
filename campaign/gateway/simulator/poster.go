package simulator

import (
	"bytes"
	"container/heap"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// How receipts are posted.
const (
	postAtOnce  = 32 // at most this many at a time
	postTimeout = 10 * time.Second
	postTries   = 10
	postFirst   = 100 * time.Millisecond // before the second try, then doubling
	postMost    = 5 * time.Second
)

// A poster posts receipts when they are due. It has a goroutine of its own only while there are any.
type poster struct {
	url    string
	client *http.Client
	log    *slog.Logger

	mu     sync.Mutex
	queue  receiptQueue
	open   int // queued or under way
	counts ReceiptCounts
	busy   bool          // the goroutine runs
	hurry  bool          // everything is due now, and tried once
	idle   chan struct{} // closed while open is 0
	wake   chan struct{}
	group  errgroup.Group
}

func newPoster(url string, log *slog.Logger) *poster {
	p := &poster{
		url: url, log: log,
		client: &http.Client{
			Timeout:       postTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport:     &http.Transport{MaxIdleConnsPerHost: postAtOnce, MaxConnsPerHost: postAtOnce, IdleConnTimeout: 10 * time.Second},
		},
		idle: make(chan struct{}),
		wake: make(chan struct{}, 1),
	}
	p.group.SetLimit(postAtOnce + 1)
	close(p.idle)
	return p
}

// count notes n receipts that are to be handed over with add or post.
func (p *poster) count(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == 0 && n > 0 {
		p.idle = make(chan struct{})
	}
	p.open += n
	p.counts.Due += n
}

// add queues receipts that were counted.
func (p *poster) add(ctx context.Context, receipts ...receipt) {
	if len(receipts) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range receipts {
		heap.Push(&p.queue, r)
	}
	if !p.busy {
		p.busy = true
		p.group.Go(func() error {
			p.run(ctx)
			return nil
		})
		return
	}
	p.nudge()
}

func (p *poster) nudge() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// run posts what is due until nothing is queued.
func (p *poster) run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		r, wait, ok := p.next()
		switch {
		case !ok:
			return
		case wait > 0:
			timer.Reset(wait)
			select {
			case <-timer.C:
			case <-p.wake:
			}
		default:
			p.group.Go(func() error {
				p.post(ctx, r)
				return nil
			})
		}
	}
}

// next takes the receipt that is due, or says how long until one is; false if none is queued.
func (p *poster) next() (r receipt, wait time.Duration, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 {
		p.busy = false
		return r, 0, false
	}
	if wait = time.Until(p.queue[0].due); wait > 0 && !p.hurry {
		return r, wait, true
	}
	return heap.Pop(&p.queue).(receipt), 0, true
}

// post tries a receipt once. What was not answered 200 is queued again, later each time.
func (p *poster) post(ctx context.Context, r receipt) {
	err := p.try(ctx, r)
	r.tries++
	p.mu.Lock()
	again := err != nil && !p.hurry && r.tries < postTries
	if !again {
		p.settle(err == nil, 1)
	}
	p.mu.Unlock()
	switch {
	case again:
		p.log.Debug("receipt not taken, will be posted again", "ref_id", r.refID, "error", err)
		r.due = time.Now().Add(min(postFirst<<(r.tries-1), postMost))
		p.add(ctx, r)
	case err != nil:
		p.log.Warn("receipt given up", "ref_id", r.refID, "tries", r.tries, "error", err)
	}
}

// settle notes what became of n receipts. The caller holds mu.
func (p *poster) settle(posted bool, n int) {
	if posted {
		p.counts.Posted += n
	} else {
		p.counts.Failed += n
	}
	if p.open -= n; p.open == 0 && n > 0 {
		close(p.idle)
	}
}

func (p *poster) try(ctx context.Context, r receipt) error {
	ctx, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(r.json()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection is used again
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %d, want 200", resp.StatusCode)
	}
	return nil
}

// drain waits until every receipt was posted or given up.
func (p *poster) drain(ctx context.Context) error {
	for {
		p.mu.Lock()
		idle := p.idle
		p.mu.Unlock()
		select {
		case <-idle:
			p.client.CloseIdleConnections()
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// finish posts at once what is left, each once, and gives up what is not posted when ctx ends.
func (p *poster) finish(ctx context.Context) {
	p.mu.Lock()
	p.hurry = true
	p.nudge()
	p.mu.Unlock()
	_ = p.drain(ctx) // what is left then is given up
	p.abandon()
}

// abandon gives up what is queued and waits for what is under way.
func (p *poster) abandon() {
	p.mu.Lock()
	p.hurry = true
	left := len(p.queue)
	p.queue = nil
	p.settle(false, left)
	p.nudge()
	p.mu.Unlock()
	if left > 0 {
		p.log.Warn("receipts given up at the end", "receipts", left)
	}
	_ = p.group.Wait() // no member fails
	p.client.CloseIdleConnections()
}

// A receiptQueue is a heap of receipts by when they are due.
type receiptQueue []receipt

func (q receiptQueue) Len() int           { return len(q) }
func (q receiptQueue) Less(i, j int) bool { return q[i].due.Before(q[j].due) }
func (q receiptQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push is for package heap.
func (q *receiptQueue) Push(x any) { *q = append(*q, x.(receipt)) }

// Pop is for package heap.
func (q *receiptQueue) Pop() any {
	old := *q
	r := old[len(old)-1]
	old[len(old)-1] = receipt{}
	*q = old[:len(old)-1]
	return r
}
