package workbook

import (
	"time"

	"github.com/xuri/excelize/v2"

	"siaran/campaign"
	"siaran/reports/cells"
)

// A pen makes cells: in the workbook's styles, with times as the zone's clocks show them, cut where a cell ends.
type pen struct {
	styles *styles
	zone   *time.Location
	cut    int // values that were cut
}

// cell returns the uploader's cell as it goes into the workbook: what it was, unchanged.
func (p *pen) cell(c campaign.Cell) excelize.Cell {
	value, format := cells.Value(c)
	if v, ok := value.(string); ok {
		return p.text(v)
	}
	if value == nil {
		return excelize.Cell{}
	}
	if c.Format == "" {
		switch format {
		case cells.AsWhole:
			return excelize.Cell{StyleID: p.styles.whole, Value: value}
		case cells.AsDay:
			return excelize.Cell{StyleID: p.styles.date, Value: value}
		case cells.AsMoment:
			return excelize.Cell{StyleID: p.styles.time, Value: value}
		}
	}
	return excelize.Cell{StyleID: p.styles.formats.Style(format), Value: value}
}

// text returns a cell of text that stays text: also if somebody edits it, when it begins like a formula
// or a number.
func (p *pen) text(v string) excelize.Cell {
	if v == "" {
		return excelize.Cell{}
	}
	c := excelize.Cell{Value: p.fit(v)}
	switch b := v[0]; {
	case b == '=' || b == '+' || b == '-' || b == '@':
		c.StyleID = p.styles.quoted
	case b >= '0' && b <= '9':
		c.StyleID = p.styles.text
	}
	return c
}

// fit is Fit, and counts what was cut.
func (p *pen) fit(v string) string {
	v, cut := cells.Fit(v)
	if cut {
		p.cut++
	}
	return v
}

// moment returns a cell with a time as the zone's clocks show it, empty for the zero time.
func (p *pen) moment(t time.Time) excelize.Cell {
	if t.IsZero() {
		return excelize.Cell{}
	}
	return excelize.Cell{StyleID: p.styles.time, Value: cells.Moment(t.In(p.zone))}
}

// foreign returns a cell with an id or code of somebody else's making: always text.
func (p *pen) foreign(v string) excelize.Cell { return p.said(v, p.styles.id) }

// words returns a cell with a sentence that may hold somebody else's words.
func (p *pen) words(v string) excelize.Cell { return p.said(v, p.styles.word) }

func (p *pen) said(v string, style int) excelize.Cell {
	c := p.text(v)
	switch c.StyleID {
	case 0:
		if v != "" {
			c.StyleID = style
		}
	case p.styles.text:
		c.StyleID = p.styles.id
	}
	return c
}
