package workbook

import (
	"context"
	"errors"
	"fmt"

	"github.com/xuri/excelize/v2"
	"golang.org/x/sync/errgroup"

	"siaran/campaign"
	"siaran/reports"
	"siaran/reports/cells"
)

// ourColumns stand behind the uploader's, in Deliveries and in .csv.
var ourColumns = []string{
	"Row", "Ref ID", "Recipient", "Channel", "Group", "Verdict", "Sent at", "Delivered at", "Read at",
	"Billing", "Category", "Parts", "Amount", "Attempts", "Gateway ID", "Code", "Reason",
}

// Places of ourColumns that Summary adds up.
const (
	columnRow       = 0
	columnSent      = 6
	columnDelivered = 7
	columnRead      = 8
	columnParts     = 11
	columnAmount    = 12
	columnAttempts  = 13
)

const (
	batchRows  = 256 // rows that go from one goroutine to the other at a time
	sampleRows = 256 // rows that decide how wide columns are; not more than a batch
)

// A batch is rows on their way into Deliveries, Channels and Changes.
type batch struct {
	rows     [][]excelize.Cell
	channels [][]excelize.Cell
	changes  [][]excelize.Cell
}

// A deliveries is the table Deliveries in the making, with what goes into other tabs on the way.
type deliveries struct {
	*book
	tabs              *sheets
	channels, changes *sheets
	uploaded          int  // columns
	several           bool // channels
}

// writeDeliveries streams every line into Deliveries, the charges into Channels if there are several channels,
// and what changed into Changes if that was asked for.
//
// Two goroutines: one reads, joins and counts, the other formats XML, which takes longer than all the rest.
func writeDeliveries(ctx context.Context, b *book, channels, changes *sheets) (*sheets, error) {
	uploaded := len(b.Run.Header.Columns)
	if most := excelize.MaxColumns - len(ourColumns); uploaded > most {
		return nil, fmt.Errorf("the file has %d columns; a workbook has room for %d and ours: report as .jsonl or .csv", uploaded, most)
	}
	s := newSheets(b, "Deliveries", nil)
	s.color, s.limit = blue, b.limit
	for i, c := range b.Run.Header.Columns {
		s.headings = append(s.headings, excelize.Cell{StyleID: b.pen.styles.heading, Value: b.pen.fit(c.Name)})
		if c.Hidden {
			s.hidden = append(s.hidden, i+1)
		}
	}
	for _, name := range cells.Headings(b.Run.Header, ourColumns...) {
		s.headings = append(s.headings, b.pen.styles.ourHeading(name))
	}
	w := &deliveries{book: b, tabs: s, channels: channels, changes: changes, uploaded: uploaded, several: len(b.channels()) > 1}
	g, ctx := errgroup.WithContext(ctx)
	full, empty := make(chan *batch), make(chan *batch, 3)
	for range cap(empty) {
		empty <- newBatch(len(s.headings))
	}
	g.Go(func() error {
		defer close(full)
		return w.fill(ctx, full, empty)
	})
	g.Go(func() error { return w.drain(ctx, full, empty) })
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if len(s.tabs) == 0 { // a file without rows still has its heading
		return s, s.next()
	}
	return s, nil
}

func newBatch(columns int) *batch {
	b := &batch{rows: make([][]excelize.Cell, 0, batchRows)}
	all := make([]excelize.Cell, batchRows*columns)
	for i := range batchRows {
		b.rows = append(b.rows, all[i*columns:(i+1)*columns])
	}
	b.rows = b.rows[:0]
	return b
}

// drain writes rows, batch by batch.
func (w *deliveries) drain(ctx context.Context, full <-chan *batch, empty chan<- *batch) error {
	for batch := range full {
		if len(w.tabs.tabs) == 0 {
			w.tabs.fitWidths(batch.rows)
		}
		for _, row := range batch.rows {
			if err := w.tabs.write(row); err != nil {
				return err
			}
		}
		if err := errors.Join(w.channels.writeAll(batch.channels), w.changes.writeAll(batch.changes)); err != nil {
			return err
		}
		select {
		case empty <- batch:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// fill turns lines into rows, batch by batch.
func (w *deliveries) fill(ctx context.Context, full chan<- *batch, empty <-chan *batch) error {
	var now *batch
	hand := func() error {
		select {
		case full <- now:
			now = nil
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	err := w.lines(ctx, func(h campaign.History, l reports.Line) error {
		if now == nil {
			select {
			case now = <-empty:
				now.rows, now.channels, now.changes = now.rows[:0], now.channels[:0], now.changes[:0]
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		now.rows = now.rows[:len(now.rows)+1]
		deliveryRow(w.pen, now.rows[len(now.rows)-1], l, w.uploaded)
		if w.several {
			now.channels = channelRows(w.pen, now.channels, l)
		}
		if row, ok := changeRow(w.report, w.pen, h, l); ok {
			now.changes = append(now.changes, row)
		}
		if len(now.rows) == batchRows {
			return hand()
		}
		return nil
	})
	if err != nil || now == nil {
		return err
	}
	return hand()
}

// deliveryRow fills row with the line: the uploader's cells, then ours.
func deliveryRow(p *pen, row []excelize.Cell, l reports.Line, uploaded int) {
	s := p.styles
	for i := range uploaded {
		if i < len(l.Cells) {
			row[i] = p.cell(l.Cells[i])
		} else {
			row[i] = excelize.Cell{}
		}
	}
	ours := row[uploaded:]
	ours[0] = excelize.Cell{Value: l.Row}
	ours[1] = text(s.id, l.RefID)
	ours[2] = text(s.id, l.Recipient)
	ours[3] = text(s.word, string(l.Channel))
	ours[4] = text(s.word, string(l.Group))
	ours[5] = text(s.word, string(l.Verdict))
	ours[6] = p.moment(l.SentAt)
	ours[7] = p.moment(l.DeliveredAt)
	ours[8] = p.moment(l.ReadAt)
	ours[9] = text(s.word, string(l.Billing))
	ours[10] = text(s.word, l.Category)
	ours[11] = number0(l.Parts)
	ours[12] = excelize.Cell{}
	if l.Settled {
		ours[12] = excelize.Cell{StyleID: s.amount, Value: cells.Money(l.Amount)}
	}
	ours[13] = excelize.Cell{Value: l.Attempts}
	ours[14] = p.foreign(l.GatewayID)
	ours[15] = p.foreign(l.Code)
	ours[16] = p.words(l.Remark())
}

// text returns a cell with words of ours, empty for none.
func text(style int, v string) excelize.Cell {
	if v == "" {
		return excelize.Cell{}
	}
	return excelize.Cell{StyleID: style, Value: v}
}

// number0 returns a cell with n, empty for 0.
func number0(n int) excelize.Cell {
	if n == 0 {
		return excelize.Cell{}
	}
	return excelize.Cell{Value: n}
}
