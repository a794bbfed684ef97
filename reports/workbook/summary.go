package workbook

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"siaran/campaign"
	"siaran/reports/cells"
)

// A summary is the first tab: everything that is read by somebody who reads nothing else.
type summary struct {
	*book
	tab        *cells.Tab
	deliveries *sheets
	chartsAt   int // the row where the charts begin
}

// summaryWidths are the columns of Summary, in characters. The last holds Indonesian.
var summaryWidths = []float64{17, 17, 13, 13, 19, 19, 46}

// wideText is how many characters fit into the merged columns B to G.
const wideText = 120

// writeSummary writes the tab Summary, which was begun before all others so that it comes first.
func writeSummary(b *book, t *cells.Tab, deliveries *sheets) error {
	s := &summary{book: b, tab: t, deliveries: deliveries}
	if err := t.Widths(summaryWidths); err != nil {
		return err
	}
	for _, part := range []func(*summary) error{
		writeHead, writeFacts, writeResults, writeCharts, writeRates, writeMoney, writeAges, writeFiltered, writeSignOff, writeFigures,
	} {
		if err := part(s); err != nil {
			return err
		}
	}
	return nil
}

// line writes one row of cells, filled up to the width of the page with the last cell's style if fill is set.
func (s *summary) line(height float64, fill bool, cells ...excelize.Cell) error {
	if fill {
		for len(cells) < len(summaryWidths) {
			cells = append(cells, excelize.Cell{StyleID: cells[len(cells)-1].StyleID})
		}
	}
	return s.tab.Write(cells, excelize.RowOpts{Height: height})
}

func (s *summary) blank() error { return s.line(0, false) }

func (s *summary) section(title string) error {
	if err := s.blank(); err != nil {
		return err
	}
	return s.line(22, true, excelize.Cell{StyleID: s.pen.styles.section, Value: title})
}

// wide writes a label and a text over the rest of the page, as high as the text wants.
func (s *summary) wide(label, value string) error {
	lines := 0
	for l := range strings.Lines(value) {
		lines += 1 + (utf8.RuneCountInString(l)-1)/wideText
	}
	cell := excelize.Cell{StyleID: s.pen.styles.value, Value: s.pen.fit(value)}
	row := []excelize.Cell{{StyleID: s.pen.styles.label, Value: label}, cell}
	for len(row) < len(summaryWidths) {
		row = append(row, excelize.Cell{StyleID: s.pen.styles.value})
	}
	if err := s.tab.Write(row, excelize.RowOpts{Height: float64(min(max(lines, 1), 24))*15 + 2}); err != nil {
		return err
	}
	return s.tab.Merge(fmt.Sprintf("B%d", s.tab.Rows), fmt.Sprintf("G%d", s.tab.Rows))
}

// writeHead says what this is, as of when, and whether it was real.
func writeHead(s *summary) error {
	t := &s.tally.Totals
	if err := s.line(32, false, excelize.Cell{StyleID: s.pen.styles.title, Value: s.pen.fit(s.Run.Campaign + " · delivery report")}); err != nil {
		return err
	}
	asOf := fmt.Sprintf("as of %s, %s rows and %s billings still open",
		s.AsOf.In(s.zone()).Format("2 January 2006 15:04 MST"), thousands(t.OpenRows), thousands(t.OpenBillings))
	if err := s.line(20, false, excelize.Cell{StyleID: s.pen.styles.subtitle, Value: asOf}); err != nil {
		return err
	}
	badge := excelize.Cell{StyleID: s.pen.styles.live, Value: "LIVE: sent through " + s.Run.Gateway}
	if !s.Run.Live {
		badge = excelize.Cell{StyleID: s.pen.styles.simulated, Value: "SIMULATED: nobody got a message, and nothing was charged"}
	}
	if err := s.line(22, true, badge); err != nil {
		return err
	}
	if s.unproven != nil {
		return s.line(22, true, excelize.Cell{StyleID: s.pen.styles.unproven, Value: "UNPROVEN: the totals do not add up; the tab Unproven shows the difference. Do not use this report"})
	}
	return nil
}

// writeResults count the verdicts and say what they mean.
func writeResults(s *summary) error {
	if err := s.section("Result"); err != nil {
		return err
	}
	st, t := s.pen.styles, &s.tally.Totals
	if err := s.line(0, true,
		text(st.tableHead, "Group"), text(st.tableHead, "Verdict"), text(st.tableHeadRight, "Rows"), text(st.tableHeadRight, "Share"),
		text(st.tableHeadNote, "Meaning"), excelize.Cell{StyleID: st.tableHead}, text(st.tableHeadNote, "Artinya")); err != nil {
		return err
	}
	for _, g := range campaign.Groups {
		n := t.Groups[g]
		if err := s.line(18, true,
			text(st.groupText, string(g)), excelize.Cell{StyleID: st.groupText}, excelize.Cell{StyleID: st.groupCount, Value: n},
			excelize.Cell{StyleID: st.groupPercent, Value: share(n, t.Rows)}, excelize.Cell{StyleID: st.groupText},
			excelize.Cell{StyleID: st.groupText}, text(st.groupNote, groupIndonesian(g))); err != nil {
			return err
		}
		for _, v := range campaign.Verdicts {
			if v.Group() != g {
				continue
			}
			words := legend(v)
			if err := s.line(0, true,
				excelize.Cell{StyleID: st.rowText}, text(st.rowText, string(v)), excelize.Cell{StyleID: st.rowCount, Value: t.Verdicts[v]},
				excelize.Cell{StyleID: st.rowPercent, Value: share(t.Verdicts[v], t.Rows)}, text(st.rowNote, words.english),
				excelize.Cell{StyleID: st.rowNote}, text(st.rowNote, words.indonesian)); err != nil {
				return err
			}
		}
	}
	proof := "the verdicts add up to the rows of the file"
	if s.unproven != nil {
		proof = fmt.Sprintf("the file has %s rows: this does NOT add up", thousands(s.Run.Rows))
	}
	return s.line(20, true,
		text(st.totalText, "Rows"), excelize.Cell{StyleID: st.totalText}, excelize.Cell{StyleID: st.totalCount, Value: t.Rows},
		excelize.Cell{StyleID: st.totalPercent, Value: share(t.Rows, t.Rows)}, text(st.totalNote, proof),
		excelize.Cell{StyleID: st.totalText})
}

// writeRates compare what finance and marketing compare.
func writeRates(s *summary) error {
	if err := s.section("Rates"); err != nil {
		return err
	}
	st, t := s.pen.styles, &s.tally.Totals
	sendable := t.Rows - t.Verdicts[campaign.VerdictRejected] - t.Verdicts[campaign.VerdictDuplicate] - t.Verdicts[campaign.VerdictSuppressed]
	for _, r := range []struct {
		what  string
		n, of int
		say   string
	}{
		{"Accepted", t.Taken, sendable, "of the rows that could be sent, the gateway took"},
		{"Delivered", t.Delivered, t.Taken, "of those accepted"},
		{"Read", t.Read, t.Delivered, "of those delivered (some people switch read receipts off)"},
		{"Undelivered", t.Verdicts[campaign.VerdictUndelivered], t.Taken, "of those accepted"},
		{"Open", t.OpenRows, t.Rows, "of all rows, waiting or unknown"},
	} {
		if err := s.line(0, true,
			text(st.rowText, r.what), excelize.Cell{StyleID: st.rowText}, excelize.Cell{StyleID: st.rowCount, Value: r.n},
			excelize.Cell{StyleID: st.rowPercent, Value: share(r.n, r.of)}, text(st.rowNote, r.say)); err != nil {
			return err
		}
	}
	return nil
}

// writeFiltered adds up what the filter of Deliveries shows.
func writeFiltered(s *summary) error {
	if err := s.section("What the filter of Deliveries shows"); err != nil {
		return err
	}
	st, t := s.pen.styles, &s.tally.Totals
	times := s.tally.Timeline.Total()
	parts := 0
	for _, b := range t.Billings {
		parts += b.Parts
	}
	for _, f := range []struct {
		what     string
		function int // of SUBTOTAL: 103 counts what is not empty, 109 adds up; both leave out what is hidden
		column   int
		style    int
		value    any
	}{
		{"Rows", 103, columnRow, st.rowCount, t.Rows},
		{"Sent", 103, columnSent, st.rowCount, times.Sent},
		{"Delivered", 103, columnDelivered, st.rowCount, times.Delivered},
		{"Read", 103, columnRead, st.rowCount, times.Read},
		{"Attempts", 109, columnAttempts, st.rowCount, t.Attempts},
		{"SMS parts", 109, columnParts, st.rowCount, parts},
		{"Amount", 109, columnAmount, st.rowAmount, cells.Money(t.Amount)},
	} {
		if err := s.line(0, true,
			text(st.rowText, f.what), excelize.Cell{StyleID: st.rowText},
			excelize.Cell{StyleID: st.rowText}, excelize.Cell{StyleID: st.rowText},
			excelize.Cell{StyleID: f.style, Value: f.value, Formula: subtotal(s, f.function, f.column)},
			excelize.Cell{StyleID: st.rowNote}); err != nil {
			return err
		}
	}
	return s.line(0, false, excelize.Cell{StyleID: st.note, Value: "Set a filter in the tab Deliveries, and these follow."})
}

// subtotal returns the formula over one of our columns in all Deliveries tabs.
func subtotal(s *summary, function, column int) string {
	name, err := excelize.ColumnNumberToName(len(s.Run.Header.Columns) + column + 1)
	if err != nil {
		return "" // past Excel's last column: Deliveries has failed before
	}
	var sums []string
	for _, t := range s.deliveries.tabs {
		sums = append(sums, fmt.Sprintf("SUBTOTAL(%d,'%s'!$%s$2:$%s$%d)", function, t.Name, name, name, max(t.Rows, 2)))
	}
	return strings.Join(sums, "+")
}

// writeSignOff leaves room for three people.
func writeSignOff(s *summary) error {
	if err := s.section("Sign-off"); err != nil {
		return err
	}
	st := s.pen.styles
	for _, who := range []string{"Prepared by (dibuat)", "Checked by (diperiksa)", "Finance (keuangan)"} {
		if err := s.line(30, false,
			text(st.sign, who), excelize.Cell{StyleID: st.sign}, excelize.Cell{StyleID: st.sign}, excelize.Cell{StyleID: st.sign},
			text(st.sign, "Date (tanggal)"), excelize.Cell{StyleID: st.sign}); err != nil {
			return err
		}
	}
	return nil
}

// thousands writes n with commas.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
