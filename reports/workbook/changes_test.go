package workbook

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"siaran/campaign"
)

func TestChangesListsWhatLateReceiptsChanged(t *testing.T) {
	in := sampleInput(20)
	in.ChangesSince = sampleStart.Add(10 * time.Minute)
	f := open(t, write(t, "report.xlsx", in))
	if diff := cmp.Diff([]string{"Summary", "Deliveries", "Changes", "Problems", "Pricing", "Orphans", "Actions", "About"}, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	rows, err := f.GetRows("Changes")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		got = append(got, strings.Join(append(r[:1:1], r[2:]...), "|"))
	}
	want := []string{
		"Row|Verdict before|Verdict now|Billing before|Billing now",
		"2|delivered|read|PAID|PAID", "4|delivered|read|FREE|FREE", "6|delivered|read|PAID|PAID", "8|delivered|read|FREE|FREE",
		"10|accepted|read|UNCLASSIFIED|PAID", "12|accepted|read|UNCLASSIFIED|FREE", "14|accepted|read|UNCLASSIFIED|PAID",
		"16|accepted|read|UNCLASSIFIED|FREE", "17|accepted|delivered|UNCLASSIFIED|FREE", "18|accepted|read|UNCLASSIFIED|PAID",
		"19|accepted|delivered|UNCLASSIFIED|PAID", "20|accepted|read|UNCLASSIFIED|FREE", "21|accepted|delivered|UNCLASSIFIED|PAID",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestChangesIsThereWithItsHeadingWhereNothingChanged(t *testing.T) {
	in := sampleInput(5)
	in.ChangesSince = sampleStart.Add(1000 * time.Hour)
	path := t.TempDir() + "/report.xlsx"
	result, err := Write(t.Context(), path, in)
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := open(t, path).GetRows("Changes"); err != nil || len(rows) != 1 {
		t.Errorf("%v, %v", rows, err)
	}
	if notes := strings.Join(result.Notes, "\n"); !strings.Contains(notes, "0 rows changed") {
		t.Error(notes)
	}
}

func TestChangesIsRefusedWhereThereAreNoTabs(t *testing.T) {
	in := sampleInput(5, campaign.WhatsApp)
	in.ChangesSince = sampleStart
	if _, err := Write(t.Context(), t.TempDir()+"/report.csv", in); err == nil || !strings.Contains(err.Error(), ".xlsx") {
		t.Error(err)
	}
}
