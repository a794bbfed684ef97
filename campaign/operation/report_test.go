package operation

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/reports/workbook"
)

func TestAReportKnowsWhoBeganAndWhatTheRunItselfWasToCost(t *testing.T) {
	t.Parallel()
	cost := func(n campaign.Money) How {
		return How{Flags: "--yes", Estimate: &campaign.Estimate{Known: true, Least: n, Most: n, Currency: "IDR"}}
	}
	in := workbook.Input{Run: campaign.Run{ID: "a"}}
	addActions(&in, []campaign.Action{
		ops.Did(campaign.DeedPlan, "a", cost(1_000_000).Text(), ""),
		{Person: campaign.Person{Who: "ani", Host: "pc"}, What: campaign.DeedSettle, Run: "a", Options: "--rows 2"},
		ops.Did(campaign.DeedPlan, "b", cost(9_000_000).Text(), ""), // a resend of it
		ops.Did(campaign.DeedPlan, "b", "--yes", ""),                // as an older siaran wrote it
	})
	if in.Who != "ops@mail-1" || in.Estimate.Most != 1_000_000 {
		t.Errorf("who %q, estimate %v", in.Who, in.Estimate)
	}
	var got []string
	for _, a := range in.Actions {
		got = append(got, a.Options)
	}
	if want := "--yes; estimate IDR 1, without tax|--rows 2|--yes; estimate IDR 9, without tax|--yes"; strings.Join(got, "|") != want {
		t.Errorf("options: %q", got)
	}
}

func TestAReportIsNamedForItsRun(t *testing.T) {
	t.Parallel()
	s := settings(t)
	book := open(t, s)
	made, _, err := importSent(t.Context(), s, book, "july", file(t, s, "july.csv", "id,hp,at\nA-1,0811234567,2026-07-01 09:00\n"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	result, err := Report(t.Context(), s, book, ReportRequest{Run: "july", Dir: dir, Now: time.Now(), Program: "siaran test"})
	if err != nil || result.Path != filepath.Join(dir, "july-"+made.Run.ID+".xlsx") || result.Totals.Rows != 1 || result.Totals.Verdicts[campaign.VerdictAccepted] != 1 {
		t.Errorf("%+v, %v", result, err)
	}
	if _, err := os.Stat(result.Path); err != nil {
		t.Error(err)
	}
}

func TestOnlyAWorkbookHasATabOfChanges(t *testing.T) {
	t.Parallel()
	for output, want := range map[string]bool{"": true, "a.xlsx": true, "A.XLSX": true, "a.csv": false, "a": false} {
		if err := (ReportRequest{Output: output, ChangesSince: time.Now()}).Check(); (err == nil) != want {
			t.Errorf("%q: %v", output, err)
		}
		if err := (ReportRequest{Output: output}).Check(); err != nil {
			t.Errorf("%q without changes: %v", output, err)
		}
	}
}
