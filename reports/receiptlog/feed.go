package receiptlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"siaran/campaign"
)

// A Feeder brings what is new in a log folder into a sink, every host's files, each line once: the
// position moves with the receipts. A crash between two batches repeats nothing and loses nothing.
// Its methods are for one goroutine.
type Feeder struct {
	Dir   string
	Parse Parse
	Sink  Sink
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
	files, err := Ends(f.Dir)
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
	p := pump{
		parse: f.Parse, sink: f.Sink, host: from.Host,
		told: func(error) error { return nil }, // a torn line was never acknowledged; the rest is kept
		took: func(b campaign.Batch, t campaign.Tally) {
			all.Add(t)
			f.read[b.Position.File] = b.Position.Offset
			if f.Fed != nil {
				f.Fed(b, t)
			}
		},
	}
	err := p.run(ctx, func(ctx context.Context) iter.Seq2[Entry, error] { return Follow(ctx, f.Dir, from) })
	return all, err
}

// Ends are the ends of the files of our own log in dir as it is now, by name: a host's days in order. There
// are none if there is no folder.
func Ends(dir string) ([]campaign.Position, error) {
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the folder of the receipt log: %w", err)
	}
	name := regexp.MustCompile(filePattern)
	var all []campaign.Position
	for _, f := range files {
		m := name.FindStringSubmatch(f.Name())
		if m == nil || f.IsDir() {
			continue
		}
		info, err := f.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // archived just now
		}
		if err != nil {
			return nil, fmt.Errorf("the folder of the receipt log: %w", err)
		}
		all = append(all, campaign.Position{Host: m[1], File: f.Name(), Offset: info.Size()})
	}
	return all, nil
}

// Follow yields the complete lines of one file of our own log in dir that come after from. A file that is
// shorter than that, or has no line's end there, is another one: it is read from its beginning, which
// repeats receipts and so changes nothing. An error that is a *BrokenLine does not end it; its entry has
// the offset. What is yielded is good until the next step.
func Follow(ctx context.Context, dir string, from campaign.Position) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		file, err := os.Open(filepath.Join(dir, from.File))
		if err != nil {
			yield(Entry{}, fmt.Errorf("the receipt log: %w", err))
			return
		}
		defer func() { _ = file.Close() }()
		if from.Offset, err = resume(file, from.Offset); err != nil {
			yield(Entry{}, fmt.Errorf("%s: %w", from.File, err))
			return
		}
		lines := lineReader{r: file, off: from.Offset}
		for {
			line, at, tooLong, err := lines.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(Entry{}, fmt.Errorf("%s: %w", from.File, err))
				return
			}
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			if !yield(ourLine(line, tooLong, from.File, at, lines.off)) {
				return
			}
		}
	}
}

// resume stands after the line that ends at offset, or at the beginning.
func resume(file *os.File, offset int64) (int64, error) {
	if offset > 0 {
		info, err := file.Stat()
		if err != nil {
			return 0, err
		}
		torn := true
		if offset <= info.Size() {
			if torn, err = endsTorn(file, offset); err != nil {
				return 0, err
			}
		}
		if torn {
			offset = 0
		}
	}
	_, err := file.Seek(offset, io.SeekStart)
	return offset, err
}

// ourLine reads one line. Lines are not counted, for reading may begin anywhere.
func ourLine(line []byte, tooLong bool, name string, start, after int64) (Entry, error) {
	e := Entry{File: name, Start: start, Offset: after}
	problem := ""
	if tooLong {
		problem = fmt.Sprintf("it is longer than %d bytes", maxValue)
	} else if n, err := e.open(bytes.TrimRight(line, "\r\n")); err != nil {
		problem = err.Error()
	} else if len(bytes.TrimSpace(line[n:])) > 0 {
		problem = "something else follows the JSON object"
	}
	if problem != "" {
		return e, &BrokenLine{File: name, Start: start, Problem: problem, Text: line}
	}
	return e, nil
}

// A lineReader reads complete lines, and skips what is too long.
type lineReader struct {
	r   io.Reader
	buf []byte
	i   int
	off int64 // of the next line in the file
}

// next returns a line with its line feed, and where it begins. What has no line feed yet is io.EOF.
func (l *lineReader) next() (line []byte, at int64, tooLong bool, err error) {
	at = l.off
	for seen := 0; ; {
		if k := bytes.IndexByte(l.buf[l.i+seen:], '\n'); k >= 0 {
			n := seen + k + 1
			line = l.buf[l.i : l.i+n]
			l.i += n
			l.off += int64(n)
			return line, at, tooLong, nil
		}
		if seen = len(l.buf) - l.i; seen > maxValue {
			tooLong = true
			l.off += int64(seen)
			l.i, seen = len(l.buf), 0
		}
		if err := l.more(); err != nil {
			return nil, at, tooLong, err
		}
	}
}

func (l *lineReader) more() error {
	n := copy(l.buf, l.buf[l.i:])
	l.buf, l.i = l.buf[:n], 0
	if n == cap(l.buf) {
		l.buf = append(make([]byte, 0, max(256<<10, 2*n)), l.buf...)
	}
	k, err := l.r.Read(l.buf[n:cap(l.buf)])
	l.buf = l.buf[:n+k]
	if k > 0 {
		return nil
	}
	return err
}
