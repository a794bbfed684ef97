package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"siaran/campaign"
	"siaran/campaign/sheet"
)

// write puts content into a new file of that name and returns its path.
func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// open opens a file that must open.
func open(t *testing.T, s sheet.Settings) *sheet.File {
	t.Helper()
	f, err := sheet.Open(t.Context(), s)
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

// A readRow is a row, and the problem it came with.
type readRow struct {
	campaign.Row
	problem string
}

// read reads all rows of a file; a fatal error is the test's.
func read(t *testing.T, f *sheet.File) []readRow {
	t.Helper()
	rows, err := readAll(t, f)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func readAll(t *testing.T, f *sheet.File) (rows []readRow, err error) {
	t.Helper()
	for row, err := range f.Rows(t.Context()) {
		problem := ""
		if err != nil {
			var re *campaign.RowError
			if !errors.As(err, &re) {
				return rows, err
			}
			problem = re.Error()
		}
		rows = append(rows, readRow{row, problem})
	}
	return rows, nil
}

// texts returns what is shown in a row's cells.
func texts(row campaign.Row) []string {
	out := make([]string, len(row.Cells))
	for i, c := range row.Cells {
		out[i] = c.Text
	}
	return out
}

// book makes an .xlsx file from the parts that differ: rows is the inside of sheetData.
type book struct {
	rows, before, after, texts, formats, workbookPr string
	sheet                                           string // the whole worksheet, instead of rows, before, after
	xfs                                             string
	sheets                                          string
	extra                                           map[string]string
}

const (
	mainNS = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relNS  = `xmlns="http://schemas.openxmlformats.org/package/2006/relationships"`
	relURL = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
)

func (b book) parts() map[string]string {
	if b.sheet == "" {
		b.sheet = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n<worksheet " + mainNS + ">" + b.before + "<sheetData>" + b.rows + "</sheetData>" + b.after + "</worksheet>"
	}
	if b.sheets == "" {
		b.sheets = `<sheet name="Data" sheetId="1" r:id="rId1"/>`
	}
	parts := map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels":                `<Relationships ` + relNS + `><Relationship Id="rId1" Type="` + relURL + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook ` + mainNS + `>` + b.workbookPr + `<sheets>` + b.sheets + `</sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships ` + relNS + `><Relationship Id="rId1" Type="` + relURL + `worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId9" Type="` + relURL + `worksheet" Target="/xl/worksheets/sheet2.xml"/><Relationship Id="rId2" Type="` + relURL + `styles" Target="styles.xml"/><Relationship Id="rId3" Type="` + relURL + `sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/styles.xml":              `<styleSheet ` + mainNS + `><numFmts>` + b.formats + `</numFmts><cellXfs><xf numFmtId="0"/>` + b.xfs + `</cellXfs></styleSheet>`,
		"xl/sharedStrings.xml":       `<sst ` + mainNS + `>` + b.texts + `</sst>`,
		"xl/worksheets/sheet1.xml":   b.sheet,
	}
	for name, content := range b.extra {
		parts[name] = content
	}
	return parts
}

func (b book) bytes(t testing.TB) []byte {
	t.Helper()
	return zipOf(t, b.parts())
}

// zipOf makes an archive of parts.
func zipOf(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, content := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
