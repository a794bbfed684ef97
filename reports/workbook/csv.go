package workbook

import (
	"bufio"
	"context"
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/reports"
	"siaran/reports/cells"
)

// writeCSV writes the lines of Deliveries as CSV.
//
// It is UTF-8 with a byte order mark: Excel takes a file without one for Windows-1252, and pandas and
// csvkit read past it. The separator is a comma, lines end in CR LF (RFC 4180), times are RFC 3339, and the
// uploader's cells are their exact values.
//
// Why some values get an apostrophe: a spreadsheet runs what begins with = + - @ in a CSV file, whatever
// its quotes. Only changing the value prevents it, so it is changed in a way that can be undone (drop one
// apostrophe before such a value) and that Excel itself uses, and the report says how many were. Numbers
// such as -5 or +62812 are left alone.
func writeCSV(ctx context.Context, r *report, f cells.File) error {
	buf := bufio.NewWriterSize(f, 256<<10)
	if _, err := buf.WriteString("\ufeff"); err != nil {
		return err
	}
	w := csv.NewWriter(buf)
	w.UseCRLF = true
	var g formulaGuard
	defer func() { r.guarded = g.n }()
	columns := len(r.Run.Header.Columns)
	row := make([]string, 0, columns+len(ourColumns))
	for _, c := range r.Run.Header.Columns {
		row = append(row, g.guard(c.Name))
	}
	if err := w.Write(append(row, cells.Headings(r.Run.Header, ourColumns...)...)); err != nil {
		return err
	}
	err := r.lines(ctx, func(_ campaign.History, l reports.Line) error {
		row = row[:0]
		for i := range columns {
			v := ""
			if i < len(l.Cells) {
				if v = l.Cells[i].Raw; l.Cells[i].Kind != campaign.Number {
					v = g.guard(v)
				}
			}
			row = append(row, v)
		}
		amount := ""
		if l.Settled {
			amount = l.Amount.String()
		}
		return w.Write(append(
			row,
			strconv.Itoa(l.Row), l.RefID, g.guard(l.Recipient), string(l.Channel), string(l.Group), string(l.Verdict),
			stamp(l.SentAt, r.zone()), stamp(l.DeliveredAt, r.zone()), stamp(l.ReadAt, r.zone()), string(l.Billing), g.guard(l.Category),
			zeroEmpty(l.Parts), amount, strconv.Itoa(l.Attempts), g.guard(l.GatewayID), g.guard(l.Code), g.guard(l.Remark()),
		))
	})
	if err != nil {
		return err
	}
	if w.Flush(); w.Error() != nil {
		return w.Error()
	}
	r.prove()
	return buf.Flush()
}

// A formulaGuard keeps values from being run, and counts them.
type formulaGuard struct{ n int }

// guard puts an apostrophe before what a spreadsheet would run.
func (g *formulaGuard) guard(v string) string {
	bare := strings.TrimLeft(v, "'")
	if bare == "" || !strings.ContainsRune("=+-@\t\r", rune(bare[0])) || plainNumber(bare) {
		return v
	}
	g.n++
	return "'" + v
}

// plainNumber reports whether v is digits with signs and separators that no spreadsheet runs.
func plainNumber(v string) bool {
	v = strings.TrimLeft(v, "+-")
	return v != "" && strings.Trim(v, "0123456789.,") == "" && v[0] >= '0' && v[0] <= '9'
}

// stamp is t as RFC 3339 in that zone; empty for the zero time.
func stamp(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.RFC3339)
}

func zeroEmpty(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
