package sheet_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/charmap"

	"siaran/campaign"
	"siaran/campaign/sheet"
)

// dump writes rows as "2: a|b; 3: c|d ! problem".
func dump(rows []readRow) string {
	var out []string
	for _, r := range rows {
		s := fmt.Sprintf("%d: %s", r.Number, strings.Join(texts(r.Row), "|"))
		if r.problem != "" {
			s += " ! " + r.problem
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func utf16Bytes(s string, big bool) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

func gzipped(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zstandard(t *testing.T, b []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(b, nil)
}

func TestTextIsReadWhateverItsEncodingLineEndsAndDelimiter(t *testing.T) {
	plain := "Nama,HP\nSití,62812\nBudi,62813\n"
	want := "2: Sití|62812; 3: Budi|62813"
	latin, err := charmap.Windows1252.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content   []byte
		encoding  string
		want      string
		delimiter string
		shown     string
	}{
		"UTF-8":                    {content: []byte(plain)},
		"UTF-8 with BOM":           {content: []byte("\ufeff" + plain), shown: "UTF-8 with BOM"},
		"BOM beats encoding":       {content: []byte("\ufeff" + plain), encoding: "windows-1252", shown: "UTF-8 with BOM"},
		"UTF-16 LE":                {content: utf16Bytes(plain, false), shown: "UTF-16 LE"},
		"UTF-16 BE":                {content: utf16Bytes(plain, true), shown: "UTF-16 BE"},
		"UTF-16 by name":           {content: utf16Bytes(plain, false)[2:], encoding: "utf-16le", shown: "utf-16le"},
		"Windows-1252":             {content: []byte(latin), encoding: "windows-1252", shown: "windows-1252"},
		"Windows-1258":             {content: []byte("Nama,HP\nSit\x69\xec,62812\nBudi,62813\n"), encoding: "windows-1258", shown: "windows-1258"},
		"CRLF":                     {content: []byte(strings.ReplaceAll(plain, "\n", "\r\n"))},
		"CR":                       {content: []byte(strings.ReplaceAll(plain, "\n", "\r"))},
		"mixed":                    {content: []byte("Nama,HP\r\nSití,62812\rBudi,62813\n")},
		"no end of the last line":  {content: []byte(strings.TrimSuffix(plain, "\n"))},
		"semicolons":               {content: []byte(strings.ReplaceAll(plain, ",", ";")), delimiter: ";"},
		"tabs":                     {content: []byte(strings.ReplaceAll(plain, ",", "\t")), delimiter: "\t"},
		"pipes":                    {content: []byte(strings.ReplaceAll(plain, ",", "|")), delimiter: "|"},
		"sep=":                     {content: []byte("sep=;\r\n" + strings.ReplaceAll(plain, ",", ";")), delimiter: ";"},
		"gzip":                     {content: gzipped(t, []byte(plain))},
		"zstd":                     {content: zstandard(t, []byte(plain))},
		"gzip of UTF-16":           {content: gzipped(t, utf16Bytes(plain, false)), shown: "UTF-16 LE"},
		"quoted delimiters":        {content: []byte("Nama;HP\n\"Sití; a, b, c\";62812\n\"Budi\"\"X\"\"\";62813"), delimiter: ";", want: `2: Sití; a, b, c|62812; 3: Budi"X"|62813`},
		"quoted line breaks":       {content: []byte("Nama,HP\n\"Sití\r\nJl. A\rB\",62812\n\n,\nBudi,62813\n"), want: "2: Sití\nJl. A\nB|62812; 5: Budi|62813"},
		"a short row":              {content: []byte("Nama,HP\nSití\nBudi,62813\n"), want: "2: Sití|; 3: Budi|62813"},
		"blank values at the end":  {content: []byte("Nama,HP,,\nSití,62812,,\nBudi,62813,,\n")},
		"a column with no heading": {content: []byte("Nama,,HP\nSití,x,62812\nBudi,,62813\n"), want: "2: Sití|x|62812; 3: Budi||62813"},
		"a long row":               {content: []byte("Nama,HP\nSití,62812\nBudi, SE,62813\n"), want: `2: Sití|62812; 3: Budi| SE ! row 3, column "C": more values than headings: is there a delimiter within a value? put that value in quotes`},
		"protected digits":         {content: []byte("Nama,HP\nSití,\"=\"\"0812\"\"\"\n"), want: "2: Sití|0812"},
		"a quote within a value":   {content: []byte("Nama,HP\nSití 5\" x,62812\n"), want: `2: Sití 5" x|62812`},
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t, sheet.Settings{Path: write(t, "x.bin", c.content), Encoding: c.encoding})
			if c.want == "" {
				c.want = want
			}
			if c.delimiter == "" {
				c.delimiter = ","
			}
			if c.shown == "" {
				c.shown = "UTF-8"
			}
			for range 2 {
				if got := dump(read(t, f)); got != c.want {
					t.Errorf("got  %q\nwant %q", got, c.want)
				}
			}
			if f.Delimiter() != c.delimiter || f.Encoding() != c.shown {
				t.Errorf("got delimiter %q, encoding %q", f.Delimiter(), f.Encoding())
			}
		})
	}
}

func TestAQuoteThatDoesNotCloseCostsOnlyItsRow(t *testing.T) {
	problem := ` ! row 3, column "%s": a quote (") opens a value and does not close it rightly: write a quote within a value twice, or leave them out`
	for name, c := range map[string]struct{ content, want string }{
		"not closed at all":    {"Nama,HP\nAni,1\n\"Budi,2\nCici,3\n", `2: Ani|1; 3: "Budi|2` + fmt.Sprintf(problem, "Nama") + "; 4: Cici|3"},
		"closed rows later":    {"Nama,HP\nAni,1\n\"Budi,2\nCici,3\n\"Dedi\",4\n", `2: Ani|1; 3: "Budi|2` + fmt.Sprintf(problem, "Nama") + "; 4: Cici|3; 5: Dedi|4"},
		"closed in the middle": {"Nama,HP\nAni,1\nx,\"Toko \"Maju\" \"\nCici,3\n", `2: Ani|1; 3: x|"Toko "Maju" "` + fmt.Sprintf(problem, "HP") + "; 4: Cici|3"},
	} {
		f := open(t, sheet.Settings{Path: write(t, "x.csv", []byte(c.content))})
		if got := dump(read(t, f)); got != c.want {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, c.want)
		}
	}
	long := "Nama,HP\n\"Budi," + strings.Repeat("2\n", 400_000)
	f := open(t, sheet.Settings{Path: write(t, "x.csv", []byte(long))})
	if rows := read(t, f); len(rows) != 400_000 || f.Counts().Broken != 1 {
		t.Errorf("got %d rows, %+v", len(rows), f.Counts())
	}
}

func TestTextThatIsNoTextIsRefusedWithItsPlace(t *testing.T) {
	many := strings.Repeat("Ani,1\n", 20_000)
	for name, c := range map[string]struct {
		content, encoding string
		row               int
		column            string
		problem, hint     string
	}{
		"Windows-1252 without a word": {"Nama,HP\nAni,1\nSit\xed,2\n", "", 3, "A", "not UTF-8", "encoding: windows-1252"},
		"deep in the file":            {"Nama,HP\n" + many + "Ani,\xe9\n", "", 20_002, "B", "not UTF-8", "encoding: windows-1252"},
		"a NUL":                       {"Nama,HP\n" + many + "Ani,\x00\n", "", 20_002, "B", "NUL", ""},
		"a NUL at the top":            {"Nama,HP\nAni,\x001\n", "", 2, "", "NUL", ""},
		"UTF-16 without BOM":          {string(utf16Bytes("Nama,HP\nAni,1\n", false)[2:]), "", 0, "", "UTF-16", "utf-16le"},
		"half a surrogate":            {"\xff\xfeN\x00,\x00H\x00\n\x00\x00\xd8,\x001\x00", "", 2, "A", "not UTF-16 LE", ""},
		"the wrong encoding":          {"Nama,HP\nAni\x98,1\n", "windows-1253", 2, "A", "not windows-1253", ""},
		"an unknown encoding":         {"Nama,HP\nAni,1\n", "ebcdic-37x", 0, "", "no encoding that is known", "windows-1252"},
		"cut off gzip":                {string(gzipped(t, []byte("Nama,HP\n"+many))[:200]), "", 0, "", "unpacked", ""},
		"gzip of a workbook":          {string(gzipped(t, []byte("PK\x03\x04aaaaaaaaaaaaa"))), "", 0, "", "packed file within", ""},
		"a JSON array":                {"[\n {\"a\":1}]", "", 0, "", "JSON array", "jq"},
		"no rows":                     {"\n\n", "", 0, "", "is empty", ""},
		"no letters":                  {"1,2\n3,4\n", "", 0, "", "no row that looks like headings", "header_row"},
	} {
		t.Run(name, func(t *testing.T) {
			err := openAndRead(t, sheet.Settings{Path: write(t, "x.csv", []byte(c.content)), Encoding: c.encoding})
			var e *sheet.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Row != c.row && c.row > 0 || e.Column != c.column || !strings.Contains(e.Error(), c.problem) || !strings.Contains(e.Hint, c.hint) || !strings.Contains(e.File, "x.csv") {
				t.Errorf("got %v (hint %q), row %d column %q", e, e.Hint, e.Row, e.Column)
			}
		})
	}
}

// openAndRead returns the first error of opening and reading a file.
func openAndRead(t *testing.T, s sheet.Settings) error {
	t.Helper()
	f, err := sheet.Open(t.Context(), s)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = readAll(t, f)
	return err
}

func TestJSONLinesKeepTheirTypes(t *testing.T) {
	content := `{"Nama":"Ani","HP":628120000001,"Aktif":true}` + "\n\n" +
		`{"HP":6.28120000002E+11,"Nama":null,"Saldo":12345678901234567890.10}` + "\n" +
		`{"Nama":"x","Nama":"y"}` + "\n" + `{"Nama":{"a":1}}` + "\n" + `{"Nama":` + "\n" + `{"Nama":"B\u00e9"} {}` + "\n" + `{"Nama":"Cici"}`
	f := open(t, sheet.Settings{Path: write(t, "x.txt", []byte(content))})
	rows := read(t, f)
	want := `1: Ani|628120000001|TRUE|; 3: |628120000002||12345678901234567890.10; ` +
		`4: x||| ! row 4, column "Nama": the key stands twice in its object; ` +
		`5: ||| ! row 5, column "Nama": holds an object or a list: one value a key; ` +
		`6: ||| ! row 6: is no JSON object: it ends too early; 7: Bé||| ! row 7: is no JSON object: something follows it on its line; 8: Cici|||`
	if got := dump(rows); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if c := rows[1].Cells[1]; c.Kind != campaign.Number || c.Raw != "6.28120000002E+11" {
		t.Errorf("got %+v", c)
	}
	if h := f.Header(); h.Row != 0 || !slices.Equal(h.Names(), []string{"Nama", "HP", "Aktif", "Saldo"}) {
		t.Errorf("got %+v", h)
	}
	late := strings.Repeat("{\"a\":1}\n", 1500) + "{\"b\":2}\n"
	rows = read(t, open(t, sheet.Settings{Path: write(t, "x.jsonl", []byte(late))}))
	if last := rows[len(rows)-1]; len(rows) != 1501 || !strings.Contains(last.problem, "none of the first lines") {
		t.Errorf("got %d rows, %q", len(rows), last.problem)
	}
}

func TestStandardInputIsReadTwice(t *testing.T) {
	f := open(t, sheet.Settings{Path: "-", Input: strings.NewReader("Nama,HP\nAni,1\n"), TempDir: t.TempDir()})
	for range 2 {
		if got := dump(read(t, f)); got != "2: Ani|1" {
			t.Errorf("got %s", got)
		}
	}
	if err := f.Changed(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestRaggedAndEmptyRowsAreCounted(t *testing.T) {
	f := open(t, sheet.Settings{Path: write(t, "x.csv", []byte("Judul\n\nNama,HP,Kota\nAni,1\n\n ,,\nBudi,2,x,y\nCici,3,z\n\n\n"))})
	read(t, f)
	if diff := cmp.Diff(sheet.Counts{Rows: 3, Empty: 2, Ragged: 2, Broken: 1}, f.Counts()); diff != "" {
		t.Error(diff)
	}
}
