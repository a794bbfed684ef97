package operation

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
	"siaran/reports"
	"siaran/reports/workbook"
)

// A ReportRequest asks for the report of one run.
type ReportRequest struct {
	Run          string    // an id, or a campaign's name for its newest run
	Output       string    // the file, by its name .xlsx, .csv or .jsonl; empty: CAMPAIGN-RUN.xlsx in Dir
	Dir          string    // empty: the working directory
	ChangesSince time.Time // adds a tab: what receipts since then changed. Zero: no such tab
	Now          time.Time // the moment of the report
	Program      string    // what wrote it: name and version
}

// A ReportResult is what was written.
type ReportResult struct {
	Run campaign.Run
	workbook.Result
}

// Check says what of the request cannot be; nil if all can.
func (r ReportRequest) Check() error {
	if !r.ChangesSince.IsZero() && r.Output != "" && !strings.EqualFold(filepath.Ext(r.Output), ".xlsx") {
		return usage(errors.New("--changes-since adds a tab, which only a workbook has"), "-o NAME.xlsx")
	}
	return nil
}

// Report writes the report of a run. It knows what the ledger knows: CatchUp comes before it.
func Report(ctx context.Context, s *definition.Settings, book *ledger.Ledger, r ReportRequest) (ReportResult, error) {
	if err := r.Check(); err != nil {
		return ReportResult{}, err
	}
	run, err := FindRun(ctx, book, r.Run)
	if err != nil {
		return ReportResult{}, err
	}
	path := r.Output
	if path == "" {
		path = filepath.Join(r.Dir, fmt.Sprintf("%s-%s.xlsx", run.Campaign, run.ID))
	}
	in, err := reportInput(ctx, s, book, run)
	if err != nil {
		return ReportResult{}, err
	}
	in.AsOf, in.ChangesSince, in.Program = r.Now, r.ChangesSince, r.Program
	result, err := workbook.Write(ctx, path, in)
	return ReportResult{run, result}, err
}

// reportInput gathers what the report of one run is made of.
func reportInput(ctx context.Context, s *definition.Settings, book *ledger.Ledger, run campaign.Run) (in workbook.Input, err error) {
	def, err := DefinitionOf(run)
	if err != nil {
		return in, err
	}
	family, err := FamilyOf(ctx, book, run)
	if err != nil {
		return in, err
	}
	account := s.Accounts[run.Account]
	in = workbook.Input{
		Run: run,
		Histories: family.Histories(func(run campaign.Run) iter.Seq2[campaign.History, error] {
			return book.Histories.Of(ctx, run.ID)
		}),
		Settings: reports.Settings{Campaign: def, Prices: account.Prices, Zone: s.Zone, Text: smsText(account, def, run.Header)},
		Sender:   account.SenderID,
	}
	if def.SenderID != "" {
		in.Sender = def.SenderID
	}
	if run.Kind == campaign.KindImported { // what the other tool sent, and as whom, it did not say
		in.Sender, in.Settings.Text = "", nil
	}
	actions, err := familyActions(ctx, book, family)
	if err != nil {
		return in, err
	}
	addActions(&in, actions)
	in.Strays, err = familyStrays(ctx, book, family)
	return in, err
}

// familyActions are what was done about the run and its resends, in order.
func familyActions(ctx context.Context, book *ledger.Ledger, f reports.Family) ([]campaign.Action, error) {
	var all []campaign.Action
	for _, run := range f.Members() {
		list, err := book.Actions.OfRun(ctx, run.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	slices.SortStableFunc(all, func(a, b campaign.Action) int { return a.At.Compare(b.At) })
	return all, nil
}

// addActions puts the actions into a report, with who was the first, and what the run was expected to cost.
func addActions(in *workbook.Input, actions []campaign.Action) {
	for _, a := range actions {
		if in.Who == "" {
			in.Who = a.By()
		}
		if a.What == campaign.DeedPlan {
			how := readHow(a.Options)
			a.Options = how.String()
			if how.Estimate != nil && a.Run == in.Run.ID {
				in.Estimate = *how.Estimate
			}
		}
		in.Actions = append(in.Actions, a)
	}
}

// listedStrays is how many strays the ledger is asked for.
const listedStrays = 1000

// familyStrays are the receipts that name one of these runs and belong to none of its messages, and how many
// others there are.
func familyStrays(ctx context.Context, book *ledger.Ledger, f reports.Family) (workbook.Strays, error) {
	counts, err := book.Strays.Counts(ctx)
	if err != nil {
		return workbook.Strays{}, err
	}
	var found []campaign.Stray
	for _, run := range f.Members() {
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
	g, err := Compile(a, def, h, time.Now)
	if err != nil {
		return nil
	}
	return func(m campaign.Message, _ campaign.ChannelKind) (string, error) { return g.SMSText(m) }
}
