package workbook

import (
	"context"
	"errors"
	"fmt"
	"time"

	"siaran/campaign"
	"siaran/reports"
	"siaran/reports/cells"
)

// A report is an Input on its way to a file.
type report struct {
	Input
	temp     string // a folder of our own
	tally    *reports.Tally
	unproven *reports.UnprovenError
	limit    int // rows of a tab of Deliveries or Channels, below its heading

	cut     int // cells cut at Excel's limit of characters
	changed int // rows of Changes
	guarded int // cells of a .csv that would have been formulas
}

// zone sees to it that there is one, and returns it.
func (r *report) zone() *time.Location {
	if r.Settings.Zone == nil {
		r.Settings.Zone = time.UTC
	}
	return r.Settings.Zone
}

// lines joins the histories and hands each with its line to f, counted.
func (r *report) lines(ctx context.Context, f func(campaign.History, reports.Line) error) error {
	n := 0
	for h, err := range r.Histories {
		if err != nil {
			return err
		}
		if n++; n%256 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		l := reports.Join(h, r.Settings)
		r.tally.Add(l)
		if err := f(h, l); err != nil {
			return err
		}
	}
	return nil
}

// prove compares the totals once all lines were counted.
func (r *report) prove() {
	var unproven *reports.UnprovenError
	if errors.As(r.tally.Proof(r.Run.Rows), &unproven) {
		r.unproven = unproven
	}
}

func (r *report) notes() []string {
	var notes []string
	if r.cut > 0 {
		notes = append(notes, fmt.Sprintf("%d values were longer than the 32,767 characters a cell holds; they end in %q (a .jsonl report has them whole)", r.cut, cells.CutMark))
	}
	if r.guarded > 0 {
		notes = append(notes, fmt.Sprintf("%d values begin like a formula and got an apostrophe before them, so that no spreadsheet runs them (an .xlsx or .jsonl report has them unchanged)", r.guarded))
	}
	if !r.ChangesSince.IsZero() {
		notes = append(notes, changesNote(r))
	}
	return notes
}

// channels returns the kinds the run used, in the campaign's order.
func (r *report) channels() []campaign.ChannelKind {
	if c := r.Settings.Campaign; c != nil {
		kinds := make([]campaign.ChannelKind, len(c.Channels))
		for i := range c.Channels {
			kinds[i] = c.Channels[i].Kind
		}
		return kinds
	}
	return r.tally.Totals.ChannelKinds()
}
