package workbook

import (
	"strconv"

	"siaran/reports/cells"

	"github.com/xuri/excelize/v2"
)

// sheets are the tabs of one table: NAME, NAME 2 … where a tab is full.
type sheets struct {
	book     *book
	name     string
	headings []excelize.Cell
	widths   []float64
	hidden   []int // columns that are hidden, from 1
	color    string
	limit    int // rows of a tab, below its heading
	tabs     []*cells.Tab
}

func newSheets(b *book, name string, headings []string) *sheets {
	s := &sheets{book: b, name: name, limit: maxRows}
	for _, h := range headings {
		s.headings = append(s.headings, b.pen.styles.ourHeading(h))
	}
	return s
}

// fitWidths widens the columns to what the heading and sample rows want. Call it before the first row.
func (s *sheets) fitWidths(sample [][]excelize.Cell) {
	s.widths = make([]float64, len(s.headings))
	for i, h := range s.headings {
		s.widths[i] = s.book.pen.styles.width(h)*1.15 + 3 // bold, and the filter's button
	}
	for _, row := range sample {
		for i, c := range row {
			s.widths[i] = max(s.widths[i], s.book.pen.styles.width(c)+1.5)
		}
	}
}

// write appends a row, in a new tab if the last is full.
func (s *sheets) write(row []excelize.Cell) error {
	if n := len(s.tabs); n == 0 || s.tabs[n-1].Rows > s.limit {
		if err := s.next(); err != nil {
			return err
		}
	}
	return s.tabs[len(s.tabs)-1].Write(row)
}

// writeAll appends rows; the first of them decide how wide columns are.
func (s *sheets) writeAll(rows [][]excelize.Cell) error {
	if len(rows) > 0 && len(s.tabs) == 0 {
		s.fitWidths(rows)
	}
	for _, row := range rows {
		if err := s.write(row); err != nil {
			return err
		}
	}
	return nil
}

func (s *sheets) next() error {
	name := s.name
	if n := len(s.tabs); n > 0 {
		name += " " + strconv.Itoa(n+1)
	}
	t, err := cells.NewTab(s.book.file, name, s.book.look(cells.Look{Frozen: 1, GridLines: true, Filter: true, Color: s.color}))
	if err != nil {
		return err
	}
	if s.widths == nil {
		s.fitWidths(nil)
	}
	if err := t.Widths(s.widths); err != nil {
		return err
	}
	for _, c := range s.hidden {
		if err := t.Hide(c); err != nil {
			return err
		}
	}
	s.tabs = append(s.tabs, t)
	return t.Write(s.headings, excelize.RowOpts{Height: 20})
}
