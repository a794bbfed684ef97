package workbook

import (
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"siaran/campaign"
)

// missing skips the test, and fails it where SIARAN_OFFICE=1 or CI=true says that the program must be there.
func missing(t *testing.T, name, install string) {
	t.Helper()
	if os.Getenv("SIARAN_OFFICE") == "1" || os.Getenv("CI") == "true" {
		t.Fatalf("no %s, which SIARAN_OFFICE=1 or CI=true demands: apt-get install -y %s", name, install)
	}
	t.Skipf("no %s (apt-get install -y %s)", name, install)
}

func TestOpenpyxlAndPandasSeeAllRows(t *testing.T) {
	t.Parallel() // starting the program is most of it
	python := ""
	for _, name := range []string{"python3", "/usr/bin/python3"} { // Debian's packages are its own python's
		if exec.CommandContext(t.Context(), name, "-c", "import openpyxl, pandas").Run() == nil {
			python = name
		}
	}
	if python == "" {
		missing(t, "python3 with openpyxl and pandas", "python3-openpyxl python3-pandas")
	}
	const n = 300
	path := write(t, "report.xlsx", sampleInput(n, campaign.WhatsApp, campaign.SMS))
	script := `
import sys, warnings
warnings.simplefilter("error")
import openpyxl, pandas
book = openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True)
sheet = book["Deliveries"]
print(sheet.max_row, sheet.max_column, sum(1 for _ in sheet.rows), type(sheet["I2"].value).__name__, type(sheet["M2"].value).__name__)
table = pandas.read_excel(sys.argv[1], sheet_name="Deliveries", dtype={"Recipient": str})
print(len(table), list(table.columns)[6:9], table["Recipient"][0], round(table["Amount"].sum(), 2), table["Sent at"][0])
print(openpyxl.load_workbook(sys.argv[1])["Summary"]._charts.__len__())
`
	out, err := exec.CommandContext(t.Context(), python, "-c", script, path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := fmt.Sprintf("%d 23 %d str datetime\n%d ['Row', 'Ref ID', 'Recipient'] 6281200000002", n+1, n+1, n)
	if !strings.HasPrefix(string(out), want) {
		t.Errorf("got %s, not %s", out, want)
	}
	t.Logf("%s", out)
}

func TestLibreOfficeReadsTheWorkbookAsItWasWritten(t *testing.T) {
	t.Parallel() // starting the program is most of it
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		missing(t, "soffice", "libreoffice-calc-nogui")
	}
	dir := t.TempDir()
	const n = 300
	path := write(t, "report.xlsx", sampleInput(n))
	// The second tab as CSV: what LibreOffice understood of Deliveries.
	cmd := exec.CommandContext(t.Context(), soffice, "--headless", "-env:UserInstallation=file://"+dir+"/profile",
		"--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,true,false,false,false,2", "--outdir", dir, path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(names) != 1 {
		t.Fatalf("%v, %v", names, err)
	}
	f, err := os.Open(names[0])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	got, err := csv.NewReader(f).ReadAll()
	if err != nil || len(got) != n+1 {
		t.Fatalf("%d lines, %v", len(got), err)
	}
	want := []string{
		"Nasabah Nomor 2", "6281200000002", "0098000000000002", "125002.5", "11/30/2026", "Surabaya", "2", "tagihan-3k9x2f-00002-7m2qk8zd",
		"6281200000002", "whatsapp", "Reached", "read", "2026-11-21 19:00:00", "2026-11-21 19:02:03", "2026-11-21 19:12:00", "PAID", "utility", "",
		"356.65", "1", "wMjAyMTA000000002", "", "",
	}
	if diff := cmp.Diff(want, got[1]); diff != "" {
		t.Error(diff)
	}
}
