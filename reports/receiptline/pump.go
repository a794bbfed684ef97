package receiptline

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"iter"
	"time"

	"golang.org/x/sync/errgroup"

	"siaran/campaign"
)

// A Pump reads bodies into batches while the sink is busy with the batch before. All of its fields are needed
// but Host.
type Pump struct {
	Parse Parse
	Sink  Sink
	Host  string                               // whose log is read; empty if it is not our own
	Told  func(problem error) error            // is told of every *BrokenLine and *UnreadError, in order; an error ends it
	Took  func(campaign.Batch, campaign.Tally) // is told what the sink made of each batch
}

// A Sink keeps receipts: the ledger does, in one transaction a batch with the position that follows it.
type Sink interface {
	// Receive stores b, and what a repeated receipt says only once. b is not used afterwards.
	Receive(ctx context.Context, b campaign.Batch) (campaign.Tally, error)
}

// Bounds on a batch: what a sink keeps in a few hundredths of a second.
const (
	batchReceipts = 4096
	batchBytes    = 4 << 20
)

// Run brings all of a log to the sink. When reading stops early, what came before it counts.
func (p Pump) Run(ctx context.Context, log func(context.Context) iter.Seq2[Entry, error]) error {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	batches := make(chan campaign.Batch, 1)
	var g errgroup.Group
	g.Go(func() error {
		defer close(batches)
		return p.read(log(reading), func(b campaign.Batch) error {
			select {
			case batches <- b:
				return nil
			case <-reading.Done():
				return reading.Err()
			}
		})
	})
	g.Go(func() error {
		defer stop()
		for b := range batches {
			t, err := p.Sink.Receive(ctx, b)
			if err != nil {
				return err
			}
			t.Lines, t.Broken, t.Receipts = b.Lines, b.Broken, len(b.Receipts)
			p.Took(b, t)
		}
		return nil
	})
	return g.Wait()
}

// read cuts a log into batches.
func (p Pump) read(log iter.Seq2[Entry, error], give func(campaign.Batch) error) error {
	b, size, now := campaign.Batch{}, 0, time.Now().UTC()
	for e, err := range log {
		var broken *BrokenLine
		switch {
		case errors.As(err, &broken):
			b.Lines++
			b.Broken++
			if err := p.Told(broken); err != nil {
				return err
			}
		case err != nil:
			if b.Lines > 0 {
				return cmp.Or(give(b), err)
			}
			return err
		default:
			if e.At.IsZero() {
				e.At = now
			}
			had := len(b.Unread)
			addEntry(&b, p.Parse, e)
			for _, u := range b.Unread[had:] {
				if err := p.Told(&UnreadError{Source: e.Source(), Problem: u.Why}); err != nil {
					return err
				}
			}
		}
		b.Source = e.File
		if p.Host != "" {
			b.Position = campaign.Position{Host: p.Host, File: e.File, Offset: e.Offset}
		}
		if size += len(e.Body); len(b.Receipts)+len(b.Unread) >= batchReceipts || size >= batchBytes {
			if err := give(b); err != nil {
				return err
			}
			b, size = campaign.Batch{Receipts: make([]campaign.Receipt, 0, batchReceipts), Raw: make([][]byte, 0, batchReceipts)}, 0
		}
	}
	if b.Lines == 0 {
		return nil
	}
	return give(b)
}

// addEntry parses e into b.
func addEntry(b *campaign.Batch, parse Parse, e Entry) {
	b.Lines++
	raw := bytes.Clone(e.Body)
	if e.Text {
		addUnread(b, e, raw, "it is not JSON")
		return
	}
	if len(raw) == 0 || raw[0] != '[' {
		addBody(b, parse, e, raw)
		return
	}
	// Several bodies in one: what is wrong with one is not held against the others.
	none := true
	_, _ = skipArray(raw, 0, 1, func(one []byte) error { // it was read before
		none = false
		addBody(b, parse, e, one)
		return nil
	})
	if none {
		addUnread(b, e, raw, ErrNoReceipt.Error())
	}
}

func addBody(b *campaign.Batch, parse Parse, e Entry, raw []byte) {
	receipts, err := parse(e.Gateway, raw)
	if err != nil {
		addUnread(b, e, raw, err.Error())
		return
	}
	for _, r := range receipts {
		r.ReceivedAt = e.At
		b.Receipts = append(b.Receipts, r)
		b.Raw = append(b.Raw, raw)
	}
}

func addUnread(b *campaign.Batch, e Entry, raw []byte, why string) {
	b.Unread = append(b.Unread, campaign.Unread{Gateway: e.Gateway, Raw: raw, Why: why, ReceivedAt: e.At})
}
