package receiptfile

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"siaran/reports/receiptline"

	"github.com/xuri/excelize/v2"
)

// Bounds on a workbook, which excelize holds in memory as it is packed.
const (
	maxWorkbook = 256 << 20
	maxUnpacked = 8 << 30
	spillAbove  = 4 << 20
	headRows    = 20 // a portal writes a title above its heading
)

// A sheetText reads the tab of a workbook that has a format's heading.
type sheetText struct {
	table
	file     *excelize.File
	rows     *excelize.Rows
	name     string
	line     int
	date1904 bool
}

// openWorkbook finds the first visible tab that has a format's heading in its first rows.
func openWorkbook(ctx context.Context, r io.Reader, name string, f Formats) (next nextFunc, done func(), err error) {
	tmp, err := os.MkdirTemp("", "siaran-receipts-")
	if err != nil {
		return nil, nil, fmt.Errorf("%s: a place to unpack it is needed: %w", name, err)
	}
	var book *excelize.File
	free := func() {
		if book != nil {
			_ = book.Close()
		}
		_ = os.RemoveAll(tmp)
	}
	broken := func(err error) error {
		free()
		return fmt.Errorf("%s: %w", name, err)
	}
	defer func() {
		if p := recover(); p != nil { // excelize trusts what it reads
			next, done, err = nil, nil, broken(errors.New("the workbook is damaged: save it anew"))
		}
	}()
	book, err = excelize.OpenReader(&limited{bufio.NewReader(r), maxWorkbook}, excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: spillAbove, TmpDir: tmp,
	})
	if err != nil {
		return nil, nil, broken(fmt.Errorf("it begins like .xlsx, but cannot be opened: %w", err))
	}
	s := &sheetText{file: book, name: name}
	if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		s.date1904 = *props.Date1904
	}
	for _, tab := range book.GetSheetList() {
		if err := ctx.Err(); err != nil {
			return nil, nil, broken(err)
		}
		if visible, err := book.GetSheetVisible(tab); err != nil || !visible {
			continue
		}
		ok, err := s.find(tab, f)
		if err != nil {
			return nil, nil, broken(err)
		}
		if ok {
			return s.next, func() { _ = s.rows.Close(); free() }, nil
		}
	}
	return nil, nil, broken(errors.New("no tab has the headings of a format in listen.formats"))
}

// find leaves s.rows after the heading of tab, if it has one.
func (s *sheetText) find(tab string, f Formats) (bool, error) {
	rows, err := s.file.Rows(tab)
	if err != nil {
		return false, err
	}
	for s.line = 0; s.line < headRows && rows.Next(); {
		s.line++
		cells, err := rows.Columns()
		if err != nil {
			_ = rows.Close()
			return false, err
		}
		if t, ok := f.match(cells); ok {
			s.table, s.rows = t, rows
			return true, nil
		}
	}
	return false, rows.Close()
}

func (s *sheetText) next(ctx context.Context) (e receiptline.Entry, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: the workbook is damaged near row %d: save it anew", s.name, s.line)
		}
	}()
	for s.rows.Next() {
		if err := ctx.Err(); err != nil {
			return receiptline.Entry{}, err
		}
		s.line++
		cells, err := s.rows.Columns()
		if err != nil {
			return receiptline.Entry{}, fmt.Errorf("%s: row %d: %w", s.name, s.line, err)
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		body, err := s.read(cells)
		if err != nil {
			return receiptline.Entry{}, &receiptline.BrokenLine{File: s.name, Line: s.line, Problem: err.Error(), Text: csvLine(cells)}
		}
		return receiptline.Entry{Gateway: s.table.name, Body: body, File: s.name, Line: s.line}, nil
	}
	if err := s.rows.Error(); err != nil {
		return receiptline.Entry{}, fmt.Errorf("%s: after row %d: %w", s.name, s.line, err)
	}
	return receiptline.Entry{}, io.EOF
}

func (s *sheetText) read(cells []string) ([]byte, error) {
	cell := func(i int) string {
		if i < 0 || i >= len(cells) {
			return ""
		}
		return cells[i]
	}
	var row tableRow
	for i, at := range s.at {
		*row.cells()[i] = cell(at)
	}
	for _, id := range []struct{ said, key string }{{row.ID, s.format.ID}, {row.GatewayID, s.format.GatewayID}} {
		if lostDigits(id.said) {
			return nil, fmt.Errorf("%s is a number that has lost digits: export the column as text", id.key)
		}
	}
	if serial, err := strconv.ParseFloat(row.Time, 64); err == nil && s.format.counted() {
		t, err := excelize.ExcelDateToTime(serial, s.date1904)
		if err != nil {
			return nil, fmt.Errorf("%s is no date", s.format.Time)
		}
		row.Time = s.format.time.format(t.Round(time.Millisecond))
	}
	return s.body(row)
}

// counted reports whether a number in the time's column is Excel's count of days.
func (r *Reader) counted() bool {
	return r.time.layout != unixLayout && r.time.layout != unixMilliLayout
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

func csvLine(cells []string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(cells) // to memory
	w.Flush()
	return b.Bytes()
}
