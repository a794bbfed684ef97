package sheet

import (
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"siaran/campaign"
	"siaran/campaign/pattern"
)

// A style is what matters of a cell's style: how its number is shown.
type style struct {
	format  string           // Excel's, empty for General
	pattern *pattern.Pattern // nil for General, and for a format that cannot be read
	date    bool
}

// stylesOf reads the number formats of all cell styles of a workbook.
func stylesOf(x *excelize.File, language string) []style {
	if x.Styles == nil || x.Styles.CellXfs == nil {
		return nil
	}
	codes := map[int]string{}
	if x.Styles.NumFmts != nil {
		for _, f := range x.Styles.NumFmts.NumFmt {
			codes[f.NumFmtID] = f.FormatCode
		}
	}
	byID := map[int]style{}
	styles := make([]style, 0, len(x.Styles.CellXfs.Xf))
	for _, xf := range x.Styles.CellXfs.Xf {
		id := 0
		if xf.NumFmtID != nil {
			id = *xf.NumFmtID
		}
		s, ok := byID[id]
		if !ok {
			code, own := codes[id]
			if !own {
				code = builtIn(id, language)
			}
			s = newStyle(code, language)
			byID[id] = s
		}
		styles = append(styles, s)
	}
	return styles
}

func newStyle(code, language string) style {
	if code == "" || strings.EqualFold(code, "General") || code == "@" {
		return style{format: strings.TrimPrefix(code, "General")}
	}
	s := style{format: code}
	shown := code
	if strings.HasPrefix(strings.ToUpper(code), "[$-F800]") && language == "id" {
		shown = "dddd, dd mmmm yyyy" // the system's long date
	}
	if p, err := pattern.Compile(shown); err == nil {
		s.pattern, s.date = p, p.IsDate()
	}
	return s
}

// builtIn returns the formats that a workbook names by number only (ECMA-376, 18.8.30). The short date
// is the system's: day first in Indonesian.
func builtIn(id int, language string) string {
	short := "m/d/yyyy"
	if language == "id" {
		short = "dd/mm/yyyy"
	}
	switch {
	case id == 22:
		return short + " h:mm"
	case id == 32 || id == 33 || id == 55 || id == 56: // times in East Asian Excel
		return "h:mm"
	case id == 14 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58):
		return short
	}
	return map[int]string{
		1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
		5: `"$"#,##0_);\("$"#,##0\)`, 6: `"$"#,##0_);[Red]\("$"#,##0\)`, 7: `"$"#,##0.00_);\("$"#,##0.00\)`, 8: `"$"#,##0.00_);[Red]\("$"#,##0.00\)`,
		9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
		15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
		37: `#,##0_);\(#,##0\)`, 38: `#,##0_);[Red]\(#,##0\)`, 39: `#,##0.00_);\(#,##0.00\)`, 40: `#,##0.00_);[Red]\(#,##0.00\)`,
		41: `_(* #,##0_);_(* \(#,##0\);_(* "-"_);_(@_)`, 42: `_("$"* #,##0_);_("$"* \(#,##0\);_("$"* "-"_);_(@_)`,
		43: `_(* #,##0.00_);_(* \(#,##0.00\);_(* "-"??_);_(@_)`, 44: `_("$"* #,##0.00_);_("$"* \(#,##0.00\);_("$"* "-"??_);_(@_)`,
		45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
	}[id]
}

// dateCell makes the cell of a number under a date format.
func (s style) dateCell(raw string, since1904 bool, n pattern.Notation) campaign.Cell {
	serial, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return campaign.Cell{Kind: campaign.Error, Raw: raw, Text: raw, Format: s.format}
	}
	t, day, ok := pattern.SerialTime(serial, since1904)
	if !ok {
		return campaign.Cell{Kind: campaign.Error, Raw: "####", Text: "####", Format: s.format}
	}
	if day == 0 && !since1904 && s.pattern.ShowsDay() { // Excel shows 0 January 1900: a date that is missing
		return campaign.Cell{Kind: campaign.Error, Raw: raw + " as a date", Text: raw + " as a date", Format: s.format}
	}
	return s.timeCell(t, day == 0 && !s.pattern.ShowsDay(), n)
}

// timeCell makes the cell of a time; alone means that it is a time of day without a date.
func (s style) timeCell(t time.Time, alone bool, n pattern.Notation) campaign.Cell {
	layout := "2006-01-02T15:04:05.999"
	switch {
	case alone:
		layout = "T15:04:05.999"
	case t.Equal(t.Truncate(24 * time.Hour)):
		layout = "2006-01-02"
	}
	c := campaign.Cell{Kind: campaign.Date, Raw: t.Format(layout), Format: s.format}
	c.Text = c.Raw
	if s.pattern != nil && s.date {
		c.Text = string(s.pattern.AppendTime(nil, t, n))
	}
	return c
}

// isoCell makes the cell of a date that is stored as text (t="d").
func (s style) isoCell(raw string, n pattern.Notation) campaign.Cell {
	raw = strings.TrimSuffix(raw, "Z")
	for _, layout := range []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, raw); err == nil {
			return s.timeCell(t.Round(time.Millisecond), false, n)
		}
	}
	if t, err := time.Parse("15:04:05.999999999", strings.TrimPrefix(raw, "T")); err == nil {
		return s.timeCell(t.Round(time.Millisecond), true, n)
	}
	return campaign.Cell{Kind: campaign.Error, Raw: raw, Text: raw, Format: s.format}
}
