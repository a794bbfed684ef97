package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nyaruka/phonenumbers"
	"github.com/xuri/excelize/v2"
	"golang.org/x/sync/errgroup"
)

// benchRows is how many rows the benchmarks of check read: SIARAN_BENCH_ROWS, else 20,000.
func benchRows() int {
	if n, err := strconv.Atoi(os.Getenv("SIARAN_BENCH_ROWS")); err == nil {
		return n
	}
	return 20_000
}

// benchRow is row n of the benchmarks' files: six columns, a phone as people write them.
func benchRow(n int) []any {
	return []any{fmt.Sprintf("Nama Nasabah %d", n), fmt.Sprintf("0812%08d", n), 1000 * n, "K" + strconv.Itoa(n), "Jakarta Selatan", 45000 + n%900}
}

var benchHeading = []any{"Nama", "HP", "Jumlah", "Kode", "Kota", "Hari"}

// checkFolder is a folder with a campaign over a file, settings and no ledger.
func checkFolder(tb testing.TB, file string) string {
	tb.Helper()
	dir := tb.TempDir()
	for name, text := range map[string]string{
		"siaran.yaml": "accounts:\n  sprint: {gateway: sandeza, url: \"http://127.0.0.1:1\", username: demo, password: demo, sender_id: BANKKU}\n",
		"promo.yaml":  "name: promo\naccount: sprint\nfile: " + file + "\nchannels:\n  - whatsapp: {to: HP, template: promo, category: marketing, body: [\"{{Nama}}\", \"{{Jumlah}}\", \"{{Kode}}\"]}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

func writeBenchBook(tb testing.TB, path string, rows int) {
	tb.Helper()
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		tb.Fatal(err)
	}
	for n := range rows + 1 {
		row := benchHeading
		if n > 0 {
			row = benchRow(n)
		}
		if err := w.SetRow("A"+strconv.Itoa(n+1), row); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.SaveAs(path); err != nil {
		tb.Fatal(err)
	}
}

func writeBenchCSV(tb testing.TB, path string, rows int) {
	tb.Helper()
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriter(f)
	for n := range rows + 1 {
		row := benchHeading
		if n > 0 {
			row = benchRow(n)
		}
		fmt.Fprintf(w, "%v,%v,%v,%v,%v,%v\n", row...)
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
}

// checks runs siaran check, which must find nothing wrong.
func checks(tb testing.TB, dir string) time.Duration {
	tb.Helper()
	start := time.Now()
	var out, errs strings.Builder
	code := execute(tb.Context(), []string{"check", filepath.Join(dir, "promo.yaml"), "--json", "--quiet"}, stdio{strings.NewReader(""), &out, &errs})
	if code != exitOK || !strings.Contains(out.String(), `"queued":`+strconv.Itoa(benchRows())) {
		tb.Fatalf("exit code %d: %s%s", code, out.String(), errs.String())
	}
	return time.Since(start)
}

// BenchmarkCheckWorkbookAgainstExcelize checks a workbook of six columns, and reads it with bare excelize;
// the figure that counts is ours/theirs.
func BenchmarkCheckWorkbookAgainstExcelize(b *testing.B) {
	dir := checkFolder(b, "people.xlsx")
	path := filepath.Join(dir, "people.xlsx")
	writeBenchBook(b, path, benchRows())
	var ours, theirs time.Duration
	for b.Loop() {
		ours += checks(b, dir)
		start := time.Now()
		f, err := excelize.OpenFile(path, excelize.Options{TmpDir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		r, err := f.Rows("Sheet1")
		if err != nil {
			b.Fatal(err)
		}
		for r.Next() {
			if _, err := r.Columns(); err != nil {
				b.Fatal(err)
			}
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
		theirs += time.Since(start)
	}
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "ours/theirs")
	b.ReportMetric(ours.Seconds()/float64(b.N), "s-ours")
}

// BenchmarkCheckCSVAgainstPhonenumbers checks a .csv of six columns, and does with its numbers, on all
// cores, what a check needs of nyaruka/phonenumbers alone: parse, valid, type, format. The figure that
// counts is theirs/ours: how much of their speed is left.
func BenchmarkCheckCSVAgainstPhonenumbers(b *testing.B) {
	dir := checkFolder(b, "people.csv")
	path := filepath.Join(dir, "people.csv")
	writeBenchCSV(b, path, benchRows())
	var ours, theirs time.Duration
	for b.Loop() {
		ours += checks(b, dir)
		numbers := phonesOf(b, path)
		start := time.Now()
		var g errgroup.Group
		cores := runtime.GOMAXPROCS(0)
		for i := range cores {
			g.Go(func() error { return validAll(numbers[i*len(numbers)/cores : (i+1)*len(numbers)/cores]) })
		}
		if err := g.Wait(); err != nil {
			b.Fatal(err)
		}
		theirs += time.Since(start)
	}
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "theirs/ours")
	b.ReportMetric(ours.Seconds()/float64(b.N), "s-ours")
}

func validAll(numbers []string) error {
	for _, s := range numbers {
		n, err := phonenumbers.Parse(s, "ID")
		if err != nil {
			return err
		}
		if !phonenumbers.IsValidNumber(n) || phonenumbers.GetNumberType(n) != phonenumbers.MOBILE {
			return fmt.Errorf("%s is not valid", s)
		}
		if phonenumbers.Format(n, phonenumbers.E164) == "" {
			return fmt.Errorf("%s has no form", s)
		}
	}
	return nil
}

func phonesOf(tb testing.TB, path string) []string {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(bufio.NewReader(f))
	var numbers []string
	for {
		row, err := r.Read()
		if err == io.EOF {
			return numbers[1:]
		}
		if err != nil {
			tb.Fatal(err)
		}
		numbers = append(numbers, row[1])
	}
}
