package workbook

import (
	"strconv"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"siaran/campaign"
	"siaran/reports/cells"
)

// cell returns the uploader's cell as it goes into the workbook: what it was, unchanged.
func (r *report) cell(s *styles, c campaign.Cell) excelize.Cell {
	value, format := cells.Value(c)
	if v, ok := value.(string); ok {
		return r.text(s, v)
	}
	if value == nil {
		return excelize.Cell{}
	}
	if c.Format == "" {
		switch format {
		case cells.AsWhole:
			return excelize.Cell{StyleID: s.whole, Value: value}
		case cells.AsDay:
			return excelize.Cell{StyleID: s.date, Value: value}
		case cells.AsMoment:
			return excelize.Cell{StyleID: s.time, Value: value}
		}
	}
	return excelize.Cell{StyleID: s.formats.Style(format), Value: value}
}

// text returns a cell of text that stays text: also if somebody edits it, when it begins like a formula
// or a number.
func (r *report) text(s *styles, v string) excelize.Cell {
	if v == "" {
		return excelize.Cell{}
	}
	c := excelize.Cell{Value: r.fit(v)}
	switch b := v[0]; {
	case b == '=' || b == '+' || b == '-' || b == '@':
		c.StyleID = s.quoted
	case b >= '0' && b <= '9':
		c.StyleID = s.text
	}
	return c
}

// fit is Fit, and counts what was cut.
func (r *report) fit(v string) string {
	v, cut := cells.Fit(v)
	if cut {
		r.cut++
	}
	return v
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
