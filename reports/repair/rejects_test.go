package repair_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siaran/campaign"
	"siaran/reports/repair"
)

func TestRejectedRowsAreGatheredOnceAndWithoutOneThereIsNoWorkbook(t *testing.T) {
	dir := t.TempDir()
	c := &campaign.Campaign{Name: "tagihan", File: filepath.Join(dir, "tagihan.csv")}
	h := campaign.Header{Row: 1, Columns: []campaign.Column{{Name: "HP", Letter: "A"}}}
	bad := campaign.Message{Seq: 7, Cells: []campaign.Cell{campaign.TextCell("08")}, Problem: &campaign.Problem{Verdict: campaign.VerdictRejected, Column: "HP", Reason: "too short"}}
	for _, tc := range []struct {
		rows []campaign.Message
		name string
		new  bool
	}{{nil, "", false}, {[]campaign.Message{bad}, "tagihan.repair.xlsx", true}, {[]campaign.Message{bad}, "tagihan.repair.xlsx", false}} {
		r := repair.Rejects{Settings: repair.Settings{Beside: repair.Beside(c), Header: h, TempDir: t.TempDir()}}
		for _, m := range tc.rows {
			r.Add(m)
		}
		s, err := r.Save()
		if err != nil || strings.TrimPrefix(s.Path, dir+string(filepath.Separator)) != tc.name || s.New != tc.new || s.Rows != len(tc.rows) {
			t.Errorf("%+v, %v", s, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if got := repair.Beside(&campaign.Campaign{Name: "gajian", File: "-"}); got != "gajian" {
		t.Errorf("standard input's is beside %q", got)
	}
}

func TestAWorkbookThatCannotBeWrittenIsToldOnceAtTheEnd(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nowhere")
	r := repair.Rejects{Settings: repair.Settings{Beside: filepath.Join(dir, "a.csv"), TempDir: dir}}
	for range 3 {
		r.Add(campaign.Message{Seq: 1, Problem: &campaign.Problem{Verdict: campaign.VerdictRejected}})
	}
	if s, err := r.Save(); err == nil || s.Path != "" {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder was made")
	}
}
