package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"siaran/campaign/english"

	"golang.org/x/term"
)

// A ui is the only place that prints: results on stdout, everything else on stderr.
type ui struct {
	in       io.Reader
	out, err io.Writer
	json     bool
	quiet    bool
	terminal bool // stderr is a terminal: bars and questions
	mu       sync.Mutex
}

func newUI(io stdio) *ui {
	u := &ui{in: io.in, out: io.out, err: io.err}
	if in, ok := io.in.(*os.File); ok {
		if f, ok := io.err.(*os.File); ok {
			u.terminal = term.IsTerminal(int(f.Fd())) && term.IsTerminal(int(in.Fd()))
		}
	}
	return u
}

func (u *ui) setup(c common) {
	u.json, u.quiet = c.JSON, c.Quiet
}

// Say prints a result line on stdout; nothing with --json.
func (u *ui) Say(format string, args ...any) {
	if u.json {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	fmt.Fprintf(u.out, format+"\n", args...)
}

// tallied is so many of something.
type tallied struct {
	n    int
	what string
}

// Counts says, a line each, what there is any of.
func (u *ui) Counts(all []tallied) {
	for _, c := range all {
		if c.n > 0 {
			u.Say("  %9s %s", count(c.n), c.what)
		}
	}
}

// JSON prints one JSON line on stdout; nothing without --json.
func (u *ui) JSON(v any) {
	if !u.json {
		return
	}
	u.Line(v)
}

// Line prints one JSON line on stdout.
func (u *ui) Line(v any) {
	u.mu.Lock()
	defer u.mu.Unlock()
	enc := json.NewEncoder(u.out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // stdout is gone: nobody to tell
}

// Note prints a line on stderr, unless --quiet.
func (u *ui) Note(format string, args ...any) {
	if u.quiet {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	fmt.Fprintf(u.err, "siaran: "+format+"\n", args...)
}

// Error prints an error on stderr.
func (u *ui) Error(err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, line := range strings.Split(strings.TrimRight(err.Error(), "\n"), "\n") {
		fmt.Fprintf(u.err, "siaran: error: %s\n", line)
	}
}

// Hint prints a way out on stderr.
func (u *ui) Hint(hint string) {
	if hint == "" {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, line := range strings.Split(hint, "\n") {
		fmt.Fprintf(u.err, "siaran: hint: %s\n", line)
	}
}

// fail prints err with its hint and returns its exit code.
func (u *ui) fail(err error) int {
	code, hint := exitOf(err)
	if err.Error() == context.Canceled.Error() { // Ctrl-C, and nothing more to say
		err = errors.New("interrupted")
	}
	if err.Error() != "" {
		u.Error(err)
	}
	u.Hint(hint)
	return code
}

// Ask asks a question on the terminal and returns the answer, trimmed. Ctrl-C is heard: then the error is
// ctx's.
func (u *ui) Ask(ctx context.Context, question string) (string, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	fmt.Fprintf(u.err, "%s ", question)
	answered := make(chan string, 1)
	go func() { answered <- readLine(u.in) }() // it ends with the program, if nobody answers
	select {
	case answer := <-answered:
		return answer, ctx.Err()
	case <-ctx.Done():
		fmt.Fprintln(u.err)
		return "", ctx.Err()
	}
}

// readLine reads to the end of a line, a byte at a time, for what follows is not ours.
func readLine(in io.Reader) string {
	var line strings.Builder
	b := make([]byte, 1)
	for {
		n, err := in.Read(b)
		if n == 1 && b[0] == '\n' || err != nil {
			return strings.TrimSpace(line.String())
		}
		if n == 1 {
			line.WriteByte(b[0])
		}
	}
}

// count writes 12345 as 12,345.
func count(n int) string { return english.Count(n) }

// plural is "1 row", "2 rows".
func plural(n int, one string) string { return english.Plural(n, one) }

// span is a duration for people.
func span(d time.Duration) string { return english.Span(d) }
