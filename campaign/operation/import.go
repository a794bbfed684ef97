package operation

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
	"siaran/reports/receiptfile"
)

// RejectedSuffix ends the name of the file that keeps what could not be read of another.
const RejectedSuffix = receiptfile.RejectedSuffix

// An ImportRequest names receipt logs to read.
type ImportRequest struct {
	Files  []string // names, patterns such as *.jsonl, and - for Input
	Format string   // read tables by the headings of this one of listen.formats; empty: by what they are
	Input  io.Reader
}

// An ImportWatcher is told how an import goes.
type ImportWatcher interface {
	Imports(e ImportEvent)
}

// An ImportEvent is a step of an import, of one file: it begins, is read, has something that is not understood,
// ends. Those between begin and end may come from another goroutine than the two.
type ImportEvent struct {
	File    string
	Size    int64 // in bytes; 0: standard input
	Read    int64 // of them, so far
	Problem error // a place that was not understood
	Ended   bool
}

// Import reads receipts into the ledger. Importing the same again changes nothing.
func Import(ctx context.Context, s *definition.Settings, book *ledger.Ledger, r ImportRequest, watch ImportWatcher) (campaign.Tally, error) {
	var total campaign.Tally
	reader, err := NewReceiptReader(s)
	if err != nil {
		return total, err
	}
	if r.Format != "" && reader.Custom[r.Format] == nil {
		return total, usage(fmt.Errorf("there is no format %q", r.Format), formatNames(s))
	}
	paths, err := expand(r.Files)
	if err != nil {
		return total, err
	}
	im := &receiptfile.Importer{Parse: reader.Parse, Sink: book.Receipts, Formats: receiptfile.Formats{Custom: reader.Custom, Only: r.Format, Workbook: openTable}}
	for _, path := range paths {
		t, err := importFile(ctx, im, path, r.Input, watch)
		total.Add(t)
		if err != nil {
			return total, fmt.Errorf("%w\nwhat came before was imported; importing the file again changes nothing", err)
		}
	}
	return total, nil
}

// importFile imports one file.
func importFile(ctx context.Context, im *receiptfile.Importer, path string, input io.Reader, watch ImportWatcher) (campaign.Tally, error) {
	e := ImportEvent{File: path}
	if path != "-" {
		info, err := os.Stat(path)
		if err != nil {
			return campaign.Tally{}, usage(err, "")
		}
		if info.IsDir() {
			return campaign.Tally{}, usage(fmt.Errorf("%s is a folder", path), fmt.Sprintf("name its files: siaran import '%s'", filepath.Join(path, "*.jsonl")))
		}
		e.Size = info.Size()
	}
	watch.Imports(e)
	im.Problem = func(err error) { watch.Imports(ImportEvent{File: path, Size: e.Size, Problem: err}) }
	im.Progress = func(n int64) { watch.Imports(ImportEvent{File: path, Size: e.Size, Read: n}) }
	defer watch.Imports(ImportEvent{File: path, Size: e.Size, Ended: true})
	if path == "-" {
		return im.Read(ctx, input, "standard input", "stdin"+RejectedSuffix)
	}
	return im.File(ctx, path)
}

// expand resolves patterns that the shell left alone.
func expand(args []string) ([]string, error) {
	var paths []string
	for _, arg := range args {
		if arg == "-" || !strings.ContainsAny(arg, "*?[") {
			paths = append(paths, arg)
			continue
		}
		found, err := filepath.Glob(arg)
		if err != nil {
			return nil, usagef("%s: %w", arg, err)
		}
		if len(found) == 0 {
			return nil, usagef("%s: no such file", arg)
		}
		slices.Sort(found)
		for _, f := range found {
			if !strings.HasSuffix(f, RejectedSuffix) {
				paths = append(paths, f)
			}
		}
	}
	return paths, nil
}

// formatNames says which formats there are.
func formatNames(s *definition.Settings) string {
	var names []string
	for name := range s.Listen.Formats {
		names = append(names, name)
	}
	if len(names) == 0 {
		return "siaran.yaml has no listen.formats"
	}
	slices.Sort(names)
	return "formats in siaran.yaml: " + strings.Join(names, ", ")
}
