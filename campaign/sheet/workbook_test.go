package sheet_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"siaran/campaign"
	"siaran/campaign/sheet"
)

func TestACellIsReadWithItsTypeAndAsExcelShowsIt(t *testing.T) {
	formats := `<numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="&quot;Rp&quot;#,##0"/><numFmt numFmtId="166" formatCode="[$-421]d mmmm yyyy;@"/>`
	xfs := `<xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="9"/><xf numFmtId="20"/><xf numFmtId="46"/><xf numFmtId="22"/><xf numFmtId="166"/><xf numFmtId="49"/>`
	shared := `<si><t>Budi &amp; Ani</t></si><si><r><t>dua </t></r><r><rPr><b/></rPr><t xml:space="preserve">bagian</t></r><rPh sb="0" eb="1"><t>フリ</t></rPh></si><si><t>a_x000D_b_x005F_c</t></si><si><t></t></si><si><t><![CDATA[<b>]]></t></si>`
	for _, c := range []struct {
		name, cell string
		want       campaign.Cell
	}{
		{"shared text", `<c r="A2" t="s"><v>0</v></c>`, campaign.TextCell("Budi & Ani")},
		{"rich text without its phonetics", `<c r="A2" t="s"><v>1</v></c>`, campaign.TextCell("dua bagian")},
		{"escapes", `<c r="A2" t="s"><v>2</v></c>`, campaign.TextCell("a\rb_c")},
		{"CDATA", `<c r="A2" t="s"><v>4</v></c>`, campaign.TextCell("<b>")},
		{"a text reference that leads nowhere", `<c r="A2" t="s"><v>99</v></c>`, campaign.Cell{Kind: campaign.Error, Raw: "text 99 is missing", Text: "text 99 is missing"}},
		{"inline text", `<c r="A2" t="inlineStr"><is><t>Bu&#100;i&#x20AC;</t></is></c>`, campaign.TextCell("Budi€")},
		{"a formula's text", `<c r="A2" t="str"><f>B2</f><v>x_x0041_</v></c>`, campaign.TextCell("xA")},
		{"a formula's number", `<c r="A2"><f>1+1</f><v>2</v></c>`, campaign.Cell{Kind: campaign.Number, Raw: "2", Text: "2"}},
		{"a formula without a value", `<c r="A2"><f>SUM(B1:B2)</f></c>`, campaign.Cell{Kind: campaign.Formula, Raw: "=SUM(B1:B2)", Text: "=SUM(B1:B2)"}},
		{"a formula with an empty value", `<c r="A2"><f>B1&amp;""</f><v></v></c>`, campaign.Cell{Kind: campaign.Formula, Raw: `=B1&""`, Text: `=B1&""`}},
		{"a whole number of sixteen digits", `<c r="A2"><v>6281200000000017</v></c>`, campaign.Cell{Kind: campaign.Number, Raw: "6281200000000017", Text: "6281200000000017"}},
		{"a phone as E-notation", `<c r="A2"><v>6.28123456789E+11</v></c>`, campaign.Cell{Kind: campaign.Number, Raw: "6.28123456789E+11", Text: "628123456789"}},
		{"binary noise", `<c r="A2"><v>0.30000000000000004</v></c>`, campaign.Cell{Kind: campaign.Number, Raw: "0.30000000000000004", Text: "0.3"}},
		{"no number", `<c r="A2"><v>abc</v></c>`, campaign.Cell{Kind: campaign.Error, Raw: "abc", Text: "abc"}},
		{"a short date", `<c r="A2" s="1"><v>45982</v></c>`, campaign.Cell{Kind: campaign.Date, Raw: "2025-11-21", Text: "11/21/2025", Format: "m/d/yyyy"}},
		{"a date", `<c r="A2" s="2"><v>45982</v></c>`, campaign.Cell{Kind: campaign.Date, Raw: "2025-11-21", Text: "21/11/2025", Format: "dd/mm/yyyy"}},
		{"a date and time", `<c r="A2" s="7"><v>45982.354166666664</v></c>`, campaign.Cell{Kind: campaign.Date, Raw: "2025-11-21T08:30:00", Text: "11/21/2025 8:30", Format: "m/d/yyyy h:mm"}},
		{"a time alone", `<c r="A2" s="5"><v>0.35416666666666669</v></c>`, campaign.Cell{Kind: campaign.Date, Raw: "T08:30:00", Text: "8:30", Format: "h:mm"}},
		{"a duration", `<c r="A2" s="6"><v>1.5</v></c>`, campaign.Cell{Kind: campaign.Number, Raw: "1.5", Text: "36:00:00", Format: "[h]:mm:ss"}},
		{"an Indonesian date", `<c r="A2" s="8"><v>46239</v></c>`, campaign.Cell{Kind: campaign.Date, Raw: "2026-08-05", Text: "5 Agustus 2026", Format: "[$-421]d mmmm yyyy;@"}},
		{"a date before there were any", `<c r="A2" s="2"><v>-1</v></c>`, campaign.Cell{Kind: campaign.Error, Raw: "####", Text: "####", Format: "dd/mm/yyyy"}},
		{"the day zero", `<c r="A2" s="2"><v>0</v></c>`, campaign.Cell{Kind: campaign.Error, Raw: "0 as a date", Text: "0 as a date", Format: "dd/mm/yyyy"}},
		{"an ISO date", `<c r="A2" s="2" t="d"><v>2025-11-21T00:00:00</v></c>`, campaign.Cell{Kind: campaign.Date, Raw: "2025-11-21", Text: "21/11/2025", Format: "dd/mm/yyyy"}},
		{"money", `<c r="A2" s="3"><v>1250000</v></c>`, campaign.Cell{Kind: campaign.Number, Raw: "1250000", Text: "Rp1,250,000", Format: `"Rp"#,##0`}},
		{"per cent", `<c r="A2" s="4"><v>0.11</v></c>`, campaign.Cell{Kind: campaign.Number, Raw: "0.11", Text: "11%", Format: "0%"}},
		{"a number in a text column", `<c r="A2" s="9"><v>812</v></c>`, campaign.Cell{Kind: campaign.Number, Raw: "812", Text: "812", Format: "@"}},
		{"a boolean", `<c r="A2" t="b"><v>1</v></c>`, campaign.Cell{Kind: campaign.Bool, Raw: "TRUE", Text: "TRUE"}},
		{"an error", `<c r="A2" t="e"><v>#REF!</v></c>`, campaign.Cell{Kind: campaign.Error, Raw: "#REF!", Text: "#REF!"}},
		{"an empty text", `<c r="A2" t="s"><v>3</v></c>`, campaign.Cell{}},
		{"an unknown style", `<c r="A2" s="99"><v>1</v></c>`, campaign.Cell{Kind: campaign.Number, Raw: "1", Text: "1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := book{formats: formats, xfs: xfs, texts: shared, rows: `<row r="1"><c r="A1" t="inlineStr"><is><t>Isi</t></is></c><c r="B1" t="inlineStr"><is><t>Ada</t></is></c></row><row r="2">` + c.cell + `<c r="B2"><v>1</v></c></row>`}
			f := open(t, sheet.Settings{Path: write(t, "x.xlsx", b.bytes(t))})
			rows := read(t, f)
			if len(rows) != 1 || rows[0].Number != 2 {
				t.Fatalf("got %v", rows)
			}
			if diff := cmp.Diff(c.want, rows[0].Cells[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRowsKeepTheirNumbersAndEmptyOnesAreCounted(t *testing.T) {
	b := book{
		rows: `<row r="2"><c r="A2" t="inlineStr"><is><t>Nama</t></is></c><c r="B2" t="inlineStr"><is><t>HP</t></is></c></row>
<row r="3"><c r="A3" t="inlineStr"><is><t>Ani</t></is></c></row>
<row r="4" hidden="1"><c r="B4"><v>5</v></c></row>
<row r="5"><c r="A5" s="1"/><c r="B5" t="inlineStr"><is><t> &#160;</t></is></c></row>
<row><c t="inlineStr"><is><t>Budi</t></is></c><c><v>7</v></c></row>
<row r="9"><c r="A9"><v>9</v></c></row><row r="10" ht="0" customHeight="1"><c r="A10"><v>1</v></c></row><row r="11"><c r="A11" s="1"/></row>`,
		before: `<sheetPr filterMode="1"/><dimension ref="A1:Z99"/><cols><col min="2" max="3" width="0" hidden="1"/></cols>`,
		after:  `<autoFilter ref="A2:B9"/><mergeCells count="2"><mergeCell ref="A1:B1"/><mergeCell ref="A9:A10"/></mergeCells>`,
	}
	f := open(t, sheet.Settings{Path: write(t, "x.xlsx", b.bytes(t))})
	for range 2 {
		var numbers []int
		var hidden []bool
		for _, r := range read(t, f) {
			numbers, hidden = append(numbers, r.Number), append(hidden, r.Hidden)
		}
		if !slices.Equal(numbers, []int{3, 4, 6, 9, 10}) || !slices.Equal(hidden, []bool{false, true, false, false, true}) {
			t.Errorf("got rows %v, hidden %v", numbers, hidden)
		}
		want := sheet.Counts{Rows: 5, Hidden: 2, Empty: 3, Merged: 1, HiddenColumns: 1, Filter: "A2:B9"}
		if diff := cmp.Diff(want, f.Counts()); diff != "" {
			t.Error(diff)
		}
	}
	if h := f.Header(); h.Row != 2 || len(h.Columns) != 2 || !h.Columns[1].Hidden || h.Columns[0].Hidden {
		t.Errorf("got header %+v", h)
	}
}
