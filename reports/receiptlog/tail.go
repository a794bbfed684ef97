package receiptlog

import (
	"context"
	"errors"
	"io/fs"
	"iter"

	"siaran/campaign"
	"siaran/reports/receiptline"
)

// A Tail yields what comes into a log's folder, for whoever only looks on: it keeps no position anywhere. It is
// for one goroutine.
type Tail struct {
	folder Folder
	at     map[string]int64 // how far each file was yielded
}

// NewTail begins with the last lines of each host's newest file.
func NewTail(folder Folder, lines int) (*Tail, error) {
	begin, err := folder.Last(lines)
	if err != nil {
		return nil, err
	}
	t := &Tail{folder: folder, at: map[string]int64{}}
	for _, p := range begin {
		t.at[p.File] = p.Offset
	}
	return t, nil
}

// News yields what came since the last call, every host's files. An error that is a *receiptline.BrokenLine does
// not end it. What is yielded is good until the next step.
func (t *Tail) News(ctx context.Context) iter.Seq2[receiptline.Entry, error] {
	return func(yield func(receiptline.Entry, error) bool) {
		files, err := t.folder.Ends()
		if err != nil {
			yield(receiptline.Entry{}, err)
			return
		}
		for _, p := range files {
			if p.Offset != t.at[p.File] && !t.file(ctx, p, yield) {
				return
			}
		}
	}
}

// file yields what is new in one file; false is the end.
func (t *Tail) file(ctx context.Context, p campaign.Position, yield func(receiptline.Entry, error) bool) bool {
	p.Offset = t.at[p.File]
	for e, err := range t.folder.Follow(ctx, p) {
		var broken *receiptline.BrokenLine
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return true // archived just now
		case err != nil && !errors.As(err, &broken):
			yield(e, err)
			return false
		}
		t.at[p.File] = e.Offset
		if !yield(e, err) {
			return false
		}
	}
	return true
}
