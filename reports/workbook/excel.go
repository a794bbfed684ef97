package workbook

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// A book is an Excel workbook in the making.
type book struct {
	*report
	file    *excelize.File
	styles  *styles
	streams []stream // in the order of their places
}

// A stream is a tab whose rows are written and which waits to be finished.
type stream struct {
	tab  *tab
	look tabLook
}

// maxRows is what a tab holds below its heading.
const maxRows = excelize.TotalRows - 1

// writeExcel writes the whole workbook to f.
func writeExcel(ctx context.Context, r *report, f file) error {
	x := excelize.NewFile(excelize.Options{TmpDir: r.temp})
	defer func() { _ = x.Close() }() // only temporary files, which the target removes
	b := &book{report: r, file: x}
	var err error
	if b.styles, err = newStyles(x, r.moneyFormat()); err != nil {
		return err
	}
	if err := x.SetSheetName("Sheet1", "Summary"); err != nil {
		return err
	}
	summaryLook := b.look(tabLook{color: ink, portrait: true})
	summary, err := newTab(x, "Summary", summaryLook)
	if err != nil {
		return err
	}
	b.streams = append(b.streams, stream{summary, summaryLook})
	channels := newSheets(b, "Channels", channelHeadings)
	channels.limit = r.limit
	deliveries, err := b.deliveries(ctx, channels)
	if err != nil {
		return err
	}
	b.prove()
	b.streams = append(b.streams, deliveries.streams...)
	for _, write := range []func() error{b.problems, b.pricing, b.orphans, b.actions, b.about} {
		if err := write(); err != nil {
			return err
		}
	}
	if err := b.place(channels, "Orphans"); err != nil {
		return err
	}
	if b.unproven != nil {
		if err := b.differences(); err != nil {
			return err
		}
	}
	if err := b.summary(summary, deliveries); err != nil {
		return err
	}
	return b.save(f)
}

// look fills in what all tabs print.
func (b *book) look(l tabLook) tabLook {
	l.title = b.Run.Campaign + " · run " + b.Run.ID
	if !b.Run.Live {
		l.title += " · SIMULATED"
	}
	l.program = b.Program
	return l
}

// place puts tabs that were streamed earlier before the one of that name.
func (b *book) place(s *sheets, before string) error {
	for _, st := range s.streams {
		if err := b.file.MoveSheet(st.tab.name, before); err != nil {
			return err
		}
	}
	b.streams = append(b.streams, s.streams...)
	return nil
}

// save finishes every tab and writes the archive.
func (b *book) save(f file) error {
	if err := b.file.SetDocProps(&excelize.DocProperties{
		Title: b.Run.Campaign + " " + b.Run.ID, Creator: b.Program, Created: b.AsOf.UTC().Format("2006-01-02T15:04:05Z"),
		Modified: b.AsOf.UTC().Format("2006-01-02T15:04:05Z"),
	}); err != nil {
		return err
	}
	for _, s := range b.streams {
		if err := s.tab.finish(s.look); err != nil {
			return fmt.Errorf("tab %s: %w", s.tab.name, err)
		}
	}
	b.file.SetActiveSheet(0)
	dimensions := make(map[string]string, len(b.streams))
	ids := make(map[string]int)
	for id, name := range b.file.GetSheetMap() {
		ids[name] = id
	}
	for _, s := range b.streams {
		dimensions["xl/worksheets/sheet"+strconv.Itoa(ids[s.tab.name])+".xml"] = s.tab.dimension()
	}
	b.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return newArchive(f, dimensions) })
	_, err := b.file.WriteToBuffer() // which stays empty
	return err
}

// sheets are the tabs of one table: NAME, NAME 2 … where a tab is full.
type sheets struct {
	book     *book
	name     string
	headings []excelize.Cell
	widths   []float64
	hidden   []int // columns that are hidden, from 1
	color    string
	limit    int // rows of a tab, below its heading
	streams  []stream
}

func newSheets(b *book, name string, headings []string) *sheets {
	s := &sheets{book: b, name: name, limit: maxRows}
	for _, h := range headings {
		s.headings = append(s.headings, b.styles.ourHeading(h))
	}
	return s
}

// fitWidths widens the columns to what the heading and sample rows want. Call it before the first row.
func (s *sheets) fitWidths(sample [][]excelize.Cell) {
	s.widths = make([]float64, len(s.headings))
	for i, h := range s.headings {
		s.widths[i] = s.book.styles.width(h)*1.15 + 3 // bold, and the filter's button
	}
	for _, row := range sample {
		for i, c := range row {
			s.widths[i] = max(s.widths[i], s.book.styles.width(c)+1.5)
		}
	}
}

// write appends a row, in a new tab if the last is full.
func (s *sheets) write(row []excelize.Cell) error {
	if n := len(s.streams); n == 0 || s.streams[n-1].tab.rows > s.limit {
		if err := s.next(); err != nil {
			return err
		}
	}
	return s.streams[len(s.streams)-1].tab.write(row)
}

func (s *sheets) next() error {
	name := s.name
	if n := len(s.streams); n > 0 {
		name += " " + strconv.Itoa(n+1)
	}
	look := s.book.look(tabLook{frozen: 1, gridLines: true, filter: true, color: s.color})
	t, err := newTab(s.book.file, name, look)
	if err != nil {
		return err
	}
	if s.widths == nil {
		s.fitWidths(nil)
	}
	if err := t.widths(s.widths); err != nil {
		return err
	}
	for _, c := range s.hidden {
		if err := t.stream.SetColVisible(c, c, false); err != nil {
			return err
		}
	}
	s.streams = append(s.streams, stream{t, look})
	return t.write(s.headings, excelize.RowOpts{Height: 20})
}

// table writes a small tab at once: its heading, and its rows, of which there is always at least the heading.
func (b *book) table(name string, headings []string, rows [][]excelize.Cell) error {
	s := newSheets(b, name, headings)
	s.fitWidths(rows[:min(len(rows), sampleRows)])
	if err := s.next(); err != nil {
		return err
	}
	for _, row := range rows {
		if err := s.write(row); err != nil {
			return err
		}
	}
	b.streams = append(b.streams, s.streams...)
	return nil
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
