package workbook

import (
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"siaran/campaign"
	"siaran/reports/cells"
)

// withCells is a report over rows of one column.
func withCells(cells ...campaign.Cell) Input {
	in := sampleInput(len(cells))
	in.Run.Header = campaign.Header{Row: 1, Columns: []campaign.Column{{Name: "Nilai", Letter: "A"}}}
	in.Histories = replaceCells(in.Histories, cells)
	return in
}

func replaceCells(hs iter.Seq2[campaign.History, error], cells []campaign.Cell) iter.Seq2[campaign.History, error] {
	return func(yield func(campaign.History, error) bool) {
		i := 0
		for h, err := range hs {
			h.Message.Cells = cells[i : i+1]
			i++
			if !yield(h, err) {
				return
			}
		}
	}
}

func TestWhatBeginsLikeAFormulaIsTextAndReadsBackUnchanged(t *testing.T) {
	values := []string{"=1+1", "+62 812-1", "-2+3", "@SUM(A1)", "=cmd|' /C calc'!A0", "'=1", "_x0041_", " spaces ", "tab\there", "line\nbreak", `<&">`, "héllo 日本 😀"}
	var cells []campaign.Cell
	for _, v := range values {
		cells = append(cells, campaign.TextCell(v))
	}
	path := write(t, "report.xlsx", withCells(cells...))
	if diff := cmp.Diff(values, column(t, open(t, path), "Deliveries", "Nilai")); diff != "" {
		t.Error(diff)
	}
	if xml := partOf(t, path, "xl/worksheets/sheet2.xml"); strings.Contains(xml, "<f>") {
		t.Error("a formula in Deliveries")
	}
	if styles := partOf(t, path, "xl/styles.xml"); !strings.Contains(styles, `quotePrefix="1"`) && !strings.Contains(styles, `quotePrefix="true"`) {
		t.Error("no style keeps such text from becoming a formula when somebody edits it")
	}
}

func TestTheUploadersCellsComeBackAsTheyWere(t *testing.T) {
	for _, tc := range []struct {
		name   string
		cell   campaign.Cell
		stored string
		shown  string
		text   bool
	}{
		{"a number with its format", campaign.Cell{Kind: campaign.Number, Raw: "1250.5", Format: "#,##0.00"}, "1250.5", "1,250.50", false},
		{"a phone number shows whole", campaign.Cell{Kind: campaign.Number, Raw: "628123456789"}, "628123456789", "628123456789", false},
		{"so it does in scientific form", campaign.Cell{Kind: campaign.Number, Raw: "6.28123456789E+11"}, "628123456789", "628123456789", false},
		{"an integer past what Excel keeps is text", campaign.Cell{Kind: campaign.Number, Raw: "1234567890123456789012345"}, "1234567890123456789012345", "1234567890123456789012345", true},
		{"sixteen digits are text", campaign.Cell{Kind: campaign.Number, Raw: "1234567890123456"}, "1234567890123456", "1234567890123456", true},
		{"a round one of sixteen digits is not", campaign.Cell{Kind: campaign.Number, Raw: "1234567890123450"}, "1234567890123450", "1234567890123450", false},
		{"a fraction as files hold it", campaign.Cell{Kind: campaign.Number, Raw: "0.11000000000000001", Format: "0%"}, "0.11000000000000001", "11%", false},
		{"a negative number", campaign.Cell{Kind: campaign.Number, Raw: "-5"}, "-5", "-5", false},
		{"a date with its format", campaign.Cell{Kind: campaign.Date, Raw: "2026-11-21", Format: "dd/mm/yyyy"}, "46347", "21/11/2026", false},
		{"a date and a time", campaign.Cell{Kind: campaign.Date, Raw: "2026-11-21T12:00:00"}, "46347.5", "2026-11-21 12:00:00", false},
		{"a time alone", campaign.Cell{Kind: campaign.Date, Raw: "T18:00:00", Format: "hh:mm"}, "0.75", "18:00", false},
		{"the first of March 1900", campaign.Cell{Kind: campaign.Date, Raw: "1900-03-01", Format: "yyyy-mm-dd"}, "61", "1900-03-01", false},
		{"New Year 1900", campaign.Cell{Kind: campaign.Date, Raw: "1900-01-01", Format: "yyyy-mm-dd"}, "1", "1900-01-01", false},
		{"before Excel's time", campaign.Cell{Kind: campaign.Date, Raw: "1899-12-01", Format: "yyyy-mm-dd"}, "1899-12-01", "1899-12-01", true},
		{"a truth", campaign.Cell{Kind: campaign.Bool, Raw: "TRUE"}, "1", "TRUE", false},
		{"an error", campaign.Cell{Kind: campaign.Error, Raw: "#REF!"}, "#REF!", "#REF!", true},
		{"a formula without a value", campaign.Cell{Kind: campaign.Formula, Raw: "=A1*2"}, "=A1*2", "=A1*2", true},
		{"text of digits", campaign.TextCell("0812000123"), "0812000123", "0812000123", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := open(t, write(t, "report.xlsx", withCells(tc.cell)))
			stored, err := f.GetCellValue("Deliveries", "A2", excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			shown, err := f.GetCellValue("Deliveries", "A2")
			if err != nil {
				t.Fatal(err)
			}
			kind, err := f.GetCellType("Deliveries", "A2")
			if err != nil {
				t.Fatal(err)
			}
			if stored != tc.stored || shown != tc.shown || (kind == excelize.CellTypeInlineString) != tc.text {
				t.Errorf("stored %q, shown %q, type %d", stored, shown, kind)
			}
		})
	}
}

func TestAValueTooLongForACellIsCutVisiblyAndSaidSo(t *testing.T) {
	for _, long := range []string{strings.Repeat("x", 40_000), strings.Repeat("😀", 20_000)} {
		path := t.TempDir() + "/report.xlsx"
		res, err := Write(t.Context(), path, withCells(campaign.TextCell(long), campaign.TextCell(long[:32_764])))
		if err != nil {
			t.Fatal(err)
		}
		got := column(t, open(t, path), "Deliveries", "Nilai")
		if !strings.HasSuffix(got[0], cells.CutMark) || len([]rune(got[0])) > 32_767 || got[1] != long[:32_764] {
			t.Errorf("%d characters, ending in %q", len(got[0]), got[0][len(got[0])-20:])
		}
		if len(res.Notes) != 1 || !strings.Contains(res.Notes[0], "32,767") {
			t.Errorf("notes %q", res.Notes)
		}
	}
}

func TestWhatXMLCannotHoldBecomesAVisibleMark(t *testing.T) {
	path := write(t, "report.xlsx", withCells(campaign.TextCell("a\x00b\x01c\xffd")))
	if got := column(t, open(t, path), "Deliveries", "Nilai")[0]; got != "a\ufffdb\ufffdc\ufffdd" {
		t.Errorf("got %q", got)
	}
}

func TestHeadingsOfOursGiveWayToTheUploaders(t *testing.T) {
	in := sampleInput(1)
	in.Run.Header.Columns[1].Name = "VERDICT"
	in.Run.Header.Columns[2].Name = "Row"
	got := rows(t, open(t, write(t, "report.xlsx", in)), "Deliveries")[0]
	if got[1] != "VERDICT" || got[2] != "Row" || got[6] != "Row (siaran)" || got[11] != "Verdict (siaran)" || got[7] != "Ref ID" {
		t.Errorf("got %q", got)
	}
}
