package sheet_test

import (
	"fmt"
	"strings"
	"testing"

	"siaran/campaign/sheet"
)

func TestHeadingsAreFoundAndCleaned(t *testing.T) {
	csv := func(s string) []byte { return []byte(s) }
	for name, c := range map[string]struct {
		content []byte
		need    []string
		row     int
		want    string
	}{
		"titles above":         {csv("Daftar tagihan,,\nNovember 2026,,\nNama,HP,Kota\nAni,1,Bogor\n"), nil, 0, "3: Nama|HP|Kota"},
		"by what is needed":    {csv("a,b,c\nx,y,z\nNama,HP,\nAni,1,\n"), []string{"hp", "nama"}, 0, "3: Nama|HP"},
		"by most of it":        {csv("a,b,c,d\nNama,HP,Kota,\n"), []string{"Nama"}, 0, "2: Nama|HP|Kota"},
		"by its row":           {csv("Judul\nNama,HP\nx,y\n"), nil, 3, "3: x|y"},
		"cleaned":              {csv("\ufeff\u00a0 Nama\u200b ,\"Nomor\r\nHP\", nama ,2026,\nAni,1,2,3,4\n"), nil, 0, "1: Nama|Nomor HP|nama|2026|E"},
		"twice the same":       {csv("Nama,Nama,HP\na,b,c\n"), []string{"HP"}, 0, "1: Nama|Nama|HP"},
		"blank without values": {csv("Nama,HP,,\na,b,,\n"), nil, 0, "1: Nama|HP"},
		"beyond, in a tab":     {book{rows: simple(1).rows + `<row r="3"><c r="D3"><v>1</v></c></row>`}.bytes(t), nil, 0, "1: Nama|HP|C|D"},
		"the delimiter":        {csv("a,b;Nama;HP\nx,y;Ani;1\n"), []string{"Nama", "HP"}, 0, "1: a,b|Nama|HP"},
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t, sheet.Settings{Path: write(t, "x.csv", c.content), Need: c.need, HeaderRow: c.row})
			if got := fmt.Sprintf("%d: %s", f.Header().Row, strings.Join(f.Header().Names(), "|")); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	for name, c := range map[string]struct {
		content       string
		s             sheet.Settings
		problem, hint string
	}{
		"no such column":   {"Nama,No. HP\na,b\n", sheet.Settings{Need: []string{"Nomor HP"}}, `no column "Nomor HP"; did you mean "No. HP", column B?`, "columns: Nama, No. HP (headings taken from row 1; header_row: names another)"},
		"twice":            {"Nama,NAMA,HP\na,b,c\n", sheet.Settings{Need: []string{"nama"}}, `several columns are called "nama"`, "columns A and B"},
		"an empty heading": {"Nama,HP\n\nx,y\n", sheet.Settings{HeaderRow: 2}, "holds nothing", "header_row"},
		"beyond the file":  {"Nama,HP\n", sheet.Settings{HeaderRow: 9}, "holds nothing", ""},
	} {
		c.s.Path = write(t, "x.csv", []byte(c.content))
		err := openAndRead(t, c.s)
		if err == nil || !strings.Contains(err.Error(), c.problem) && !strings.Contains(err.Error(), "header_row") || !strings.Contains(hintOf(err), c.hint) && !strings.Contains(err.Error(), c.hint) {
			t.Errorf("%s: got %v (%s)", name, err, hintOf(err))
		}
	}
}

func TestAValueRightOfTheHeadingsIsAProblemOfItsRow(t *testing.T) {
	b := simple(1500)
	b.rows += `<row r="1600"><c r="A1600" t="str"><v>Ani</v></c><c r="D1600"><v>1</v></c></row>`
	rows := read(t, open(t, sheet.Settings{Path: write(t, "x.xlsx", b.bytes(t))}))
	last := rows[len(rows)-1]
	if len(rows) != 1501 || !strings.Contains(last.problem, `row 1600, column "D": a value stands right of the last heading`) || len(last.Cells) != 2 {
		t.Errorf("got %d rows, %+v", len(rows), last)
	}
}
