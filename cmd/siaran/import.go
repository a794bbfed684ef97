package main

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"

	"siaran/campaign"
	"siaran/campaign/operation"
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
	total, err := operation.Import(ctx, settings, book, operation.ImportRequest{Files: cmd.Files, Format: cmd.Format, Input: ui.in}, &importView{ui: ui})
	if err != nil {
		return err
	}
	showTally(ui, total)
	ui.JSON(importSummary(total))
	if total.Broken+total.Quarantined > 0 {
		return quietly(exitRows)
	}
	return nil
}

// An importView shows how the import of a file goes: a bar by bytes, and the first problems.
type importView struct {
	ui       *ui
	bar      *progressbar.ProgressBar // nil: not on a terminal, or standard input
	problems int
}

// Imports shows one step.
func (v *importView) Imports(e operation.ImportEvent) {
	switch {
	case e.Problem != nil:
		if v.problems++; v.problems <= shownProblems {
			v.ui.Note("%s", e.Problem)
		}
	case e.Ended:
		if v.bar != nil {
			_ = v.bar.Finish()
		}
		if v.problems > shownProblems {
			v.ui.Note("%s: %s more like these", e.File, count(v.problems-shownProblems))
		}
	case e.Read > 0:
		if v.bar != nil {
			_ = v.bar.Set64(min(e.Read, e.Size))
		}
	default:
		v.problems, v.bar = 0, nil
		if e.Size > 0 && v.ui.terminal && !v.ui.quiet && !v.ui.json {
			v.bar = progressbar.NewOptions64(e.Size, progressbar.OptionSetWriter(v.ui.err), progressbar.OptionSetDescription(filepath.Base(e.File)),
				progressbar.OptionShowBytes(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
		}
	}
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
		{t.Broken, "broken lines: kept beside the file, in " + operation.RejectedSuffix[1:]},
	})
}

// importSummary is what import prints with --json when it is done.
func importSummary(t campaign.Tally) any {
	return struct {
		Type        string `json:"type"`
		Lines       int    `json:"lines"`
		Receipts    int    `json:"receipts"`
		New         int    `json:"new"`
		Repeated    int    `json:"repeated"`
		Weak        int    `json:"weak"`
		Orphan      int    `json:"orphan"`
		Forged      int    `json:"forged"`
		Foreign     int    `json:"foreign"`
		Reply       int    `json:"reply"`
		Quarantined int    `json:"quarantined"`
		Broken      int    `json:"broken"`
	}{"summary", t.Lines, t.Receipts, t.New, t.Repeated, t.Weak, t.Orphan, t.Forged, t.Foreign, t.Reply, t.Quarantined, t.Broken}
}
