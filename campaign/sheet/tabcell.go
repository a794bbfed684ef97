package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"siaran/campaign"
	"siaran/campaign/pattern"
)

// A span is a stretch of the arena, or of columns.
type span struct{ from, to int }

// A builtCell is a cell whose texts still stand in the arena.
type builtCell struct {
	campaign.Cell
	col       int
	raw, text span // in the arena, unless empty
}

// A storedCell is a cell as the part states it.
type storedCell struct {
	kind    string // t
	style   int
	formula bool
	text    span // of f, in the arena
	value   bool // v is there
	inline  span
}

// readCell reads the cell that was just opened; col is its place if it does not say.
func (p *tabPass) readCell(col int) (int, error) {
	var c storedCell
	for attrs := p.x.attrs; ; {
		name, value, rest, ok := nextAttr(attrs)
		if !ok {
			break
		}
		switch string(name) {
		case "r":
			at, row := cellRef(value)
			if at < 0 || row != p.row {
				return col, fmt.Errorf("has a cell %q in row %d", value, p.row)
			}
			col = at
		case "s":
			c.style = atoi(value)
		case "t":
			c.kind = cellType(value)
		}
		attrs = rest
	}
	if col >= maxColumns {
		return col, tooManyColumns(p.row)
	}
	if p.x.empty {
		return col, nil
	}
	p.raw = p.raw[:0]
	for {
		if err := p.x.next(); err != nil {
			return col, inside(err)
		}
		switch p.x.kind {
		case closeTag:
			return col, p.build(col, c)
		case charData:
			continue
		case openTag:
		}
		var err error
		switch string(p.x.name) {
		case "v":
			c.value = true
			p.raw, err = readChars(p.x, p.raw[:0])
		case "f":
			c.formula = true
			c.text.from = len(p.arena)
			p.arena, err = readChars(p.x, append(p.arena, '='))
			c.text.to = len(p.arena)
		case "is":
			c.inline.from = len(p.arena)
			p.arena, err = readRich(p.x, p.arena)
			c.inline.to = len(p.arena)
		default:
			err = p.x.skip()
		}
		if err != nil {
			return col, err
		}
	}
}

// cellType returns t as a string without making one.
func cellType(v []byte) string {
	for _, known := range [...]string{"s", "n", "str", "inlineStr", "b", "e", "d"} {
		if string(v) == known {
			return known
		}
	}
	return "?" + string(v)
}

// cellRef reads AB12; col is -1 if it is none.
func cellRef(ref []byte) (col, row int) {
	i := 0
	for ; i < len(ref) && i < 4 && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		col = col*26 + int(ref[i]-'A') + 1
	}
	if i == 0 || i == len(ref) {
		return -1, 0
	}
	return col - 1, atoi(ref[i:])
}

// build turns a stored cell into one of ours, and adds it to the row.
func (p *tabPass) build(col int, c storedCell) error {
	b := builtCell{col: col}
	switch {
	case c.kind == "inlineStr":
		b.Kind, b.raw, b.text = campaign.Text, c.inline, c.inline
		if c.inline.from == c.inline.to {
			return nil
		}
	case c.formula && (!c.value || (len(p.raw) == 0 && c.kind != "str")):
		b.Kind, b.raw, b.text = campaign.Formula, c.text, c.text
		if !utf8.Valid(p.arena[c.text.from:c.text.to]) {
			return errors.New("is not UTF-8")
		}
	case len(p.raw) == 0:
		return nil
	default:
		done, err := p.buildValue(&b, c)
		if err != nil || !done {
			return err
		}
	}
	p.cells = append(p.cells, b)
	return nil
}

// buildValue makes a cell of what stands in v; false if it is empty.
func (p *tabPass) buildValue(b *builtCell, c storedCell) (bool, error) {
	switch c.kind {
	case "s":
		return p.buildShared(b)
	case "str":
		from := len(p.arena)
		p.arena = append(p.arena, p.raw...)
		var err error
		if p.arena, err = settleText(p.arena, from); err != nil {
			return false, err
		}
		b.Kind, b.raw = campaign.Text, span{from, len(p.arena)}
		b.text = b.raw
	case "b":
		b.Cell = campaign.Cell{Kind: campaign.Bool, Raw: "FALSE", Text: "FALSE"}
		if isTrue(p.raw) {
			b.Raw, b.Text = "TRUE", "TRUE"
		}
	case "e":
		b.Cell = errorCell(p.word())
	case "d":
		b.Cell = p.style(c.style).isoCell(p.word(), p.workbook.notation)
	case "", "n":
		p.buildNumber(b, p.style(c.style))
	default:
		return false, fmt.Errorf("has a cell of the unknown type %q", c.kind[1:])
	}
	return true, nil
}

// word is the value at hand as it may be shown, whatever bytes it has.
func (p *tabPass) word() string { return strings.ToValidUTF8(string(p.raw), "?") }

func errorCell(word string) campaign.Cell {
	return campaign.Cell{Kind: campaign.Error, Raw: word, Text: word}
}

func (p *tabPass) style(i int) style {
	if i < 0 || i >= len(p.workbook.styles) {
		return style{}
	}
	return p.workbook.styles[i]
}

func (p *tabPass) buildShared(b *builtCell) (bool, error) {
	i := atoi(bytes.TrimSpace(p.raw))
	if i == 0 && string(bytes.TrimSpace(p.raw)) != "0" {
		i = -1
	}
	shared, lent, ok, err := p.texts.lookup(i)
	switch {
	case err != nil:
		return false, err
	case !ok:
		b.Cell = errorCell("text " + p.word() + " is missing")
		return true, nil
	case lent != nil:
		from := len(p.arena)
		p.arena = append(p.arena, lent...)
		b.Kind, b.raw = campaign.Text, span{from, len(p.arena)}
		b.text = b.raw
		return len(lent) > 0, nil
	}
	b.Cell = campaign.TextCell(shared)
	return shared != "", nil
}

// buildNumber makes a number or date: its exact text as stored, and as it is shown.
func (p *tabPass) buildNumber(b *builtCell, s style) {
	p.raw = bytes.TrimSpace(p.raw)
	if s.date {
		if c, ok := p.dates[string(p.raw)]; ok && c.Format == s.format {
			b.Cell = c
			return
		}
		b.Cell = s.dateCell(p.word(), p.workbook.since1904, p.workbook.notation)
		if p.dates == nil || len(p.dates) > 4096 {
			p.dates = map[string]campaign.Cell{}
		}
		p.dates[string(p.raw)] = b.Cell
		return
	}
	b.Kind, b.Format = campaign.Number, s.format
	b.raw.from = len(p.arena)
	p.arena = append(p.arena, p.raw...)
	b.raw.to = len(p.arena)
	b.text = b.raw
	if s.pattern == nil && isPlainInteger(p.raw) {
		return
	}
	from := len(p.arena)
	var err error
	if s.pattern != nil {
		p.arena, err = s.pattern.AppendNumber(p.arena, string(p.raw), p.workbook.notation)
	} else {
		var clean string
		clean, err = pattern.CleanDecimal(string(p.raw))
		if p.workbook.notation.Comma {
			clean = strings.Replace(clean, ".", ",", 1)
		}
		p.arena = append(p.arena, clean...)
	}
	if err != nil {
		b.Cell = errorCell(p.word())
		b.raw, b.text = span{}, span{}
		return
	}
	b.text = span{from, len(p.arena)}
}

// isPlainInteger reports whether a number is shown as it is stored.
func isPlainInteger(b []byte) bool {
	if len(b) == 0 || len(b) > 30 || (b[0] == '0' && len(b) > 1) {
		return false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
