package operation

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"siaran/campaign"
	"siaran/campaign/english"
	"siaran/ratelimit"
)

// A pace is how fast a run is sent now, and whether that is the gateway's doing.
type pace struct {
	bucket  *ratelimit.Bucket
	ceiling campaign.Rate // ours: the account's, or the campaign's if that is less
}

// slowed says how the gateway slowed us down; empty while it does not.
func (p pace) slowed() string {
	now := p.bucket.Rate()
	if now <= 0 || p.ceiling > 0 && now >= float64(p.ceiling) {
		return ""
	}
	return fmt.Sprintf("slowed to %s/s by the gateway", perSecond(now))
}

// perSecond writes a rate with as many digits as mean something.
func perSecond(rate float64) string {
	if rate >= 9.95 {
		return english.Count(int(math.Round(rate)))
	}
	return strings.TrimSuffix(strconv.FormatFloat(rate, 'f', 1, 64), ".0")
}

// How often the pace is looked at, and how often a change of it that is no more than a change of the
// number is written down.
const (
	lookAtPace = 500 * time.Millisecond
	writePace  = 5 * time.Second
)

// watch tells the teller and the ledger when the gateway slows the run down, and when it no longer does: status
// on another terminal shows the reason. It ends when stop is called, which waits for it.
func (s *session) watch(ctx context.Context, p pace) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		tick := time.NewTicker(lookAtPace)
		defer tick.Stop()
		told, kept, written := "", s.run.Reason, time.Time{}
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			words := p.slowed()
			if words != told {
				s.r.tell(Slowed{Words: words})
				told = words
			}
			if words == kept || words != "" && !written.IsZero() && time.Since(written) < writePace {
				continue
			}
			ready := []campaign.RunState{campaign.StateReady}
			if _, err := s.r.Ledger.Runs.SetState(ctx, s.run.ID, ready, campaign.StateReady, words, ""); err != nil {
				return // the sending itself will say what is wrong with the ledger
			}
			kept, written = words, time.Now()
		}
	})
	return func() {
		cancel()
		watch.Wait()
	}
}
