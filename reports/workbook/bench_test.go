package workbook

import (
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"siaran/campaign"
	"siaran/reports"
)

const benchRows = 100_000

// BenchmarkReport writes a whole report; compare it with BenchmarkBareExcelize of the same run.
func BenchmarkReport(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		if _, err := Write(b.Context(), filepath.Join(dir, "report.xlsx"), sampleInput(benchRows)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBareExcelize streams one tab with the cells of Deliveries, and saves it, as excelize's
// documentation shows it. The histories are made and joined beforehand.
func BenchmarkBareExcelize(b *testing.B) {
	in := sampleInput(0)
	x := excelize.NewFile()
	styles, err := newStyles(x, "0")
	if err != nil {
		b.Fatal(err)
	}
	p := &pen{styles: styles, zone: time.UTC}
	var rows [][]any
	for h, err := range sampleHistories(benchRows, []campaign.ChannelKind{campaign.WhatsApp}) {
		if err != nil {
			b.Fatal(err)
		}
		cells := make([]excelize.Cell, len(sampleHeader().Columns)+len(ourColumns))
		deliveryRow(p, cells, reports.Join(h, in.Settings), len(sampleHeader().Columns))
		row := make([]any, len(cells))
		for i, c := range cells {
			row[i] = c.Value
		}
		rows = append(rows, row)
	}
	dir := b.TempDir()
	for b.Loop() {
		f := excelize.NewFile()
		sw, err := f.NewStreamWriter("Sheet1")
		if err != nil {
			b.Fatal(err)
		}
		for i, row := range rows {
			if err := sw.SetRow("A"+strconv.Itoa(i+1), row); err != nil {
				b.Fatal(err)
			}
		}
		if err := sw.Flush(); err != nil {
			b.Fatal(err)
		}
		if err := f.SaveAs(filepath.Join(dir, "bare.xlsx")); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkJoin measures what is done to a line before it is written.
func BenchmarkJoin(b *testing.B) {
	in := sampleInput(0)
	h := sampleHistory(4, []campaign.ChannelKind{campaign.WhatsApp})
	tally := reports.NewTally()
	for b.Loop() {
		tally.Add(reports.Join(h, in.Settings))
	}
}
