package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/reports/receiptlog"
)

// importCmd is siaran import.
type importCmd struct {
	Files  []string `arg:"" name:"file" optional:"" help:"Receipt logs: JSON lines, arrays, one body a file, .gz, .zst, globs; - is standard input." placeholder:"FILE"`
	Format string   `help:"Read tables by the headings of this one of listen.formats." placeholder:"NAME"`
	sentFlags
}

// shownProblems is how many broken lines of a file are printed; all are counted and kept.
const shownProblems = 20

// Run reads receipts into the ledger. Importing the same again changes nothing.
func (cmd *importCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	if cmd.Sent != "" {
		return cmd.importSent(ctx, c, ui)
	}
	if len(cmd.Files) == 0 {
		return usage(errors.New("name the receipt logs to read"), "siaran import receipts/*.jsonl; - is standard input; --sent FILE makes a run of another tool's sends")
	}
	settings, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	parse, custom, err := parser(settings)
	if err != nil {
		return err
	}
	if cmd.Format != "" && custom[cmd.Format] == nil {
		return usage(fmt.Errorf("there is no format %q", cmd.Format), formatNames(settings))
	}
	paths, err := expand(cmd.Files)
	if err != nil {
		return err
	}
	im := &receiptlog.Importer{Parse: parse, Sink: book.Receipts, Formats: receiptlog.Formats{Custom: custom, Only: cmd.Format}}
	var total campaign.Tally
	for _, path := range paths {
		t, err := cmd.file(ctx, ui, im, path)
		total.Add(t)
		if err != nil {
			return fmt.Errorf("%w\nwhat came before was imported; importing the file again changes nothing", err)
		}
	}
	showTally(ui, total)
	ui.JSON(importSummary(total))
	if total.Broken+total.Quarantined > 0 {
		return quietly(exitRows)
	}
	return nil
}

// file imports one file, with a bar by bytes.
func (cmd *importCmd) file(ctx context.Context, ui *ui, im *receiptlog.Importer, path string) (campaign.Tally, error) {
	problems := 0
	im.Problem = func(err error) {
		if problems++; problems <= shownProblems {
			ui.Note("%s", err)
		}
	}
	defer func() {
		if problems > shownProblems {
			ui.Note("%s: %s more like these", path, count(problems-shownProblems))
		}
	}()
	if path == "-" {
		return im.Read(ctx, ui.in, "standard input", "stdin"+receiptlog.RejectedSuffix)
	}
	info, err := os.Stat(path)
	if err != nil {
		return campaign.Tally{}, usage(err, "")
	}
	if info.IsDir() {
		return campaign.Tally{}, usage(fmt.Errorf("%s is a folder", path), fmt.Sprintf("name its files: siaran import '%s'", filepath.Join(path, "*.jsonl")))
	}
	im.Progress = nil
	if ui.terminal && !ui.quiet && !ui.json {
		bar := progressbar.NewOptions64(info.Size(), progressbar.OptionSetWriter(ui.err), progressbar.OptionSetDescription(filepath.Base(path)),
			progressbar.OptionShowBytes(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
		im.Progress = func(n int64) { _ = bar.Set64(min(n, info.Size())) }
		defer func() { _ = bar.Finish() }()
	}
	return im.File(ctx, path)
}

// expand resolves globs that the shell left alone.
func expand(args []string) ([]string, error) {
	var paths []string
	for _, arg := range args {
		if arg == "-" || !strings.ContainsAny(arg, "*?[") {
			paths = append(paths, arg)
			continue
		}
		found, err := filepath.Glob(arg)
		if err != nil {
			return nil, usage(fmt.Errorf("%s: %w", arg, err), "")
		}
		if len(found) == 0 {
			return nil, usage(fmt.Errorf("%s: no such file", arg), "")
		}
		slices.Sort(found)
		for _, f := range found {
			if !strings.HasSuffix(f, receiptlog.RejectedSuffix) {
				paths = append(paths, f)
			}
		}
	}
	return paths, nil
}

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

// showTally prints what became of the receipts.
func showTally(ui *ui, t campaign.Tally) {
	ui.Say("%s, %s", plural(t.Lines, "line"), plural(t.Receipts, "receipt"))
	ui.Counts([]tallied{
		{t.New, "new"},
		{t.Repeated, "known already"},
		{t.Weak, "joined by recipient and time: a weak match"},
		{t.Orphan, "orphans: our form, but the run is not in this ledger"},
		{t.Forged, "forged: our form, but not made by this ledger"},
		{t.Foreign, "of other traffic"},
		{t.Reply, "replies from people"},
		{t.Quarantined, "not understood: kept in quarantine"},
		{t.Broken, "broken lines: kept beside the file, in " + receiptlog.RejectedSuffix[1:]},
	})
}
