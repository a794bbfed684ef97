package samples_test

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"siaran/campaign"
	"siaran/campaign/address"
	"siaran/campaign/definition"
	"siaran/campaign/operation"
	"siaran/samples"
)

// phone reads a phone number's cell.
func phone(c stored) (string, error) {
	if c.kind == excelize.CellTypeSharedString {
		return address.Parse(campaign.TextCell(c.raw), campaign.WhatsApp, "ID")
	}
	return address.Parse(campaign.Cell{Kind: campaign.Number, Raw: c.raw, Text: c.shown}, campaign.WhatsApp, "ID")
}

func TestTheWorkbookHasTheTroublesItIsFor(t *testing.T) {
	data, err := samples.FS.ReadFile("pelanggan.xlsx")
	check(t, err)
	rows := cells(t, data)
	if len(rows) != samples.Rows+1 {
		t.Fatalf("%d rows, want %d and a heading", len(rows), samples.Rows)
	}
	rejected, duplicate := 0, 0
	seen := map[string]int{}
	numbers := 0
	for i, row := range rows[1:] {
		to, err := phone(row[2])
		name := row[1].raw
		if row[2].kind != excelize.CellTypeSharedString {
			numbers++
		}
		switch {
		case err != nil, name == "", strings.Contains(name, "||"):
			rejected++
			t.Logf("row %d: rejected (%v)", i+2, err)
		case seen[to] != 0:
			duplicate++
			t.Logf("row %d: the same number as row %d", i+2, seen[to])
		case !strings.HasPrefix(to, "62812000") || len(to) != 13:
			t.Errorf("row %d: %s is not an invented number", i+2, address.Mask(to))
		default:
			seen[to] = i + 2
		}
	}
	if rejected != samples.Rejected || duplicate != samples.Duplicates || numbers < 50 {
		t.Errorf("%d rejected, %d duplicates, %d numbers that are no text", rejected, duplicate, numbers)
	}
}

func TestTheExportIsOneThatOtherSystemsWrite(t *testing.T) {
	data, err := samples.FS.ReadFile("pelanggan.csv")
	check(t, err)
	text, ok := strings.CutPrefix(string(data), "\ufeff")
	if !ok {
		t.Error("no byte order mark")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = ';'
	rows, err := r.ReadAll()
	check(t, err)
	rejected := 0
	for _, row := range rows[1:] {
		if _, err := address.Parse(campaign.TextCell(row[1]), campaign.SMS, "ID"); err != nil {
			rejected++
		}
	}
	if len(rows) != 51 || rejected != 1 {
		t.Errorf("%d rows, %d rejected", len(rows)-1, rejected)
	}
}

func TestTheCampaignsAndSettingsAreValid(t *testing.T) {
	none := func(string) (string, bool) { return "", false }
	text, err := samples.FS.ReadFile("siaran.yaml")
	check(t, err)
	settings, err := definition.ParseSettings("siaran.yaml", text, none, operation.KnownGateways())
	check(t, err)
	if len(settings.Warnings) > 0 {
		t.Errorf("warnings: %v", settings.Warnings)
	}
	for _, name := range []string{"gajian-promo", "tagihan-sms"} {
		text, err := samples.FS.ReadFile(name + ".yaml")
		check(t, err)
		c, err := definition.ParseCampaign(name+".yaml", text, definition.Options{})
		check(t, err)
		if a, ok := settings.Accounts[c.Account]; !ok || a.Live || c.Name != name {
			t.Errorf("%s: account %q, live %v", c.Name, c.Account, a.Live)
		}
	}
}

func TestEveryReceiptIsALineOfJSON(t *testing.T) {
	data, err := samples.FS.ReadFile("receipts.jsonl")
	check(t, err)
	for line := range strings.Lines(string(data)) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %s", line)
		}
	}
}
