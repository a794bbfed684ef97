package receiptlog

import (
	"context"
	"iter"
	"time"

	"siaran/campaign"
	"siaran/reports/receiptline"
)

// A Ledger is a Sink that knows how far each file of the log was read into it.
type Ledger interface {
	receiptline.Sink
	// Position returns how far a host's file was read; 0 if it never was.
	Position(ctx context.Context, host, file string) (int64, error)
}

// A Feeder brings what is new in a log folder into a sink, every host's files, each line once: the
// position moves with the receipts. A crash between two batches repeats nothing and loses nothing.
// Its methods are for one goroutine.
type Feeder struct {
	Dir   string
	Parse receiptline.Parse
	Sink  Ledger
	// Fed, if set, is told of every batch that the sink took. The batch is good until it returns.
	Fed func(campaign.Batch, campaign.Tally)
	// All makes it read every line that comes after its own first look, also those that another process
	// brought to the sink meanwhile: Fed misses none, and the sink sees some twice.
	All bool

	seen map[string]int64 // the size of each file when it was last read to its end
	read map[string]int64 // how far this Feeder itself read each file
}

// CatchUp reads all there is now.
func (f *Feeder) CatchUp(ctx context.Context) (campaign.Tally, error) {
	var all campaign.Tally
	files, err := Folder(f.Dir).Ends()
	if err != nil {
		return all, err
	}
	first := f.seen == nil
	if first {
		f.seen, f.read = map[string]int64{}, map[string]int64{}
	}
	for _, p := range files {
		size := p.Offset
		if f.seen[p.File] == size {
			continue
		}
		if p.Offset, err = f.Sink.Position(ctx, p.Host, p.File); err != nil {
			return all, err
		}
		if f.All && !first {
			p.Offset = min(p.Offset, f.read[p.File])
		}
		f.read[p.File] = p.Offset
		t, err := f.file(ctx, p)
		all.Add(t)
		if err != nil {
			return all, err
		}
		f.seen[p.File] = size
	}
	return all, nil
}

// Run catches up, and again every interval, until ctx ends. Trouble, if set, is told of an error; the
// next interval tries again.
func (f *Feeder) Run(ctx context.Context, every time.Duration, trouble func(error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if _, err := f.CatchUp(ctx); err != nil && ctx.Err() == nil && trouble != nil {
			trouble(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (f *Feeder) file(ctx context.Context, from campaign.Position) (campaign.Tally, error) {
	var all campaign.Tally
	p := receiptline.Pump{
		Parse: f.Parse, Sink: f.Sink, Host: from.Host,
		Told: func(error) error { return nil }, // a torn line was never acknowledged; the rest is kept
		Took: func(b campaign.Batch, t campaign.Tally) {
			all.Add(t)
			f.read[b.Position.File] = b.Position.Offset
			if f.Fed != nil {
				f.Fed(b, t)
			}
		},
	}
	err := p.Run(ctx, func(ctx context.Context) iter.Seq2[receiptline.Entry, error] { return Folder(f.Dir).Follow(ctx, from) })
	return all, err
}
