package sheet_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"siaran/campaign"
	"siaran/campaign/sheet"
)

// readBytes reads content as a file; ok is false if it was refused at any point.
func readBytes(t *testing.T, name string, content []byte, s sheet.Settings) (rows []readRow, header []string, ok bool) {
	t.Helper()
	s.Path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(s.Path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := sheet.Open(t.Context(), s)
	if err != nil {
		return nil, nil, false
	}
	defer f.Close()
	rows, err = readAll(t, f)
	last := f.Header().Row
	for _, r := range rows {
		if r.Number <= last {
			t.Fatalf("row %d after row %d", r.Number, last)
		}
		if last = r.Number; len(r.Cells) != len(f.Header().Columns) {
			t.Fatalf("row %d has %d cells for %d columns", r.Number, len(r.Cells), len(f.Header().Columns))
		}
		for _, c := range r.Cells {
			if !utf8.ValidString(c.Raw) || !utf8.ValidString(c.Text) || (c.Kind == campaign.Empty) != (c == campaign.Cell{}) {
				t.Fatalf("row %d has the cell %+v", r.Number, c)
			}
		}
	}
	return rows, f.Header().Names(), err == nil
}

func FuzzATabNeverPanicsNorBreaksItsPromises(f *testing.F) {
	f.Add(simple(2).rows)
	f.Add(simple(0).rows + `<row r="2" hidden="1"><c r="A2" s="1"><v>45982.5</v></c><c t="s"><v>0</v></c><c t="e"><v>#N/A</v></c></row>`)
	f.Add(simple(0).rows + `<row><c><f>A1</f></c><c t="inlineStr"><is><r><t>a</t></r><rPh><t>b</t></rPh></is></c></row><!-- x --><row r="9"><c t="d"><v>2026-11-21</v></c></row>`)
	f.Fuzz(func(t *testing.T, rows string) {
		b := book{rows: rows, texts: `<si><t>teks</t></si>`, xfs: `<xf numFmtId="14"/><xf numFmtId="4"/><xf numFmtId="46"/><xf numFmtId="12"/>`}
		readBytes(t, "x.xlsx", b.bytes(t), sheet.Settings{})
	})
}

func FuzzSharedTextsNeverPanic(f *testing.F) {
	f.Add(`<si><t>a_x000D_</t></si><si><r><t>b</t></r></si><si/>`)
	f.Fuzz(func(t *testing.T, texts string) {
		b := simple(1)
		b.texts = texts
		b.rows += `<row r="5"><c r="A5" t="s"><v>0</v></c><c r="B5" t="s"><v>1</v></c></row>`
		spilled, _, ok1 := readBytes(t, "x.xlsx", b.bytes(t), sheet.Settings{Limits: sheet.Limits{Memory: 1}})
		kept, _, ok2 := readBytes(t, "x.xlsx", b.bytes(t), sheet.Settings{})
		if ok1 != ok2 || dump(spilled) != dump(kept) {
			t.Fatalf("on disk %v %s, in memory %v %s", ok1, dump(spilled), ok2, dump(kept))
		}
	})
}

// FuzzDelimitedText compares with encoding/csv wherever both take a text without complaint.
func FuzzDelimitedText(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a,b\r\n\"1\n2\",\"x\"\"y\"\r\n", "a,b\r1,2", "a;b\n\"1;2\";3\n", "\ufeffa\tb\n", "sep=;\na;b\n", "a,b\n\"x,1\ny,2\n", "{\"a\":1}\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		rows, header, ok := readBytes(t, "x.csv", content, sheet.Settings{HeaderRow: 1})
		if !ok || bytes.ContainsAny(content, "\r{[=\ufeff;\t|\u200b\u2060\u00ad") || bytes.Contains(content, []byte("\n\n")) {
			return
		}
		r := csv.NewReader(bytes.NewReader(content))
		r.FieldsPerRecord = -1
		records, err := r.ReadAll()
		if err != nil || len(records) == 0 || !slices.Equal(trimmed(records[0], len(header)), header) {
			return
		}
		var want [][]string
		for _, rec := range records[1:] {
			if strings.TrimSpace(strings.Join(rec, "")) != "" {
				want = append(want, rec)
			}
		}
		if len(want) != len(rows) {
			t.Fatalf("%d rows, encoding/csv has %d", len(rows), len(want))
		}
		for i, row := range rows {
			if row.problem != "" {
				continue
			}
			for k, got := range texts(row.Row) {
				if k < len(want[i]) && got != want[i][k] || k >= len(want[i]) && got != "" {
					t.Fatalf("row %d: got %q, encoding/csv has %q", row.Number, texts(row.Row), want[i])
				}
			}
		}
	})
}

func trimmed(names []string, n int) []string {
	out := make([]string, 0, n)
	for i, s := range names {
		if i < n {
			out = append(out, s)
		}
	}
	return out
}
