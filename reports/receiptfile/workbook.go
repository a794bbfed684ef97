package receiptfile

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/pattern"
	"siaran/reports/receiptline"
)

// A Table is the tab of a workbook that has the headings which were looked for.
type Table struct {
	Header    campaign.Header
	Rows      iter.Seq2[campaign.Row, error] // below the heading; a *campaign.RowError does not end them
	Since1904 bool                           // days that are bare numbers are counted from 1904
	Close     func() error
}

// An OpenTable opens a workbook at the first tab that has all headings of one of the wanted sets, or returns
// ErrNoTable. Package sheet does it; whoever wires the program hands it in.
type OpenTable func(ctx context.Context, r io.Reader, name string, wanted [][]string) (Table, error)

// ErrNoTable says that a workbook has no receipts that could be read.
var ErrNoTable = errors.New("no tab has the headings of a format in listen.formats")

// A tabText reads the rows of a Table.
type tabText struct {
	table
	name      string
	since1904 bool
	rows      func() (campaign.Row, error, bool)
}

// openWorkbook finds the tab that has a format's headings.
func openWorkbook(ctx context.Context, r io.Reader, name string, f Formats) (next nextFunc, done func(), err error) {
	if f.Workbook == nil {
		return nil, nil, fmt.Errorf("%s: it is a workbook: save it as CSV", name)
	}
	wanted := f.wanted()
	if len(wanted) == 0 {
		return nil, nil, fmt.Errorf("%s: %w", name, ErrNoTable)
	}
	t, err := f.Workbook(ctx, r, name, wanted)
	if errors.Is(err, ErrNoTable) {
		return nil, nil, fmt.Errorf("%s: %w", name, ErrNoTable)
	}
	if err != nil {
		return nil, nil, err
	}
	columns, ok := f.match(t.Header.Names())
	if !ok {
		return nil, nil, errors.Join(fmt.Errorf("%s: %w", name, ErrNoTable), t.Close())
	}
	rows, stop := iter.Pull2(t.Rows)
	s := &tabText{table: columns, name: name, since1904: t.Since1904, rows: rows}
	return s.next, func() { stop(); _ = t.Close() }, nil // it was only read
}

func (s *tabText) next(ctx context.Context) (receiptline.Entry, error) {
	if err := ctx.Err(); err != nil {
		return receiptline.Entry{}, err
	}
	row, err, ok := s.rows()
	var beside *campaign.RowError // it is about a cell that no format reads
	switch {
	case !ok:
		return receiptline.Entry{}, io.EOF
	case err != nil && !errors.As(err, &beside):
		return receiptline.Entry{}, err
	}
	body, err := s.read(row.Cells)
	if err != nil {
		return receiptline.Entry{}, &receiptline.BrokenLine{File: s.name, Line: row.Number, Problem: err.Error(), Text: csvLine(row.Cells)}
	}
	return receiptline.Entry{Gateway: s.table.name, Body: body, File: s.name, Line: row.Number}, nil
}

// read makes the body of a row.
func (s *tabText) read(cells []campaign.Cell) ([]byte, error) {
	cell := func(i int) campaign.Cell {
		if i < 0 || i >= len(cells) || cells[i].Kind == campaign.Formula {
			return campaign.Cell{}
		}
		return cells[i]
	}
	var row tableRow
	for i, at := range s.at {
		*row.cells()[i] = cell(at).Raw
	}
	for _, id := range []struct{ said, key string }{{row.ID, s.format.ID}, {row.GatewayID, s.format.GatewayID}} {
		if lostDigits(id.said) {
			return nil, fmt.Errorf("%s is a number that has lost digits: export the column as text", id.key)
		}
	}
	var err error
	if row.Time, err = s.moment(cell(s.at[timeColumn])); err != nil {
		return nil, err
	}
	return s.body(row)
}

// moment is a cell of the time's column as the format reads it. A workbook keeps days as numbers.
func (s *tabText) moment(c campaign.Cell) (string, error) {
	if c.Kind == campaign.Date {
		for _, layout := range []string{"2006-01-02T15:04:05", time.DateOnly} {
			if t, err := time.Parse(layout, c.Raw); err == nil {
				return s.format.time.format(t), nil
			}
		}
	}
	serial, err := strconv.ParseFloat(c.Raw, 64)
	if err != nil || s.format.time.sinceUnix() {
		return c.Raw, nil
	}
	t, _, ok := pattern.SerialTime(serial, s.since1904)
	if !ok {
		return "", fmt.Errorf("%s is no date", s.format.Time)
	}
	return s.format.time.format(t), nil
}

// lostDigits reports whether id looks like a number that a workbook has rounded: it keeps at most
// seventeen digits, and the rest are zeros, written out or as an exponent.
func lostDigits(id string) bool {
	id = strings.TrimSpace(id)
	if digits, exponent, ok := strings.Cut(id, "E+"); ok {
		return strings.Trim(digits, "0123456789.") == "" && strings.Trim(exponent, "0123456789") == ""
	}
	zeros := len(id) - len(strings.TrimRight(id, "0"))
	return len(id) > 17 && zeros >= len(id)-17 && strings.Trim(id, "0123456789") == ""
}

// csvLine is a row as CSV, for what is kept of a broken one.
func csvLine(cells []campaign.Cell) []byte {
	said := make([]string, len(cells))
	last := 0
	for i, c := range cells {
		if said[i] = c.Raw; c.Raw != "" {
			last = i + 1
		}
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(said[:last]) // to memory
	w.Flush()
	return b.Bytes()
}
