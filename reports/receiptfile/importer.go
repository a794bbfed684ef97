package receiptfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"siaran/campaign"
	"siaran/reports/receiptline"
)

// RejectedSuffix ends the name of the file that keeps what could not be read of another.
const RejectedSuffix = ".rejected"

// An Importer brings anybody's receipt logs into a sink. Importing the same again changes nothing.
type Importer struct {
	Parse   receiptline.Parse
	Sink    receiptline.Sink
	Formats Formats
	// Progress, if set, is told how many bytes of the file were read, packed as it is.
	Progress func(bytes int64)
	// Problem, if set, is told of what could not be read (a *BrokenLine) or was not understood (an
	// *UnreadError), in order. It and Progress are called from a goroutine of their own.
	Problem func(error)
}

// File imports one file. Broken lines are kept beside it, in NAME.rejected.
func (im *Importer) File(ctx context.Context, path string) (campaign.Tally, error) {
	info, err := os.Stat(path)
	if err != nil {
		return campaign.Tally{}, fmt.Errorf("a receipt log: %w", err)
	}
	if info.IsDir() {
		return campaign.Tally{}, fmt.Errorf("%s is a folder: name the files in it", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return campaign.Tally{}, fmt.Errorf("a receipt log: %w", err)
	}
	defer func() { _ = file.Close() }()
	return im.Read(ctx, file, path, path+RejectedSuffix)
}

// Read imports what r has. name is for people; rejected is the file to keep broken lines in, which is
// written only if there are some.
func (im *Importer) Read(ctx context.Context, r io.Reader, name, rejected string) (campaign.Tally, error) {
	broken := rejects{path: rejected}
	defer broken.drop()
	if im.Progress != nil {
		r = &counted{r: r, progress: im.Progress}
	}
	t, err := im.read(ctx, r, name, &broken)
	if err != nil {
		return t, err
	}
	return t, broken.keep()
}

func (im *Importer) read(ctx context.Context, r io.Reader, name string, rejected *rejects) (campaign.Tally, error) {
	var all campaign.Tally
	p := receiptline.Pump{
		Parse: im.Parse, Sink: im.Sink,
		Told: func(problem error) error {
			if im.Problem != nil {
				im.Problem(problem)
			}
			var broken *receiptline.BrokenLine
			if errors.As(problem, &broken) {
				return rejected.add(broken.Text)
			}
			return nil
		},
		Took: func(_ campaign.Batch, t campaign.Tally) { all.Add(t) },
	}
	err := p.Run(ctx, func(ctx context.Context) iter.Seq2[receiptline.Entry, error] { return Read(ctx, r, name, im.Formats) })
	return all, err
}

// counted tells how much was read.
type counted struct {
	r        io.Reader
	n        int64
	progress func(int64)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	c.progress(c.n)
	return n, err
}
