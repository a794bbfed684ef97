package workbook

import (
	"archive/zip"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// write writes a report into a new folder and returns its path.
func write(t *testing.T, name string, in Input) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if _, err := Write(t.Context(), path, in); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string) *excelize.File {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// rows returns a tab's values as they are stored.
func rows(t *testing.T, f *excelize.File, tab string) [][]string {
	t.Helper()
	got, err := f.GetRows(tab, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// column returns the values of a tab below a heading.
func column(t *testing.T, f *excelize.File, tab, heading string) []string {
	t.Helper()
	var values []string
	at := -1
	for i, row := range rows(t, f, tab) {
		if i == 0 {
			for j, name := range row {
				if name == heading {
					at = j
				}
			}
			if at < 0 {
				t.Fatalf("%s has no %q: %q", tab, heading, row)
			}
			continue
		}
		v := ""
		if at < len(row) {
			v = row[at]
		}
		values = append(values, v)
	}
	return values
}

// dump writes every cell of a workbook: tab, place, what is stored, and in brackets what is shown if that
// differs. Bytes of workbooks are never compared.
func dump(t *testing.T, path string) string {
	t.Helper()
	f := open(t, path)
	var b strings.Builder
	for _, tab := range f.GetSheetList() {
		shown, err := f.GetRows(tab)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "== %s\n", tab)
		for i, row := range rows(t, f, tab) {
			for j, v := range row {
				if v == "" {
					continue
				}
				cell, err := excelize.CoordinatesToCellName(j+1, i+1)
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&b, "%s\t%q", cell, v)
				if j < len(shown[i]) && shown[i][j] != v {
					fmt.Fprintf(&b, "\t[%s]", shown[i][j])
				}
				if formula, err := f.GetCellFormula(tab, cell); err == nil && formula != "" {
					fmt.Fprintf(&b, "\t=%s", formula)
				}
				b.WriteByte('\n')
			}
		}
	}
	return b.String()
}

// partOf returns one part of the workbook's archive.
func partOf(t *testing.T, path, name string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	part, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
