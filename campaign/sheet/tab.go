package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"siaran/campaign"
)

// A tabPass reads the rows of one tab, from top to bottom.
type tabPass struct {
	book  *workbook
	part  io.ReadCloser
	x     *xmlScanner
	texts *textReader

	begun  bool
	row    int
	arena  []byte // the texts of the row's cells
	cells  []builtCell
	raw    []byte // scratch: what stands in v
	dates  map[string]campaign.Cell
	hidden []span // hidden columns
	merged []int  // first row of each merged area
	filter string // the area of the filter, A1:F100
}

type span struct{ from, to int }

// A builtCell is a cell whose texts still stand in the arena.
type builtCell struct {
	campaign.Cell
	col       int
	raw, text span // in the arena, unless empty
}

func (p *tabPass) close() error { return p.part.Close() }

// next reads one row that the part states. Its cells stay valid until the next call.
func (p *tabPass) next(l *line) error {
	err := p.nextRow(l)
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return err
	case errors.Is(err, errBomb):
		return bombError(err)
	}
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	return &Error{Tab: p.book.tabs[p.book.tab].Name, Row: p.row, Problem: "is damaged here", Hint: "nothing was sent; copy or download it again, or open it in Excel and save it again", Err: err}
}

func (p *tabPass) nextRow(l *line) error {
	if !p.begun {
		if err := p.begin(); err != nil {
			return err
		}
	}
	for {
		if err := p.x.next(); err != nil {
			return inside(err)
		}
		switch {
		case p.x.kind == openTag && string(p.x.name) == "row":
			return p.readRow(l)
		case p.x.kind == openTag:
			if err := p.x.skip(); err != nil {
				return err
			}
		case p.x.kind == closeTag && string(p.x.name) == "sheetData":
			return p.finish()
		}
	}
}

// begin passes over everything before the rows, and notes hidden columns.
func (p *tabPass) begin() error {
	p.begun = true
	for first := true; ; {
		if err := p.x.next(); err != nil {
			return inside(err)
		}
		switch {
		case p.x.kind == charData:
			if first && len(bytes.TrimLeft(p.x.text, " \t\r\n\ufeff\xef\xbb\xbf")) > 0 {
				return errors.New("is not XML in UTF-8")
			}
			continue
		case p.x.kind == closeTag && string(p.x.name) == "worksheet":
			return errors.New("has no rows part")
		case p.x.kind == closeTag:
			continue
		}
		first = false
		switch string(p.x.name) {
		case "worksheet", "cols":
		case "sheetData":
			if p.x.empty {
				return p.finish()
			}
			return nil
		case "col":
			if isTrue(attr(p.x.attrs, "hidden")) {
				p.hidden = append(p.hidden, span{atoi(attr(p.x.attrs, "min")) - 1, atoi(attr(p.x.attrs, "max"))})
			}
		default:
			if err := p.x.skip(); err != nil {
				return err
			}
		}
	}
}

// finish reads what stands after the rows, to the part's end: so a part that was cut off there is
// noticed, and its checksum is compared. It returns io.EOF if all is well.
func (p *tabPass) finish() error {
	closed := false
	for {
		switch err := p.x.next(); {
		case errors.Is(err, io.EOF) && closed:
			return io.EOF
		case err != nil:
			return inside(err)
		}
		switch {
		case p.x.kind == closeTag && string(p.x.name) == "worksheet":
			closed = true
		case p.x.kind != openTag:
		case string(p.x.name) == "mergeCell":
			p.merged = append(p.merged, firstRow(attr(p.x.attrs, "ref")))
		case string(p.x.name) == "autoFilter":
			p.filter = string(attr(p.x.attrs, "ref"))
		}
	}
}

// firstRow returns the row of A5:B7: 5.
func firstRow(ref []byte) int {
	ref, _, _ = bytes.Cut(ref, []byte(":"))
	return atoi(bytes.TrimLeft(ref, "$ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
}

// atoi reads a short whole number; 0 if it is none.
func atoi(b []byte) int {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' || n > 1<<40 {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}

func (p *tabPass) readRow(l *line) error {
	number, height := p.row+1, false
	l.hidden = false
	for attrs := p.x.attrs; ; {
		name, value, rest, ok := nextAttr(attrs)
		if !ok {
			break
		}
		switch string(name) {
		case "r":
			number = atoi(value)
		case "hidden":
			l.hidden = isTrue(value)
		case "ht":
			height = string(value) == "0"
		}
		attrs = rest
	}
	l.hidden = l.hidden || height
	if number <= p.row || number > maxRows {
		return fmt.Errorf("has row %d after row %d", number, p.row)
	}
	p.row, l.number = number, number
	p.arena, p.cells = p.arena[:0], p.cells[:0]
	if !p.x.empty {
		if err := p.readCells(); err != nil {
			return err
		}
	}
	return p.deliver(l)
}

func (p *tabPass) readCells() error {
	col := -1
	for {
		if err := p.x.next(); err != nil {
			return inside(err)
		}
		switch {
		case p.x.kind == closeTag:
			if string(p.x.name) != "row" {
				return fmt.Errorf("has </%s> where </row> should stand", p.x.name)
			}
			return nil
		case p.x.kind == charData:
		case string(p.x.name) == "c":
			var err error
			if col, err = p.readCell(col + 1); err != nil {
				return err
			}
		case string(p.x.name) == "row":
			return errors.New("has a row within a row")
		default:
			if err := p.x.skip(); err != nil {
				return err
			}
		}
	}
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
		b.Cell = errorCell(string(p.raw))
	case "d":
		b.Cell = p.style(c.style).isoCell(string(p.raw), p.book.notation)
	case "", "n":
		p.buildNumber(b, p.style(c.style))
	default:
		return false, fmt.Errorf("has a cell of the unknown type %q", c.kind[1:])
	}
	return true, nil
}

func errorCell(word string) campaign.Cell {
	return campaign.Cell{Kind: campaign.Error, Raw: word, Text: word}
}

func (p *tabPass) style(i int) style {
	if i < 0 || i >= len(p.book.styles) {
		return style{}
	}
	return p.book.styles[i]
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
		b.Cell = errorCell("text " + string(p.raw) + " is missing")
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
		b.Cell = s.dateCell(string(p.raw), p.book.since1904, p.book.notation)
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
		p.arena, err = s.pattern.AppendNumber(p.arena, string(p.raw), p.book.notation)
	} else {
		var clean string
		clean, err = campaign.CleanDecimal(string(p.raw))
		if p.book.notation.Comma {
			clean = strings.Replace(clean, ".", ",", 1)
		}
		p.arena = append(p.arena, clean...)
	}
	if err != nil {
		b.Cell = errorCell(strings.ToValidUTF8(string(p.raw), "?"))
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

// deliver lays the row's cells out by column, their texts as parts of one string.
func (p *tabPass) deliver(l *line) error {
	l.cells = l.cells[:0]
	all := string(p.arena)
	for i := range p.cells {
		b := &p.cells[i]
		if b.raw.to > b.raw.from {
			b.Raw = all[b.raw.from:b.raw.to]
		}
		if b.text.to > b.text.from {
			b.Text = all[b.text.from:b.text.to]
		}
		for len(l.cells) <= b.col {
			l.cells = append(l.cells, campaign.Cell{})
		}
		if l.cells[b.col].Kind != campaign.Empty {
			return fmt.Errorf("has column %s twice in row %d", campaign.ColumnLetter(b.col), p.row)
		}
		l.cells[b.col] = b.Cell
	}
	l.fields = len(l.cells)
	return nil
}
