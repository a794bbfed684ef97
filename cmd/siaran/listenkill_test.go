package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// killedListeners is how many listeners are killed, killedRows how many messages have receipts.
const (
	killedListeners = 20
	killedRows      = 12_000
)

func TestEveryReceiptAnswered200IsInTheReportThoughTheListenerIsKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	address := unusedAddress()
	settings := fmt.Sprintf("accounts: {other: {gateway: sandeza, url: \"http://127.0.0.1:1\", username: demo, password: demo}}\nlisten: {address: %q, secret: only-for-this-test-0123456789}\n", address)
	var sent strings.Builder
	sent.WriteString("id,hp,at\n")
	for i := range killedRows {
		fmt.Fprintf(&sent, "R-%05d,62812000%05d,2026-07-01 08:00:00\n", i, i)
	}
	for name, text := range map[string]string{"siaran.yaml": settings, "sent.csv": sent.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	siaran := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), "siaran", args...)
		cmd.Dir = dir
		return cmd
	}
	for _, args := range [][]string{
		{"init"},
		{"import", "--sent", "sent.csv", "--account", "other", "--campaign", "july", "--channel", "whatsapp", "--columns", "id=id,address=hp,time=at"},
	} {
		if out, err := siaran(args...).CombinedOutput(); err != nil {
			t.Fatalf("siaran %s: %v\n%s", args[0], err, out)
		}
	}
	var next atomic.Int64
	acknowledged := make([]bool, killedRows) // each element has one writer
	for round := range killedListeners {
		listener := siaran("listen", "--quiet")
		var said bytes.Buffer
		listener.Stderr = &said
		if err := listener.Start(); err != nil {
			t.Fatal(err)
		}
		awaitListener(t, address)
		postUntilKilled(listener, "http://"+address+"/receipts/sandeza/only-for-this-test-0123456789", &next, acknowledged,
			int64((round+1)*killedRows/killedListeners))
		_ = listener.Wait() // it was killed
		if strings.Contains(said.String(), "level=ERROR") {
			t.Errorf("round %d: %s", round, said.String())
		}
	}
	if out, err := siaran("report", "july", "-o", "july.jsonl", "--quiet").CombinedOutput(); err != nil {
		t.Fatalf("report: %v\n%s", err, out)
	}
	verdicts := reported(t, filepath.Join(dir, "july.jsonl"))
	answered, lost := 0, 0
	for i, yes := range acknowledged {
		if !yes {
			continue
		}
		answered++
		if id := fmt.Sprintf("R-%05d", i); verdicts[id] != "delivered" {
			if lost++; lost < 10 {
				t.Errorf("%s was answered 200, and is %s in the report", id, verdicts[id])
			}
		}
	}
	t.Logf("%d of %d receipts were answered by %d listeners; %d lost", answered, killedRows, killedListeners, lost)
	if len(verdicts) != killedRows || answered < killedRows/4 {
		t.Errorf("%d rows reported, %d receipts answered", len(verdicts), answered)
	}
}

// postUntilKilled posts receipts of the next messages over 16 connections, and kills the listener while the
// message numbered last, or one of a few before it, is under way.
func postUntilKilled(listener *exec.Cmd, url string, next *atomic.Int64, acknowledged []bool, last int64) {
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	defer client.CloseIdleConnections()
	kill := last - rand.Int64N(200) - 17
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for {
				i := next.Add(1) - 1
				if i >= last {
					return
				}
				if i == kill {
					_ = listener.Process.Kill()
				}
				body := fmt.Sprintf(`{"status":1,"channel":"7","ref_id":"R-%05d","time":"2026-07-01 08:00:04","price":"PAID"}`, i)
				answer, err := client.Post(url, "application/json", strings.NewReader(body)) //nolint:noctx // the client's time-out
				if err != nil {
					continue
				}
				_, err = io.Copy(io.Discard, answer.Body)
				_ = answer.Body.Close()
				acknowledged[i] = err == nil && answer.StatusCode == http.StatusOK
			}
		})
	}
	all.Wait()
}

// reported reads the verdicts of a .jsonl report, by ref_id.
func reported(t *testing.T, path string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[string]string{}
	for line := range bytes.Lines(data) {
		var l struct {
			RefID   string `json:"ref_id"`
			Verdict string `json:"verdict"`
		}
		if err := json.Unmarshal(line, &l); err != nil {
			t.Fatal(err)
		}
		verdicts[l.RefID] = l.Verdict
	}
	return verdicts
}

func awaitListener(t *testing.T, address string) {
	t.Helper()
	for range 200 {
		if c, err := net.DialTimeout("tcp", address, time.Second); err == nil { //nolint:noctx // a time-out
			_ = c.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the listener does not answer")
}
