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

	"siaran/campaign"
	"siaran/reports/receiptline"
)

// A Folder is where our own log is: the files of all hosts that write to it.
type Folder string

// Ends are the ends of the files as they are now, by name: a host's days in order. There are none if there
// is no folder.
func (dir Folder) Ends() ([]campaign.Position, error) {
	files, err := os.ReadDir(string(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the folder of the receipt log: %w", err)
	}
	var all []campaign.Position
	for _, f := range files {
		m := filePattern.FindStringSubmatch(f.Name())
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

// Follow yields the complete lines of one file that come after from. A file that is
// shorter than that, or has no line's end there, is another one: it is read from its beginning, which
// repeats receipts and so changes nothing. An error that is a *BrokenLine does not end it; its entry has
// the offset. What is yielded is good until the next step.
func (dir Folder) Follow(ctx context.Context, from campaign.Position) iter.Seq2[receiptline.Entry, error] {
	return func(yield func(receiptline.Entry, error) bool) {
		file, err := os.Open(filepath.Join(string(dir), from.File))
		if err != nil {
			yield(receiptline.Entry{}, fmt.Errorf("the receipt log: %w", err))
			return
		}
		defer func() { _ = file.Close() }()
		if from.Offset, err = resume(file, from.Offset); err != nil {
			yield(receiptline.Entry{}, fmt.Errorf("%s: %w", from.File, err))
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
				yield(receiptline.Entry{}, fmt.Errorf("%s: %w", from.File, err))
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
func ourLine(line []byte, tooLong bool, name string, start, after int64) (receiptline.Entry, error) {
	e := receiptline.Entry{File: name, Start: start, Offset: after}
	problem := ""
	if tooLong {
		problem = fmt.Sprintf("it is longer than %d bytes", receiptline.MaxLine)
	} else if n, err := e.Open(bytes.TrimRight(line, "\r\n")); err != nil {
		problem = err.Error()
	} else if len(bytes.TrimSpace(line[n:])) > 0 {
		problem = "something else follows the JSON object"
	}
	if problem != "" {
		return e, &receiptline.BrokenLine{File: name, Start: start, Problem: problem, Text: line}
	}
	return e, nil
}
