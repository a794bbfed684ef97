package pattern

import (
	"strings"
	"testing"
	"time"

	"siaran/campaign"
)

func TestANumberIsShownAsExcelShowsIt(t *testing.T) {
	for _, c := range []struct{ pattern, raw, en, id string }{
		{"General", "1250000", "1250000", "1250000"},
		{"General", "0.30000000000000004", "0.3", "0,3"},
		{"General", "6.28123456789E+11", "628123456789", "628123456789"},
		{"General", "-1.5E-3", "-0.0015", "-0,0015"},
		{"General", "12345678901234567890", "12345678901234567890", "12345678901234567890"},
		{"0", "0.5", "1", "1"},
		{"0", "-0.4", "0", "0"},
		{"0", "-1.5", "-2", "-2"},
		{"0.00", "1.0049999999999999", "1.01", "1,01"},
		{"0.00", "0.28999999999999998", "0.29", "0,29"},
		{"0.00", "9.9999999", "10.00", "10,00"},
		{"0.0#", "1.5", "1.5", "1,5"},
		{"0.0#", "1.256", "1.26", "1,26"},
		{"#,##0", "1250000", "1,250,000", "1.250.000"},
		{"#,##0", "0", "0", "0"},
		{"#,###", "0", "", ""},
		{"#,##0.00", "-1234567.891", "-1,234,567.89", "-1.234.567,89"},
		{"#,##0;(#,##0)", "-1250", "(1,250)", "(1.250)"},
		{"#,##0.00;[Red]-#,##0.00;\"nihil\"", "0", "nihil", "nihil"},
		{"0;;", "-5", "", ""},
		{`_(* #,##0_);_(* \(#,##0\);_(* "-"_);_(@_)`, "1250", "1,250", "1.250"},
		{`_(* #,##0_);_(* \(#,##0\);_(* "-"??_);_(@_)`, "0", "-", "-"},
		{`"Rp"#,##0`, "1250000", "Rp1,250,000", "Rp1.250.000"},
		{`[$Rp-421]\ #,##0.00`, "1250000.5", "Rp 1,250,000.50", "Rp 1.250.000,50"},
		{`[$Rp-421]#,##0`, "-1250", "-Rp1,250", "-Rp1.250"},
		{"0%", "0.256", "26%", "26%"},
		{"0%", "0", "0%", "0%"},
		{"0.0%", "0.1234", "12.3%", "12,3%"},
		{"0.00E+00", "1250000", "1.25E+06", "1,25E+06"},
		{"0.00E+00", "0.000125", "1.25E-04", "1,25E-04"},
		{"##0.0E+0", "12500", "12.5E+3", "12,5E+3"},
		{"00000", "812", "00812", "00812"},
		{"0000-0000-0000", "628120001234", "6281-2000-1234", "6281-2000-1234"},
		{"0000-0000", "628120001234", "62812000-1234", "62812000-1234"},
		{"#,##0,", "1250000", "1,250", "1.250"},
		{"0.0,,\" jt\"", "1250000", "1.3 jt", "1,3 jt"},
		{"000,000", "1250", "001,250", "001.250"},
		{"[>=1000000]0.0,,\" jt\";0", "2500000", "2.5 jt", "2,5 jt"},
		{"[>=1000000]0.0,,\" jt\";0", "999", "999", "999"},
		{"# ?/?", "1.25", "1 1/4", "1 1/4"},
		{"# ??/??", "3", "3", "3"},
		{"?/?", "1.5", "3/2", "3/2"},
		{"# ?/8", "0.5", "4/8", "4/8"},
		{"[h]:mm", "1.5", "36:00", "36:00"},
		{"[mm]:ss", "0.05", "72:00", "72:00"},
		{"@", "12", "12", "12"},
	} {
		p, err := Compile(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		for numbers, want := range map[string]string{"en": c.en, "id": c.id} {
			got, err := p.AppendNumber(nil, c.raw, NotationOf(numbers, "id"))
			if err != nil || string(got) != want {
				t.Errorf("%s of %s in %s: got %q, %v; want %q", c.pattern, c.raw, numbers, got, err, want)
			}
		}
	}
}

func TestATimeIsShownAsExcelShowsIt(t *testing.T) {
	at := time.Date(2026, 8, 5, 8, 7, 9, 250_000_000, time.UTC)
	for _, c := range []struct{ pattern, en, id string }{
		{"d mmmm yyyy", "5 August 2026", "5 Agustus 2026"},
		{"dd/mm/yyyy", "05/08/2026", "05/08/2026"},
		{"m/d/yyyy", "8/5/2026", "8/5/2026"},
		{"d-mmm-yy", "5-Aug-26", "5-Agu-26"},
		{"dddd, dd mmm", "Wednesday, 05 Aug", "Rabu, 05 Agu"},
		{"ddd", "Wed", "Rab"},
		{"hh:mm:ss", "08:07:09", "08:07:09"},
		{"h:mm AM/PM", "8:07 AM", "8:07 AM"},
		{"mm:ss.00", "07:09.25", "07:09,25"},
		{"mm:ss.0", "07:09.3", "07:09,3"},
		{"yyyy-mm-dd\\Thh:mm", "2026-08-05T08:07", "2026-08-05T08:07"},
		{"[$-421]d mmmm yyyy;@", "5 Agustus 2026", "5 Agustus 2026"},
		{"[$-409]mmmm", "August", "August"},
		{"mmmmm", "A", "A"},
		{`"tgl" d`, "tgl 5", "tgl 5"},
		{"yyyymmdd", "20260805", "20260805"},
	} {
		p, err := Compile(c.pattern)
		if err != nil || !p.IsDate() {
			t.Errorf("%s: %v, date %v", c.pattern, err, p != nil && p.IsDate())
			continue
		}
		for language, want := range map[string]string{"en": c.en, "id": c.id} {
			if got := string(p.AppendTime(nil, at, NotationOf(language, language))); got != want {
				t.Errorf("%s in %s: got %q, want %q", c.pattern, language, got, want)
			}
		}
	}
}

func TestAPatternThatMixesDigitsAndDatesIsRefused(t *testing.T) {
	for _, code := range []string{"#,##0 hari", "0;0;0;@;0"} {
		if _, err := Compile(code); err == nil {
			t.Errorf("%s: compiled", code)
		}
	}
}

func TestADecimalIsCleanedOfNoiseButKeepsEveryWholeDigit(t *testing.T) {
	for raw, want := range map[string]string{
		"0": "0", "-0": "0", "00812": "812", "1.50": "1.5", "1E3": "1000", "1.0049999999999999": "1.005",
		"123456789012345678": "123456789012345678", "6.28123456789E+11": "628123456789", ".5": "0.5", "5.": "5", "-0.0": "0",
	} {
		if got, err := CleanDecimal(raw); err != nil || got != want {
			t.Errorf("%s: got %s, %v; want %s", raw, got, err, want)
		}
	}
	for _, raw := range []string{"", "-", ".", "1e", "1e+", "1,5", "0x10", "NaN", "1E999999999", "1 2"} {
		if got, err := CleanDecimal(raw); err == nil {
			t.Errorf("%q became %s", raw, got)
		}
	}
}

func TestAMissingColumnIsToldWithWhatComesNear(t *testing.T) {
	h := campaign.Header{Columns: []campaign.Column{{Name: "Nama", Letter: "A"}, {Name: "No. HP", Letter: "B"}, {Name: "nama", Letter: "C"}, {Name: "Kota", Letter: "D"}, {Name: "KOTA", Letter: "E"}}}
	problem, hint := h.NoColumn("NoHP")
	if problem != `no column "NoHP"; did you mean "No. HP", column B?` || hint != "columns: Nama, No. HP, nama, Kota, KOTA" {
		t.Errorf("got %s / %s", problem, hint)
	}
	if problem, _ := h.NoColumn("Tanggal"); problem != `no column "Tanggal"` {
		t.Errorf("got %s", problem)
	}
	if _, hint := h.NoColumn("kota"); hint != "columns D and E: rename all but one in the file" {
		t.Errorf("got %s", hint)
	}
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA", 16383: "XFD"} {
		if got := campaign.ColumnLetter(i); got != want {
			t.Errorf("%d: got %s, want %s", i, got, want)
		}
	}
}

func FuzzAPatternNeverPanics(f *testing.F) {
	f.Add("#,##0.00", "1250000.5")
	f.Add(`[>=1000]0.0,"k";[Red]-0.00E+00;# ?/?;@`, "-1e-3")
	f.Add("[h]:mm:ss.000", "1.75")
	f.Add("[$-421]dddd, d mmmm yyyy h:mm AM/PM", "45982.5")
	f.Fuzz(func(t *testing.T, code, raw string) {
		p, err := Compile(code)
		if err != nil {
			return
		}
		for _, n := range []Notation{{}, NotationOf("id", "id")} {
			a, err := p.AppendNumber(nil, raw, n)
			if b, again := p.AppendNumber(nil, raw, n); string(a) != string(b) || (err == nil) != (again == nil) {
				t.Fatalf("%q, then %q", a, b)
			}
			p.AppendTime(nil, time.Unix(int64(len(raw))*7919, 0), n)
		}
	})
}

func FuzzWholeNumbersKeepEveryDigit(f *testing.F) {
	f.Add("1250000")
	f.Fuzz(func(t *testing.T, digits string) {
		digits = strings.TrimLeft(strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, digits), "0")
		p, err := Compile("#,##0")
		if err != nil || digits == "" {
			return
		}
		got, err := p.AppendNumber(nil, digits, Notation{})
		if err != nil || strings.ReplaceAll(string(got), ",", "") != digits {
			t.Fatalf("%s became %s, %v", digits, got, err)
		}
	})
}
