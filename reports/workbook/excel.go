package workbook

import (
	"context"
	"fmt"

	"siaran/reports/cells"

	"github.com/xuri/excelize/v2"
)

// A book is an Excel workbook in the making.
type book struct {
	*report
	file   *excelize.File
	styles *styles
	tabs   []*cells.Tab // whose rows are written, and which wait to be finished
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
func (b *book) write(ctx context.Context) (err error) {
	if b.styles, err = newStyles(b.file, b.moneyFormat()); err != nil {
		return err
	}
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
	deliveries, err := b.deliveries(ctx, channels, changes)
	if err != nil {
		return err
	}
	b.prove()
	b.tabs = append(b.tabs, deliveries.tabs...)
	for _, write := range []func() error{b.problems, b.pricing, b.orphans, b.actions, b.about} {
		if err := write(); err != nil {
			return err
		}
	}
	if err := b.place(channels, "Orphans"); err != nil {
		return err
	}
	if err := b.placeChanges(changes); err != nil {
		return err
	}
	if b.unproven != nil {
		if err := b.differences(); err != nil {
			return err
		}
	}
	return b.summary(summary, deliveries)
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
func (r *report) moneyFormat() string {
	if p := r.Settings.Prices; p != nil {
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
