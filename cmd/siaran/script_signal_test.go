package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// endsWith is a program, ends CODE COMMAND…: it runs the command, passes signals on to it, and succeeds if it ends with that
// exit code. It is exits for what runs in the background.
func endsWith() {
	cmd := exec.Command(os.Args[2], os.Args[3:]...) //nolint:noctx,gosec // a test's own words
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	go func() {
		for s := range signals {
			_ = cmd.Process.Signal(s) // it may have ended
		}
	}()
	_ = cmd.Wait() // the code says how
	if got := strconv.Itoa(cmd.ProcessState.ExitCode()); got != os.Args[1] {
		fmt.Fprintf(os.Stderr, "exit code %s, want %s\n", got, os.Args[1])
		os.Exit(1)
	}
}

// signalled is a program, signalled SIGNAL WHEN COMMAND…: it runs the command, sends it the signal, twice at once as timeout(1)
// does, and ends with its exit code. WHEN is a text that the command writes, or FILE+N: when the file has N lines more.
func signalled() {
	which := map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "QUIT": syscall.SIGQUIT}[os.Args[1]]
	var said heard
	cmd := exec.Command(os.Args[3], os.Args[4:]...) //nolint:noctx,gosec // a test's own words
	cmd.Stdout, cmd.Stderr = io.MultiWriter(os.Stdout, &said), io.MultiWriter(os.Stderr, &said)
	due := func() bool { return said.has(os.Args[2]) }
	if m := regexp.MustCompile(`^(\S+)\+(\d+)$`).FindStringSubmatch(os.Args[2]); m != nil {
		more, _ := strconv.Atoi(m[2]) // digits
		lines := func() int {
			data, _ := os.ReadFile(m[1]) // not there yet: none
			return bytes.Count(data, []byte("\n"))
		}
		first := lines()
		due = func() bool { return lines() >= first+more }
	}
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	go func() {
		for !due() {
			time.Sleep(10 * time.Millisecond)
		}
		_ = cmd.Process.Signal(which) // it may have ended
		_ = cmd.Process.Signal(which)
	}()
	_ = cmd.Wait() // the code says how
	os.Exit(cmd.ProcessState.ExitCode())
}

// heard keeps what a command wrote.
type heard struct {
	mu   sync.Mutex
	text strings.Builder
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(p)
}

func (h *heard) has(text string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Contains(h.text.String(), text)
}
