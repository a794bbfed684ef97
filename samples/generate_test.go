package samples_test

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"siaran/samples"
)

// go test ./samples -update writes the files anew; the same code gives the same cells every time.
var update = flag.Bool("update", false, "write pelanggan.xlsx and pelanggan.csv")

var (
	firstNames = strings.Fields(`Adi Agus Ahmad Aisyah Andi Anisa Arif Ayu Bambang Bayu Budi Citra Dewi Dian Dimas Dwi Eka Endang Fajar Farah
		Fitri Galih Gita Hadi Hana Hendra Ika Indah Intan Irfan Joko Kartika Lestari Lina Lukman Made Maya Mega Nanda Nina
		Novi Nur Nyoman Putri Rani Ratna Reza Rina Rini Rizky Sari Sinta Siti Slamet Sri Suci Taufik Teguh Tina Tri
		Umar Utami Vina Wahyu Wati Wayan Widya Wulan Yanti Yoga Yudi Yuni Zahra Zainal`)
	// Surnames that nobody has: of plants, weather and the sea.
	surnames = strings.Fields(`Kembangsore Hujanreda Ombakputih Daunkelor Anginlaut Bintangtujuh Embunpagi Jatirindang Karangbiru
		Langitsenja Melatikuning Nyiurlambai Padiemas Rumputhijau Samudrajaya Tebingwarna Ubudiasih Wanasari`)
	branches = []string{"Bandung", "Denpasar", "Jakarta Barat", "Jakarta Timur", "Makassar", "Medan", "Palembang", "Semarang", "Surabaya", "Yogyakarta"}
)

// A customer is one data row, its number without any writing: 812000xxxxx.
type customer struct {
	name, national, contract, branch string
	amount                           int
	due                              time.Time
}

func customers(n int) []customer {
	random := rand.New(rand.NewPCG(2026, 11))
	subscribers := random.Perm(100_000)
	all := make([]customer, n)
	for i := range all {
		all[i] = customer{
			name:     firstNames[random.IntN(len(firstNames))] + " " + surnames[random.IntN(len(surnames))],
			national: fmt.Sprintf("812000%05d", subscribers[i]),
			contract: fmt.Sprintf("KTR-%06d", 240_000+7*i),
			branch:   branches[random.IntN(len(branches))],
			amount:   250_000 + 50_000*random.IntN(400),
			due:      time.Date(2026, 12, 1+random.IntN(20), 0, 0, 0, 0, time.UTC),
		}
	}
	return all
}

// written are the ways in which files write 812000xxxxx, text or number. The common ones come first.
var written = []func(national string) any{
	func(n string) any { return "0" + n },
	func(n string) any { return "62" + n },
	func(n string) any { return float(62, n) }, // a number cell: 12 digits, shown as 6.28E+12
	func(n string) any { return "0" + n },
	func(n string) any { return "+62 " + n[:3] + "-" + n[3:7] + "-" + n[7:] },
	func(n string) any { return float(0, n) },        // the 0 is lost
	func(n string) any { return "0" + n + "\u00a0" }, // pasted from a web page
	func(n string) any { return "\u200b62" + n },     // pasted from a chat
	func(n string) any { return "(0" + n[:3] + ") " + n[3:] },
	func(n string) any { return "'62" + n },
	func(n string) any { return "0062" + n },
}

func float(code float64, national string) float64 {
	var n float64
	_, _ = fmt.Sscan(national, &n)
	return code*1e11 + n
}

// troubles replaces what is wrong with the rows that the demo is about.
func troubles(i int, c *customer) (phone any) {
	phone = written[0](c.national)
	if i%3 != 0 { // two in three are written as the system wrote them
		phone = written[i%len(written)](c.national)
	}
	switch i + 2 { // the row in Excel
	case 18:
		c.name = "Nur'aini \"Ani\" " + surnames[3] // quotes are no trouble
	case 44:
		c.name = "SITI  " + strings.ToUpper(surnames[1]) + "\u00a0"
	case 118:
		phone = "021-5550100" // rejected: a landline
	case 259:
		c.name = "" // rejected: no name
	case 391:
		c.name = "CV Maju || Jaya" // rejected: the template's separator
	case 502:
		phone = "0" + c.national + " / 0" + c.national[:9] + "99" // rejected: two numbers
	case 640:
		c.name = "Putri 🌸 " + surnames[8]
	}
	return phone
}

// duplicates are rows whose number is that of an earlier one, written in another way.
var duplicates = map[int]int{703: 12, 911: 455}

func workbook(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	const tab = "Pelanggan"
	check(t, f.SetSheetName("Sheet1", tab))
	head := style(t, f, &excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}})
	money := style(t, f, &excelize.Style{NumFmt: 3}) // #,##0
	date := style(t, f, &excelize.Style{CustomNumFmt: ptr("dd/mm/yyyy")})

	check(t, f.SetSheetRow(tab, "A1", &[]any{"No", "Nama Nasabah", "Nomor HP", "No Kontrak", "Jumlah", "Jatuh Tempo", "Cabang"}))
	check(t, f.SetRowStyle(tab, 1, 1, head))
	all := customers(samples.Rows)
	for i := range all {
		row := i + 2
		c := all[i]
		phone := troubles(i, &c)
		if first, ok := duplicates[row]; ok {
			phone = "+62" + all[first-2].national
		}
		check(t, f.SetSheetRow(tab, fmt.Sprint("A", row), &[]any{i + 1, c.name, phone, c.contract, c.amount, nil, c.branch}))
		check(t, f.SetCellValue(tab, fmt.Sprint("F", row), c.due))
	}
	last := samples.Rows + 1
	check(t, f.SetCellStyle(tab, "E2", fmt.Sprint("E", last), money))
	check(t, f.SetCellStyle(tab, "F2", fmt.Sprint("F", last), date))
	for column, width := range map[string]float64{"A": 6, "B": 30, "C": 22, "D": 14, "E": 14, "F": 13, "G": 16} {
		check(t, f.SetColWidth(tab, column, column, width))
	}
	check(t, f.SetPanes(tab, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	var b bytes.Buffer
	check(t, f.Write(&b))
	check(t, f.Close())
	return b.Bytes()
}

func export(t *testing.T) []byte {
	t.Helper()
	b := bytes.NewBufferString("\ufeff")
	w := csv.NewWriter(b)
	w.Comma, w.UseCRLF = ';', true
	check(t, w.Write([]string{"Nama Nasabah", "Nomor HP", "No Kontrak", "Jumlah", "Jatuh Tempo", "Cabang"}))
	for i, c := range customers(50) {
		phone := fmt.Sprint(written[i%2](c.national))
		switch i + 2 {
		case 9:
			c.name = "" // the campaign has a default
		case 21:
			c.name = "Putri 🌸 " + surnames[8] // one emoji: UCS-2, two parts
		case 33:
			phone = "0215550100" // rejected
		}
		check(t, w.Write([]string{c.name, phone, c.contract, dotted(c.amount), c.due.Format("02/01/2006"), c.branch}))
	}
	w.Flush()
	check(t, w.Error())
	return b.Bytes()
}

// dotted writes n as Indonesians do: 1.250.000.
func dotted(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}

func TestTheSamplesAreWhatTheirGeneratorWrites(t *testing.T) {
	xlsx, text := workbook(t), export(t)
	if *update {
		check(t, os.WriteFile("pelanggan.xlsx", xlsx, 0o644))
		check(t, os.WriteFile("pelanggan.csv", text, 0o644))
		return
	}
	have, err := samples.FS.ReadFile("pelanggan.xlsx")
	check(t, err)
	if !slices.EqualFunc(cells(t, have), cells(t, xlsx), slices.Equal) {
		t.Error("pelanggan.xlsx differs: run make samples")
	}
	have, err = samples.FS.ReadFile("pelanggan.csv")
	check(t, err)
	if !bytes.Equal(have, text) {
		t.Error("pelanggan.csv differs: run make samples")
	}
}

// A stored is a cell as a workbook holds it and as Excel shows it.
type stored struct {
	kind       excelize.CellType
	raw, shown string
}

// cells are all cells of a workbook's first tab.
func cells(t *testing.T, workbook []byte) [][]stored {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(workbook))
	check(t, err)
	defer func() { check(t, f.Close()) }()
	tab := f.GetSheetName(0)
	raw, err := f.GetRows(tab, excelize.Options{RawCellValue: true})
	check(t, err)
	shown, err := f.GetRows(tab)
	check(t, err)
	rows := make([][]stored, len(raw))
	for i, row := range raw {
		for j := range row {
			name, err := excelize.CoordinatesToCellName(j+1, i+1)
			check(t, err)
			kind, err := f.GetCellType(tab, name)
			check(t, err)
			rows[i] = append(rows[i], stored{kind, row[j], shown[i][j]})
		}
	}
	return rows
}

func style(t *testing.T, f *excelize.File, s *excelize.Style) int {
	t.Helper()
	id, err := f.NewStyle(s)
	check(t, err)
	return id
}

func ptr[T any](v T) *T { return &v }

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
