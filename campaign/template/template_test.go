package template_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"siaran/campaign"
	"siaran/campaign/template"
)

// settings is a heading of columns A, B, … with a short name for the first.
func settings(names ...string) template.Settings {
	s := template.Settings{Language: "id", Short: map[string]string{"nama": names[0]}}
	for i, n := range names {
		s.Header.Columns = append(s.Header.Columns, campaign.Column{Name: n, Letter: campaign.ColumnLetter(i)})
	}
	return s
}

func number(raw, text, format string) campaign.Cell {
	return campaign.Cell{Kind: campaign.Number, Raw: raw, Text: text, Format: format}
}

func date(raw, text string) campaign.Cell {
	return campaign.Cell{Kind: campaign.Date, Raw: raw, Text: text, Format: "m/d/yyyy"}
}

func TestAValueIsWrittenByItsFilters(t *testing.T) {
	text := campaign.TextCell
	for _, c := range []struct {
		filters string
		cell    campaign.Cell
		numbers string
		want    string // beginning with ! it is part of the problem
	}{
		{"", text("Budi"), "", "Budi"},
		{"", number("1250000", "1,250,000", "#,##0"), "", "1,250,000"},
		{"", date("2026-11-21", "11/21/2026"), "", "11/21/2026"},
		{"| raw", number("0.11", "11%", "0%"), "", "0.11"},
		{"| upper", text("budi"), "", "BUDI"},
		{"| lower", text("BUDI"), "", "budi"},
		{"| title", text("siti NUR-aini d'souza"), "", "Siti Nur-Aini D'souza"},
		{"| trim", text("\u00a0 Budi \u200b"), "", "Budi"},
		{"| trim | upper", text(" budi "), "", "BUDI"},
		{"| mask", text("628120001234"), "", "62812•••••34"},
		{"| mask", text("1234"), "", "••••"},
		{`| default:"Bapak/Ibu"`, campaign.Cell{}, "", "Bapak/Ibu"},
		{`| default:"Bapak/Ibu"`, text("\u00a0\u200b "), "", "Bapak/Ibu"},
		{`| default:"pak" | upper`, campaign.Cell{}, "", "PAK"},
		{`| upper | default:"pak"`, campaign.Cell{}, "", "PAK"},
		{`| default:"0" | rupiah`, campaign.Cell{}, "", "Rp0"},
		{`| default:"" | rupiah`, campaign.Cell{}, "", ""},
		{`| default:"say \"hi\" \\ | }}"`, campaign.Cell{}, "", `say "hi" \ | }}`},
		{"", campaign.Cell{}, "", "!value is empty"},
		{"", text("\u00a0"), "", "!value is empty"},
		{"", number("0", "", ";;"), "", "!value is empty"},
		{`| default:"x"`, campaign.Cell{Kind: campaign.Error, Raw: "#REF!"}, "", "!#REF!"},
		{"", campaign.Cell{Kind: campaign.Formula, Raw: "=A1"}, "", "!without a stored value"},

		{"| rupiah", number("1250000", "", ""), "", "!value is empty"},
		{"| rupiah", number("1250000", "1250000", ""), "", "Rp1.250.000"},
		{"| rupiah", number("1.25E+6", "1250000", ""), "", "Rp1.250.000"},
		{"| rupiah", number("1250000.5", "1250000.5", ""), "", "Rp1.250.000,50"},
		{"| rupiah", number("0.30000000000000004", "0.3", ""), "", "Rp0,30"},
		{"| rupiah", number("-1250", "-1250", ""), "", "-Rp1.250"},
		{"| rupiah", number("123456789012345678901", "123456789012345678901", ""), "", "Rp123.456.789.012.345.678.901"},
		{"| rupiah", text("1250000"), "", "Rp1.250.000"},
		{"| rupiah", text("1.250"), "", "!by guessing"},
		{"| rupiah", text("1250.50"), "", "!by guessing"},
		{"| rupiah", text("Rp 1.250"), "", "!by guessing"},
		{"| rupiah", text("1.250"), "id", "Rp1.250"},
		{"| rupiah", text("1.250"), "en", "Rp1,25"},
		{"| rupiah", text("1,250.50"), "en", "Rp1.250,50"},
		{"| rupiah", text("Rp. 1.250.000,00"), "id", "Rp1.250.000"},
		{"| rupiah", text("Rp1.250.000,-"), "id", "Rp1.250.000"},
		{"| rupiah", text("-Rp1.250"), "id", "-Rp1.250"},
		{"| rupiah", text("12.345.678.901.234.567,89"), "id", "Rp12.345.678.901.234.567,89"},
		{"| rupiah", text("1,005"), "id", "Rp1,01"},
		{"| rupiah", text("1.25"), "id", "!not an amount as numbers: id"},
		{"| rupiah", text("1250.50"), "id", "!not an amount as numbers: id"},
		{"| rupiah", text("1.2500"), "id", "!not an amount"},
		{"| rupiah", text("0.125"), "id", "!not an amount"},
		{"| rupiah", text("1,2,3"), "id", "!not an amount"},
		{"| rupiah", text("seribu"), "id", "!not an amount"},
		{"| rupiah", text("seribu"), "", "!not a number"},
		{"| rupiah", date("2026-11-21", "x"), "id", "!is a date"},
		{"| rupiah", campaign.Cell{Kind: campaign.Bool, Raw: "TRUE", Text: "TRUE"}, "id", "!TRUE or FALSE"},
		{`| number:"#,##0.00"`, number("1250.5", "1250.5", ""), "", "1.250,50"},
		{`| number:"0%"`, number("0.11", "0.11", ""), "", "11%"},
		{`| number:"#,##0 \"poin\""`, number("1250", "1250", ""), "", "1.250 poin"},

		{`| date:"d mmmm yyyy"`, date("2026-08-05", "8/5/2026"), "", "5 Agustus 2026"},
		{`| date:"d mmmm yyyy"`, text("2026-08-05"), "", "5 Agustus 2026"},
		{`| date:"d mmmm yyyy hh:mm"`, text("2026-08-05 07:30:00"), "", "5 Agustus 2026 07:30"},
		{`| date:"d mmmm yyyy"`, text("21/11/2026"), "", "21 November 2026"},
		{`| date:"d mmmm yyyy"`, text("11-21-2026"), "", "21 November 2026"},
		{`| date:"d mmmm yyyy"`, text("5/5/2026"), "", "5 Mei 2026"},
		{`| date:"d mmmm yyyy"`, text("05/11/2026"), "", "!either of two days"},
		{`| date:"d mmmm yyyy"`, text("05/11/26"), "", "!not a date"},
		{`| date:"d mmmm yyyy"`, text("31/02/2026"), "", "!not a date"},
		{`| date:"d mmmm yyyy"`, text("2026-02-30"), "", "!not a date"},
		{`| date:"dd/mm/yyyy"`, text("5 Agustus 2026"), "", "05/08/2026"},
		{`| date:"dd/mm/yyyy"`, text("5-Aug-2026 08:00"), "", "05/08/2026"},
		{`| date:"dd/mm/yyyy"`, number("45982", "45982", ""), "", "!format the cell as a date"},
		{`| date:"hh:mm"`, date("T08:30:00", "8:30"), "", "08:30"},
		{`| date:"d mmm"`, date("T08:30:00", "8:30"), "", "!time of day"},
	} {
		s := settings("Isi")
		s.Numbers = c.numbers
		tpl, err := template.Compile("«{{Isi "+c.filters+"}}»", s)
		if err != nil {
			t.Errorf("%s: %v", c.filters, err)
			continue
		}
		got, err := tpl.Render(campaign.Row{Number: 7, Cells: []campaign.Cell{c.cell}})
		if problem, bad := strings.CutPrefix(c.want, "!"); bad {
			var re *campaign.RowError
			if !errors.As(err, &re) || re.Row != 7 || re.Column != "Isi" || !strings.Contains(re.Problem, problem) {
				t.Errorf("%s of %q (numbers %q): got %q, %v; want a problem with %q", c.filters, c.cell.Raw, c.numbers, got, err, problem)
			}
			continue
		}
		if err != nil || got != "«"+c.want+"»" {
			t.Errorf("%s of %q (numbers %q): got %q, %v; want %q", c.filters, c.cell.Raw, c.numbers, got, err, c.want)
		}
	}
}

func TestATextThatCannotBeCompiledSaysWhatToDo(t *testing.T) {
	for text, want := range map[string]string{
		"{{Nomor HP}}":                    `no column "Nomor HP"; did you mean "No. HP", column B?`,
		"{{Nama":                          "not closed",
		`{{Nama | date:"d mmmm}}`:         "quote",
		"{{}}":                            "names no column",
		"{{Nama | besar}}":                `no filter "besar"`,
		"{{Nama | date}}":                 "needs a text",
		`{{Nama | upper:"x"}}`:            "takes no text",
		`{{Nama | number:"d mmmm"}}`:      "no pattern for a number",
		`{{Nama | date:"#,##0"}}`:         "no pattern for a date",
		"{{Nama | date:dd}}":              "not in quotes",
		"{{kota}}":                        `several columns are called "kota"`,
		"{{uang}}":                        "no column",
		`{{Nama | default:"a" "b"}}`:      "follows the closing quote",
		"Yth. {{ Nama | upper | besar }}": "besar",
	} {
		_, err := template.Compile(text, settings("Nama", "No. HP", "Kota", "KOTA"))
		var te *template.Error
		if !errors.As(err, &te) || !strings.Contains(te.Problem, want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
	_, err := template.Compile("{{Alamat}}", settings("Nama", "Kota"))
	var te *template.Error
	if !errors.As(err, &te) || te.Hint != "columns: Nama, Kota; short names: nama" {
		t.Errorf("got %#v", te)
	}
}

func TestNamesAreShortNamesFirstThenHeadings(t *testing.T) {
	s := settings("Nama Nasabah", "kode | lain")
	row := campaign.Row{Cells: []campaign.Cell{campaign.TextCell("Budi"), campaign.TextCell("A1")}}
	for text, want := range map[string]string{
		"{{nama}}": "Budi", "{{NAMA  nasabah}}": "Budi", `{{"kode | lain"}}`: "A1", "{ {{nama}} }": "{ Budi }", "a}}b": "a}}b",
	} {
		tpl, err := template.Compile(text, s)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := tpl.Render(row); err != nil || got != want {
			t.Errorf("%s: got %q, %v", text, got, err)
		}
	}
	tpl, err := template.Compile("no slots", s)
	if text, ok := tpl.Static(); err != nil || !ok || text != "no slots" {
		t.Errorf("got %q, %v, %v", text, ok, err)
	}
}

func TestATargetIsAColumnOrAText(t *testing.T) {
	s := settings("HP", "Kode")
	phone := number("6.28120001234E+11", "628120001234", "")
	row := campaign.Row{Number: 3, Cells: []campaign.Cell{phone, campaign.TextCell("x")}}
	for to, want := range map[string]struct {
		cell   campaign.Cell
		column string
	}{
		"nama":             {phone, "HP"},
		"hp":               {phone, "HP"},
		"{{nama}}":         {phone, "HP"},
		"{{Kode | upper}}": {campaign.TextCell("X"), "Kode"},
		"{{Kode}}@x.test":  {campaign.TextCell("x@x.test"), ""},
	} {
		target, err := template.CompileTarget(to, s)
		if err != nil {
			t.Errorf("%s: %v", to, err)
			continue
		}
		cell, column, err := target.Cell(row)
		if err != nil || cell != want.cell || column != want.column {
			t.Errorf("%s: got %v, %q, %v", to, cell, column, err)
		}
	}
	if _, err := template.CompileTarget("telepon", s); err == nil {
		t.Error("a column that is not there was taken")
	}
}

func TestAnApprovedTextTakesExactlyItsValues(t *testing.T) {
	got, err := template.Fill("Yth. {{1}}, {{2}}. {{1}}!", []string{"{{2}}", "b"})
	if err != nil || got != "Yth. {{2}}, b. {{2}}!" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, bad := range []string{"{{1}} {{3}}", "{{nama}}", "{{0}}"} {
		if _, err := template.Slots(bad); err == nil {
			t.Errorf("%s: taken", bad)
		}
	}
	if _, err := template.Fill("{{1}}", nil); err == nil {
		t.Error("a missing value was taken")
	}
	if n, err := template.Slots("no slots {{"); n != 0 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
}

func TestNothingOfOneRowShowsUpInAnother(t *testing.T) {
	s := settings("A", "B", "C")
	tpl, err := template.Compile(`{{A | default:"-" | upper}}/{{B | rupiah}}/{{C | date:"yyyy-mm-dd"}}/{{A | default:""}}`, s)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		type row struct {
			row  campaign.Row
			want string
		}
		rows := make([]row, rapid.IntRange(2, 40).Draw(rt, "rows"))
		for i := range rows {
			name := rapid.StringMatching(`[a-z]{0,8}`).Draw(rt, "name")
			amount := rapid.IntRange(0, 999).Draw(rt, "amount")
			day := rapid.IntRange(1, 28).Draw(rt, "day")
			at := fmt.Sprintf("2026-11-%02d", day)
			shown := strings.ToUpper(name)
			if name == "" {
				shown = "-"
			}
			rows[i] = row{
				campaign.Row{Number: i + 2, Cells: []campaign.Cell{campaign.TextCell(name), number(fmt.Sprint(amount), fmt.Sprint(amount), ""), date(at, at)}},
				fmt.Sprintf("%s/Rp%d/%s/%s", shown, amount, at, name),
			}
		}
		var wg sync.WaitGroup
		wrong := make([]string, 4)
		for w := range wrong {
			wg.Go(func() {
				var buf []byte
				for i := range rows {
					r := rows[(i*7+w)%len(rows)]
					var err error
					if buf, err = tpl.Append(buf[:0], r.row); err != nil || string(buf) != r.want {
						wrong[w] = fmt.Sprintf("got %q, %v; want %q", buf, err, r.want)
					}
				}
			})
		}
		wg.Wait()
		for _, problem := range wrong {
			if problem != "" {
				rt.Fatal(problem)
			}
		}
	})
}

func TestABadRowLeavesTheTextBeforeItAlone(t *testing.T) {
	tpl, err := template.Compile("a{{nama}}b", settings("Nama"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := tpl.Append([]byte("before"), campaign.Row{Number: 2})
	if string(got) != "before" || err == nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestAPlainSlotCostsNoMemory(t *testing.T) {
	tpl, err := template.Compile(`Yth. {{nama}}, {{nama | default:"x"}}`, settings("Nama"))
	if err != nil {
		t.Fatal(err)
	}
	row := campaign.Row{Cells: []campaign.Cell{campaign.TextCell("Budi")}}
	buf := make([]byte, 0, 100)
	if n := testing.AllocsPerRun(100, func() { buf, _ = tpl.Append(buf[:0], row) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestValuesThatMeanNothingAreSuspicious(t *testing.T) {
	for value, want := range map[string]bool{"NULL": true, " n/a ": true, "-": true, "NaN": true, "Bu\ufffddi": true, "Budi": false, "Nana": false, "0": false} {
		if template.Suspicious(value) != want {
			t.Errorf("%q: got %v", value, !want)
		}
	}
}

func FuzzACompiledTextNeverPanics(f *testing.F) {
	f.Add(`a {{A | default:"x" | upper}} {{B | rupiah}}`, "1.250", "id")
	f.Add(`{{"A" | date:"d mmmm yyyy"}}`, "21/11/2026", "en")
	f.Add(`{{A | number:"[>=1000]#,##0,\"k\";0.0#%"}}`, "1e3", "")
	f.Fuzz(func(_ *testing.T, text, value, numbers string) {
		s := settings("A", "B")
		s.Numbers = numbers
		tpl, err := template.Compile(text, s)
		if err != nil {
			return
		}
		for _, c := range []campaign.Cell{campaign.TextCell(value), number(value, value, ""), date(value, value)} {
			_, _ = tpl.Render(campaign.Row{Number: 2, Cells: []campaign.Cell{c, c}})
		}
		_, _ = template.Fill(text, []string{value})
	})
}
