package ratelimit

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A Bucket is the local gate before the ledger's: the same rate and burst, in this process alone. It
// may be slowed down by the gateway and then climbs gently back to its ceiling, never above it.
// Its methods may be called from several goroutines.
type Bucket struct {
	mu      sync.Mutex
	limiter *rate.Limiter // nil: no limit and not slowed down
	pace    Pace
	burst   int
	hold    time.Time // nothing passes before: the gateway's Retry-After

	start time.Time // the zero of left
	left  int64     // of what left, as Take's tat: nanoseconds
}

// NewBucket returns a full bucket of perSecond requests a second; not positive is no limit. burst is
// at least 1.
func NewBucket(perSecond float64, burst int) *Bucket {
	b := &Bucket{pace: Pace{Ceiling: max(perSecond, 0)}, burst: max(burst, 1), start: time.Now()}
	if perSecond > 0 {
		b.limiter = rate.NewLimiter(rate.Limit(perSecond), b.burst)
	}
	return b
}

// Wait returns when the caller may go on, or with ctx's error; nothing was taken then.
func (b *Bucket) Wait(ctx context.Context) error {
	l, err := b.held(ctx)
	if err != nil || l == nil {
		return err
	}
	return wait(ctx, l)
}

// Hold returns when nothing holds callers back as a whole, or with ctx's error. It takes nothing.
func (b *Bucket) Hold(ctx context.Context) error {
	_, err := b.held(ctx)
	return err
}

// Leave returns when a request may go out that has this slot. Slots are apart, but what has them may have been kept
// waiting since, by a connection that was slow to come or a busy machine, and others with it: they go out apart again.
// The error is ctx's.
func (b *Bucket) Leave(ctx context.Context, slot time.Time) error {
	if err := sleep(ctx, time.Until(slot)); err != nil {
		return err
	}
	return sleep(ctx, b.apart())
}

// sleep waits, unless ctx ends before.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// apart is how long to wait, from now, to go out apart from the others.
func (b *Bucket) apart() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	every := Every(b.pace.Ceiling)
	if every == 0 {
		return 0
	}
	now := int64(time.Since(b.start))
	leave, left := Depart(b.left, now, every, b.burst)
	b.left = left
	return time.Duration(leave - now)
}

// held waits for the end of the gateway's Retry-After and returns the limiter as it is then.
func (b *Bucket) held(ctx context.Context) (*rate.Limiter, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		l, hold := b.now(time.Now())
		if hold <= 0 {
			return l, nil
		}
		if err := sleep(ctx, hold); err != nil {
			return nil, err
		}
	}
}

// wait is l.Wait, but for its refusal to start waiting when the deadline comes first: the caller is
// told by its own context then.
func wait(ctx context.Context, l *rate.Limiter) error {
	r := l.Reserve()
	err := sleep(ctx, r.Delay())
	if err != nil {
		r.Cancel()
	}
	return err
}

// now brings the pace up to date and returns the limiter and how long nothing passes yet.
func (b *Bucket) now(now time.Time) (*rate.Limiter, time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pace.slowed() {
		b.pace = b.pace.Climb(now)
		b.apply(now)
	}
	return b.limiter, b.hold.Sub(now)
}

// SlowDown is to be called when the gateway throttles: the rate falls at once, and nothing passes
// for retryAfter (0 if the gateway named no time).
func (b *Bucket) SlowDown(retryAfter time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.pace = b.pace.Throttle(now)
	b.apply(now)
	if h := now.Add(retryAfter); h.After(b.hold) {
		b.hold = h
	}
}

// Passed is to be called when a request was answered without throttling: an unlimited bucket learns
// from it what the gateway bears.
func (b *Bucket) Passed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pace = b.pace.Count(time.Now())
}

// Rate returns the rate now, in requests a second; 0 is no limit.
func (b *Bucket) Rate() float64 {
	l, _ := b.now(time.Now())
	if l == nil {
		return 0
	}
	return float64(l.Limit())
}

// apply gives the pace to the limiter.
func (b *Bucket) apply(now time.Time) {
	r := b.pace.Rate()
	switch {
	case r <= 0:
		b.limiter = nil
	case b.limiter == nil:
		b.limiter = rate.NewLimiter(rate.Limit(r), b.burst)
	default:
		b.limiter.SetLimitAt(now, rate.Limit(r))
	}
}
