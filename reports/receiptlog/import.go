package receiptlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"

	"siaran/campaign"
)

// RejectedSuffix ends the name of the file that keeps what could not be read of another.
const RejectedSuffix = ".rejected"

// An Importer brings anybody's receipt logs into a sink. Importing the same again changes nothing.
type Importer struct {
	Parse   Parse
	Sink    Sink
	Formats Formats
	// Progress, if set, is told how many bytes of the file were read, packed as it is.
	Progress func(bytes int64)
	// Problem, if set, is told of what could not be read (a *BrokenLine) or was not understood (an
	// *UnreadError), in order. It and Progress are called from a goroutine of their own.
	Problem func(error)
}

// An UnreadError is a body that was kept in quarantine.
type UnreadError struct{ Source, Problem string }

func (u *UnreadError) Error() string { return u.Source + ": " + u.Problem }

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
	p := pump{
		parse: im.Parse, sink: im.Sink,
		told: func(problem error) error {
			if im.Problem != nil {
				im.Problem(problem)
			}
			var broken *BrokenLine
			if errors.As(problem, &broken) {
				return rejected.add(broken.Text)
			}
			return nil
		},
		took: func(_ campaign.Batch, t campaign.Tally) { all.Add(t) },
	}
	err := p.run(ctx, func(ctx context.Context) iter.Seq2[Entry, error] { return Read(ctx, r, name, im.Formats) })
	return all, err
}

// rejects is the file of broken lines: written beside, renamed when it is whole.
type rejects struct {
	path string
	file *os.File
}

func (r *rejects) add(text []byte) error {
	if r.path == "" {
		return nil
	}
	if r.file == nil {
		f, err := os.OpenFile(r.path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
		if err != nil {
			return fmt.Errorf("keeping what could not be read: %w", err)
		}
		r.file = f
	}
	line := slices.Concat(bytes.TrimRight(text, "\r\n"), []byte{'\n'})
	if _, err := r.file.Write(line); err != nil {
		return fmt.Errorf("keeping what could not be read: %w", err)
	}
	return nil
}

func (r *rejects) keep() error {
	if r.file == nil {
		return nil
	}
	f := r.file
	r.file = nil
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("keeping what could not be read: %w", err), os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), r.path); err != nil {
		return fmt.Errorf("keeping what could not be read: %w", err)
	}
	return nil
}

func (r *rejects) drop() {
	if r.file != nil {
		_ = r.file.Close()
		_ = os.Remove(r.file.Name())
	}
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
