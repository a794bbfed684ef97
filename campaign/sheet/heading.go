package sheet

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"siaran/campaign"
)

const (
	headingRows = 20   // the heading stands among that many rows that hold anything
	lookAhead   = 1000 // rows below it that decide which columns without a heading there are
	lookCells   = 1 << 20
)

// A lookedAt row is one of the first of the file.
type lookedAt struct {
	number int
	cells  []campaign.Cell
	width  int // up to the last cell that holds anything
}

// findHeading reads the first rows of the file and decides which of them is the heading, and which
// columns there are.
//
// The heading is row headerRow if that is given. Else, of the first 20 rows that hold anything: the
// first that has all the needed headings; else the one that has most of them, if any; else the one with
// the most cells of text that has a letter in it. Of equals, it is the first.
//
// The columns reach to the last heading, or farther, to the last cell that holds anything in the 1,000
// rows below it (in a delimited file, no farther than the heading's own line). A column without a
// heading goes by its letter. A later row that reaches beyond is a problem of that row.
func findHeading(p pass, s Settings, delimited bool) (campaign.Header, error) {
	first, widths, err := lookAtTop(p, s.HeaderRow)
	if err != nil {
		return campaign.Header{}, err
	}
	at, err := chooseHeading(first, s)
	if err != nil {
		return campaign.Header{}, err
	}
	h := first[at]
	width := h.width
	for _, w := range widths {
		if w.number > h.number {
			width = max(width, w.width)
		}
	}
	if delimited {
		width = min(width, max(len(h.cells), h.width))
	}
	header := campaign.Header{Row: h.number}
	for i := range width {
		c := campaign.Column{Letter: campaign.ColumnLetter(i)}
		if i < len(h.cells) {
			c.Name = campaign.CleanHeading(h.cells[i].Text)
		}
		if c.Name == "" {
			c.Name = c.Letter
		}
		header.Columns = append(header.Columns, c)
	}
	return header, nil
}

// lookAtTop reads the first rows: those among which the heading is sought, and the widths of more.
func lookAtTop(p pass, headerRow int) (first, widths []lookedAt, err error) {
	var l line
	for cells := 0; len(widths) < headingRows+lookAhead && cells < lookCells; {
		if err := p.next(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, nil, err
		}
		row := lookedAt{number: l.number, width: widthOf(l.cells)}
		cells += row.width
		if row.width == 0 || l.number < headerRow {
			continue
		}
		widths = append(widths, row)
		if len(first) < headingRows {
			row.cells = append(row.cells, l.cells...)
			first = append(first, row)
		}
	}
	return first, widths, nil
}

func chooseHeading(first []lookedAt, s Settings) (int, error) {
	if s.HeaderRow > 0 {
		if len(first) == 0 || first[0].number != s.HeaderRow {
			return 0, &Error{Row: s.HeaderRow, Problem: "header_row: names a row that holds nothing", Hint: "give the row with the headings, as Excel numbers it"}
		}
		return 0, nil
	}
	if len(first) == 0 {
		return 0, &Error{Problem: "holds no rows", Hint: "has it been written completely? is it the right tab?"}
	}
	best, most := -1, 0
	for i, r := range first {
		names := make([]string, len(r.cells))
		for k, c := range r.cells {
			names[k] = c.Text
		}
		switch n := hasAll(names, s.Need); {
		case len(s.Need) > 0 && n == len(s.Need):
			return i, nil
		case n > most:
			best, most = i, n
		}
	}
	if best >= 0 {
		return best, nil
	}
	for i, r := range first {
		if n := headingLike(r.cells); n > most {
			best, most = i, n
		}
	}
	if best < 0 {
		return 0, &Error{Problem: "has no row that looks like headings", Hint: "give every column a heading; or header_row: with the row's number"}
	}
	return best, nil
}

// hasAll counts how many of the needed headings are among names.
func hasAll(names, need []string) int {
	n := 0
	for _, want := range need {
		for _, have := range names {
			if campaign.FoldHeading(have) == campaign.FoldHeading(want) {
				n++
				break
			}
		}
	}
	return n
}

func headingLike(cells []campaign.Cell) int {
	n := 0
	for _, c := range cells {
		if c.Kind == campaign.Text && strings.ContainsFunc(c.Text, unicode.IsLetter) {
			n++
		}
	}
	return n
}

// widthOf returns how many cells there are up to the last that holds anything but blanks.
func widthOf(cells []campaign.Cell) int {
	for n := len(cells); n > 0; n-- {
		if !isBlank(cells[n-1]) {
			return n
		}
	}
	return 0
}

// isBlank reports whether a person sees nothing in a cell.
func isBlank(c campaign.Cell) bool {
	switch {
	case c.Kind == campaign.Empty:
		return true
	case c.Kind != campaign.Text || c.Raw == "":
		return false
	case c.Raw[0] > ' ' && c.Raw[0] < 0x80:
		return false
	}
	return strings.IndexFunc(c.Raw, func(r rune) bool {
		return !unicode.IsSpace(r) && r != '\u200b' && r != '\ufeff' && r != '\u2060'
	}) < 0
}

// needed refuses a heading that lacks a needed column, or has it twice.
func needed(h campaign.Header, need []string) error {
	for _, name := range need {
		if h.Find(name) >= 0 {
			continue
		}
		problem, hint := h.NoColumn(name)
		if h.Row > 0 {
			hint += fmt.Sprintf(" (headings taken from row %d; header_row: names another)", h.Row)
		}
		return &Error{Row: h.Row, Problem: problem, Hint: hint}
	}
	return nil
}
