package forward

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"siaran/campaign"
	"siaran/reports/receiptline"
)

// Bounds on forwarding.
const (
	suffix      = ".forward" // HOST.forward: how far the log was passed on
	atOnce      = 8
	stretchMost = 64
	triesMost   = 10 // of a body that the other side cannot digest
	waitFirst   = time.Second
	waitMost    = time.Minute
	postTimeout = 30 * time.Second
	keepFor     = 7 * 24 * time.Hour
)

// A Forwarder passes other systems' receipts on: those whose ref_id is not of our form, and what was not
// understood. It works from the log, so that answering gateways never waits for it, and it goes on where
// it stopped. The other side may get a body twice, never not at all, unless it refuses it or stays down
// for a week.
type Forwarder struct {
	Settings
	path    string
	passed  atomic.Int64
	dropped atomic.Int64
}

// A Log is the log that is passed on: a folder of package receiptlog.
type Log interface {
	// Ends are the ends of the log's files as they are now, each host's in the order of its days.
	Ends() ([]campaign.Position, error)
	// Follow yields what stands in one file after from. An error that is a *receiptline.BrokenLine does not end it.
	Follow(ctx context.Context, from campaign.Position) iter.Seq2[receiptline.Entry, error]
}

// Settings say what is passed on, and where.
type Settings struct {
	Log       Log
	Dir, Host string // of the log: where HOST.forward stands, and whose files are passed on
	URL       string
	Parse     receiptline.Parse
	Client    *http.Client // redirects should not be followed
	Trouble   func(error)  // is told why a body has to wait or was dropped; it never has the URL
}

// Open begins, the first time, at the end of what is there now: yesterday's receipts went
// another way. Open it before the log takes receipts.
func Open(s Settings) (*Forwarder, error) {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("listen.forward is no address: write http://… or https://…")
	}
	f := &Forwarder{Settings: s, path: filepath.Join(s.Dir, s.Host+suffix)}
	if _, err := os.Stat(f.path); !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	files, err := f.files(campaign.Position{})
	if err != nil {
		return nil, err
	}
	var end campaign.Position
	if len(files) > 0 {
		end = files[len(files)-1]
	}
	return f, f.moved(end)
}

// Passed and Dropped count bodies since the start.
func (f *Forwarder) Passed() int64 { return f.passed.Load() }

// Dropped counts bodies that the other side would not take.
func (f *Forwarder) Dropped() int64 { return f.dropped.Load() }

// Run passes on what is new, and looks again every interval, until ctx ends.
func (f *Forwarder) Run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := f.CatchUp(ctx); err != nil && ctx.Err() == nil {
			f.tell(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// CatchUp passes on what there is now, and waits while the other side is down.
func (f *Forwarder) CatchUp(ctx context.Context) error {
	b, err := os.ReadFile(f.path)
	if err != nil {
		return fmt.Errorf("how far receipts were passed on: %w", err)
	}
	var from campaign.Position
	if err := json.Unmarshal(b, &from); err != nil {
		return fmt.Errorf("%s is damaged: delete it to go on with what comes from now on: %w", f.path, err)
	}
	files, err := f.files(from)
	if err != nil {
		return err
	}
	for _, p := range files {
		start := campaign.Position{Host: p.Host, File: p.File}
		if p.File == from.File {
			start.Offset = from.Offset
		}
		if start.Offset == p.Offset {
			continue
		}
		if err := f.file(ctx, start); err != nil {
			return err
		}
	}
	return nil
}

// files are the ends of this host's files, from the one of from on.
func (f *Forwarder) files(from campaign.Position) ([]campaign.Position, error) {
	all, err := f.Log.Ends()
	if err != nil {
		return nil, err
	}
	var ours []campaign.Position
	for _, p := range all {
		if p.Host == f.Host && p.File >= from.File {
			ours = append(ours, p)
		}
	}
	return ours, nil
}

func (f *Forwarder) file(ctx context.Context, p campaign.Position) error {
	var stretch []receiptline.Entry
	flush := func() error {
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(atOnce)
		for _, e := range stretch {
			g.Go(func() error { return f.pass(gctx, e) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
		stretch = stretch[:0]
		return f.moved(p)
	}
	for e, err := range f.Log.Follow(ctx, p) {
		var broken *receiptline.BrokenLine
		if err != nil && !errors.As(err, &broken) {
			return err
		}
		p.Offset = e.Offset
		if err == nil && !f.ours(e) {
			e.Body = bytes.Clone(e.Body)
			stretch = append(stretch, e)
		}
		if len(stretch) == stretchMost {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// ours reports whether e has nothing but receipts with ids of our form.
func (f *Forwarder) ours(e receiptline.Entry) bool {
	if e.Text {
		return false
	}
	receipts, err := f.Parse(e.Gateway, e.Body)
	if err != nil {
		return false
	}
	for _, r := range receipts {
		_, exact := campaign.ParseRefID(r.RefID)
		_, folded := campaign.ParseRefID(strings.ToLower(r.RefID))
		if !exact && !folded {
			return false
		}
	}
	return true
}

// pass posts e until the other side takes it, refuses it, or e is a week old.
func (f *Forwarder) pass(ctx context.Context, e receiptline.Entry) error {
	wait := waitFirst
	for try := 1; ; try++ {
		status, err := f.post(ctx, e)
		if err == nil && status < 300 {
			f.passed.Add(1)
			return nil
		}
		if err == nil {
			err = fmt.Errorf("the other side answers %d", status)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if giveUp(status, try) || time.Since(e.At) > keepFor {
			f.dropped.Add(1)
			f.tell(fmt.Errorf("a receipt was not passed on (%s): %w", e.Source(), err))
			return nil
		}
		if try == 1 {
			f.tell(fmt.Errorf("receipts wait to be passed on: %w", err))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		wait = min(2*wait, waitMost)
	}
}

// giveUp: a body that cannot be digested must not hold up the others, but an outage may last. Status is 0
// without an answer.
func giveUp(status, try int) bool {
	switch status {
	case 0, http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
		http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound: // somebody will mend it
		return false
	}
	return status < 500 || try >= triesMost
}

func (f *Forwarder) post(ctx context.Context, e receiptline.Entry) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, f.URL, bytes.NewReader(e.Body))
	if err != nil {
		return 0, errors.New("listen.forward is no address")
	}
	r.Header.Set("Content-Type", "application/json")
	if e.Text {
		r.Header.Set("Content-Type", "text/plain; charset=utf-8")
	}
	answer, err := f.Client.Do(r)
	if err != nil {
		var u *url.Error // has the address, and so perhaps a secret
		if errors.As(err, &u) {
			err = u.Err
		}
		return 0, err
	}
	_, _ = io.CopyN(io.Discard, answer.Body, 64<<10)
	return answer.StatusCode, answer.Body.Close()
}

func (f *Forwarder) tell(err error) {
	if f.Trouble != nil {
		f.Trouble(err)
	}
}

// moved keeps how far the log was passed on.
func (f *Forwarder) moved(p campaign.Position) error {
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(f.path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return fmt.Errorf("keeping how far receipts were passed on: %w", err)
	}
	_, werr := file.Write(b)
	if err := cmp.Or(werr, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("keeping how far receipts were passed on: %w", err)
	}
	if err := os.Rename(f.path+".new", f.path); err != nil {
		return fmt.Errorf("keeping how far receipts were passed on: %w", err)
	}
	return nil
}
