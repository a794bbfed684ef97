package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/operation"
)

// reportCmd is siaran report.
type reportCmd struct {
	RunName      string `arg:"" name:"run" help:"A run's id, or a campaign's name for its newest run." placeholder:"RUN"`
	Output       string `short:"o" help:"File to write: .xlsx, .csv or .jsonl by its name. Default: CAMPAIGN-RUN.xlsx here." placeholder:"FILE"`
	ChangesSince string `help:"Add a tab Changes: what receipts received since TIME changed. TIME is 24h, a local time, or RFC 3339." placeholder:"TIME"`
}

// Run writes the report and prints what is in it.
func (cmd *reportCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	settings, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	r := operation.ReportRequest{Run: cmd.RunName, Output: cmd.Output, Now: time.Now(), Program: programVersion()}
	if cmd.ChangesSince != "" {
		if r.ChangesSince, err = operation.ParseMoment(cmd.ChangesSince, settings.Zone, r.Now); err != nil {
			return usage(fmt.Errorf("--changes-since: %w", err), "")
		}
	}
	if err := r.Check(); err != nil {
		return err
	}
	if err := catchUp(ctx, settings, book, ui); err != nil {
		return err
	}
	result, err := operation.Report(ctx, settings, book, r)
	if err != nil {
		return err
	}
	for _, note := range result.Notes {
		ui.Note("%s", note)
	}
	showReport(ui, result)
	return nil
}

// showReport prints where the report is and what it says.
func showReport(ui *ui, r operation.ReportResult) {
	run, totals := r.Run, r.Totals
	if ui.json {
		ui.Line(reportSummary(r))
		return
	}
	path, err := filepath.Abs(r.Path)
	if err != nil {
		path = r.Path
	}
	ui.Say("Run %s of %s, %s: %s", run.ID, run.Campaign, live(run.Live), plural(totals.Rows, "row"))
	for _, g := range campaign.Groups {
		if totals.Groups[g] == 0 {
			continue
		}
		var words []string
		for _, v := range campaign.Verdicts {
			if v.Group() == g && totals.Verdicts[v] > 0 {
				words = append(words, fmt.Sprintf("%s %s", count(totals.Verdicts[v]), v))
			}
		}
		ui.Say("  %-12s %9s   %s", g, count(totals.Groups[g]), strings.Join(words, ", "))
	}
	ui.Say("Written: %s", path)
}

// reportSummary is the last line of report --json: one key a verdict, adding up to rows.
func reportSummary(r operation.ReportResult) counted {
	return counted{struct {
		Type     string           `json:"type"`
		Run      string           `json:"run"`
		Campaign string           `json:"campaign"`
		Kind     campaign.RunKind `json:"kind"`
		Live     bool             `json:"live"`
		File     string           `json:"file"`
		Rows     int              `json:"rows"`
	}{"summary", r.Run.ID, r.Run.Campaign, r.Run.Kind, r.Run.Live, r.Path, r.Totals.Rows}, r.Totals.Verdicts}
}
