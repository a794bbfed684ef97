package repair

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"strconv"

	"github.com/xuri/excelize/v2"

	"siaran/campaign"
	"siaran/reports/cells"
)

// Settings say whose rows a workbook holds.
type Settings struct {
	Beside  string // the recipient file's path, or what its name would be
	Tab     string // the tab the rows come from; empty: "Rejected"
	Header  campaign.Header
	TempDir string // default: the system's
}

// A Workbook is a repair workbook in the making. Rows go to disk as they are added. Nothing stands beside the
// recipient file before Save.
type Workbook struct {
	settings   Settings
	temp       string
	file       *excelize.File
	tab        *cells.Tab
	plain, bad *cells.Formats
	left       int
	content    hash.Hash
	row        []excelize.Cell
}

// The headings behind the uploader's.
const (
	columnRow     = "Row"
	columnProblem = "Problem"
)

// New begins a workbook. Save or Close it.
func New(s Settings) (*Workbook, error) {
	temp, err := os.MkdirTemp(s.TempDir, "siaran-repair-*")
	if err != nil {
		return nil, fmt.Errorf("repair workbook: %w", err)
	}
	w := &Workbook{settings: s, temp: temp, file: excelize.NewFile(excelize.Options{TmpDir: temp}), content: sha256.New()}
	if w.settings.Tab == "" {
		w.settings.Tab = "Rejected"
	}
	if err := w.begin(); err != nil {
		return nil, errors.Join(fmt.Errorf("repair workbook: %w", err), w.Close())
	}
	return w, nil
}

// begin makes the tab, the styles and the heading.
func (w *Workbook) begin() error {
	columns := len(w.settings.Header.Columns)
	if columns+2 > excelize.MaxColumns {
		return fmt.Errorf("the file has %d columns, and a workbook no room for two more", columns)
	}
	err := w.file.SetSheetName("Sheet1", w.settings.Tab)
	if err != nil {
		return err
	}
	if w.plain, err = cells.NewFormats(w.file, excelize.Style{}); err != nil {
		return err
	}
	w.bad, err = cells.NewFormats(w.file, excelize.Style{
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFC7CE"}}, Font: &excelize.Font{Color: "9C0006"},
	})
	if err != nil {
		return err
	}
	if w.tab, err = cells.NewTab(w.file, w.settings.Tab, cells.Look{Frozen: 1, GridLines: true}); err != nil {
		return err
	}
	return w.heading()
}

func (w *Workbook) heading() error {
	theirs, err := w.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	ours, err := w.file.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F2D3D"}},
	})
	if err != nil {
		return err
	}
	var widths []float64
	for _, c := range w.settings.Header.Columns {
		widths = append(widths, float64(min(max(len(c.Name)+2, 14), 40)))
		w.row = append(w.row, excelize.Cell{StyleID: theirs, Value: fit(c.Name)})
		w.note(c.Name)
	}
	if err := w.tab.Widths(append(widths, 10, 80)); err != nil {
		return err
	}
	for _, name := range cells.Headings(w.settings.Header, columnRow, columnProblem) {
		w.row = append(w.row, excelize.Cell{StyleID: ours, Value: name})
	}
	return w.write()
}

// Add adds a row that was rejected for p. Rows past the last that a workbook holds are only counted.
func (w *Workbook) Add(row campaign.Row, p campaign.Problem) error {
	w.note(strconv.Itoa(row.Number))
	w.note(p.Column)
	w.note(p.Reason)
	bad := -1
	if p.Column != "" {
		bad = w.settings.Header.Find(p.Column)
	}
	for i := range w.settings.Header.Columns {
		var c campaign.Cell
		if i < len(row.Cells) {
			c = row.Cells[i]
		}
		w.content.Write([]byte{byte(c.Kind)})
		w.note(c.Raw)
		w.row = append(w.row, w.cell(c, i == bad))
	}
	problem := p.Reason
	if p.Column != "" {
		problem = fmt.Sprintf("column %q: %s", p.Column, p.Reason)
	}
	w.row = append(w.row, excelize.Cell{Value: row.Number}, excelize.Cell{Value: fit(problem)})
	if w.tab.Rows == excelize.TotalRows {
		w.left++
		w.row = w.row[:0]
		return nil
	}
	return w.write()
}

// note adds a text to what makes two repair workbooks the same.
func (w *Workbook) note(s string) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(s)))
	w.content.Write(n[:])
	w.content.Write([]byte(s))
}

func (w *Workbook) write() error {
	err := w.tab.Write(w.row)
	w.row = w.row[:0]
	if err != nil {
		return fmt.Errorf("repair workbook: %w", err)
	}
	return nil
}

// cell is the uploader's cell as it was.
func (w *Workbook) cell(c campaign.Cell, bad bool) excelize.Cell {
	value, format := cells.Value(c)
	if text, ok := value.(string); ok {
		value = fit(text)
	}
	formats := w.plain
	if bad {
		formats = w.bad
	}
	return excelize.Cell{StyleID: formats.Style(format), Value: value}
}

func fit(s string) string {
	s, _ = cells.Fit(s) // the mark says so
	return s
}

// A Saved is where a repair workbook is.
type Saved struct {
	Path string
	New  bool // false: an older one had the same content and was left alone
	Rows int
	Left int // rows that found no room
}

// Save puts the workbook beside the recipient file: NAME.repair.xlsx, or NAME.repair-2.xlsx and so on, but
// never over a file that is there. If one of these began with the same content, nothing is written:
// somebody may be mending it.
func (w *Workbook) Save() (Saved, error) {
	res := Saved{Rows: w.tab.Rows - 1, Left: w.left}
	mark := "siaran-repair-" + hex.EncodeToString(w.content.Sum(nil))[:32]
	stem := stemOf(w.settings.Beside)
	if path, ok := withMark(stem, mark); ok {
		res.Path = path
		return res, nil
	}
	temp, err := w.save(stem, mark)
	if err != nil {
		return res, fmt.Errorf("repair workbook: %w", err)
	}
	res.Path, err = place(temp, stem)
	res.New = err == nil
	return res, err
}

// Close throws away what was not saved.
func (w *Workbook) Close() error {
	return errors.Join(w.file.Close(), os.RemoveAll(w.temp))
}

// save writes the workbook under a name of its own.
func (w *Workbook) save(stem, mark string) (path string, err error) {
	if err := w.tab.Finish(); err != nil {
		return "", err
	}
	if err := w.file.SetDocProps(&excelize.DocProperties{Title: "Rejected rows", Keywords: mark}); err != nil {
		return "", err
	}
	out, err := os.CreateTemp(filepath.Dir(stem), ".siaran-repair-*.tmp")
	if err != nil {
		return "", err
	}
	err = cells.Save(w.file, out, w.tab)
	if err == nil {
		err = out.Chmod(0o644)
	}
	if err == nil {
		err = out.Sync()
	}
	if err := errors.Join(err, out.Close()); err != nil {
		return "", errors.Join(err, os.Remove(out.Name()))
	}
	return out.Name(), nil
}
