package ledger

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"siaran/campaign"
)

func TestAFloodOfReceiptsInAnotherProcessDoesNotKeepSendingWaiting(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "siaran.db")
	l, other := create(t, dsn), create(t, dsn)
	reportedRun := planned(t, l, aRun("aaaaaa"), 20_000)
	run := planned(t, l, aRun("bbbbbb"), 2000)
	rs := reported(l, reportedRun, 20_000)
	flood := make(chan error, 1)
	go func() {
		for part := range slices.Chunk(rs, 5000) {
			if _, err := other.Receipts.Receive(t.Context(), campaign.Batch{Receipts: part}); err != nil {
				flood <- err
				return
			}
		}
		flood <- nil
	}()
	s := sending(t, l, terms(run))
	var longest time.Duration
	begun := 0
	for _, q := range queue(t, l, run.ID, defaults) {
		start := time.Now()
		a := begin(t, s, q)
		longest = max(longest, time.Since(start))
		a.Answer = campaign.Answer{Outcome: campaign.Accepted}
		s.End(a, nil)
		begun++
		select {
		case err := <-flood:
			if err != nil {
				t.Error(err)
			}
			t.Logf("%d begun during the flood, the longest wait %v", begun, longest)
			if longest > 2*time.Second || begun < 5 {
				t.Errorf("%d begun during the flood, the longest wait %v", begun, longest)
			}
			return
		default:
		}
	}
	if err := <-flood; err != nil {
		t.Error(err)
	}
}
