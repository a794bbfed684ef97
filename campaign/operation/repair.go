package operation

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/english"
	"siaran/campaign/ledger"
	"siaran/campaign/planning"
	"siaran/reports/repair"
)

// repairs are the rows of a repair workbook, as rows of the file they were rejected from. A nil *repairs
// changes nothing: the rows are the file's own.
type repairs struct {
	parent   campaign.Run
	row      int                             // the column of the workbook with the row numbers
	width    int                             // the uploader's columns
	rejected map[int]bool                    // the rows that the parent rejected
	planned  map[int]bool                    // the rows of this workbook
	done     map[int]string                  // rows that a child planned already, and which
	before   map[planning.DuplicateKey]int32 // who has a message of the parent or its children
}

// repairsOf finds the run whose rejected rows the workbook has: from, or the campaign's newest if that is empty.
func repairsOf(ctx context.Context, m Material, from string) (*repairs, error) {
	if from == "" {
		from = m.Campaign.Name
	}
	run, err := FindRun(ctx, m.Ledger, from)
	if err != nil {
		return nil, err
	}
	if run.Parent != "" {
		if run, err = m.Ledger.Runs.ByID(ctx, run.Parent); err != nil {
			return nil, err
		}
	}
	if run.Kind != campaign.KindSend || run.Campaign != m.Campaign.Name {
		return nil, usage(fmt.Errorf("run %s (%s of %s) rejected no rows of campaign %s", run.ID, run.Kind, run.Campaign, m.Campaign.Name),
			"name the run whose rows were rejected: --from RUN; siaran status lists the runs")
	}
	if run.State == campaign.StateCancelled {
		return nil, cancelled(run)
	}
	content, _, err := definition.Diff(run.Definition, m.Campaign.Text)
	if err != nil {
		return nil, err
	}
	if len(content) > 0 {
		return nil, person("put the old text back to send the corrected rows as part of run "+run.ID+"; or send the whole file with the new text: repeat: says what becomes of rows sent lately",
			"the campaign changed since run %s was planned:\n  %s", run.ID, strings.Join(content, "\n  "))
	}
	return &repairs{parent: run}, nil
}

func cancelled(run campaign.Run) error {
	return person("give the campaign a name of its own to send these rows", "run %s was cancelled: nothing more of it is sent", run.ID)
}

// asRepair reads the draft's file as a repair workbook.
func asRepair(d *draft) error {
	h, row, err := repair.Header(d.file.Header())
	if err != nil {
		return usage(fmt.Errorf("%s: %w", d.Campaign.File, err), "give the workbook that siaran check or send wrote beside the recipient file, with its column Row as it was")
	}
	d.header, d.repairs.row, d.repairs.width = h, row, len(h.Columns)
	return nil
}

// read learns from the ledger what became of the parent's rows until now.
func (r *repairs) read(ctx context.Context, book *ledger.Ledger, p *planning.Planner) error {
	r.rejected, r.done, r.before = map[int]bool{}, map[int]string{}, map[planning.DuplicateKey]int32{}
	parent, err := book.Runs.ByID(ctx, r.parent.ID)
	if err != nil {
		return err
	}
	if r.parent = parent; parent.State == campaign.StateCancelled {
		return cancelled(parent)
	}
	children, err := book.Runs.Children(ctx, r.parent.ID)
	if err != nil {
		return err
	}
	for _, run := range append([]campaign.Run{r.parent}, children...) {
		for h, err := range book.Histories.Of(ctx, run.ID) {
			if err != nil {
				return err
			}
			m := h.Message
			switch {
			case m.Problem == nil:
				r.before[p.DuplicateKey(m)] = int32(m.Seq) //nolint:gosec // a row of a file
				if run.Parent != "" {
					r.done[m.Seq] = run.ID
				}
			case run.Parent == "" && m.Problem.Verdict == campaign.VerdictRejected:
				r.rejected[m.Seq] = true
			}
		}
	}
	return nil
}

// rows gives the workbook's rows the numbers and columns they had in the file. A number that is not that of
// a rejected row is an error: the workbook is another's, or was sorted by parts.
func (r *repairs) rows(in iter.Seq2[campaign.Row, error]) iter.Seq2[campaign.Row, error] {
	if r == nil {
		return in
	}
	return func(yield func(campaign.Row, error) bool) {
		seen := map[int]int{}
		r.planned = map[int]bool{}
		for row, err := range in {
			var bad *campaign.RowError
			if err != nil && !errors.As(err, &bad) {
				yield(campaign.Row{}, err)
				return
			}
			at := row.Number
			if row.Number, err = repair.RowNumber(row.Cells[r.row]); err == nil {
				err = r.known(row.Number, seen)
			}
			if err != nil {
				yield(campaign.Row{}, usage(fmt.Errorf("row %d of the repair workbook: %w; nothing was sent", at, err),
					"leave the column Row as siaran wrote it; take rows out that are not to be sent"))
				return
			}
			seen[row.Number], r.planned[row.Number] = at, true
			row.Cells = row.Cells[:r.width:r.width]
			if bad != nil {
				bad.Row, err = row.Number, bad
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// known checks the number of a row.
func (r *repairs) known(number int, seen map[int]int) error {
	if other, twice := seen[number]; twice {
		return fmt.Errorf("row %d of the file stands in row %d, too", number, other)
	}
	if !r.rejected[number] {
		return fmt.Errorf("row %d of the file was not rejected in run %s", number, r.parent.ID)
	}
	return nil
}

// conflict refuses rows that another child has planned: nobody gets a message twice.
func (r *repairs) conflict() error {
	if r == nil {
		return nil
	}
	n, first := 0, 0
	for row := range r.planned {
		if r.done[row] == "" {
			continue
		}
		if n++; first == 0 || row < first {
			first = row
		}
	}
	if n == 0 {
		return nil
	}
	return usage(fmt.Errorf("%s of the repair workbook: corrected and planned before, row %d of the file by run %s; nothing was sent",
		english.Plural(n, "row"), first, r.done[first]), "take these rows out of the workbook")
}

// parentID is the id of the run whose corrected rows these are; empty if they are none.
func (r *repairs) parentID() string {
	if r == nil {
		return ""
	}
	return r.parent.ID
}
