package sheet

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/xuri/excelize/v2"

	"siaran/campaign"
)

// RepairSettings say whose rows a repair workbook holds.
type RepairSettings struct {
	Beside  string // the recipient file's path, or what its name would be
	Tab     string // the tab the rows come from; empty: "Rejected"
	Header  campaign.Header
	TempDir string // default: the system's
}

// A Repair is the workbook of a file's rejected rows: the uploader's columns unchanged, then Row and
// Problem, with the bad cells marked. Somebody mends the cells, and the rows are sent by their numbers.
//
// Rows go to disk as they are added. Nothing stands beside the recipient file before Save.
type Repair struct {
	settings RepairSettings
	temp     string
	file     *excelize.File
	stream   *excelize.StreamWriter
	styles   map[repairStyle]int
	rows     int // written, with the heading
	left     int
	content  hash.Hash
	cells    []any
}

// The headings behind the uploader's; one that the uploader has, too, gets taken behind it.
const (
	repairRow     = "Row"
	repairProblem = "Problem"
	repairTaken   = " (siaran)"
)

// repairStyle is what tells the styles of the uploader's cells apart.
type repairStyle struct {
	format string
	bad    bool
}

// repairStyles is how many number formats are kept; cells of more are General.
const repairStyles = 400

// NewRepair begins a workbook. Save or Close it.
func NewRepair(s RepairSettings) (*Repair, error) {
	temp, err := os.MkdirTemp(s.TempDir, "siaran-repair-*")
	if err != nil {
		return nil, fmt.Errorf("repair workbook: %w", err)
	}
	r := &Repair{settings: s, temp: temp, file: excelize.NewFile(excelize.Options{TmpDir: temp}), styles: map[repairStyle]int{}, content: sha256.New()}
	if r.settings.Tab == "" {
		r.settings.Tab = "Rejected"
	}
	if err := r.begin(); err != nil {
		return nil, errors.Join(fmt.Errorf("repair workbook: %w", err), r.Close())
	}
	return r, nil
}

// begin writes the heading.
func (r *Repair) begin() error {
	h := r.settings.Header
	if len(h.Columns)+2 > excelize.MaxColumns {
		return fmt.Errorf("the file has %d columns, and a workbook no room for two more", len(h.Columns))
	}
	if err := r.file.SetSheetName("Sheet1", r.settings.Tab); err != nil {
		return err
	}
	var err error
	if r.stream, err = r.file.NewStreamWriter(r.settings.Tab); err != nil {
		return err
	}
	theirs, err := r.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	ours, err := r.file.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F2D3D"}},
	})
	if err != nil {
		return err
	}
	for i, c := range h.Columns {
		if err := r.stream.SetColWidth(i+1, i+1, float64(min(max(len(c.Name)+2, 14), 40))); err != nil {
			return err
		}
		r.cells = append(r.cells, excelize.Cell{StyleID: theirs, Value: fit(c.Name)})
		r.note(c.Name)
	}
	n := len(h.Columns)
	if err := r.stream.SetColWidth(n+2, n+2, 80); err != nil {
		return err
	}
	if err := r.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for _, name := range repairHeadings(h) {
		r.cells = append(r.cells, excelize.Cell{StyleID: ours, Value: name})
	}
	return r.write()
}

func repairHeadings(h campaign.Header) [2]string {
	names := [2]string{repairRow, repairProblem}
	for i := range names {
		for h.Find(names[i]) != -1 {
			names[i] += repairTaken
		}
	}
	return names
}

// Add adds a row that was rejected for p. Rows past the last that a workbook holds are only counted.
func (r *Repair) Add(row campaign.Row, p campaign.Problem) error {
	r.note(strconv.Itoa(row.Number))
	r.note(p.Column)
	r.note(p.Reason)
	bad := -1
	if p.Column != "" {
		bad = r.settings.Header.Find(p.Column)
	}
	for i := range r.settings.Header.Columns {
		var c campaign.Cell
		if i < len(row.Cells) {
			c = row.Cells[i]
		}
		r.content.Write([]byte{byte(c.Kind)})
		r.note(c.Raw)
		cell, err := r.cell(c, i == bad)
		if err != nil {
			return err
		}
		r.cells = append(r.cells, cell)
	}
	problem := p.Reason
	if p.Column != "" {
		problem = fmt.Sprintf("column %q: %s", p.Column, p.Reason)
	}
	r.cells = append(r.cells, row.Number, fit(problem))
	if r.rows == excelize.TotalRows {
		r.left++
		r.cells = r.cells[:0]
		return nil
	}
	return r.write()
}

// note adds a text to what makes two repair workbooks the same.
func (r *Repair) note(s string) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(s)))
	r.content.Write(n[:])
	r.content.Write([]byte(s))
}

func (r *Repair) write() error {
	r.rows++
	err := r.stream.SetRow("A"+strconv.Itoa(r.rows), r.cells)
	r.cells = r.cells[:0]
	if err != nil {
		return fmt.Errorf("repair workbook: %w", err)
	}
	return nil
}

// cell is the uploader's cell as it was.
func (r *Repair) cell(c campaign.Cell, bad bool) (any, error) {
	value, format := cellValue(c)
	if value == nil && !bad {
		return nil, nil
	}
	if format == "" && !bad {
		return value, nil
	}
	id, err := r.style(repairStyle{format, bad})
	return excelize.Cell{StyleID: id, Value: value}, err
}

func (r *Repair) style(k repairStyle) (int, error) {
	if id, ok := r.styles[k]; ok {
		return id, nil
	}
	if len(r.styles) >= repairStyles {
		k.format = ""
		if id, ok := r.styles[k]; ok || !k.bad {
			return id, nil
		}
	}
	var s excelize.Style
	switch k.format {
	case "":
	case textFormat:
		s.NumFmt = 49
	default:
		s.CustomNumFmt = &k.format
	}
	if k.bad {
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFC7CE"}}
		s.Font = &excelize.Font{Color: "9C0006"}
	}
	id, err := r.file.NewStyle(&s)
	if err != nil { // a format that only the uploader's program knows
		s.CustomNumFmt = nil
		if id, err = r.file.NewStyle(&s); err != nil {
			return 0, fmt.Errorf("repair workbook: %w", err)
		}
	}
	r.styles[k] = id
	return id, nil
}

// A Repaired is where a repair workbook is.
type Repaired struct {
	Path string
	New  bool // false: an older one had the same content and was left alone
	Rows int
	Left int // rows that found no room
}

// Save puts the workbook beside the recipient file: NAME.repair.xlsx, or NAME.repair-2.xlsx and so on, but
// never over a file that is there. If one of these began with the same content, nothing is written:
// somebody may be mending it.
func (r *Repair) Save() (Repaired, error) {
	res := Repaired{Rows: r.rows - 1, Left: r.left}
	mark := "siaran-repair-" + hex.EncodeToString(r.content.Sum(nil))[:32]
	stem := repairStem(r.settings.Beside)
	for n := 1; ; n++ {
		path := repairPath(stem, n)
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			break
		}
		if hasMark(path, mark) {
			res.Path = path
			return res, nil
		}
	}
	temp, err := r.save(stem, mark)
	if err != nil {
		return res, fmt.Errorf("repair workbook: %w", err)
	}
	res.Path, err = place(temp, stem)
	res.New = err == nil
	return res, err
}

// Close throws away what was not saved.
func (r *Repair) Close() error {
	return errors.Join(r.file.Close(), os.RemoveAll(r.temp))
}

// save writes the workbook under a name of its own.
func (r *Repair) save(stem, mark string) (path string, err error) {
	if err := r.stream.Flush(); err != nil {
		return "", err
	}
	if err := r.file.SetDocProps(&excelize.DocProperties{Title: "Rejected rows", Keywords: mark}); err != nil {
		return "", err
	}
	out, err := os.CreateTemp(filepath.Dir(stem), ".siaran-repair-*.tmp")
	if err != nil {
		return "", err
	}
	last, err := excelize.CoordinatesToCellName(len(r.settings.Header.Columns)+2, r.rows)
	if err == nil {
		err = saveBook(r.file, out, "A1:"+last)
	}
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
