package sheet_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/sheet"
)

func TestAZipBombIsRefusedInNoTime(t *testing.T) {
	start := time.Now()
	zeros := func(size int64) io.Reader { return io.LimitReader(blanks{}, size) }
	for name, part := range map[string]string{"the tab": "xl/worksheets/sheet1.xml", "the texts": "xl/sharedStrings.xml", "the styles": "xl/styles.xml"} {
		for lie, declared := range map[string]bool{"declared": true, "declared small": false} {
			b := bombed(t, part, zeros(70<<20), declared)
			err := openAndRead(t, sheet.Settings{Path: write(t, "x.xlsx", b), TempDir: t.TempDir()})
			var e *sheet.Error
			if !errors.As(err, &e) {
				t.Errorf("%s, %s: got %v", name, lie, err)
			}
		}
	}
	csv := append([]byte("Nama,HP\nAni,"), bytes.Repeat([]byte{' '}, 100<<20)...)
	if err := openAndRead(t, sheet.Settings{Path: write(t, "x.csv.gz", gzipped(t, csv))}); err == nil {
		t.Error("a gzip bomb was read")
	}
	if took := time.Since(start); took > 60*time.Second {
		t.Errorf("took %v", took)
	}
}

// blanks is an endless XML part.
type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// bombed is a workbook of which one part unpacks to whatever r gives.
func bombed(t *testing.T, part string, r io.Reader, declared bool) []byte {
	t.Helper()
	parts := simple(1).parts()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, content := range parts {
		if name != part {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(w, content); err != nil {
				t.Fatal(err)
			}
		}
	}
	if declared {
		w, err := z.Create(part)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, r); err != nil {
			t.Fatal(err)
		}
	} else {
		var packed bytes.Buffer
		fw, err := flate.NewWriter(&packed, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(fw, r); err != nil {
			t.Fatal(err)
		}
		if err := fw.Close(); err != nil {
			t.Fatal(err)
		}
		w, err := z.CreateRaw(&zip.FileHeader{Name: part, Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: 1000})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(packed.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTheWidestTabAndTheLongestCellAreRead(t *testing.T) {
	var b strings.Builder
	long := strings.Repeat("&lt;", 32767)
	for row := 1; row <= 3; row++ {
		fmt.Fprintf(&b, `<row r="%d">`, row)
		for i := range 16384 {
			fmt.Fprintf(&b, `<c r="%s%d" t="str"><v>K%d</v></c>`, campaign.ColumnLetter(i), row, i)
		}
		b.WriteString(`</row>`)
	}
	b.WriteString(`<row r="4"><c r="A4" t="inlineStr"><is><t>` + long + `</t></is></c></row>`)
	rows := read(t, open(t, sheet.Settings{Path: write(t, "x.xlsx", book{rows: b.String()}.bytes(t))}))
	if len(rows) != 3 || len(rows[1].Cells) != 16384 || rows[1].Cells[16383].Raw != "K16383" || rows[2].Cells[0].Raw != strings.Repeat("<", 32767) {
		t.Errorf("got %d rows", len(rows))
	}
	err := openAndRead(t, sheet.Settings{Path: write(t, "x.csv", []byte("Nama,HP\n"+strings.Repeat("a,", 16385)+"\n"))})
	if err == nil || !strings.Contains(err.Error(), "more than 16384 columns") {
		t.Errorf("got %v", err)
	}
}
