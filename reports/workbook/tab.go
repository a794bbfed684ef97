package workbook

import (
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// A tab is one page of the workbook, streamed. Its steps have one order: newTab, widths, write …, finish.
type tab struct {
	file   *excelize.File
	look   tabLook
	stream *excelize.StreamWriter
	name   string
	rows   int // written so far
	cols   int // the widest row
	row    []any
	number []byte
}

// A tabLook is what a tab looks like on screen and paper.
type tabLook struct {
	frozen    int  // rows that stay in view and are repeated on every page
	gridLines bool // shown on screen
	filter    bool // over all columns and rows, heading in the first row
	portrait  bool
	color     string // of the tab itself; empty: none
	title     string // printed at the head of each page
	program   string // printed at its foot
}

// newTab begins a tab; its place is the last one until MoveSheet is called.
func newTab(f *excelize.File, name string, look tabLook) (*tab, error) {
	if i, err := f.GetSheetIndex(name); err != nil {
		return nil, err
	} else if i < 0 {
		if _, err := f.NewSheet(name); err != nil {
			return nil, err
		}
	}
	yes := true
	props := &excelize.SheetPropsOptions{FitToPage: &yes}
	if look.color != "" {
		props.TabColorRGB = &look.color
	}
	if err := f.SetSheetProps(name, props); err != nil {
		return nil, err
	}
	stream, err := f.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	if err := f.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &look.gridLines}); err != nil {
		return nil, err
	}
	if look.frozen > 0 {
		panes := &excelize.Panes{
			Freeze: true, YSplit: look.frozen, TopLeftCell: "A" + strconv.Itoa(look.frozen+1), ActivePane: "bottomLeft",
			Selection: []excelize.Selection{{SQRef: "A" + strconv.Itoa(look.frozen+1), ActiveCell: "A" + strconv.Itoa(look.frozen+1), Pane: "bottomLeft"}},
		}
		if err := stream.SetPanes(panes); err != nil {
			return nil, err
		}
	}
	return &tab{file: f, look: look, stream: stream, name: name}, nil
}

// widths sets the width of each column, in characters. Call it before the first row.
func (t *tab) widths(w []float64) error {
	for i, n := range w {
		if err := t.stream.SetColWidth(i+1, i+1, min(max(n, 4), 80)); err != nil {
			return err
		}
	}
	return nil
}

// write appends a row. A cell without a value, a formula or a style is left out.
func (t *tab) write(cells []excelize.Cell, opts ...excelize.RowOpts) error {
	t.row = t.row[:0]
	for i := range cells {
		c := &cells[i]
		if c.Value == nil && c.Formula == "" && c.StyleID == 0 {
			t.row = append(t.row, nil)
			continue
		}
		t.row = append(t.row, c)
	}
	t.rows++
	t.cols = max(t.cols, len(cells))
	t.number = strconv.AppendInt(append(t.number[:0], 'A'), int64(t.rows), 10)
	return t.stream.SetRow(string(t.number), t.row, opts...)
}

// finish ends the tab. All tabs have their final places by now: filters and print titles go by them.
func (t *tab) finish() error {
	look := t.look
	orientation, paper, wide, long := "landscape", 9, 1, 0 // A4, one page wide, as many as it takes long
	if look.portrait {
		orientation = "portrait"
	}
	if err := t.file.SetPageLayout(t.name, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &paper, FitToWidth: &wide, FitToHeight: &long}); err != nil {
		return err
	}
	side, head := 0.4, 0.6
	if err := t.file.SetPageMargins(t.name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &head, Bottom: &head}); err != nil {
		return err
	}
	if err := t.file.SetHeaderFooter(t.name, &excelize.HeaderFooterOptions{
		OddHeader: "&L&9 " + headerText(look.title) + "&R&9&A", // without the blank a first digit would be of the size
		OddFooter: "&L&8 " + headerText(look.program) + "&R&8&P / &N",
	}); err != nil {
		return err
	}
	if look.frozen > 0 {
		if err := t.file.SetDefinedName(&excelize.DefinedName{
			Name: "_xlnm.Print_Titles", Scope: t.name, RefersTo: fmt.Sprintf("'%s'!$1:$%d", t.name, look.frozen),
		}); err != nil {
			return err
		}
	}
	if look.filter && t.rows > 0 {
		if err := t.file.AutoFilter(t.name, t.dimension(), nil); err != nil {
			return err
		}
	}
	if t.rows > 0 {
		if err := t.file.AddIgnoredErrors(t.name, t.dimension(), excelize.IgnoredErrorsNumberStoredAsText); err != nil {
			return err
		}
	}
	return t.stream.Flush()
}

// dimension returns the range that is written.
func (t *tab) dimension() string {
	last, err := excelize.CoordinatesToCellName(max(t.cols, 1), max(t.rows, 1))
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
