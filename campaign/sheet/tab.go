package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"siaran/campaign"
)

// A tabPass reads the rows of one tab, from top to bottom.
type tabPass struct {
	workbook *workbook
	part     io.ReadCloser
	x        *xmlScanner
	texts    *textReader

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
	return &Error{Tab: p.workbook.tabs[p.workbook.tab].Name, Row: p.row, Problem: "is damaged here", Hint: "nothing was sent; copy or download it again, or open it in Excel and save it again", Err: err}
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
