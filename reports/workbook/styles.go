package workbook

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"siaran/reports/cells"

	"github.com/xuri/excelize/v2"
)

// Colours, few of them.
const (
	ink   = "1F2D3D" // headings, titles
	quiet = "5F6B7A" // labels, notes
	line  = "C9D1DA" // thin borders
	band  = "EEF2F6" // group lines
	alarm = "B3261E" // what wants somebody
	calm  = "1B7F5C" // live
	blue  = "2F6DB5"
	amber = "B26A00" // simulated
)

// styles are the workbook's styles, made once.
type styles struct {
	file    *excelize.File
	formats *cells.Formats // of the uploader's cells
	money   string         // number format

	heading            int // the uploader's headings
	ours, oursRight    int // our headings, over text and over numbers
	word, id           int // our words; ids and codes, which stay text
	text, quoted       int // text that stays text; text that begins like a formula
	whole              int // numbers of more than 11 digits
	date, time, amount int
	count, percent     int
	countLeft          int // in a column of text
	code               int // the definition's lines

	// Summary only.
	title, subtitle, section                                    int
	label, value                                                int // facts
	live, simulated, unproven                                   int // the badge
	tableHead, tableHeadRight, tableHeadNote                    int
	groupText, groupCount, groupPercent, groupNote              int
	rowText, rowCount, rowPercent, rowAmount, rowNote           int
	totalText, totalCount, totalPercent, totalAmount, totalNote int
	note, sign                                                  int
}

func newStyles(f *excelize.File, moneyFormat string) (*styles, error) {
	formats, failed := cells.NewFormats(f, excelize.Style{})
	s := &styles{file: f, formats: formats, money: moneyFormat}
	add := func(st excelize.Style) int {
		id, err := f.NewStyle(&st)
		if err != nil && failed == nil {
			failed = err
		}
		return id
	}
	font := func(size float64, bold bool, color string) *excelize.Font {
		return &excelize.Font{Family: "Calibri", Size: size, Bold: bold, Color: color}
	}
	under := []excelize.Border{{Type: "bottom", Color: line, Style: 1}}
	over := []excelize.Border{{Type: "top", Color: ink, Style: 1}, {Type: "bottom", Color: ink, Style: 1}}
	fill := func(color string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	}
	middle := &excelize.Alignment{Vertical: "center"}
	right := &excelize.Alignment{Horizontal: "right", Vertical: "center"}
	indented := &excelize.Alignment{Horizontal: "left", Vertical: "center", Indent: 1}
	left := &excelize.Alignment{Horizontal: "left", Indent: 1}
	wrap := &excelize.Alignment{Vertical: "top", WrapText: true}
	counts, shares := "#,##0", "0.0%"
	times := "yyyy-mm-dd hh:mm:ss"
	wholes := "0"

	s.heading = add(excelize.Style{Font: font(11, true, "FFFFFF"), Fill: fill(quiet), Alignment: middle})
	s.ours = add(excelize.Style{Font: font(11, true, "FFFFFF"), Fill: fill(ink), Alignment: indented})
	s.oursRight = add(excelize.Style{Font: font(11, true, "FFFFFF"), Fill: fill(ink), Alignment: right})
	s.word = add(excelize.Style{Alignment: left})
	s.id = add(excelize.Style{NumFmt: 49, Alignment: left})
	s.text = add(excelize.Style{NumFmt: 49})
	s.quoted = add(excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "bottom"}})
	s.whole = add(excelize.Style{CustomNumFmt: &wholes})
	s.date = add(excelize.Style{CustomNumFmt: new("yyyy-mm-dd"), Alignment: left})
	s.time = add(excelize.Style{CustomNumFmt: &times, Alignment: left})
	s.amount = add(excelize.Style{CustomNumFmt: &s.money})
	s.count = add(excelize.Style{CustomNumFmt: &counts})
	s.percent = add(excelize.Style{CustomNumFmt: &shares})

	s.title = add(excelize.Style{Font: font(20, true, ink), Alignment: middle})
	s.subtitle = add(excelize.Style{Font: font(12, false, quiet), Alignment: middle})
	s.section = add(excelize.Style{Font: font(13, true, ink), Border: []excelize.Border{{Type: "bottom", Color: ink, Style: 2}}, Alignment: middle})
	s.label = add(excelize.Style{Font: font(11, false, quiet), Alignment: wrap})
	s.value = add(excelize.Style{Font: font(11, false, ink), NumFmt: 49, Alignment: wrap})
	s.live = add(excelize.Style{Font: font(12, true, "FFFFFF"), Fill: fill(calm), Alignment: middle})
	s.simulated = add(excelize.Style{Font: font(12, true, "FFFFFF"), Fill: fill(amber), Alignment: middle})
	s.unproven = add(excelize.Style{Font: font(12, true, "FFFFFF"), Fill: fill(alarm), Alignment: middle})
	s.tableHead = add(excelize.Style{Font: font(10, true, quiet), Border: under, Alignment: middle})
	s.tableHeadNote = add(excelize.Style{Font: font(10, true, quiet), Border: under, Alignment: indented})
	s.tableHeadRight = add(excelize.Style{Font: font(10, true, quiet), Border: under, Alignment: right})
	s.groupText = add(excelize.Style{Font: font(11, true, ink), Fill: fill(band), Alignment: middle})
	s.groupNote = add(excelize.Style{Font: font(10, true, ink), Fill: fill(band), Alignment: indented})
	s.groupCount = add(excelize.Style{Font: font(11, true, ink), Fill: fill(band), Alignment: middle, CustomNumFmt: &counts})
	s.groupPercent = add(excelize.Style{Font: font(11, true, ink), Fill: fill(band), Alignment: middle, CustomNumFmt: &shares})
	s.rowText = add(excelize.Style{Font: font(11, false, ink), Border: under, Alignment: middle})
	s.rowNote = add(excelize.Style{Font: font(10, false, quiet), Border: under, Alignment: indented})
	s.rowCount = add(excelize.Style{Font: font(11, false, ink), Border: under, Alignment: middle, CustomNumFmt: &counts})
	s.rowPercent = add(excelize.Style{Font: font(11, false, ink), Border: under, Alignment: middle, CustomNumFmt: &shares})
	s.rowAmount = add(excelize.Style{Font: font(11, false, ink), Border: under, Alignment: middle, CustomNumFmt: &s.money})
	s.totalText = add(excelize.Style{Font: font(11, true, ink), Border: over, Alignment: middle})
	s.totalNote = add(excelize.Style{Font: font(10, false, quiet), Border: over, Alignment: indented})
	s.totalCount = add(excelize.Style{Font: font(11, true, ink), Border: over, Alignment: middle, CustomNumFmt: &counts})
	s.totalPercent = add(excelize.Style{Font: font(11, true, ink), Border: over, Alignment: middle, CustomNumFmt: &shares})
	s.totalAmount = add(excelize.Style{Font: font(11, true, ink), Border: over, Alignment: middle, CustomNumFmt: &s.money})
	s.note = add(excelize.Style{Font: &excelize.Font{Family: "Calibri", Size: 10, Italic: true, Color: quiet}})
	s.sign = add(excelize.Style{Font: font(11, false, quiet), Border: []excelize.Border{{Type: "bottom", Color: quiet, Style: 1}}, Alignment: &excelize.Alignment{Vertical: "bottom"}})
	s.code = add(excelize.Style{Font: &excelize.Font{Family: "Consolas", Size: 10, Color: ink}, NumFmt: 49, Alignment: left})
	s.countLeft = add(excelize.Style{CustomNumFmt: &counts, Alignment: left})
	if failed != nil {
		return nil, failed
	}
	// excelize has no option for it: what Excel sets when somebody types an apostrophe first.
	yes := true
	f.Styles.CellXfs.Xf[s.quoted].QuotePrefix = &yes
	return s, nil
}

// ourHeading returns a heading of ours, to the right over numbers.
func (s *styles) ourHeading(name string) excelize.Cell {
	switch strings.TrimSuffix(name, cells.Taken) {
	case "Row", "Parts", "Amount", "Attempts", "Rows", "Share", "Messages", "Settled amount", "Amount if paid", "Age in days", "Unit price", "If paid":
		return excelize.Cell{StyleID: s.oursRight, Value: name}
	}
	return excelize.Cell{StyleID: s.ours, Value: name}
}

// width estimates how wide a cell shows, in characters.
func (s *styles) width(c excelize.Cell) float64 {
	switch v := c.Value.(type) {
	case string:
		return float64(utf8.RuneCountInString(v)) * 1.05
	case int64:
		if c.StyleID == s.date {
			return 11
		}
		return float64(len(strconv.FormatInt(v, 10)))*1.3 + 1
	case int:
		return float64(len(strconv.Itoa(v)))*1.3 + 1
	case float64:
		switch c.StyleID {
		case s.time:
			return 19
		case s.whole:
			return float64(len(strconv.FormatFloat(v, 'f', 0, 64)))*1.1 + 1
		}
		return 12
	case bool:
		return 6
	}
	return 0
}
