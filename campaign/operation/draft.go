package operation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/gateway"
	"siaran/campaign/ledger"
	"siaran/campaign/planning"
	"siaran/campaign/sheet"
)

// Material is what a campaign is sent from.
type Material struct {
	Settings *definition.Settings
	Campaign *campaign.Campaign
	Account  campaign.Account
	Ledger   *ledger.Ledger // to look things up; nil: there is none, and Check and Preview go without
	Input    io.Reader      // standard input, for a file called -
	Now      func() time.Time
	Repair   bool // Campaign.File is a repair workbook
}

// A draft is a campaign and its open file on the way to a plan: the planner, and what it has to know.
type draft struct {
	Material
	file    *sheet.File
	header  campaign.Header // of the rows that are sent
	gateway gateway.Compiled
	planner *planning.Planner
	repairs *repairs // nil: the rows are the file's own
	used    []int    // columns whose values reach people
}

// sheetSettings are how the campaign wants its file read.
func (m Material) sheetSettings() sheet.Settings {
	c := m.Campaign
	s := sheet.Settings{
		Path: c.File, Tab: c.Tab, HeaderRow: c.HeaderRow, Encoding: c.Encoding, HiddenRows: c.HiddenRows,
		Numbers: c.Numbers, Language: c.Language,
	}
	if m.Repair {
		s.Tab, s.HeaderRow, s.Encoding = "", 0, "" // the workbook's own
	}
	if c.File == "-" {
		s.Input = m.Input
	}
	for _, heading := range c.Columns {
		s.Need = append(s.Need, heading)
	}
	for _, ch := range c.Channels {
		if _, short := c.Columns[ch.To]; !short && !strings.Contains(ch.To, "{{") {
			s.Need = append(s.Need, ch.To)
		}
	}
	slices.Sort(s.Need)
	return s
}

// open opens the campaign's file and compiles the campaign against its heading. Close the draft.
func (m Material) open(ctx context.Context) (*draft, error) {
	bytes, err := sheet.Read(ctx, m.sheetSettings())
	if err != nil {
		return nil, err
	}
	return m.draft(bytes, nil)
}

// draft compiles the campaign against the heading of a file whose bytes were read. It takes bytes over.
func (m Material) draft(bytes *sheet.Bytes, r *repairs) (_ *draft, err error) {
	file, err := bytes.Open()
	if err != nil {
		return nil, err
	}
	d := &draft{Material: m, file: file, header: file.Header(), repairs: r}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	if m.Repair {
		if err := asRepair(d); err != nil {
			return nil, err
		}
	}
	if d.gateway, err = Compile(m.Account, m.Campaign, d.header, m.Now); err != nil {
		return nil, usage(fmt.Errorf("%s: %w", m.Campaign.Source, err), "")
	}
	if d.planner, err = planning.NewPlanner(m.Campaign, d.header, d.gateway); err != nil {
		return nil, usage(err, "")
	}
	d.planner.Zone = m.Settings.Zone
	d.used = usedColumns(m.Campaign, d.header)
	return d, nil
}

// Close closes the file.
func (d *draft) Close() error { return d.file.Close() }

// rows are the file's rows, with the numbers and columns that their run knows them by.
func (d *draft) rows(ctx context.Context) iter.Seq2[campaign.Row, error] {
	return d.repairs.rows(d.file.Rows(ctx))
}

// lookBack finds what this campaign sent before. Runs that are not live neither repeat nor are repeated.
func (d *draft) lookBack(ctx context.Context, replaced string) error {
	c := d.Campaign
	known := planning.Known{Skip: c.Repeat == "skip", Of: replaced}
	if d.repairs != nil {
		if err := d.repairs.read(ctx, d.Ledger, d.planner); err != nil {
			return err
		}
		known.Before = d.repairs.before
	}
	if d.Ledger != nil && d.Account.Live && c.Repeat != "allow" {
		known.Sent = &planning.Sent{}
		for s, err := range d.Ledger.Histories.SentTo(ctx, ledger.SentTo{
			Campaign: c.Name, Live: true, Since: d.Now().Add(-c.RepeatWithin),
			Queued: c.Unfinished == "finish-first", // elsewhere they are given up, or nothing is sent
		}) {
			if err != nil {
				return err
			}
			known.Sent.Add(s.Run, s.Seq, []byte(s.Digest), s.At)
		}
	}
	d.planner.Known = known
	return nil
}

// fileAge says that a file that was last changed then is older than the campaign expects; nil if it is not.
// Corrected rows have no age, and neither has standard input.
func (m Material) fileAge(changed time.Time) *planning.Objection {
	if m.Repair || m.Campaign.File == "-" {
		return nil
	}
	return planning.FileAge(m.Campaign, changed, m.Now())
}
