package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
	"siaran/reports"
	"siaran/reports/workbook"
)

// reportCmd is siaran report.
type reportCmd struct {
	Run_   string `arg:"" name:"run" help:"A run's id, or a campaign's name for its newest run." placeholder:"RUN"`
	Output string `short:"o" help:"File to write: .xlsx, .csv or .jsonl by its name. Default: CAMPAIGN-RUN.xlsx here." placeholder:"FILE"`
}

// Run writes the report and prints what is in it.
func (cmd *reportCmd) Run(ctx context.Context, c *common, ui *ui) error {
	settings, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer book.Close()
	if err := catchUp(ctx, settings, book, ui); err != nil {
		return err
	}
	run, err := findRun(ctx, book, cmd.Run_)
	if err != nil {
		return err
	}
	path := cmd.Output
	if path == "" {
		path = fmt.Sprintf("%s-%s.xlsx", run.Campaign, run.ID)
	}
	result, err := writeReport(ctx, settings, book, run, path)
	if err != nil {
		return err
	}
	if result.Path != path {
		ui.Note("%s is open elsewhere or cannot be replaced: written to %s instead", path, result.Path)
	}
	showReport(ui, run, result)
	return nil
}

// openHere opens settings and ledger for the commands that have no campaign file.
func openHere(ctx context.Context, c *common) (*definition.Settings, *ledger.Ledger, error) {
	settings, err := readSettings(c, ".")
	if err != nil {
		return nil, nil, err
	}
	book, err := openLedger(ctx, settings)
	return settings, book, err
}

// findRun finds a run by its id, else the newest run of the campaign of that name.
func findRun(ctx context.Context, book *ledger.Ledger, name string) (campaign.Run, error) {
	run, err := book.Run(ctx, strings.ToLower(name))
	if !errors.Is(err, ledger.ErrNoRun) {
		return run, err
	}
	run, err = book.Newest(ctx, name)
	if errors.Is(err, ledger.ErrNoRun) {
		return run, usage(fmt.Errorf("there is no run and no campaign %q in the ledger", name), "siaran status lists the runs")
	}
	return run, err
}

// writeReport writes the report of one run to path.
func writeReport(ctx context.Context, s *definition.Settings, book *ledger.Ledger, run campaign.Run, path string) (workbook.Result, error) {
	def, err := definitionOf(ctx, book, run)
	if err != nil {
		return workbook.Result{}, err
	}
	def.File = run.FileName
	o, err := historyOptions(ctx, book, run)
	if err != nil {
		return workbook.Result{}, err
	}
	actions, err := book.Actions(ctx, run.ID)
	if err != nil {
		return workbook.Result{}, err
	}
	in := workbook.Input{
		Settings: reports.Settings{
			Run: run, Campaign: def, Zone: s.Zone, AsOf: time.Now(), Prices: s.Accounts[run.Account].Prices,
			Text: reportText(s.Accounts[run.Account], def, run.Header),
		},
		Histories: book.Histories(ctx, run.ID, o),
		Version:   programVersion(),
	}
	for _, a := range actions {
		in.Actions = append(in.Actions, workbook.Action{At: a.At, Who: a.Who + "@" + a.Host, What: a.What, Why: a.Why, Options: actionOptions(a)})
	}
	if in.Orphans, in.Others, err = strays(ctx, book, run); err != nil {
		return workbook.Result{}, err
	}
	return workbook.Write(ctx, path, in)
}

// actionOptions leaves out what is too long for a cell: the definition's text of changed conduct.
func actionOptions(a ledger.Action) string {
	if a.What == actConduct {
		return ""
	}
	return a.Options
}

// reportText renders texts again, for counting SMS parts.
func reportText(a campaign.Account, def *campaign.Campaign, h campaign.Header) func(campaign.Message, campaign.ChannelKind) (string, error) {
	if a.Gateway == "" { // the account is no longer in the settings
		return nil
	}
	g, err := newGateway(a, def, h)
	if err != nil {
		return nil
	}
	return g.Text
}

// showReport prints where the report is and what it says.
func showReport(ui *ui, run campaign.Run, r workbook.Result) {
	totals := r.Totals
	if ui.json {
		ui.Line(reportSummary(run, r))
		return
	}
	path, err := filepath.Abs(r.Path)
	if err != nil {
		path = r.Path
	}
	ui.Say("Run %s of %s, %s: %s", run.ID, run.Campaign, map[bool]string{true: "LIVE", false: "SIMULATED"}[run.Live], plural(totals.Rows, "row"))
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
func reportSummary(run campaign.Run, r workbook.Result) map[string]any {
	m := map[string]any{"type": "summary", "run": run.ID, "campaign": run.Campaign, "kind": run.Kind, "live": run.Live,
		"rows": r.Totals.Rows, "file": r.Path}
	for _, v := range campaign.Verdicts {
		m[key(v)] = r.Totals.Verdicts[v]
	}
	return m
}
