package operation

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
)

// wib is where the settings of these tests are.
var wib = time.FixedZone("WIB", 7*3600)

// ops is who acts in these tests.
var ops = campaign.Person{Who: "ops", Host: "mail-1"}

// settings are those of an empty folder with an account at another tool's gateway.
func settings(t *testing.T) *definition.Settings {
	t.Helper()
	dir := t.TempDir()
	return &definition.Settings{
		Path: "siaran.yaml", Ledger: filepath.Join(dir, "siaran.db"), Zone: wib,
		Accounts: map[string]campaign.Account{"other": {Name: "other", Gateway: "sandeza", Rate: 10}},
		Listen:   definition.Listen{Address: "127.0.0.1:8090", Log: filepath.Join(dir, "receipts")},
	}
}

// open makes the ledger of s.
func open(t *testing.T, s *definition.Settings) *ledger.Ledger {
	t.Helper()
	book, err := ledger.Create(t.Context(), ledger.Settings{DSN: s.Ledger, Host: ops.Host})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	})
	return book
}

// file writes text beside the ledger of s.
func file(t *testing.T, s *definition.Settings, name, text string) string {
	t.Helper()
	path := filepath.Join(filepath.Dir(s.Ledger), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// rejects gathers what a SentWatcher is told.
type rejects []*campaign.RowError

func (r *rejects) Rejected(row *campaign.RowError) { *r = append(*r, row) }

// importSent makes a run of another tool's sends.
func importSent(ctx context.Context, s *definition.Settings, book *ledger.Ledger, name, path string) (SentResult, rejects, error) {
	im, err := OpenSent(ctx, s, SentRequest{File: path, Account: "other", Campaign: name, Channel: "whatsapp", Columns: "id=id,address=hp,time=at", Country: "ID"})
	if err != nil {
		return SentResult{}, nil, err
	}
	var told rejects
	result, err := im.Import(ctx, book, ops, &told)
	if err == nil {
		err = im.Close()
	}
	return result, told, err
}
