package repair_test

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"siaran/campaign"
	"siaran/campaign/sheet"
	"siaran/reports/repair"
)

func repairHeader() campaign.Header {
	return campaign.Header{Row: 3, Columns: []campaign.Column{{Name: "Nomor HP", Letter: "A"}, {Name: "Row", Letter: "B"}, {Name: "Tanggal", Letter: "C"}, {Name: "Catatan", Letter: "D"}}}
}

// repairRows are rejected rows with everything that a spreadsheet likes to change.
func repairRows() []campaign.Row {
	return []campaign.Row{
		{Number: 5, Cells: []campaign.Cell{campaign.TextCell("0812"), {Kind: campaign.Number, Raw: "1250.5", Text: "1.250,50", Format: "#,##0.00"}, {Kind: campaign.Date, Raw: "2026-11-21", Text: "21/11/2026", Format: "dd/mm/yyyy"}, campaign.TextCell("=1+1")}},
		{Number: 9, Cells: []campaign.Cell{campaign.TextCell("007"), {Kind: campaign.Number, Raw: "6281200000001", Text: "6281200000001"}, {}, campaign.TextCell(" two  blanks ")}},
		{Number: 17, Cells: []campaign.Cell{{Kind: campaign.Error, Raw: "#REF!", Text: "#REF!"}, {Kind: campaign.Number, Raw: "12345678901234567890", Text: "12345678901234567890"}, {Kind: campaign.Bool, Raw: "TRUE", Text: "TRUE"}, campaign.TextCell("<&>\n😀")}},
	}
}

func saveRepair(t *testing.T, beside string, h campaign.Header, rows []campaign.Row) repair.Saved {
	t.Helper()
	r, err := repair.New(repair.Settings{Beside: beside, Tab: "Data", Header: h, TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, row := range rows {
		if err := r.Add(row, campaign.Problem{Verdict: campaign.VerdictRejected, Column: "Nomor HP", Reason: "too short for a phone number"}); err != nil {
			t.Fatal(err)
		}
	}
	res, err := r.Save()
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func open(t *testing.T, s sheet.Settings) *sheet.File {
	t.Helper()
	f, err := sheet.Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestARepairWorkbookHasTheUploadersCellsUnchangedAndTheRowsNumbers(t *testing.T) {
	beside := filepath.Join(t.TempDir(), "pelanggan.csv.gz")
	res := saveRepair(t, beside, repairHeader(), repairRows())
	if want := filepath.Join(filepath.Dir(beside), "pelanggan.repair.xlsx"); res.Path != want || !res.New || res.Rows != 3 {
		t.Fatalf("got %+v, want %s", res, want)
	}
	f := open(t, sheet.Settings{Path: res.Path})
	own, at, err := repair.Header(f.Header())
	if err != nil || at != 4 || f.Tab() != "Data" {
		t.Fatalf("column %d, tab %s, %v", at, f.Tab(), err)
	}
	if got := strings.Join(f.Header().Names(), "|"); got != "Nomor HP|Row|Tanggal|Catatan|Row (siaran)|Problem" {
		t.Errorf("headings %s", got)
	}
	i := 0
	for row, err := range f.Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		want := repairRows()[i]
		for k := range own.Columns {
			// What a workbook cannot hold as it was is text of the same value.
			if got := row.Cells[k]; got.Raw != want.Cells[k].Raw {
				t.Errorf("row %d, %s: got %+v, want %+v", want.Number, own.Columns[k].Name, got, want.Cells[k])
			}
		}
		if n, err := repair.RowNumber(row.Cells[at]); err != nil || n != want.Number {
			t.Errorf("row number %d, %v", n, err)
		}
		if got := row.Cells[at+1].Raw; got != `column "Nomor HP": too short for a phone number` {
			t.Errorf("problem %q", got)
		}
		i++
	}
}

func TestARepairWorkbookNeverReplacesAnotherAndIsNotWrittenTwice(t *testing.T) {
	dir := t.TempDir()
	beside := filepath.Join(dir, "tagihan.repair-7.xlsx")
	rows := repairRows()
	for i, want := range []struct {
		rows []campaign.Row
		name string
		new  bool
	}{
		{rows, "tagihan.repair.xlsx", true},
		{rows, "tagihan.repair.xlsx", false},
		{rows[:2], "tagihan.repair-2.xlsx", true},
		{rows[:1], "tagihan.repair-3.xlsx", true},
		{rows[:2], "tagihan.repair-2.xlsx", false},
	} {
		res := saveRepair(t, beside, repairHeader(), want.rows)
		if filepath.Base(res.Path) != want.name || res.New != want.new {
			t.Errorf("%d: got %+v, want %+v", i, res, want)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 {
		t.Errorf("%d files, %v", len(entries), err)
	}
}

func TestARepairWorkbookStatesItsTrueRange(t *testing.T) {
	res := saveRepair(t, filepath.Join(t.TempDir(), "a.xlsx"), repairHeader(), repairRows())
	z, err := zip.OpenReader(res.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	part, err := z.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer part.Close()
	xml, err := io.ReadAll(part)
	if err != nil || !strings.Contains(string(xml), `<dimension ref="A1:F4"/>`) {
		t.Errorf("no true dimension: %.300s, %v", xml, err)
	}
}

func TestAColumnRowIsNeededToRepair(t *testing.T) {
	_, _, err := repair.Header(campaign.Header{Columns: []campaign.Column{{Name: "HP"}}})
	if err == nil || !strings.Contains(err.Error(), `no column "Row"`) {
		t.Error(err)
	}
	for raw, want := range map[string]int{"17": 17, " 17 ": 17, "1.7E+1": 17, "0": 0, "-3": 0, "x": 0, "": 0, "17.5": 0} {
		kind := campaign.Text
		if strings.Contains(raw, "E") {
			kind = campaign.Number
		}
		n, err := repair.RowNumber(campaign.Cell{Kind: kind, Raw: raw, Text: raw})
		if n != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %d, %v", raw, n, err)
		}
	}
}

func TestAHundredThousandRejectedRowsAreAllInTheRepairWorkbook(t *testing.T) {
	if testing.Short() {
		t.Skip("writes a big file")
	}
	var rows []campaign.Row
	for n := range 100_000 {
		rows = append(rows, campaign.Row{Number: n + 2, Cells: []campaign.Cell{campaign.TextCell(fmt.Sprint(n)), {}, {}, campaign.TextCell("x")}})
	}
	res := saveRepair(t, filepath.Join(t.TempDir(), "big.xlsx"), repairHeader(), rows)
	f := open(t, sheet.Settings{Path: res.Path})
	n := 0
	for _, err := range f.Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != len(rows) || !slices.Contains(f.Header().Names(), "Problem") {
		t.Errorf("%d rows", n)
	}
}
