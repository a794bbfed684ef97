package receiptfile

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"siaran/campaign"
	"siaran/reports/receiptline"

	"github.com/gocarina/gocsv"
)

// recordLines is how many lines one record of a table may have.
const recordLines = 64

// A table is where a format's columns stand under a heading.
type table struct {
	name   string // of the format
	format *Reader
	comma  rune
	width  int
	at     [7]int // of each of the format's columns; -1 if there is none
}

// findTable reads a heading line: the first format all of whose columns it has.
func findTable(line []byte, f Formats) (table, bool) {
	for _, comma := range []rune{',', ';', '\t'} {
		r := csv.NewReader(bytes.NewReader(line))
		r.Comma, r.LazyQuotes = comma, true
		heads, err := r.Read()
		if err != nil {
			continue
		}
		if t, ok := f.match(heads); ok {
			t.comma = comma
			return t, true
		}
	}
	return table{}, false
}

// column returns the one column with that heading; -1 if there is none, or two.
func column(heads []string, want string) int {
	found := -1
	for i, h := range heads {
		if campaign.FoldHeading(h) == campaign.FoldHeading(want) {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// A tableRow is what a format needs of a line of a table, or of a body.
type tableRow struct {
	ID        string `csv:"id"`
	Status    string `csv:"status"`
	Time      string `csv:"time"`
	Recipient string `csv:"recipient"`
	Reason    string `csv:"reason"`
	GatewayID string `csv:"gateway_id"`
	Parts     string `csv:"parts"`
}

// rowHeads returns the headings of a tableRow's cells; the first neededColumns of a format's must be there.
func rowHeads() [7]string {
	return [...]string{"id", "status", "time", "recipient", "reason", "gateway_id", "parts"}
}

const (
	neededColumns = 3
	timeColumn    = 2
)

func (r *tableRow) cells() [7]*string {
	return [...]*string{&r.ID, &r.Status, &r.Time, &r.Recipient, &r.Reason, &r.GatewayID, &r.Parts}
}

// body is the row as the JSON object that the format reads.
func (t table) body(r tableRow) ([]byte, error) {
	if err := t.format.complete(r); err != nil {
		return nil, err
	}
	fields := make(map[string]string, len(t.at))
	for i, key := range t.format.columns() {
		if said := strings.TrimSpace(*r.cells()[i]); key != "" && (said != "" || i < neededColumns) {
			fields[key] = said
		}
	}
	return json.Marshal(fields)
}

// heading is a heading line with our names over the columns that count.
func (t table) heading() string {
	heads := make([]string, t.width)
	for i := range heads {
		heads[i] = "-" + strconv.Itoa(i)
	}
	for i, at := range t.at {
		if at >= 0 {
			heads[at] = rowHeads()[i]
		}
	}
	return strings.Join(heads, string(t.comma)) + "\n"
}

// A csvText reads a table's lines. It cuts records itself, so that an open quotation mark costs a line
// and not the file.
type csvText struct {
	table
	b    *bufio.Reader
	name string
	line int // of the record, from 1
	ends int // lines read
	off  int64

	record []byte // what rows has not read yet
	begun  bool   // the heading was passed
	rows   *gocsv.Unmarshaller
}

func newCSVText(b *bufio.Reader, name string, t table) *csvText {
	return &csvText{table: t, b: b, name: name}
}

func (c *csvText) next(ctx context.Context) (receiptline.Entry, error) {
	for {
		if err := ctx.Err(); err != nil {
			return receiptline.Entry{}, err
		}
		record, problem, err := c.cut()
		if err != nil {
			return receiptline.Entry{}, err
		}
		if len(bytes.TrimSpace(record)) == 0 {
			continue
		}
		if !c.begun {
			c.begun = true
			continue
		}
		text := record
		var body []byte
		if problem == "" {
			if body, err = c.read(record); err != nil {
				problem = err.Error()
			}
		}
		if problem != "" {
			return receiptline.Entry{}, &receiptline.BrokenLine{File: c.name, Line: c.line, Problem: problem, Text: text}
		}
		return receiptline.Entry{Gateway: c.table.name, Body: body, File: c.name, Line: c.line, Offset: c.off}, nil
	}
}

// cut returns the next record: a line, or several where a quotation mark is open.
func (c *csvText) cut() (record []byte, problem string, err error) {
	c.line = c.ends + 1
	for {
		part, err := c.b.ReadSlice('\n')
		c.off += int64(len(part))
		if record == nil && err == nil {
			record = part
		} else if len(record) <= receiptline.MaxBody {
			record = append(bytes.Clone(record), part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && (!errors.Is(err, io.EOF) || len(record) == 0) {
			if errors.Is(err, io.EOF) {
				return nil, "", io.EOF
			}
			return nil, "", fmt.Errorf("%s: reading after line %d: %w", c.name, c.ends, err)
		}
		c.ends++
		if len(record) > receiptline.MaxBody {
			return record, fmt.Sprintf("it is longer than %d bytes", receiptline.MaxBody), nil
		}
		if bytes.Count(record, []byte{'"'})%2 == 0 {
			return record, "", nil
		}
		record = bytes.Clone(record)
		if err != nil || c.ends-c.line >= recordLines || !c.continues() {
			return record, "a quotation mark is not closed", nil
		}
	}
}

// continues reports whether the open quotation mark is closed soon.
func (c *csvText) continues() bool {
	head, _ := c.b.Peek(16 << 10)
	return bytes.IndexByte(head, '"') >= 0
}

// Read hands rows one record at a time.
func (c *csvText) Read(p []byte) (int, error) {
	if len(c.record) == 0 {
		return 0, io.EOF
	}
	n := copy(p, c.record)
	c.record = c.record[n:]
	return n, nil
}

// read reads one record by the format's columns.
func (c *csvText) read(record []byte) ([]byte, error) {
	if !utf8.Valid(record) {
		return nil, errors.New("it is no UTF-8: save the file as CSV UTF-8")
	}
	if c.rows == nil {
		r := csv.NewReader(c)
		r.Comma, r.FieldsPerRecord = c.comma, -1
		c.record = []byte(c.heading())
		rows, err := gocsv.NewUnmarshaller(r, tableRow{})
		if err != nil {
			return nil, err
		}
		c.rows = rows
	}
	c.record = record
	if record[len(record)-1] != '\n' {
		c.record = append(bytes.Clone(record), '\n')
	}
	row, err := c.rows.Read()
	left := len(c.record)
	c.record = nil
	if err != nil || left > 0 {
		c.rows = nil // it may stand within the record: begin anew with the next
		var perr *csv.ParseError
		if errors.As(err, &perr) {
			err = perr.Err
		}
		return nil, fmt.Errorf("it is no CSV: %w", err)
	}
	return c.body(row.(tableRow))
}
