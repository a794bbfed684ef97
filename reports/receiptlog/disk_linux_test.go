package receiptlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestAFullDiskIsAnErrorAndIsOverWithoutARestart(t *testing.T) {
	dir := t.TempDir()
	if os.Geteuid() != 0 {
		t.Skip("only root can mount a small disk")
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Fatalf("a small disk is needed (a container needs CAP_SYS_ADMIN for it): %v", err)
	}
	defer func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }()
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 100<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	l := open1(t, dir)
	acknowledged := 0
	var full error
	for i := 0; full == nil && i < 1000; i++ {
		_, full = l.Append(t.Context(), "d7", fmt.Appendf(nil, `{"n":%d,"pad":%q}`, i, strings.Repeat("x", 3000)))
		if full == nil {
			acknowledged++
		}
	}
	if !errors.Is(full, syscall.ENOSPC) {
		t.Fatalf("the disk did not fill: %v", full)
	}
	if err := l.Check(t.Context()); err != nil && !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a check meanwhile: %v", err)
	}
	if _, err := l.Append(t.Context(), "d7", fmt.Appendf(nil, `{"pad":%q}`, strings.Repeat("x", 9000))); err == nil {
		t.Error("a second receipt was taken on a full disk")
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := l.Check(t.Context()); err != nil {
		t.Errorf("the trouble is over, but: %v", err)
	}
	if _, err := l.Append(t.Context(), "d7", []byte(`{"last":true}`)); err != nil {
		t.Fatal(err)
	}
	all := stored(t, dir)
	if len(all) != acknowledged+1 || all[len(all)-1] != `{"last":true}` {
		t.Errorf("%d lines, not %d; the last is %.40q", len(all), acknowledged+1, all[len(all)-1])
	}
}

func TestWhatCannotBeSyncedIsNotAcknowledged(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "test-"+time.Now().UTC().Format(time.DateOnly)+".jsonl")
	if err := syscall.Mkfifo(path, 0o600); err != nil { // takes writes, but no sync
		t.Fatal(err)
	}
	l := open1(t, dir)
	if _, err := l.Append(t.Context(), "d7", []byte(`{"a":1}`)); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("acknowledged without a sync: %v", err)
	}
	if err := l.Check(t.Context()); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("all is well without a sync: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), "d7", []byte(`{"a":2}`)); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(b), "\n{") {
		t.Errorf("after a sync that went wrong the log has to go on with a line of its own: %q, %v", b, err)
	}
}
