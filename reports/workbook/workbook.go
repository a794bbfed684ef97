// Package workbook writes a run's report: lines to an Excel workbook, or to .csv or .jsonl.
//
// A report is written beside its target and renamed, so that whoever opens the target sees a whole report,
// the old one or the new. Histories stream through it once; what is kept of them is a reports.Tally.
//
// The Excel workbook goes through package cells. Each of its tabs is a function or a type of its own: small ones
// are a table, made at once; Deliveries, Channels and Changes are streamed while the histories are read.
package workbook

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"siaran/campaign"
	"siaran/reports"
	"siaran/reports/cells"
)

// Input is everything a report is made of.
type Input struct {
	Run       campaign.Run
	Histories iter.Seq2[campaign.History, error] // of every data row, in their order; nothing of one is kept once the next is asked for
	Settings  reports.Settings                   // Settings.Campaign may be nil, for an imported run
	AsOf      time.Time                          // the moment of Histories' snapshot

	Sender   string            // the sender id as it was sent; empty: the campaign's
	Who      string            // who planned or sent it, user@host
	Approval string            // who approved it and when; empty if nobody had to
	Estimate campaign.Estimate // what it was expected to cost; zero: not known
	Actions  []campaign.Action // in the order they happened
	Strays   Strays
	// ChangesSince adds the tab Changes: what receipts received then or later changed. Zero: no such tab.
	ChangesSince time.Time
	Program      string // name, version and commit
	TempDir      string // for rows on their way, about ten times the workbook; empty: beside the target
}

// Strays are receipts that belong to no message of the run.
type Strays struct {
	Listed []campaign.Stray     // this run's orphans and forged ones; the workbook shows the first 1,000
	Counts campaign.StrayCounts // all there are; those that are not Listed belong to other traffic
}

// A Result is what Write wrote.
type Result struct {
	Path   string   // which may not be the one asked for; Notes then say why
	Notes  []string // what the reader must know: another name, values cut or guarded
	Totals reports.Totals
}

// Write writes the report to path, as its ending says: .xlsx, .csv or .jsonl. If the target is open
// elsewhere or must not be written, the report becomes "NAME (2).xlsx" and a note says so.
//
// If the totals do not add up, the target is left as it was, what there is goes to NAME.UNPROVEN.xlsx (or
// its ending), and the error is a *reports.UnprovenError. With any other error nothing is left behind.
func Write(ctx context.Context, path string, in Input) (Result, error) {
	write, err := writer(path)
	if err != nil {
		return Result{}, err
	}
	if !in.ChangesSince.IsZero() && !strings.EqualFold(filepath.Ext(path), ".xlsx") {
		return Result{}, fmt.Errorf("report %s: changes are a tab of a workbook: name a file that ends in .xlsx", path)
	}
	t, err := newTarget(path, in.TempDir)
	if err != nil {
		return Result{}, err
	}
	defer t.close()
	r := &report{Input: in, temp: t.temp, tally: reports.NewTally(), limit: maxRows}
	r.zone()
	if err := write(ctx, r, t.file); err != nil {
		if errors.Is(err, syscall.ENOSPC) {
			return Result{}, fmt.Errorf("report %s: the disk is full; a workbook's rows need about ten times its size on their way: %w", path, err)
		}
		return Result{}, fmt.Errorf("report %s: %w", path, err)
	}
	if unproven := r.unproven; unproven != nil {
		if unproven.Path, err = t.keepUnproven(); err != nil {
			return Result{}, err
		}
		return Result{Path: unproven.Path, Notes: r.notes(), Totals: r.tally.Totals}, unproven
	}
	name, note, err := t.keep()
	if err != nil {
		return Result{}, err
	}
	res := Result{Path: name, Notes: r.notes(), Totals: r.tally.Totals}
	if note != "" {
		res.Notes = append([]string{note}, res.Notes...)
	}
	return res, nil
}

func writer(path string) (func(context.Context, *report, cells.File) error, error) {
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".xlsx":
		return writeExcel, nil
	case ".csv":
		return writeCSV, nil
	case ".jsonl":
		return writeJSONLines, nil
	default:
		return nil, fmt.Errorf("report %s: a report ends in .xlsx, .csv or .jsonl", path)
	}
}
