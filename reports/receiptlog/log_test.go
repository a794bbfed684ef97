package receiptlog

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"siaran/campaign"
	"siaran/reports/receiptline"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

// writerDir, if set, makes the test binary a process that appends until it is killed, and says on its
// standard output what was acknowledged.
const writerDir = "SIARAN_TEST_WRITER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerDir); dir != "" {
		writeUntilKilled(dir)
	}
	goleak.VerifyTestMain(m)
}

func writeUntilKilled(dir string) {
	l, err := Open(Settings{Dir: dir, Host: "test"})
	if err != nil {
		panic(err)
	}
	var mu sync.Mutex
	for w := range 16 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), w, i)
				if _, err := l.Append(context.Background(), "sandeza", fmt.Appendf(nil, `{"ref_id":%q}`, id)); err != nil { //nolint:forbidigo // no test runs in this process
					panic(err)
				}
				mu.Lock()
				_, _ = os.Stdout.WriteString(id + "\n")
				mu.Unlock()
			}
		}()
	}
	select {}
}

func TestEveryAcknowledgedLineIsInTheLogAfterAKill(t *testing.T) {
	dir := t.TempDir()
	acknowledged := map[string]bool{}
	for range 8 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), writerDir+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines, n := bufio.NewScanner(out), 0
		for lines.Scan() {
			acknowledged[lines.Text()] = true
			if n++; n == 300 {
				_ = cmd.Process.Kill() // and read what it had said
			}
		}
		_ = cmd.Wait() // it was killed
	}
	found := map[string]bool{}
	for _, body := range stored(t, dir) {
		if parts := strings.Split(body, `"`); len(parts) > 3 { // a kill may tear the line that nobody was told of
			found[parts[3]] = true
		}
	}
	if len(acknowledged) < 8*300 {
		t.Fatalf("only %d were acknowledged", len(acknowledged))
	}
	for id := range acknowledged {
		if !found[id] {
			t.Errorf("%s was acknowledged and is lost", id)
		}
	}
}

// stored are the bodies in all files of dir.
func stored(t *testing.T, dir string) []string {
	t.Helper()
	files, err := Folder(dir).Ends()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, p := range files {
		for e, err := range Folder(dir).Follow(t.Context(), campaign.Position{Host: p.Host, File: p.File}) {
			var broken *receiptline.BrokenLine
			if errors.As(err, &broken) {
				all = append(all, "broken")
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(e.Body))
		}
	}
	return all
}

func open1(t *testing.T, dir string) *Log {
	t.Helper()
	l, err := Open(Settings{Dir: dir, Host: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func TestATornLineIsEndedBeforeAnythingIsAppended(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "test-"+time.Now().UTC().Format(time.DateOnly)+".jsonl")
	if err := os.WriteFile(path, []byte("{\"at\":\"2026-11-21T13:00:00Z\",\"gateway\":\"d7\",\"body\":{\"a\":1}}\n{\"at\":\"2026-11-21T13"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := open1(t, dir)
	if _, err := l.Append(t.Context(), "d7", []byte(`{"a":2}`)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`{"a":1}`, "broken", `{"a":2}`}, stored(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsStoredIsWhatCame(t *testing.T) {
	dir := t.TempDir()
	l := open1(t, dir)
	for _, c := range []struct {
		in, want string
		isJSON   bool
	}{
		{" {\"b\": 1.50,\r\n \"a\":\"\\u00e9\",\"a\":1e999}\n", "{\"b\": 1.50,   \"a\":\"\\u00e9\",\"a\":1e999}", true},
		{"\ufeff{}", "{}", true},
		{`[{"a":1}]`, `[{"a":1}]`, true},
		{`"text"`, `"text"`, true},
		{"<html>\n\x00\"</html>", "<html>\n\x00\"</html>", false},
		{`{"a":1} x`, `{"a":1} x`, false},
		{``, ``, false},
		{strings.Repeat("[", 200) + strings.Repeat("]", 200), strings.Repeat("[", 200) + strings.Repeat("]", 200), false},
		{strings.Repeat("\x01", receiptline.MaxBody), strings.Repeat("\x01", receiptline.MaxBody), false},
	} {
		isJSON, err := l.Append(t.Context(), "d7", []byte(c.in))
		if err != nil || isJSON != c.isJSON {
			t.Errorf("%.40q: %v, %v", c.in, isJSON, err)
		}
		all := stored(t, dir)
		if got := all[len(all)-1]; got != c.want {
			t.Errorf("%.40q came back as %.40q", c.in, got)
		}
	}
	if _, err := l.Append(t.Context(), "d7", make([]byte, receiptline.MaxBody+1)); err == nil {
		t.Error("a body over the limit was taken")
	}
}

func TestTheFileChangesAtMidnightUTC(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		l := open1(t, dir)
		defer func() { _ = l.Close() }()
		for i := range 3 {
			if _, err := l.Append(t.Context(), "d7", fmt.Appendf(nil, `{"a":%d}`, i)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(24*time.Hour - time.Nanosecond) // midnight, then just before it twice
		}
	})
	got := map[string]int{}
	files, err := Folder(dir).Ends()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range files {
		for _, err := range Folder(dir).Follow(t.Context(), campaign.Position{File: p.File}) {
			if err != nil {
				t.Fatal(err)
			}
			got[p.File]++
		}
	}
	if diff := cmp.Diff(map[string]int{"test-2000-01-01.jsonl": 2, "test-2000-01-02.jsonl": 1}, got); diff != "" {
		t.Error(diff)
	}
}

func TestManyShareASync(t *testing.T) {
	var syncs, receipts int
	l, err := Open(Settings{Dir: t.TempDir(), Host: "test", Synced: func(_ time.Duration, n int) { syncs++; receipts += n }})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			for range 20 {
				if _, err := l.Append(t.Context(), "d7", []byte(`{}`)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	_ = l.Close()
	if receipts != 64*20 || syncs > receipts/4 {
		t.Errorf("%d receipts took %d syncs", receipts, syncs)
	}
	if _, err := l.Append(t.Context(), "d7", []byte(`{}`)); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestAFolderThatVanishedIsAnErrorAndIsOverWithoutARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "receipts")
	l := open1(t, dir)
	if err := os.Rename(dir, dir+"-away"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), "d7", []byte(`{}`)); err == nil {
		t.Error("a receipt was stored nowhere")
	}
	if err := os.Rename(dir+"-away", dir); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), "d7", []byte(`{}`)); err != nil {
		t.Error(err)
	}
}

func TestALogIsWrittenAndReadWhateverItsHostIsCalled(t *testing.T) {
	for host, name := range map[string]string{
		"node_7":                "node_7",
		"NODE-7.Example":        "NODE-7.Example",
		"":                      "host",
		"_":                     "host",
		"a/b":                   "a-b",
		"../x":                  "x",
		"-a":                    "a",
		"a b":                   "a-b",
		"büro_3":                "b-ro_3",
		"日本":                    "host",
		"x-2026-11-21":          "x-2026-11-21",
		strings.Repeat("x", 70): strings.Repeat("x", 63),
	} {
		dir := filepath.Join(t.TempDir(), "log")
		l, err := Open(Settings{Dir: dir, Host: host})
		if err != nil {
			t.Errorf("%q: %v", host, err)
			continue
		}
		_, err = l.Append(t.Context(), "d7", []byte(`{"a":1}`))
		if err := errors.Join(err, l.Close()); err != nil {
			t.Errorf("%q: %v", host, err)
		}
		files, err := Folder(dir).Ends()
		if err != nil || len(files) != 1 || files[0].Host != name || l.Host != name {
			t.Errorf("%q: the log's files are %+v, %v; its host %q", host, files, err, l.Host)
		}
		if got := stored(t, dir); len(got) != 1 || got[0] != `{"a":1}` {
			t.Errorf("%q: read %q", host, got)
		}
	}
}

func TestAListenersMarkSaysWhenItWasLastAlive(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		l := open1(t, dir)
		defer func() { _ = l.Close() }()
		ctx, stop := context.WithCancel(t.Context())
		go l.KeepAlive(ctx, "127.0.0.1:8090")
		time.Sleep(25 * time.Second)
		stop()
		synctest.Wait()
	})
	got, err := LastAlive(dir)
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	if diff := cmp.Diff([]Alive{{Host: "test", Address: "127.0.0.1:8090", Since: begun, At: begun.Add(20 * time.Second)}}, got); diff != "" {
		t.Error(diff)
	}
	if got, err := LastAlive(filepath.Join(dir, "nowhere")); err != nil || got != nil {
		t.Errorf("no folder: %v, %v", got, err)
	}
}
