package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"siaran/campaign"
)

// A progress shows how far a run is: a bar on a terminal, a line every ten seconds elsewhere, JSON
// with --json, nothing with --quiet.
type progress struct {
	ui    *ui
	run   string
	total int
	bar   *progressbar.ProgressBar // nil: not on a terminal
	quit  chan struct{}
	done  sync.WaitGroup

	mu                             sync.Mutex
	slowed                         string // how the gateway slowed the run down; empty: it did not
	sent, refused, unknown, failed int    // ended attempts by outcome; failed: not taken, will be tried again
	began                          time.Time
	lastSent                       int
	lastAt                         time.Time
}

// every is how often a line is printed where there is no terminal.
const every = 10 * time.Second

// newProgress starts showing a run that has total messages left.
func newProgress(u *ui, run campaign.Run, total int) *progress {
	p := &progress{ui: u, run: run.ID, total: total, began: time.Now(), lastAt: time.Now(), quit: make(chan struct{})}
	if u.terminal && !u.quiet && !u.json {
		p.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(u.err), progressbar.OptionSetDescription("run "+run.ID),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("msg"),
			progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish())
		return p
	}
	p.done.Go(func() {
		t := time.NewTicker(every)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				p.line()
			case <-p.quit:
				return
			}
		}
	})
	return p
}

// Ended counts one ended attempt.
func (p *progress) Ended(a campaign.Answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch a.Outcome {
	case campaign.Accepted, campaign.Suppressed:
		p.sent++
	case campaign.Refused:
		p.sent++
		p.refused++
	case campaign.Unknown:
		p.sent++
		p.unknown++
	case campaign.NotTaken, campaign.Open:
		p.failed++
		return
	}
	if p.bar != nil && p.sent <= p.total { // more than total is an error
		p.bar.Describe(p.describe())
		_ = p.bar.Set(p.sent)
	}
}

// describe is what stands before the bar.
func (p *progress) describe() string {
	words := fmt.Sprintf("%d refused, %d unknown", p.refused, p.unknown)
	if p.slowed != "" {
		words += ", " + p.slowed
	}
	return "sending (" + words + ")"
}

// Slowed tells that the gateway slowed the run down, in words, or with none that it no longer does.
func (p *progress) Slowed(words string) {
	p.mu.Lock()
	same := (words == "") == (p.slowed == "")
	p.slowed = words
	p.mu.Unlock()
	switch {
	case p.bar != nil || same: // it is shown with the rest
	case words == "":
		p.ui.Note("run %s: the gateway no longer slows it down", p.run)
	default:
		p.ui.Note("run %s: %s", p.run, words)
	}
}

// line prints how far the run is, as a line or as JSON.
func (p *progress) line() {
	p.mu.Lock()
	defer p.mu.Unlock()
	slowed := p.slowed
	now := time.Now()
	rate := float64(p.sent-p.lastSent) / now.Sub(p.lastAt).Seconds()
	p.lastSent, p.lastAt = p.sent, now
	left := time.Duration(0)
	if rate > 0 {
		left = time.Duration(float64(p.total-p.sent) / rate * float64(time.Second))
	}
	if p.ui.json {
		p.ui.Line(struct {
			Type    string  `json:"type"`
			Run     string  `json:"run"`
			Sent    int     `json:"sent"`
			Total   int     `json:"total"`
			Rate    float64 `json:"rate"`
			Refused int     `json:"refused"`
			Unknown int     `json:"unknown"`
			Left    int     `json:"seconds_left"`
			Slowed  string  `json:"slowed"` // empty: not by the gateway
		}{"progress", p.run, p.sent, p.total, float64(int(rate*10)) / 10, p.refused, p.unknown, int(left.Seconds()), slowed})
		return
	}
	if slowed != "" {
		slowed = " (" + slowed + ")"
	}
	p.ui.Note("run %s: %s of %s sent, %.0f/s%s, %s refused, %s unknown, %s tried again, %s left",
		p.run, count(p.sent), count(p.total), rate, slowed, count(p.refused), count(p.unknown), count(p.failed), span(left))
}

// Close ends the display.
func (p *progress) Close() {
	close(p.quit)
	p.done.Wait()
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
