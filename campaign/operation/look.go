package operation

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"

	"siaran/campaign"
	"siaran/campaign/address"
	"siaran/campaign/planning"
	"siaran/campaign/sheet"
	"siaran/reports/repair"
)

// A Look is what a campaign and its file come to before anything is sent: what check shows, and what send
// asks about.
type Look struct {
	File       FileFacts
	Preflight  *planning.Preflight
	Estimate   campaign.Estimate
	Texts      []Text               // the first three messages as their recipients read them
	Objections []planning.Objection // what the guards say against sending it
	Mend       Mend                 // where the rejected rows stand
	Parent     string               // the run whose corrected rows these are; empty: a file of its own
}

// FileFacts are what of a file a person may not see at a glance.
type FileFacts struct {
	Name       string // without its folder
	Tab        string
	Delimiter  string
	Encoding   string
	HeaderRow  int
	Counts     sheet.Counts
	HiddenTabs []string
}

// A Text is a message as its recipient reads it.
type Text struct {
	Row  int
	To   string // masked
	Text string
}

// A Mend is the repair workbook of a look's rejected rows. One that cannot be written stops nothing: the rows
// are in the report, too.
type Mend struct {
	repair.Saved       // Path is empty if no row was rejected
	Err          error // why it could not be written
}

// lookBatch is how many messages are looked up, and written, at a time.
const lookBatch = 1000

// fold counts what becomes of the rows. keep, if not nil, is handed the messages in batches, which it
// must not hold on to. mend says whether the rejected rows are written into a repair workbook.
func (d *draft) fold(ctx context.Context, decided iter.Seq2[planning.Decided, error], keep func(context.Context, []planning.Decided) error, mend bool) (*Look, error) {
	optOuts, err := newOptOuts(ctx, d.Material)
	if err != nil {
		return nil, err
	}
	look := &Look{Preflight: planning.NewPreflight(d.Campaign)}
	rejected := repair.Rejects{Settings: repair.Settings{Beside: repair.Beside(d.Campaign), Tab: d.file.Tab(), Header: d.header}}
	defer func() { _ = rejected.Close() }() // only temporary files
	batch := make([]planning.Decided, 0, lookBatch)
	flush := func() error {
		out, err := optOuts.of(ctx, batch)
		if err != nil {
			return err
		}
		for i, m := range batch {
			look.Preflight.Add(m, out[i])
			notice(d, look.Preflight, m)
			if mend && m.Problem != nil && m.Problem.Verdict == campaign.VerdictRejected {
				rejected.Add(m.Message)
			}
		}
		if keep != nil {
			err = keep(ctx, batch)
		}
		batch = batch[:0]
		return err
	}
	for m, err := range decided {
		if err != nil {
			return nil, err
		}
		if batch = append(batch, m); len(batch) == lookBatch {
			if err := flush(); err != nil {
				return nil, err
			}
		}
	}
	if err := flush(); err != nil {
		return nil, err
	}
	look.Mend.Saved, look.Mend.Err = rejected.Save()
	return look, d.describe(look)
}

// describe fills in what is known once every row was counted.
func (d *draft) describe(look *Look) error {
	pre := look.Preflight
	pre.Done()
	counts := d.file.Counts()
	pre.Empty = counts.Empty
	if pre.Rows == 0 {
		return usage(fmt.Errorf("%s has no data row below its heading", d.Campaign.File), "check tab: and header_row: in the campaign, or the file itself")
	}
	look.Estimate = pre.Estimate(d.Campaign, d.Account.Prices, d.Now())
	for _, m := range pre.First {
		look.Texts = append(look.Texts, Text{Row: m.Seq, To: address.Mask(m.Address), Text: d.text(m)})
	}
	look.File = FileFacts{
		Name: filepath.Base(d.Campaign.File), Tab: d.file.Tab(), Delimiter: d.file.Delimiter(), Encoding: d.file.Encoding(),
		HeaderRow: d.header.Row, Counts: counts,
	}
	for _, t := range d.file.Tabs() {
		if t.Hidden {
			look.File.HiddenTabs = append(look.File.HiddenTabs, t.Name)
		}
	}
	if d.repairs != nil {
		look.Parent = d.repairs.parent.ID
	}
	return nil
}

// text is m as its recipient reads it.
func (d *draft) text(m campaign.Message) string {
	text, err := d.gateway.Text(m)
	if err != nil {
		return "(" + err.Error() + ")" // it was checked: it renders
	}
	return text
}

// object adds what the guards say to look.
func (d *draft) object(look *Look, replaced string) {
	look.Objections = append(look.Objections, planning.Objections(planning.Facts{
		Campaign: d.Campaign, Preflight: look.Preflight, Estimate: look.Estimate,
		Repair: d.repairs != nil, NewRun: replaced != "", Zone: d.Settings.Zone,
	})...)
}

// preflight reads the whole file and counts, without writing anything into the ledger. Where the last of several
// rows is kept, it is read twice.
func (d *draft) preflight(ctx context.Context, plan *planning.Plan) (*Look, error) {
	last, err := d.last(ctx)
	if err != nil {
		return nil, err
	}
	look, err := d.fold(ctx, d.planner.Decide(d.planner.Candidates(ctx, plan, d.rows(ctx)), last), nil, true)
	if err != nil {
		return nil, err
	}
	look.Preflight.Hidden = plan.Hidden
	return look, d.file.Changed(ctx)
}

// last finds the last row of each recipient in the file, where that one is kept; else it is nil.
func (d *draft) last(ctx context.Context) (planning.Last, error) {
	if d.Campaign.Duplicates.Keep != "last" {
		return nil, nil
	}
	last := make(planning.Last)
	for c, err := range d.planner.Candidates(ctx, &planning.Plan{}, d.rows(ctx)) {
		if err != nil {
			return nil, err
		}
		last.Add(c)
	}
	return last, nil
}
