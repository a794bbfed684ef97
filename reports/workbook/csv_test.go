package workbook

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"siaran/campaign"
)

func TestACSVReportIsReadByExcelAndRunsNothing(t *testing.T) {
	values := []string{"=1+1", "@x", "-2+3", "+62 812-1", "'=1", "-5", "+62812", "1.250,50", "it's", "a,b\"c\nd"}
	want := []string{"'=1+1", "'@x", "'-2+3", "'+62 812-1", "''=1", "-5", "+62812", "1.250,50", "it's", "a,b\"c\nd"}
	var cells []campaign.Cell
	for _, v := range values {
		cells = append(cells, campaign.TextCell(v))
	}
	path := t.TempDir() + "/report.csv"
	res, err := Write(t.Context(), path, withCells(cells...))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data, ok := bytes.CutPrefix(data, []byte("\ufeff"))
	if !ok {
		t.Error("no byte order mark")
	}
	got, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range want {
		if got[i+1][0] != v {
			t.Errorf("%q became %q", values[i], got[i+1][0])
		}
	}
	if len(res.Notes) != 1 || !strings.HasPrefix(res.Notes[0], "5 values") {
		t.Errorf("notes %q", res.Notes)
	}
	if diff := cmp.Diff(append([]string{"Nilai"}, ourColumns...), got[0]); diff != "" {
		t.Error(diff)
	}
}

func TestAJSONLinesReportHasEverythingExactly(t *testing.T) {
	in := sampleInput(20, campaign.WhatsApp, campaign.SMS)
	in.Run.Header.Columns[5].Name = "Jumlah" // twice the same heading
	data, err := os.ReadFile(write(t, "report.jsonl", in))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	if len(lines) != 20 {
		t.Fatalf("%d lines", len(lines))
	}
	var first struct {
		Verdict  string                     `json:"verdict"`
		Amount   json.Number                `json:"amount"`
		SentAt   string                     `json:"sent_at"`
		Cells    map[string]json.RawMessage `json:"cells"`
		Channels []map[string]any           `json:"channels"`
	}
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil {
		t.Fatal(err)
	}
	if first.Verdict != "read" || first.Amount != "356.65" || first.SentAt != "2026-11-21T19:00:00+07:00" || len(first.Channels) != 2 ||
		string(first.Cells["Nomor HP"]) != "6281200000002" || string(first.Cells["Jumlah (2)"]) != `"Surabaya"` {
		t.Errorf("got %s", lines[0])
	}
}
