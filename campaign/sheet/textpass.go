package sheet

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"siaran/campaign"
)

// A textPass reads the records of a delimited file from its beginning. A record is a row, as in Excel,
// however many lines its values take; so is a blank line.
type textPass struct {
	file  *textFile
	part  io.Closer
	csv   *csvScanner
	row   int
	arena []byte
	ends  []int
}

func (p *textPass) close() error { return p.part.Close() }

func (p *textPass) next(l *line) error {
	if err := p.csv.next(); err != nil {
		return p.fault(err)
	}
	p.row++
	l.number, l.hidden, l.problem = p.row, false, nil
	l.cells, l.fields = l.cells[:0], len(p.csv.fields)
	if l.fields > maxColumns {
		return tooManyColumns(p.row)
	}
	p.arena, p.ends = p.arena[:0], p.ends[:0]
	for _, f := range p.csv.fields {
		p.arena = p.csv.appendValue(p.arena, f)
		p.ends = append(p.ends, len(p.arena))
	}
	if err := p.checkText(); err != nil {
		return err
	}
	all, from := string(p.arena), 0
	for _, to := range p.ends {
		l.cells = append(l.cells, campaign.TextCell(unprotect(all[from:to])))
		from = to
	}
	if p.csv.bad >= 0 {
		l.problem = &campaign.RowError{
			Row: p.row, Column: campaign.ColumnLetter(p.csv.bad),
			Problem: `a quote (") opens a value and does not close it rightly: write a quote within a value twice, or leave them out`,
		}
	}
	return nil
}

// unprotect takes away the ="…" by which exports keep Excel from reading a text as a number.
func unprotect(s string) string {
	if len(s) > 3 && strings.HasPrefix(s, `="`) && s[len(s)-1] == '"' && !strings.Contains(s[2:len(s)-1], `"`) {
		return s[2 : len(s)-1]
	}
	return s
}

// checkText refuses what is no text, with its place.
func (p *textPass) checkText() error {
	column := func(at int) string {
		for i, end := range p.ends {
			if at < end {
				return campaign.ColumnLetter(i)
			}
		}
		return ""
	}
	at, err := p.file.badText(p.arena)
	if err != nil {
		err.Row, err.Column = p.row, column(at)
		return err
	}
	return nil
}

// badText finds the first byte that does not belong into a text.
func (t *textFile) badText(b []byte) (at int, err *Error) {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return i, &Error{Problem: "has a NUL byte: it is damaged, or no text", Hint: "was it written completely? save it again"}
	}
	if t.encoding != nil {
		if i := bytes.Index(b, []byte("\ufffd")); i >= 0 {
			return i, &Error{Problem: "has a character that is not " + t.named, Hint: "is encoding: right? else save it as UTF-8"}
		}
		return 0, nil
	}
	if utf8.Valid(b) {
		return 0, nil
	}
	for at < len(b) {
		r, n := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && n <= 1 {
			break
		}
		at += n
	}
	return at, &Error{Problem: "has a character that is not UTF-8", Hint: "encoding: windows-1252 if Windows wrote it, or save it as CSV UTF-8"}
}

// fault says where reading ended.
func (p *textPass) fault(err error) error { return p.file.fault(err, p.row) }

func (t *textFile) fault(err error, row int) error {
	var e *Error
	switch {
	case errors.As(err, &e):
		e.Row = max(e.Row, row+1)
		return err
	case errors.Is(err, io.EOF):
		return err
	case errors.Is(err, errRecord):
		return &Error{Row: row + 1, Problem: err.Error(), Hint: "is it a text file with line ends?"}
	}
	return &Error{Row: row + 1, Problem: "cannot be read further", Err: err}
}
