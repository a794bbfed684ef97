package workbook

import (
	"context"
	"fmt"

	"siaran/campaign"
	"siaran/reports/cells"

	"github.com/xuri/excelize/v2"
)

// A book is an Excel workbook in the making.
type book struct {
	*report
	file *excelize.File
	pen  *pen
	tabs []*cells.Tab // whose rows are written, and which wait to be finished
}

// maxRows is what a tab holds below its heading.
const maxRows = excelize.TotalRows - 1

// writeExcel writes the whole workbook to f.
func writeExcel(ctx context.Context, r *report, f cells.File) error {
	x := excelize.NewFile(excelize.Options{TmpDir: r.temp})
	defer func() { _ = x.Close() }() // only temporary files, which the target removes
	b := &book{report: r, file: x}
	if err := b.write(ctx); err != nil {
		return err
	}
	return b.save(f)
}

// write writes the rows of every tab.
func (b *book) write(ctx context.Context) error {
	styles, err := newStyles(b.file, moneyFormat(b.Settings.Prices))
	if err != nil {
		return err
	}
	b.pen = &pen{styles: styles, zone: b.zone()}
	if err := b.file.SetSheetName("Sheet1", "Summary"); err != nil {
		return err
	}
	summary, err := cells.NewTab(b.file, "Summary", b.look(cells.Look{Color: ink, Portrait: true}))
	if err != nil {
		return err
	}
	b.tabs = append(b.tabs, summary)
	channels := newSheets(b, "Channels", channelHeadings)
	channels.limit = b.limit
	changes := newSheets(b, "Changes", changeHeadings)
	deliveries, err := writeDeliveries(ctx, b, channels, changes)
	if err != nil {
		return err
	}
	b.prove()
	b.tabs = append(b.tabs, deliveries.tabs...)
	for _, make := range []func(*report, *pen) table{problemsTable, pricingTable, orphansTable, actionsTable, aboutTable} {
		if err := b.table(make(b.report, b.pen)); err != nil {
			return err
		}
	}
	if err := b.others(channels, changes); err != nil {
		return err
	}
	defer func() { b.cut = b.pen.cut }()
	return writeSummary(b, summary, deliveries)
}

// others puts the tabs into their places that are there only sometimes.
func (b *book) others(channels, changes *sheets) error {
	if err := b.place(channels, "Orphans"); err != nil {
		return err
	}
	if !b.ChangesSince.IsZero() && len(changes.tabs) == 0 { // with its heading alone if nothing changed
		if err := changes.next(); err != nil {
			return err
		}
	}
	if err := b.place(changes, "Problems"); err != nil {
		return err
	}
	if b.unproven == nil {
		return nil
	}
	if err := b.table(differencesTable(b.report, b.pen)); err != nil {
		return err
	}
	return b.file.MoveSheet("Unproven", "Deliveries")
}

// table writes a small tab at once: its heading, and its rows, of which there is always at least the heading.
func (b *book) table(t table) error {
	s := newSheets(b, t.name, t.headings)
	s.fitWidths(t.rows[:min(len(t.rows), sampleRows)])
	if err := s.next(); err != nil {
		return err
	}
	for _, row := range t.rows {
		if err := s.write(row); err != nil {
			return err
		}
	}
	b.tabs = append(b.tabs, s.tabs...)
	return nil
}

// look fills in what all tabs print.
func (b *book) look(l cells.Look) cells.Look {
	l.Title = b.Run.Campaign + " · run " + b.Run.ID
	if !b.Run.Live {
		l.Title += " · SIMULATED"
	}
	l.Program = b.Program
	return l
}

// place puts tabs that were streamed earlier before the one of that name.
func (b *book) place(s *sheets, before string) error {
	for _, t := range s.tabs {
		if err := b.file.MoveSheet(t.Name, before); err != nil {
			return err
		}
	}
	b.tabs = append(b.tabs, s.tabs...)
	return nil
}

// save finishes every tab and writes the archive.
func (b *book) save(f cells.File) error {
	if err := b.file.SetDocProps(&excelize.DocProperties{
		Title: b.Run.Campaign + " " + b.Run.ID, Creator: b.Program, Created: b.AsOf.UTC().Format("2006-01-02T15:04:05Z"),
		Modified: b.AsOf.UTC().Format("2006-01-02T15:04:05Z"),
	}); err != nil {
		return err
	}
	b.file.SetActiveSheet(0) // of a tab that is finished it would parse all rows
	for _, t := range b.tabs {
		if err := t.Finish(); err != nil {
			return fmt.Errorf("tab %s: %w", t.Name, err)
		}
	}
	return cells.Save(b.file, f, b.tabs...)
}

// moneyFormat shows two decimals, and more where the prices have more.
func moneyFormat(p *campaign.Prices) string {
	if p != nil {
		for _, w := range p.WhatsApp {
			for _, m := range w.ByCategory {
				if m%10_000 != 0 {
					return "#,##0.00####"
				}
			}
		}
		for _, s := range p.SMS {
			if s.Part%10_000 != 0 {
				return "#,##0.00####"
			}
		}
	}
	return "#,##0.00"
}
