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
	since, err := cmd.changesSince(settings)
	if err != nil {
		return err
	}
	if err := catchUp(ctx, settings, book, ui); err != nil {
		return err
	}
	run, err := findRun(ctx, book, cmd.RunName)
	if err != nil {
		return err
	}
	path := cmd.Output
	if path == "" {
		path = fmt.Sprintf("%s-%s.xlsx", run.Campaign, run.ID)
	}
	in, err := reportInput(ctx, settings, book, run)
	if err != nil {
		return err
	}
	in.ChangesSince = since
	result, err := workbook.Write(ctx, path, in)
	if err != nil {
		return err
	}
	for _, note := range result.Notes {
		ui.Note("%s", note)
	}
	showReport(ui, run, result)
	return nil
}

// changesSince reads --changes-since; the zero time without it.
func (cmd *reportCmd) changesSince(s *definition.Settings) (time.Time, error) {
	if cmd.ChangesSince == "" {
		return time.Time{}, nil
	}
	if cmd.Output != "" && !strings.EqualFold(filepath.Ext(cmd.Output), ".xlsx") {
		return time.Time{}, usage(errors.New("--changes-since adds a tab, which only a workbook has"), "-o NAME.xlsx")
	}
	since, err := parseMoment(cmd.ChangesSince, s.Zone, time.Now())
	if err != nil {
		return since, usage(fmt.Errorf("--changes-since: %w", err), "")
	}
	return since, nil
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
	run, err := book.Runs.ByID(ctx, strings.ToLower(name))
	if !errors.Is(err, ledger.ErrNoRun) {
		return run, err
	}
	run, err = book.Runs.Newest(ctx, name)
	if errors.Is(err, ledger.ErrNoRun) {
		if imported, ok, err := newestImported(ctx, book, name); err != nil || ok {
			return imported, err
		}
		return run, usage(fmt.Errorf("there is no run and no campaign %q in the ledger", name), "siaran status lists the runs")
	}
	return run, err
}

// newestImported finds the newest run of another tool's sends of that name.
func newestImported(ctx context.Context, book *ledger.Ledger, name string) (campaign.Run, bool, error) {
	runs, err := book.Runs.All(ctx)
	for _, run := range runs {
		if run.Kind == campaign.KindImported && run.Campaign == name {
			return run, true, nil
		}
	}
	return campaign.Run{}, false, err
}

// writeReport writes the report of one run to path.
func writeReport(ctx context.Context, s *definition.Settings, book *ledger.Ledger, run campaign.Run, path string) (workbook.Result, error) {
	in, err := reportInput(ctx, s, book, run)
	if err != nil {
		return workbook.Result{}, err
	}
	return workbook.Write(ctx, path, in)
}

// reportInput gathers what the report of one run is made of.
func reportInput(ctx context.Context, s *definition.Settings, book *ledger.Ledger, run campaign.Run) (workbook.Input, error) {
	def, err := definitionOf(run)
	if err != nil {
		return workbook.Input{}, err
	}
	family, err := familyOf(ctx, book, run)
	if err != nil {
		return workbook.Input{}, err
	}
	actions, err := family.actions(ctx)
	if err != nil {
		return workbook.Input{}, err
	}
	account := s.Accounts[run.Account]
	in := workbook.Input{
		Run:       run,
		Histories: family.histories(ctx),
		Settings:  reports.Settings{Campaign: def, Prices: account.Prices, Zone: s.Zone, Text: smsText(account, def, run.Header)},
		AsOf:      time.Now(),
		Sender:    account.SenderID,
		Program:   programVersion(),
	}
	if def.SenderID != "" {
		in.Sender = def.SenderID
	}
	if run.Kind == campaign.KindImported { // what the other tool sent, and as whom, it did not say
		in.Sender, in.Settings.Text = "", nil
	}
	for _, a := range actions {
		by := a.Who + "@" + a.Host
		if in.Who == "" {
			in.Who = by
		}
		options := a.Options
		if a.What == campaign.DeedPlan {
			how := readPlanned(a.Options)
			options = how.String()
			if how.Estimate != nil && a.Run == run.ID {
				in.Estimate = *how.Estimate
			}
		}
		a.Options = options
		in.Actions = append(in.Actions, a)
	}
	if in.Strays, err = strays(ctx, book, family); err != nil {
		return workbook.Input{}, err
	}
	return in, nil
}

// listedStrays is how many strays the ledger is asked for.
const listedStrays = 1000

// strays are the receipts that name one of these runs and belong to none of its messages, and how many others there are.
func strays(ctx context.Context, book *ledger.Ledger, f family) (workbook.Strays, error) {
	counts, err := book.Strays.Counts(ctx)
	if err != nil {
		return workbook.Strays{}, err
	}
	var found []campaign.Stray
	for _, run := range f.members() {
		more, err := book.Strays.OfRun(ctx, run.ID, listedStrays)
		if err != nil {
			return workbook.Strays{}, err
		}
		found = append(found, more...)
	}
	return workbook.Strays{Listed: found, Counts: counts}, nil
}

// smsText renders the text of an SMS again, to count parts that the gateway did not count.
func smsText(a campaign.Account, def *campaign.Campaign, h campaign.Header) func(campaign.Message, campaign.ChannelKind) (string, error) {
	if a.Gateway == "" { // the account is no longer in the settings
		return nil
	}
	g, err := newGateway(a, def, h)
	if err != nil {
		return nil
	}
	return func(m campaign.Message, _ campaign.ChannelKind) (string, error) { return g.SMSText(m) }
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
func reportSummary(run campaign.Run, r workbook.Result) counted {
	return counted{struct {
		Type     string           `json:"type"`
		Run      string           `json:"run"`
		Campaign string           `json:"campaign"`
		Kind     campaign.RunKind `json:"kind"`
		Live     bool             `json:"live"`
		File     string           `json:"file"`
		Rows     int              `json:"rows"`
	}{"summary", run.ID, run.Campaign, run.Kind, run.Live, r.Path, r.Totals.Rows}, r.Totals.Verdicts}
}
