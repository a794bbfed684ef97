package workbook

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"siaran/campaign"
	"siaran/reports"
)

func TestTheWorkbookHoldsWhatTheContractPromises(t *testing.T) {
	got := dump(t, write(t, "tagihan.xlsx", sampleInput(20, campaign.WhatsApp, campaign.SMS)))
	golden := filepath.Join("testdata", "report.golden")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatalf("%v (UPDATE_GOLDEN=1 writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("if this is meant, run with UPDATE_GOLDEN=1:\n%s", diff)
	}
}

func TestTabsComeInTheirOrderAndChannelsOnlyWhereThereAreSeveral(t *testing.T) {
	for _, tc := range []struct {
		kinds []campaign.ChannelKind
		want  []string
	}{
		{[]campaign.ChannelKind{campaign.WhatsApp}, []string{"Summary", "Deliveries", "Problems", "Pricing", "Orphans", "Actions", "About"}},
		{[]campaign.ChannelKind{campaign.WhatsApp, campaign.SMS}, []string{"Summary", "Deliveries", "Problems", "Pricing", "Channels", "Orphans", "Actions", "About"}},
	} {
		f := open(t, write(t, "report.xlsx", sampleInput(60, tc.kinds...)))
		if diff := cmp.Diff(tc.want, f.GetSheetList()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestEverySheetStatesItsTrueDimension(t *testing.T) {
	const n = 300
	path := write(t, "report.xlsx", sampleInput(n))
	f := open(t, path)
	for id, name := range f.GetSheetMap() {
		xml := partOf(t, path, fmt.Sprintf("xl/worksheets/sheet%d.xml", id))
		want := fmt.Sprintf(`<dimension ref="A1:%s`, map[string]string{"Deliveries": fmt.Sprintf("W%d", n+1), "Summary": "G"}[name])
		if !strings.Contains(xml, want) || strings.Count(xml, "<dimension") != 1 {
			t.Errorf("%s: no %s in %s", name, want, xml[:400])
		}
	}
}

func TestDeliveriesHasAFrozenHeadingAFilterAndRepeatsItsHeadingOnPaper(t *testing.T) {
	path := write(t, "report.xlsx", sampleInput(30))
	f := open(t, path)
	panes, err := f.GetPanes("Deliveries")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v, %v", panes, err)
	}
	xml := partOf(t, path, "xl/worksheets/sheet2.xml")
	for _, want := range []string{`<autoFilter ref="$A$1:$W$31"`, `orientation="landscape"`, `fitToWidth="1"`, `fitToPage="true"`, "&amp;P / &amp;N", "numberStoredAsText"} {
		if !strings.Contains(xml, want) {
			t.Errorf("no %s", want)
		}
	}
	var names []string
	for _, d := range f.GetDefinedName() {
		if d.Scope == "Deliveries" {
			names = append(names, d.Name+" "+d.RefersTo)
		}
	}
	slices.Sort(names)
	want := []string{"_xlnm.Print_Titles 'Deliveries'!$1:$1", "_xlnm._FilterDatabase 'Deliveries'!$A$1:$W$31"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestPhonesIDsAndCodesStayText(t *testing.T) {
	xml := partOf(t, write(t, "report.xlsx", sampleInput(30)), "xl/worksheets/sheet2.xml")
	for _, want := range []string{
		"<is><t>6281200000002</t></is>", "<is><t>tagihan-3k9x2f-00002-7m2qk8zd</t></is>", "<is><t>wMjAyMTA000000002</t></is>", "<is><t>3</t></is>",
	} {
		if !strings.Contains(xml, want) {
			t.Errorf("not as text: %s", want)
		}
	}
}

func TestAFullTabIsContinuedInTheNext(t *testing.T) {
	in := sampleInput(25)
	path := filepath.Join(t.TempDir(), "report.xlsx")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	r := &report{Input: in, temp: t.TempDir(), tally: reports.NewTally(), limit: 10}
	if err := errors.Join(writeExcel(t.Context(), r, file), file.Close()); err != nil {
		t.Fatal(err)
	}
	f := open(t, path)
	if diff := cmp.Diff([]string{"Summary", "Deliveries", "Deliveries 2", "Deliveries 3", "Problems", "Pricing", "Orphans", "Actions", "About"}, f.GetSheetList()); diff != "" {
		t.Fatal(diff)
	}
	var got []string
	for _, tab := range []string{"Deliveries", "Deliveries 2", "Deliveries 3"} {
		got = append(got, column(t, f, tab, "Row")...)
	}
	if len(got) != 25 || got[0] != "2" || got[24] != "26" {
		t.Errorf("got %v", got)
	}
	formulas := dump(t, path)
	if want := "=SUBTOTAL(103,'Deliveries'!$G$2:$G$11)+SUBTOTAL(103,'Deliveries 2'!$G$2:$G$11)+SUBTOTAL(103,'Deliveries 3'!$G$2:$G$6)"; !strings.Contains(formulas, want) {
		t.Errorf("no %s", want)
	}
}

func TestASimulatedRunSaysSoInPlainSight(t *testing.T) {
	in := sampleInput(5)
	in.Run.Live = false
	f := open(t, write(t, "report.xlsx", in))
	if v, err := f.GetCellValue("Summary", "A3"); err != nil || !strings.HasPrefix(v, "SIMULATED") {
		t.Errorf("got %q, %v", v, err)
	}
}

func TestSubtotalsCarryTheirValuesForReadersThatDoNotCalculate(t *testing.T) {
	in := sampleInput(40)
	got := dump(t, write(t, "report.xlsx", in))
	for _, want := range []string{"\"40\"\t[40]", "=SUBTOTAL(103,'Deliveries'!$G$2:$G$41)", "=SUBTOTAL(109,'Deliveries'!$S$2:$S$41)"} {
		if !strings.Contains(strings.ReplaceAll(got, "\"40\"\t=", "\"40\"\t[40]\t="), want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestAFileWithoutRowsStillHasAReport(t *testing.T) {
	f := open(t, write(t, "report.xlsx", sampleInput(0)))
	if got := rows(t, f, "Deliveries"); len(got) != 1 || len(got[0]) != 23 {
		t.Errorf("got %q", got)
	}
}

func TestTheTabsAgreeWithARecountOfDeliveries(t *testing.T) {
	for _, kinds := range [][]campaign.ChannelKind{{campaign.WhatsApp}, {campaign.WhatsApp, campaign.SMS}, {campaign.SMS}} {
		const n = 500
		f := open(t, write(t, "report.xlsx", sampleInput(n, kinds...)))
		verdicts := map[string]int{}
		for _, v := range column(t, f, "Deliveries", "Verdict") {
			verdicts[v]++
		}
		summary := map[string]string{}
		for _, row := range rows(t, f, "Summary") {
			if len(row) > 2 && row[1] != "" && summary[row[1]] == "" {
				summary[row[1]] = row[2]
			}
		}
		total := 0
		for _, v := range campaign.Verdicts {
			total += verdicts[string(v)]
			if summary[string(v)] != fmt.Sprint(verdicts[string(v)]) {
				t.Errorf("%s: Summary says %s, Deliveries %d", v, summary[string(v)], verdicts[string(v)])
			}
		}
		if total != n {
			t.Errorf("%d rows in %d", total, n)
		}
		amount := sum(t, column(t, f, "Deliveries", "Amount"))
		if priced := sum(t, column(t, f, "Pricing", "Settled amount")); !amount.Equal(priced) || amount.IsZero() {
			t.Errorf("Deliveries %s, Pricing %s", amount, priced)
		}
		if len(kinds) > 1 {
			if channels := sum(t, column(t, f, "Channels", "Amount")); !amount.Equal(channels) {
				t.Errorf("Deliveries %s, Channels %s", amount, channels)
			}
		}
		notReached := 0
		for i, group := range column(t, f, "Problems", "Group") {
			if group != "Flag" {
				rows, err := strconv.Atoi(column(t, f, "Problems", "Rows")[i])
				if err != nil {
					t.Fatal(err)
				}
				notReached += rows
			}
		}
		if want := n - verdicts["delivered"] - verdicts["read"] - verdicts["clicked"]; notReached != want {
			t.Errorf("Problems has %d rows, not %d", notReached, want)
		}
	}
}

// sum adds decimals exactly.
func sum(t *testing.T, values []string) decimal.Decimal {
	t.Helper()
	total := decimal.Zero
	for _, v := range values {
		if v == "" {
			continue
		}
		d, err := decimal.NewFromString(v)
		if err != nil {
			t.Fatal(err)
		}
		total = total.Add(d)
	}
	return total
}

func TestAFileWithTooManyColumnsIsRefusedWithAWayOut(t *testing.T) {
	in := sampleInput(1)
	in.Run.Header.Columns = make([]campaign.Column, 16_384)
	_, err := Write(t.Context(), filepath.Join(t.TempDir(), "report.xlsx"), in)
	if err == nil || !strings.Contains(err.Error(), ".jsonl") {
		t.Errorf("got %v", err)
	}
}
