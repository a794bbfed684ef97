package main

import (
	"flag"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"siaran/samples"
)

// go test ./cmd/siaran -run README -update writes the session's output anew.
var update = flag.Bool("update", false, "write README.md's session anew")

// varies is what differs from one session to the next.
var varies = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`\b(Run|run|report|tagihan-sms-) ?[0-9a-hjkmnp-tv-z]{6}\b`), "$1 RUN"},
	{regexp.MustCompile(`\d{1,2} [A-Z][a-z]{2}( \d{4})?( \d{2}:\d{2})?`), "DAY"},
	{regexp.MustCompile(`\d{2}:\d{2} on`), "TIME on"},
	{regexp.MustCompile(`Written: .*/`), "Written: "},
}

func steady(s string) string {
	for _, v := range varies {
		s = v.pattern.ReplaceAllString(s, v.with)
	}
	return s
}

// TestTheSessionInREADMEIsWhatTheProgramSays runs the commands of README's console block, in a folder
// with the samples and a simulated gateway, and compares what they print.
func TestTheSessionInREADMEIsWhatTheProgramSays(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(readme), "```console\n")
	session, after, ok2 := strings.Cut(rest, "```\n")
	if !ok || !ok2 {
		t.Fatal("README.md has no console block")
	}
	dir := t.TempDir()
	gateway := simulated(t, dir)
	samplesInto(t, dir, gateway)

	var got strings.Builder
	for line := range strings.Lines(session) {
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		got.WriteString(line)
		words := strings.Fields(command)
		cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("%s: %v", strings.TrimSpace(command), err)
		}
		got.WriteString(strings.ReplaceAll(string(out), dir+"/", ""))
	}
	if *update {
		if err := os.WriteFile("../../README.md", []byte(before+"```console\n"+got.String()+"```\n"+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want, have := steady(session), steady(got.String()); want != have {
		t.Errorf("README.md shows\n%s\nthe program says\n%s", want, have)
	}
}

// simulated starts siaran simulate and returns its address.
func simulated(t *testing.T, dir string) string {
	t.Helper()
	address := unusedAddress()
	cmd := exec.CommandContext(t.Context(), "siaran", "simulate", "--address", address) //nolint:gosec // our own
	cmd.Dir = dir
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() })
	for range 200 {
		c, err := net.DialTimeout("tcp", address, time.Second) //nolint:noctx // a second at most
		if err == nil {
			_ = c.Close()
			return address
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the simulator did not come up")
	return ""
}

// samplesInto puts the samples into dir, with their gateway at address.
func samplesInto(t *testing.T, dir, address string) {
	t.Helper()
	err := fs.WalkDir(samples.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := samples.FS.ReadFile(name)
		if err != nil {
			return err
		}
		text := strings.ReplaceAll(string(data), "127.0.0.1:8085", address)
		return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}
