package receiptlog

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheLastLinesOfEachHostsNewestFileAreFound(t *testing.T) {
	dir := t.TempDir()
	line := strings.Repeat("x", 40_000) + "\n" // not all in one piece
	for name, text := range map[string]string{
		"a-2026-11-20.jsonl": line + line,
		"a-2026-11-21.jsonl": line + line + line + line + "torn",
		"b-2026-11-21.jsonl": "one\n",
		"c-2026-11-21.jsonl": "",
		"d-2026-11-21.jsonl": "torn",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for n, want := range []string{"80002 160004 4 0 0", "80002 120003 0 0 0", "80002 80002 0 0 0", "80002 40001 0 0 0", "80002 0 0 0 0", "80002 0 0 0 0"} {
		all, err := Folder(dir).Last(n)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range all {
			got = append(got, fmt.Sprint(p.Offset))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("last %d: %s, want %s", n, got, want)
		}
	}
	if all, err := Folder(filepath.Join(dir, "nowhere")).Last(3); err != nil || len(all) > 0 {
		t.Errorf("no folder: %v, %v", all, err)
	}
}
