package main

import (
	"strings"
	"syscall"
	"testing"
)

func TestCheckNeedsLittleMemoryHoweverManyRows(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("checks a big file")
	}
	s := newStage(t, play{Rows: 1})
	writeBenchCSV(t, s.path("people.csv"), 1_000_000)
	cmd, out, errs := s.process(nil, "siaran", "check", "c.yaml", "--json")
	if code := s.exitCode(cmd); code != exitOK || !strings.Contains(out.String(), `"queued":1000000`) {
		t.Fatalf("exit code %d: %s%s", code, out, errs)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		t.Skip("this system does not tell")
	}
	if mb := usage.Maxrss >> 10; mb > 150 {
		t.Errorf("a million rows took %d MB", mb)
	}
}
