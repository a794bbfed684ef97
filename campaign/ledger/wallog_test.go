package ledger

import (
	"os"
	"path/filepath"
	"testing"

	"siaran/campaign"
)

// TestTheWriteAheadLogIsCopiedBeforeACommitWouldHaveTo sends for as long as would fill the log several times over:
// it stays shorter than where SQLite itself would copy it, in somebody's commit.
func TestTheWriteAheadLogIsCopiedBeforeACommitWouldHaveTo(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "siaran.db")
	l := create(t, path)
	s := sending(t, l, terms(planned(t, l, aRun("aaaaaa"), 1)))
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	before := info.Size()
	const transactions, frame, auto = 4000, 4096 + 24, 4000 // auto: wal_autocheckpoint
	for seq := range transactions {
		begun, err := s.Begin(t.Context(), campaign.Queued{Message: campaign.Message{Seq: seq + 1, Address: "6281200000000"}})
		if err != nil || !begun.Go {
			t.Fatal(begun, err)
		}
	}
	if info, err = os.Stat(path + "-wal"); err != nil {
		t.Fatal(err)
	}
	if most := max(before, auto*frame*3/4); info.Size() > most {
		t.Errorf("the log grew to %d bytes in %d transactions, want at most %d", info.Size(), transactions, most)
	}
}
