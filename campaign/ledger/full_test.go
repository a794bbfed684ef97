//go:build linux

package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"siaran/campaign"
)

// small mounts a file system of size bytes. It needs root, which CI has.
func small(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Fatalf("a full disk needs a small file system, and that needs root: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestAFullDiskStopsEverybodyAtOnceAndLosesNothingThatWasPromised(t *testing.T) {
	dir := small(t, "2m")
	l := create(t, filepath.Join(dir, "siaran.db"))
	run := planned(t, l, aRun("aaaaaa"), 300)
	s := sending(t, l, terms(run))
	qs := queue(t, l, run.ID, defaults)
	var mu sync.Mutex
	promised := map[int]bool{}
	filled := false
	for i, q := range qs {
		if i == 50 {
			fill(t, filepath.Join(dir, "filler"))
			filled = true
		}
		b, err := s.Begin(t.Context(), q)
		if errors.Is(err, ErrFull) {
			break
		}
		if err != nil || !b.Go {
			t.Fatalf("filled %t: %+v %v", filled, b, err)
		}
		b.Attempt.Answer = campaign.Answer{Outcome: campaign.Accepted, Reason: strings.Repeat("x", 200)}
		s.End(b.Attempt, func(err error) {
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				promised[b.Attempt.Seq] = true
			}
		})
		if i == len(qs)-1 {
			t.Fatal("the disk never became full")
		}
	}
	if err := l.Actions.Add(t.Context(), campaign.Action{What: "pause", Options: strings.Repeat("x", 100_000)}); !errors.Is(err, ErrFull) {
		t.Errorf("another change: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "filler")); err != nil {
		t.Fatal(err)
	}
	end(t, s, begin(t, s, queue(t, l, run.ID, defaults)[0]), campaign.Answer{Outcome: campaign.Accepted}) // with space it goes on
	mu.Lock()
	defer mu.Unlock()
	for _, h := range histories(t, l, run.ID) {
		if promised[h.Message.Seq] && h.Verdict() != campaign.VerdictAccepted {
			t.Errorf("row %d was promised and is %s", h.Message.Seq, h.Verdict())
		}
	}
	if found := must(l.Health.Check(t.Context()))(t); len(found) > 0 {
		t.Error(found)
	}
}

// fill writes until there is no space.
func fill(t *testing.T, path string) {
	t.Helper()
	f := must(os.Create(path))(t)
	defer func() { _ = f.Close() }()
	for size := 1 << 16; size > 0; size /= 2 {
		for {
			if _, err := f.Write(make([]byte, size)); err != nil {
				break
			}
		}
	}
}

func TestAReadOnlyFolderIsToldAndCanStillBeReportedFrom(t *testing.T) {
	dir := small(t, "8m")
	path := filepath.Join(dir, "siaran.db")
	closed(t, path)
	if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT|unix.MS_RDONLY, "size=8m"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Settings{DSN: path}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("for writing: %v", err)
	}
	if _, err := Create(t.Context(), Settings{DSN: filepath.Join(dir, "other.db")}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("a new one: %v", err)
	}
	l := must(Open(t.Context(), Settings{DSN: path, ReadOnly: true}))(t)
	defer func() { _ = l.Close() }()
	if got := strings.Count(verdicts(t, l, "aaaaaa"), "queued"); got != 500 {
		t.Errorf("%d rows read", got)
	}
	if err := l.Actions.Add(t.Context(), campaign.Action{What: "pause"}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("a change: %v", err)
	}
}
