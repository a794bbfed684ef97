package sheet_test

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"siaran/campaign/sheet"
)

// benchRows is how many rows the benchmarks read: SIARAN_BENCH_ROWS, else 20,000.
func benchRows() int {
	if n, err := strconv.Atoi(os.Getenv("SIARAN_BENCH_ROWS")); err == nil {
		return n
	}
	return 20_000
}

// writeBook writes rows × columns through excelize: texts of which most are met once and whole numbers,
// half of which are, if styled, amounts and dates with a format.
func writeBook(tb testing.TB, rows, columns int, styled bool) string {
	tb.Helper()
	f := excelize.NewFile()
	defer f.Close()
	amount, err := f.NewStyle(&excelize.Style{NumFmt: 3})
	if err != nil {
		tb.Fatal(err)
	}
	day, err := f.NewStyle(&excelize.Style{NumFmt: 15})
	if err != nil {
		tb.Fatal(err)
	}
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		tb.Fatal(err)
	}
	heading, row := make([]any, columns), make([]any, columns)
	for i := range heading {
		heading[i] = fmt.Sprintf("Kolom %d", i+1)
	}
	if err := w.SetRow("A1", heading); err != nil {
		tb.Fatal(err)
	}
	for n := 2; n <= rows+1; n++ {
		for i := range row {
			switch {
			case i%2 == 1:
				row[i] = "Nama Nasabah " + strconv.Itoa(n)
			case !styled:
				row[i] = int64(628_120_000_000 + n)
			case i%4 == 0:
				row[i] = excelize.Cell{StyleID: amount, Value: 1000 * n}
			default:
				row[i] = excelize.Cell{StyleID: day, Value: 45000 + n%900}
			}
		}
		cell, _ := excelize.CoordinatesToCellName(1, n)
		if err := w.SetRow(cell, row); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "bench.xlsx")
	if err := f.SaveAs(path); err != nil {
		tb.Fatal(err)
	}
	return path
}

func readSheet(tb testing.TB, path string) (rows int) {
	tb.Helper()
	rows, err := countRows(tb.Context(), path)
	if err != nil {
		tb.Fatal(err)
	}
	return rows
}

// countRows reads a file in which every row is good.
func countRows(ctx context.Context, path string) (rows int, err error) {
	f, err := sheet.Open(ctx, sheet.Settings{Path: path})
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for _, err := range f.Rows(ctx) {
		if err != nil {
			return rows, err
		}
		rows++
	}
	return rows, nil
}

func readExcelize(tb testing.TB, path string) (rows int) {
	tb.Helper()
	f, err := excelize.OpenFile(path, excelize.Options{TmpDir: tb.TempDir()})
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	r, err := f.Rows("Sheet1")
	if err != nil {
		tb.Fatal(err)
	}
	for r.Next() {
		if _, err := r.Columns(); err != nil {
			tb.Fatal(err)
		}
		rows++
	}
	if err := r.Close(); err != nil {
		tb.Fatal(err)
	}
	return rows - 1
}

// BenchmarkWorkbookAgainstExcelize reads the same file both ways within each iteration; the figure that
// counts is ours/theirs.
func BenchmarkWorkbookAgainstExcelize(b *testing.B) {
	for name, styled := range map[string]bool{"plain": false, "styled": true} {
		b.Run(name, func(b *testing.B) {
			path := writeBook(b, benchRows(), 12, styled)
			var ours, theirs time.Duration
			for b.Loop() {
				start := time.Now()
				n := readSheet(b, path)
				ours += time.Since(start)
				start = time.Now()
				if m := readExcelize(b, path); m != n || n != benchRows() {
					b.Fatalf("%d and %d rows", n, m)
				}
				theirs += time.Since(start)
			}
			b.ReportMetric(ours.Seconds()/theirs.Seconds(), "ours/theirs")
			b.ReportMetric(ours.Seconds()/float64(b.N), "s-ours")
		})
	}
}

// BenchmarkCSVAgainstEncodingCSV does the same for delimited text.
func BenchmarkCSVAgainstEncodingCSV(b *testing.B) {
	path := filepath.Join(b.TempDir(), "bench.csv")
	out, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(out)
	fmt.Fprintln(w, "HP,Nama,Jumlah,Kota,Kode,Catatan")
	for n := range benchRows() {
		fmt.Fprintf(w, "62812%07d,Nama Nasabah %d,%d000,Jakarta Selatan,K%06d,\"lunas, terima kasih\"\n", n, n, n, n)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := out.Close(); err != nil {
		b.Fatal(err)
	}
	var ours, theirs time.Duration
	for b.Loop() {
		start := time.Now()
		n := readSheet(b, path)
		ours += time.Since(start)
		start = time.Now()
		in, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		r, m := csv.NewReader(bufio.NewReader(in)), -1
		for {
			if _, err := r.Read(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			m++
		}
		theirs += time.Since(start)
		if err := in.Close(); err != nil || m != n {
			b.Fatalf("%d and %d rows, %v", n, m, err)
		}
	}
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "ours/theirs")
}
