package sheet_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siaran/campaign/sheet"
)

// simple is a workbook of a heading and n rows.
func simple(n int) book {
	var b strings.Builder
	b.WriteString(`<row r="1"><c r="A1" t="inlineStr"><is><t>Nama</t></is></c><c r="B1" t="inlineStr"><is><t>HP</t></is></c></row>`)
	for i := 2; i <= n+1; i++ {
		fmt.Fprintf(&b, `<row r="%d"><c r="A%d" t="inlineStr"><is><t>Nasabah %d</t></is></c><c r="B%d"><v>%d</v></c></row>`, i, i, i, i, 62812000000+i)
	}
	return book{rows: b.String()}
}

func TestAFileThatIsNoRecipientFileIsRefusedWithWhatToDo(t *testing.T) {
	ole := make([]byte, 1536)
	copy(ole, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	ole[30] = 9
	encrypted := bytes.Clone(ole)
	for i, c := range "EncryptedPackage" {
		encrypted[512+2*i] = byte(c)
	}
	word := book{extra: map[string]string{"word/document.xml": "<x/>"}}.bytes(t)
	for name, c := range map[string]struct {
		content       []byte
		problem, hint string
	}{
		"empty":               {nil, "is empty", "copied"},
		"PNG":                 {[]byte("\x89PNG\r\n\x1a\n0000"), "picture (PNG)", ".xlsx or .csv"},
		"PDF":                 {[]byte("%PDF-1.7\n"), "PDF document", ".xlsx or .csv"},
		".xls":                {ole, "old workbook (.xls)", "save as .xlsx"},
		"with a password":     {encrypted, "with a password", "delete the password"},
		"web page":            {[]byte("\ufeff\n<HTML><table>"), "web page", "save as .xlsx"},
		"zip of photos":       {zipOf(t, map[string]string{"a.jpg": "x"}), "no workbook", "unpack"},
		".ods":                {zipOf(t, map[string]string{"mimetype": "x", "content.xml": "x"}), "OpenDocument", "save as .xlsx"},
		".xlsb":               {zipOf(t, map[string]string{"xl/workbook.bin": "x"}), ".xlsb", "Save As"},
		"Numbers":             {zipOf(t, map[string]string{"Index/Document.iwa": "x"}), "Numbers", "Export"},
		".docx":               {word, "no workbook", ""},
		"cut off":             {simple(100).bytes(t)[:1500], "no complete .xlsx", "copy or download"},
		"a DTD in the tabs":   {book{workbookPr: `<!DOCTYPE x>`}.bytes(t), "document type", ""},
		"a DTD in the styles": {book{formats: `<!DOCTYPE x>`}.bytes(t), "document type", ""},
		"only hidden tabs":    {book{rows: simple(1).rows, sheets: `<sheet name="Data" sheetId="1" state="hidden" r:id="rId1"/>`}.bytes(t), "only hidden tabs", "Data (hidden)"},
		"no tabs":             {book{sheets: ` `}.bytes(t), "no tab with cells", ""},
		"no rows":             {book{}.bytes(t), "holds no rows", ""},
		"only numbers":        {book{rows: `<row r="1"><c r="A1"><v>1</v></c></row>`}.bytes(t), "looks like headings", "header_row"},
	} {
		t.Run(name, func(t *testing.T) {
			err := openAndRead(t, sheet.Settings{Path: write(t, "x.xlsx", c.content)})
			var e *sheet.Error
			if !errors.As(err, &e) || !strings.Contains(e.Error(), c.problem) || !strings.Contains(e.Hint, c.hint) {
				t.Errorf("got %v (hint %q)", err, hintOf(err))
			}
		})
	}
	for _, c := range []struct {
		path, problem string
		is            error
	}{
		{filepath.Join(t.TempDir(), "none.xlsx"), "no such file", fs.ErrNotExist},
		{t.TempDir(), "is a folder", nil},
		{os.DevNull, "no ordinary file", nil},
	} {
		err := openAndRead(t, sheet.Settings{Path: c.path})
		if err == nil || !strings.Contains(err.Error(), c.problem) || (c.is != nil && !errors.Is(err, c.is)) {
			t.Errorf("%s: got %v", c.path, err)
		}
	}
}

func hintOf(err error) string {
	var e *sheet.Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}

func TestADamagedTabEndsWithAnErrorAndNeverWithFewerRows(t *testing.T) {
	whole := book{rows: simple(3).rows}.parts()["xl/worksheets/sheet1.xml"]
	for cut := len(whole) - 1; cut > strings.Index(whole, "<row"); cut -= 7 {
		err := openAndRead(t, sheet.Settings{Path: write(t, "x.xlsx", book{sheet: whole[:cut]}.bytes(t))})
		if err == nil {
			t.Fatalf("a tab cut off after %q was read without a word", whole[:cut][max(0, cut-40):])
		}
	}
	row1 := simple(0).rows
	for name, rows := range map[string]string{
		"a row within a row":      row1 + `<row r="2"><row r="3"/></row>`,
		"rows out of order":       row1 + `<row r="3"/><row r="2"/>`,
		"the same row twice":      row1 + `<row r="2"/><row r="2"/>`,
		"row 0":                   `<row r="0"/>` + row1,
		"a row beyond Excel's":    row1 + `<row r="1048577"/>`,
		"a cell of another row":   row1 + `<row r="2"><c r="A3"><v>1</v></c></row>`,
		"a cell twice":            row1 + `<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>`,
		"a cell nowhere":          row1 + `<row r="2"><c r="2A"><v>1</v></c></row>`,
		"a column beyond Excel's": row1 + `<row r="2"><c r="XFE2"><v>1</v></c></row>`,
		"an unknown type":         row1 + `<row r="2"><c r="A2" t="q"><v>1</v></c></row>`,
		"an unknown reference":    row1 + `<row r="2"><c r="A2" t="str"><v>&lol;</v></c></row>`,
		"a lone ampersand":        row1 + `<row r="2"><c r="A2" t="str"><v>a & b</v></c></row>`,
		"no UTF-8":                row1 + "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>\xe9</v></c></row>",
		"a wrong end":             row1 + `<row r="2"><c r="A2"><v>1</v></c></sheetData>`,
		"a DTD":                   row1 + `<!DOCTYPE lolz [<!ENTITY lol "lol">]><row r="2"/>`,
	} {
		err := openAndRead(t, sheet.Settings{Path: write(t, "x.xlsx", book{rows: rows}.bytes(t))})
		var e *sheet.Error
		if !errors.As(err, &e) || e.Tab != "Data" || e.Problem == "" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	b := simple(2000).bytes(t)
	at := bytes.Index(b, []byte("xl/worksheets/sheet1.xml"))
	for _, flip := range []int{at + 200, at + 2000} {
		damaged := bytes.Clone(b)
		damaged[flip] ^= 0x10
		if err := openAndRead(t, sheet.Settings{Path: write(t, "x.xlsx", damaged)}); err == nil {
			t.Errorf("a flipped bit at %d was read without a word", flip)
		}
	}
	for name, texts := range map[string]string{"cut off": `<si><t>a`, "a DTD": `<!DOCTYPE x><si><t>a</t></si>`} {
		b := simple(1)
		b.texts = texts
		if err := openAndRead(t, sheet.Settings{Path: write(t, "x.xlsx", b.bytes(t))}); err == nil {
			t.Errorf("shared texts with %s were read without a word", name)
		}
	}
}

func TestTheNamedTabIsReadAndHiddenOnesOnlyByName(t *testing.T) {
	b := simple(1)
	other := book{rows: strings.ReplaceAll(simple(2).rows, "Nasabah", "Lain")}.parts()["xl/worksheets/sheet1.xml"]
	b.sheets = `<sheet name="Rahasia" sheetId="1" state="veryHidden" r:id="rId9"/><sheet name="Data" sheetId="2" r:id="rId1"/>`
	b.extra = map[string]string{"xl/worksheets/sheet2.xml": other}
	path := write(t, "x.xlsx", b.bytes(t))
	for tab, want := range map[string]string{"": "2: Nasabah 2|62812000002", "rahasia": "2: Lain 2|62812000002; 3: Lain 3|62812000003"} {
		f := open(t, sheet.Settings{Path: path, Tab: tab})
		if got := dump(read(t, f)); got != want {
			t.Errorf("%s: got %s", tab, got)
		}
		if tabs := f.Tabs(); len(tabs) != 2 || !tabs[0].Hidden || tabs[1].Hidden {
			t.Errorf("got %v", tabs)
		}
	}
	err := openAndRead(t, sheet.Settings{Path: path, Tab: "Tagihan"})
	if err == nil || hintOf(err) != "tabs: Rahasia (hidden), Data" {
		t.Errorf("got %v (%s)", err, hintOf(err))
	}
	err = openAndRead(t, sheet.Settings{Path: write(t, "x.csv", []byte("Nama,HP\n")), Tab: "Tagihan"})
	if err == nil || !strings.Contains(err.Error(), "has no tabs") {
		t.Errorf("got %v", err)
	}
}

func TestPrefixedNamesAreReadToo(t *testing.T) {
	b := book{sheet: `<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><!-- > --><x:sheetData><x:row r='1'><x:c r='A1' t='inlineStr'><x:is><x:t>Nama</x:t></x:is></x:c></x:row><x:row spans="1:1"><x:c t="str"><x:v>Bu&gt;di</x:v></x:c></x:row></x:sheetData></x:worksheet>`}
	if got := dump(read(t, open(t, sheet.Settings{Path: write(t, "x.xlsx", b.bytes(t))}))); got != "2: Bu>di" {
		t.Errorf("got %s", got)
	}
}

func TestDatesSince1904AreReadAsSuch(t *testing.T) {
	b := book{
		workbookPr: `<workbookPr date1904="1"/>`, xfs: `<xf numFmtId="14"/><xf numFmtId="20"/>`,
		rows: simple(0).rows + `<row r="2"><c r="A2" s="1"><v>44520</v></c><c r="B2" s="2"><v>0.5</v></c></row><row r="3"><c r="A3" s="1"><v>0</v></c></row>`,
	}
	rows := read(t, open(t, sheet.Settings{Path: write(t, "x.xlsx", b.bytes(t)), Language: "id"}))
	if got := dump(rows); got != "2: 21/11/2025|12:00; 3: 01/01/1904|" || rows[0].Cells[1].Raw != "T12:00:00" {
		t.Errorf("got %s, %v", got, rows[0].Cells[1])
	}
}

func TestAFileThatChangesWhileItIsReadIsNoticed(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"written to": func(path string) error { return os.WriteFile(path, []byte("Nama,HP\nAni,2\n"), 0o600) },
		"replaced": func(path string) error {
			return errors.Join(os.WriteFile(path+".new", []byte("Nama,HP\nAni,1\n"), 0o600), os.Rename(path+".new", path))
		},
		"deleted": os.Remove,
		"changed, but not its time": func(path string) error {
			st, err := os.Stat(path)
			return errors.Join(err, os.WriteFile(path, []byte("Nama,HP\nAni,2\n"), 0o600), os.Chtimes(path, time.Time{}, st.ModTime()))
		},
	} {
		path := write(t, "x.csv", []byte("Nama,HP\nAni,1\n"))
		f := open(t, sheet.Settings{Path: path})
		if err := f.Changed(t.Context()); err != nil {
			t.Errorf("%s: before it changed: %v", name, err)
		}
		if len(f.Digest()) != 64 {
			t.Errorf("got digest %q", f.Digest())
		}
		if err := change(path); err != nil {
			t.Fatal(err)
		}
		if err := f.Changed(t.Context()); err == nil || !strings.Contains(err.Error(), "changed while it was read") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestReadingStopsWhenItIsInterrupted(t *testing.T) {
	f := open(t, sheet.Settings{Path: write(t, "x.xlsx", simple(3000).bytes(t))})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	var last error
	for _, err := range f.Rows(ctx) {
		if last = err; err == nil {
			n++
			cancel()
		}
	}
	if n == 0 || n > 300 || !errors.Is(last, context.Canceled) {
		t.Errorf("got %d rows, then %v", n, last)
	}
	if _, err := sheet.Open(ctx, sheet.Settings{Path: f.Digest()}); err == nil {
		t.Error("a file that is not there was opened")
	}
	for _, err := range f.Rows(t.Context()) {
		if err != nil {
			t.Error(err)
		}
		break // and leaving early is no fault
	}
}
