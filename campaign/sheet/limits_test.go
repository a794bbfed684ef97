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
	const megabytes = 150
	blanks := packedMegabyte(t)
	for name, part := range map[string]string{"the tab": "xl/worksheets/sheet1.xml", "the texts": "xl/sharedStrings.xml", "the styles": "xl/styles.xml"} {
		for lie, declared := range map[string]uint64{"declared": megabytes << 20, "declared small": 1000} {
			path := write(t, "x.xlsx", bombed(t, part, append(bytes.Repeat(blanks, megabytes), 3, 0), declared))
			refusedSoon(t, name+" "+lie, path)
		}
	}
	member := gzipped(t, bytes.Repeat([]byte("Ani,"+strings.Repeat(" ", 1000)+"\n"), 1000))
	heading := gzipped(t, []byte("Nama,HP\n"))
	refusedSoon(t, "gzip", write(t, "x.csv.gz", append(heading, bytes.Repeat(member, megabytes)...)))
}

// refusedSoon reads a file that must be refused, and within seconds.
func refusedSoon(t *testing.T, name, path string) {
	t.Helper()
	start := time.Now()
	err := openAndRead(t, sheet.Settings{Path: path, TempDir: t.TempDir()})
	var e *sheet.Error
	if took := time.Since(start); !errors.As(err, &e) || took > 20*time.Second {
		t.Errorf("%s: got %v after %v", name, err, took)
	}
}

// packedMegabyte is a megabyte of blanks, deflated so that it may be repeated; 3, 0 ends the stream.
func packedMegabyte(t *testing.T) []byte {
	t.Helper()
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(bytes.Repeat([]byte{' '}, 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// bombed is a workbook of which one part is packed, and says that it unpacks to that many bytes.
func bombed(t *testing.T, part string, packed []byte, declared uint64) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, content := range simple(1).parts() {
		create := z.Create
		if name == part {
			content = string(packed)
			create = func(name string) (io.Writer, error) {
				return z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CompressedSize64: uint64(len(packed)), UncompressedSize64: declared})
			}
		}
		w, err := create(name)
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
