package sheet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"siaran/campaign"
	"siaran/campaign/pattern"
)

// An objectPass reads a file of JSON objects, one a line. Its row numbers are line numbers, and its
// headings the keys, in the order in which they are first met.
type objectPass struct {
	file    *textFile
	part    io.Closer
	csv     *csvScanner
	row     int
	columns map[string]int
	names   []string
	fixed   bool // no more columns: a key that comes later is a problem of its row
}

func newObjectPass(t *textFile, part io.Closer, cut *csvScanner) *objectPass {
	p := &objectPass{file: t, part: part, csv: cut, columns: map[string]int{}, names: t.keys, fixed: t.keys != nil}
	for i, name := range t.keys {
		p.columns[name] = i
	}
	return p
}

func (p *objectPass) close() error { return p.part.Close() }

func (p *objectPass) next(l *line) error {
	text, err := p.csv.line()
	if err != nil {
		return p.file.fault(err, p.row)
	}
	p.row++
	l.number, l.hidden, l.problem = p.row, false, nil
	l.cells, l.fields = l.cells[:0], 0
	if _, err := p.file.badText(text); err != nil {
		err.Row = p.row
		return err
	}
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return nil
	}
	if err := p.object(text, l); err != nil {
		var e *Error
		if errors.As(err, &e) {
			return err
		}
		var re *campaign.RowError
		if !errors.As(err, &re) {
			re = &campaign.RowError{Problem: "is no JSON object: " + jsonProblem(err)}
		}
		re.Row = p.row
		l.problem = re
	}
	l.fields = len(l.cells)
	return nil
}

// jsonProblem says what is wrong without quoting the line.
func jsonProblem(err error) string {
	var s *json.SyntaxError
	switch {
	case errors.As(err, &s):
		return fmt.Sprintf("something is wrong at character %d", s.Offset)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends too early"
	}
	return err.Error()
}

// firstObject reports whether the sample's first line is, or begins, a JSON object.
func firstObject(sample []byte) bool {
	d := json.NewDecoder(bytes.NewReader(sample))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return false
	}
	t, err := d.Token()
	if _, isKey := t.(string); isKey && err == nil {
		_, err = d.Token()
	}
	return err == nil
}

func (p *objectPass) object(text []byte, l *line) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	t, err := d.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		return errors.New("write {…} on every line")
	}
	seen := map[int]bool{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return err
		}
		if err := p.put(name, v, seen, l); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows it on its line")
	}
	return nil
}

func (p *objectPass) put(name string, v json.RawMessage, seen map[int]bool, l *line) error {
	i, ok := p.columns[name]
	if !ok {
		if p.fixed {
			if string(v) == "null" || string(v) == `""` {
				return nil
			}
			return &campaign.RowError{Column: name, Problem: "a key that none of the first lines has: give it to one of them, too (null will do)"}
		}
		i = len(p.names)
		if i >= maxColumns {
			return tooManyColumns(p.row)
		}
		p.columns[name], p.names = i, append(p.names, name)
	}
	if seen[i] {
		return &campaign.RowError{Column: name, Problem: "the key stands twice in its object"}
	}
	seen[i] = true
	c, err := jsonCell(v)
	if err != nil {
		return &campaign.RowError{Column: name, Problem: err.Error()}
	}
	for len(l.cells) <= i {
		l.cells = append(l.cells, campaign.Cell{})
	}
	l.cells[i] = c
	return nil
}

// jsonCell makes a cell of a JSON value; numbers keep every digit.
func jsonCell(v json.RawMessage) (campaign.Cell, error) {
	switch v[0] {
	case '"':
		var s string
		if err := json.Unmarshal(v, &s); err != nil {
			return campaign.Cell{}, err
		}
		return campaign.TextCell(s), nil
	case 't', 'f':
		word := string(bytes.ToUpper(v))
		return campaign.Cell{Kind: campaign.Bool, Raw: word, Text: word}, nil
	case 'n':
		return campaign.Cell{}, nil
	case '{', '[':
		return campaign.Cell{}, errors.New("holds an object or a list: one value a key")
	}
	c := campaign.Cell{Kind: campaign.Number, Raw: string(v), Text: string(v)}
	if bytes.ContainsAny(v, "eE") {
		var err error
		c.Text, err = pattern.CleanDecimal(c.Raw)
		return c, err
	}
	return c, nil
}

// readKeys reads the first lines for their keys.
func (p *objectPass) readKeys() (campaign.Header, error) {
	var l line
	for range lookAhead {
		if err := p.next(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return campaign.Header{}, err
		}
	}
	if len(p.names) == 0 {
		return campaign.Header{}, &Error{Problem: "has no JSON object that could be read", Hint: "write one object a line"}
	}
	h := campaign.Header{}
	for i, name := range p.names {
		c := campaign.Column{Name: campaign.CleanHeading(name), Letter: campaign.ColumnLetter(i)}
		if c.Name == "" {
			c.Name = c.Letter
		}
		h.Columns = append(h.Columns, c)
	}
	p.file.keys = p.names
	return h, nil
}
