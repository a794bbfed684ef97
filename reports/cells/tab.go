package cells

import (
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// A Tab is one page of a workbook, streamed. Its steps have one order: NewTab, Widths, Write …, Finish; then
// Save writes the workbook.
type Tab struct {
	Name   string
	Rows   int // written so far
	file   *excelize.File
	look   Look
	stream *excelize.StreamWriter
	cols   int // the widest row
	row    []any
	number []byte
}

// A Look is what a tab looks like on screen and paper.
type Look struct {
	Frozen    int  // rows that stay in view and are repeated on every page
	GridLines bool // shown on screen
	Filter    bool // over all columns and rows, heading in the first row
	Portrait  bool
	Color     string // of the tab itself; empty: none
	Title     string // printed at the head of each page; empty: nothing is set for printing
	Program   string // printed at its foot
}

// NewTab begins a tab; its place is the last one until MoveSheet is called.
func NewTab(f *excelize.File, name string, look Look) (*Tab, error) {
	if i, err := f.GetSheetIndex(name); err != nil {
		return nil, err
	} else if i < 0 {
		if _, err := f.NewSheet(name); err != nil {
			return nil, err
		}
	}
	yes := true
	props := &excelize.SheetPropsOptions{FitToPage: &yes}
	if look.Color != "" {
		props.TabColorRGB = &look.Color
	}
	if err := f.SetSheetProps(name, props); err != nil {
		return nil, err
	}
	stream, err := f.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	if err := f.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &look.GridLines}); err != nil {
		return nil, err
	}
	if look.Frozen > 0 {
		panes := &excelize.Panes{
			Freeze: true, YSplit: look.Frozen, TopLeftCell: "A" + strconv.Itoa(look.Frozen+1), ActivePane: "bottomLeft",
			Selection: []excelize.Selection{{SQRef: "A" + strconv.Itoa(look.Frozen+1), ActiveCell: "A" + strconv.Itoa(look.Frozen+1), Pane: "bottomLeft"}},
		}
		if err := stream.SetPanes(panes); err != nil {
			return nil, err
		}
	}
	return &Tab{file: f, look: look, stream: stream, Name: name}, nil
}

// Widths sets the width of each column, in characters. Call it before the first row.
func (t *Tab) Widths(w []float64) error {
	for i, n := range w {
		if err := t.stream.SetColWidth(i+1, i+1, min(max(n, 4), 80)); err != nil {
			return err
		}
	}
	return nil
}

// Write appends a row. A cell without a value, a formula or a style is left out.
func (t *Tab) Write(cells []excelize.Cell, opts ...excelize.RowOpts) error {
	t.row = t.row[:0]
	for i := range cells {
		c := &cells[i]
		if c.Value == nil && c.Formula == "" && c.StyleID == 0 {
			t.row = append(t.row, nil)
			continue
		}
		t.row = append(t.row, c)
	}
	t.Rows++
	t.cols = max(t.cols, len(cells))
	t.number = strconv.AppendInt(append(t.number[:0], 'A'), int64(t.Rows), 10)
	return t.stream.SetRow(string(t.number), t.row, opts...)
}

// Hide hides a column, from 1. Call it before the first row.
func (t *Tab) Hide(column int) error { return t.stream.SetColVisible(column, column, false) }

// Merge makes one cell of those between two, such as B4 and G4.
func (t *Tab) Merge(from, to string) error { return t.stream.MergeCell(from, to) }

// Finish ends the tab. All tabs have their final places by now: filters and print titles go by them.
func (t *Tab) Finish() error {
	if t.look.Title != "" {
		if err := t.page(); err != nil {
			return err
		}
	}
	if t.look.Filter && t.Rows > 0 {
		if err := t.file.AutoFilter(t.Name, t.area(), nil); err != nil {
			return err
		}
	}
	if t.Rows > 0 {
		if err := t.file.AddIgnoredErrors(t.Name, t.area(), excelize.IgnoredErrorsNumberStoredAsText); err != nil {
			return err
		}
	}
	return t.stream.Flush()
}

// page sets the tab up for printing.
func (t *Tab) page() error {
	orientation, paper, wide, long := "landscape", 9, 1, 0 // A4, one page wide, as many as it takes long
	if t.look.Portrait {
		orientation = "portrait"
	}
	if err := t.file.SetPageLayout(t.Name, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &paper, FitToWidth: &wide, FitToHeight: &long}); err != nil {
		return err
	}
	side, head := 0.4, 0.6
	if err := t.file.SetPageMargins(t.Name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &head, Bottom: &head}); err != nil {
		return err
	}
	if err := t.file.SetHeaderFooter(t.Name, &excelize.HeaderFooterOptions{
		OddHeader: "&L&9 " + headerText(t.look.Title) + "&R&9&A", // without the blank a first digit would be of the size
		OddFooter: "&L&8 " + headerText(t.look.Program) + "&R&8&P / &N",
	}); err != nil {
		return err
	}
	if t.look.Frozen == 0 {
		return nil
	}
	return t.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", Scope: t.Name, RefersTo: fmt.Sprintf("'%s'!$1:$%d", t.Name, t.look.Frozen),
	})
}

// area returns the range that is written.
func (t *Tab) area() string {
	last, err := excelize.CoordinatesToCellName(max(t.cols, 1), max(t.Rows, 1))
	if err != nil || last == "A1" {
		return "A1"
	}
	return "A1:" + last
}

// headerText escapes text for a page's head or foot, in which & begins a code, and keeps it short: Excel
// allows 255 characters in all.
func headerText(s string) string {
	out := make([]rune, 0, 80)
	for _, r := range s {
		if len(out) >= 78 {
			break
		}
		if r == '&' {
			out = append(out, '&')
		}
		out = append(out, r)
	}
	return string(out)
}
