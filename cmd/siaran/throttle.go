package main

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"siaran/campaign"
	"siaran/ratelimit"
)

// A throttle is how fast a run is sent now, and whether that is the gateway's doing.
type throttle struct {
	bucket  *ratelimit.Bucket
	ceiling campaign.Rate // ours: the account's, or the campaign's if that is less
}

// Words say how the gateway slowed us down; empty while it does not.
func (t throttle) Words() string {
	now := t.bucket.Rate()
	if now <= 0 || t.ceiling > 0 && now >= float64(t.ceiling) {
		return ""
	}
	return fmt.Sprintf("%s%s/s by the gateway", slowedTo, perSecond(now))
}

// slowedTo begins the reason of a run that is slowed down.
const slowedTo = "slowed to "

// perSecond writes a rate with as many digits as mean something.
func perSecond(rate float64) string {
	if rate >= 9.95 {
		return count(int(math.Round(rate)))
	}
	return strings.TrimSuffix(strconv.FormatFloat(rate, 'f', 1, 64), ".0")
}

// How often the pace is looked at, and how often a change of it that is no more than a change of the
// number is written down.
const (
	lookAtPace  = 500 * time.Millisecond
	writePace   = 5 * time.Second
	interrupted = "interrupted"
)

// watch tells bar and ledger when the gateway slows the run down, and when it no longer does: status on
// another terminal shows the reason. It ends when stop is called, which waits for it.
func (s *sending) watch(ctx context.Context, t throttle, bar *progress) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		tick := time.NewTicker(lookAtPace)
		defer tick.Stop()
		said, written := "", time.Time{}
		if s.run.Reason == interrupted || strings.HasPrefix(s.run.Reason, slowedTo) {
			said = s.run.Reason // of an earlier process: it is over
		}
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			words := t.Words()
			if words == said || words != "" && said != "" && time.Since(written) < writePace {
				continue
			}
			if (words == "") != (said == "") && said != interrupted {
				bar.Slowed(words)
			}
			ready := []campaign.RunState{campaign.StateReady}
			if _, err := s.ledger.Runs.SetState(ctx, s.run.ID, ready, campaign.StateReady, words, ""); err != nil {
				return // the sending itself will say what is wrong with the ledger
			}
			said, written = words, time.Now()
		}
	})
	return func() {
		cancel()
		watch.Wait()
	}
}
