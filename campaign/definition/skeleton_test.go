package definition

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"siaran/campaign"
)

// sheetOf makes a header and rows of columns, each its heading and its cells.
func sheetOf(columns ...[]any) (campaign.Header, []campaign.Row) {
	h := campaign.Header{Row: 1}
	var rows []campaign.Row
	for i, c := range columns {
		h.Columns = append(h.Columns, campaign.Column{Name: c[0].(string), Letter: campaign.ColumnLetter(i)})
		for n, x := range c[1:] {
			if n >= len(rows) {
				rows = append(rows, campaign.Row{Number: n + 2})
			}
			cell, ok := x.(campaign.Cell)
			if !ok {
				cell = campaign.TextCell(x.(string))
			}
			for len(rows[n].Cells) < i {
				rows[n].Cells = append(rows[n].Cells, campaign.Cell{})
			}
			rows[n].Cells = append(rows[n].Cells, cell)
		}
	}
	return h, rows
}

func number(raw, format string) campaign.Cell {
	return campaign.Cell{Kind: campaign.Number, Raw: raw, Text: raw, Format: format}
}

func date(raw string) campaign.Cell {
	return campaign.Cell{Kind: campaign.Date, Raw: raw, Text: raw, Format: "dd/mm/yyyy"}
}

func TestColumnsAreGuessedByHeadingAndValues(t *testing.T) {
	for _, tc := range []struct {
		name   string
		column []any
		want   Guess
	}{
		{"phones as text", []any{"Kontak", "0812000001", "6281200000002", "+62 812-0000-0003"}, Guess{Kind: GuessPhone, Full: true}},
		{"phones as numbers", []any{"Tujuan", number("6281200000001", ""), number("81200000002", "0")}, Guess{Kind: GuessPhone, Full: true}},
		{"phones with trouble", []any{"No_HP", "-", "tidak ada", "salah", "081200000004"}, Guess{Kind: GuessPhone, Full: true}},
		{"an empty column called WA", []any{"WA"}, Guess{Kind: GuessPhone}},
		{"contract numbers", []any{"No Kontrak", number("1200300400", ""), number("1200300401", "")}, Guess{Kind: GuessText, Full: true}},
		{"identity numbers", []any{"NIK", "3174012345670001", "3174012345670002"}, Guess{Kind: GuessText, Full: true}},
		{"e-mail", []any{"Surel", "a@example.test", "b@example.test", "x"}, Guess{Kind: GuessEmail, Full: true}},
		{"names by heading", []any{"Nama Nasabah", "Budi", "Siti 2"}, Guess{Kind: GuessName, Full: true}},
		{"names by values", []any{"A", "Budi Santoso", "Siti Aminah", "Joko"}, Guess{Kind: GuessName, Full: true}},
		{"towns", []any{"A", "Jakarta Barat", "Jakarta Barat", "Jakarta Barat", "Bogor"}, Guess{Kind: GuessText, Full: true}},
		{"names with a gap", []any{"Nama", "Budi", "", "Siti"}, Guess{Kind: GuessName}},
		{"amounts by heading", []any{"Jumlah Tagihan", number("1250000", ""), number("99.5", "")}, Guess{Kind: GuessAmount, Typed: true, Full: true}},
		{"amounts by format", []any{"X", number("1250000", "#,##0"), number("5", "#,##0")}, Guess{Kind: GuessAmount, Typed: true, Full: true}},
		{"amounts in text", []any{"X", "Rp 1.250.000", "850.000"}, Guess{Kind: GuessAmount, Numbers: "id", Full: true}},
		{"amounts in English", []any{"X", "1,250,000.00", "850,000"}, Guess{Kind: GuessAmount, Numbers: "en", Full: true}},
		{"amounts that could be either", []any{"X", "1.250", "850.000"}, Guess{Kind: GuessAmount, Full: true}},
		{"amounts that are both", []any{"X", "1.250.000", "1,250,000"}, Guess{Kind: GuessAmount, Full: true}},
		{"amounts with a text among them", []any{"Jumlah", number("5", ""), number("6", ""), "lunas"}, Guess{Kind: GuessAmount, Full: true}},
		{"plain numbers", []any{"Umur", number("30", ""), number("31", "")}, Guess{Kind: GuessText, Full: true}},
		{"dates", []any{"Tempo", date("2026-11-21"), date("2026-11-22T08:00:00")}, Guess{Kind: GuessDate, Typed: true, Full: true}},
		{"times of day", []any{"Jam", date("T08:00:00"), date("T09:00:00")}, Guess{Kind: GuessDate, Full: true}},
		{"dates in text", []any{"Tempo", "21/11/2026", "1 Desember 2026"}, Guess{Kind: GuessDate, Full: true}},
		{"codes", []any{"Kode", "A-1", "B-2"}, Guess{Kind: GuessText, Full: true}},
	} {
		h, rows := sheetOf(tc.column)
		got := GuessColumns(h, rows, "ID")[0]
		got.Samples = nil
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s: %s", tc.name, d)
		}
	}
}

func TestSamplesAreTheFirstThreeDifferentValues(t *testing.T) {
	h, rows := sheetOf([]any{"A", "x", "", "x", "y", "z", "w"}, []any{"B", number("1250000", "")})
	got := GuessColumns(h, rows, "ID")
	if d := cmp.Diff([]string{"x", "y", "z"}, got[0].Samples); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"1250000"}, got[1].Samples); d != "" {
		t.Error(d)
	}
}

func customers() Draft {
	h, rows := sheetOf(
		[]any{"Nomor HP", "081200000001", "081200000002"},
		[]any{"Nama Nasabah", "Budi", "Siti"},
		[]any{"Jumlah", number("1250000", "#,##0"), number("99", "#,##0")},
		[]any{"Jatuh Tempo", date("2026-11-21"), date("2026-11-22")},
		[]any{"No Kontrak", "A1", "A2"},
		[]any{"HP lain", "081200000003", ""},
	)
	return Draft{Name: "Tagihan November", Account: "sprint", File: "tagihan nov.xlsx", Tab: "Data", HeaderRow: 3, Header: h, Guesses: GuessColumns(h, rows, "ID")}
}

func TestANewCampaignSaysWhatIsKnownOfTheFile(t *testing.T) {
	got := Skeleton(customers())
	path := filepath.Join("testdata", "new.yaml")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(string(fixture(t, "new.yaml")), string(got)); d != "" {
		t.Error(d)
	}
	c, err := ParseCampaign("/srv/new.yaml", got, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != "tagihan-november" || c.File != "/srv/tagihan nov.xlsx" || c.Channels[0].To != "phone" || c.Columns["phone"] != "Nomor HP" {
		t.Errorf("got %+v", c)
	}
	if d := cmp.Diff([]string{"{{nama}}", "{{jumlah | rupiah}}", `{{jatuh_tempo | date:"d mmmm yyyy"}}`}, c.Channels[0].Body); d != "" {
		t.Error(d)
	}
}

func TestANewCampaignIsReadCleanlyWhateverTheFile(t *testing.T) {
	for name, columns := range map[string][][]any{
		"no columns":      {},
		"no phones":       {{"Kode", "A", "B"}},
		"e-mail alone":    {{"Surel", "a@example.test"}, {"Nama", "Budi"}},
		"the same twice":  {{"HP", "081200000001"}, {"HP", "081200000002"}, {"Nama", "Budi"}},
		"odd headings":    {{"HP: \"1\" # x\n{{y}}", "081200000001"}, {"- *&!%@`", "Budi Santoso", "Siti Aminah", "Joko S"}, {"'2026'", number("5", "#,##0")}, {"\u0001\ufeff\U000e0001", date("2026-11-21")}},
		"many phones":     {{"HP", "081200000001"}, {"phone", "081200000001"}, {"Phone_2", "081200000001"}, {"Ponsel", "081200000001"}},
		"two notations":   {{"HP", "081200000001"}, {"Jumlah", "1.250.000"}, {"Denda", "1,250,000"}},
		"amounts in text": {{"HP", "081200000001"}, {"Jumlah", "Rp 1.250.000"}},
	} {
		h, rows := sheetOf(columns...)
		for _, file := range []string{"a.csv", "laporan {1}\n.xlsx", "", "-", "# a: b.xlsx"} {
			text := Skeleton(Draft{Name: "???", File: file, Header: h, Guesses: GuessColumns(h, rows, "ID")})
			c, err := ParseCampaign("/srv/new.yaml", text, Options{})
			if err != nil {
				t.Fatalf("%s, %q: %v\n%s", name, file, err, text)
			}
			for short, heading := range c.Columns {
				if i := h.Find(heading); i < 0 {
					t.Errorf("%s: %s: %q is no column", name, short, heading)
				}
				if i := h.Find(short); i >= 0 && h.Columns[i].Name != heading {
					t.Errorf("%s: %s is another column's heading", name, short)
				}
			}
		}
	}
}

func TestANewCampaignHasNoValuesOfCustomersInIt(t *testing.T) {
	for _, value := range []string{"0812", "Budi", "1250000", "2026"} {
		if bytes.Contains(Skeleton(customers()), []byte(value)) {
			t.Errorf("%q is in it", value)
		}
	}
}

func FuzzSkeleton(f *testing.F) {
	f.Add("promo", "a.xlsx", "Nomor HP", "081200000001")
	f.Add("{{", "{date}", "a: b # \"c\"\n", "1.250")
	f.Fuzz(func(t *testing.T, name, file, heading, value string) {
		heading = strings.ToValidUTF8(heading, "?")
		h, rows := sheetOf([]any{heading, value, value, value}, []any{heading + "2", number("1", "#,##0")}, []any{"HP", value})
		text := Skeleton(Draft{Name: name, Account: heading, File: file, Tab: heading, Encoding: "utf-8", Header: h, Guesses: GuessColumns(h, rows, "ID")})
		c, err := ParseCampaign("/srv/new.yaml", text, Options{})
		if strings.HasSuffix(file, "/") || strings.TrimSpace(heading) == "" || strings.TrimSpace(file) == "" && file != "" || strings.ContainsRune(file, 0) {
			return // not what siaran new is given
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if c.Tab != heading {
			t.Errorf("tab %q, want %q", c.Tab, heading)
		}
	})
}

// FuzzParse holds that no text makes the readers panic, hang, or name a line that is not there.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"tagihan.yaml", "channels.yaml", "siaran.yaml", "new.yaml"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("a: &a [*a]\ncolumns: *a\nchannels: &c [*c]\n"))
	f.Add([]byte("file: \"{date:[h];;;\\\"}\"\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		lines := bytes.Count(text, []byte("\n")) + bytes.Count(text, []byte("\r")) + strings.Count(string(text), "\u0085") +
			strings.Count(string(text), "\u2028") + strings.Count(string(text), "\u2029") + 1
		check := func(err error) {
			if err == nil {
				return
			}
			var all Errors
			if !errors.As(err, &all) || len(all) == 0 || len(all) > most {
				t.Fatalf("%T: %v", err, err)
			}
			for _, e := range all {
				if e.Line > lines || e.Problem == "" {
					t.Errorf("%+v of %d lines", e, lines)
				}
			}
		}
		c, err := ParseCampaign("a.yaml", text, Options{})
		check(err)
		if err == nil {
			content, conduct, err := Diff(text, text)
			if err != nil || len(content) > 0 || len(conduct) > 0 {
				t.Errorf("differs from itself: %v %v %v", content, conduct, err)
			}
			if c.Name == "" || len(c.Channels) == 0 || len(c.Content) == 0 {
				t.Errorf("half read: %+v", c)
			}
		}
		_, err = ParseSettings("siaran.yaml", text, func(name string) (string, bool) { return fmt.Sprint("v", name), true }, gateways)
		check(err)
	})
}
