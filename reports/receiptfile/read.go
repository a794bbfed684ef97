package receiptfile

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"siaran/reports/receiptline"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Bounds on what is compressed: a log of 0.5 GB has room, a bomb has not.
const (
	maxInflated   = 64 << 30
	maxZstdMemory = 64 << 20
)

// Read yields what a receipt log has, by content: our own log, JSON lines, arrays, bodies one after the
// other or one to a file, tables with the headings of a custom format (.csv, .xlsx), and any of these as
// .gz or .zst. name is for people. An error that is a *BrokenLine does not end it; any other does.
// What is yielded is good until the next step. Memory does not grow with the file.
func Read(ctx context.Context, r io.Reader, name string, f Formats) iter.Seq2[receiptline.Entry, error] {
	return func(yield func(receiptline.Entry, error) bool) {
		next, done, err := open(ctx, r, name, f)
		if err != nil {
			yield(receiptline.Entry{File: name}, err)
			return
		}
		defer done()
		for {
			e, err := next(ctx)
			if errors.Is(err, io.EOF) {
				return
			}
			var broken *receiptline.BrokenLine
			if errors.As(err, &broken) {
				e.File, e.Line = broken.File, broken.Line
			}
			if e.Gateway == "" && !e.Text {
				e.Gateway = f.Only
			}
			if !yield(e, err) || err != nil && broken == nil {
				return
			}
		}
	}
}

// A nextFunc returns the next body; io.EOF at the end, a *BrokenLine where one is, or why reading stopped.
type nextFunc func(context.Context) (receiptline.Entry, error)

// open finds out what r is. done frees what reading holds.
func open(ctx context.Context, r io.Reader, name string, f Formats) (next nextFunc, done func(), err error) {
	done = func() {}
	b := bufio.NewReaderSize(r, 128<<10)
	head, err := b.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: it begins like gzip, but is not: %w", name, err)
		}
		b = bufio.NewReaderSize(&limited{z, maxInflated}, 128<<10)
	case bytes.Equal(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(b, zstd.WithDecoderMaxMemory(maxZstdMemory), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, nil, fmt.Errorf("%s: it begins like zstd, but is not: %w", name, err)
		}
		done = z.Close
		b = bufio.NewReaderSize(&limited{z, maxInflated}, 128<<10)
	case bytes.Equal(head, []byte("PK\x03\x04")):
		return openWorkbook(ctx, b, name, f)
	}
	next, err = openText(b, name, f)
	return next, done, err
}

// openText tells tables from JSON. UTF-16 is read by its byte order mark.
func openText(b *bufio.Reader, name string, f Formats) (nextFunc, error) {
	switch head, _ := b.Peek(3); {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}), bytes.Equal(head, []byte("\ufeff")):
		b = bufio.NewReaderSize(transform.NewReader(b, unicode.BOMOverride(transform.Nop)), 128<<10)
	}
	head, err := b.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if text := bytes.TrimLeft(head, " \t\r\n"); len(text) == 0 || text[0] != '{' && text[0] != '[' {
		line, _, _ := bytes.Cut(text, []byte{'\n'})
		if t, ok := findTable(line, f); ok {
			return newCSVText(b, name, t).next, nil
		}
		if f.Only != "" && len(text) > 0 && f.Custom[f.Only] != nil {
			return nil, fmt.Errorf("%s: the first line does not have the headings of format %s: it has %s", name, f.Only, receiptline.Clip(string(bytes.TrimSpace(line))))
		}
	}
	return newJSONText(b, name).next, nil
}

// limited is an error after n bytes.
type limited struct {
	r io.Reader
	n int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.n <= 0 {
		return 0, fmt.Errorf("it unpacks to more than %d bytes", int64(maxInflated))
	}
	n, err := l.r.Read(p)
	l.n -= int64(n)
	return n, err
}
