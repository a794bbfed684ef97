package receiptline

import (
	"strconv"
	"strings"
	"time"
)

// An Entry is one body of a receipt log.
type Entry struct {
	At      time.Time // when it came in, UTC; zero if the log does not say
	Gateway string    // whose it is, or the name of a custom format; empty: to be recognised by content
	Body    []byte    // one JSON value, verbatim, or with Text anything. Good until the next step
	Text    bool      // it is not JSON: only a person can read it

	File   string
	Line   int   // where it begins, from 1; 0 if lines are not counted, and Start says where
	Start  int64 // where it begins in our own log, in bytes, from 0
	Offset int64 // after it, in bytes of the text (of what is compressed, not of the file)
}

// MaxBody is the longest receipt that the log takes, in bytes; MaxLine the longest line that reading
// takes: a body of that length, escaped character by character, with what stands around it.
const (
	MaxBody = 1 << 20
	MaxLine = 6*MaxBody + 4<<10
)

// Source says where e was read, for people.
func (e Entry) Source() string { return where(e.File, e.Line, e.Start) }

func where(file string, line int, start int64) string {
	if line > 0 {
		return file + ":" + strconv.Itoa(line)
	}
	return file + ": byte " + strconv.FormatInt(start, 10)
}

// A BrokenLine is a place in a log that cannot be read. Reading goes on with the next line.
type BrokenLine struct { //nolint:errname // it is a place in a file first, and an error second
	File    string
	Line    int   // as of an Entry
	Start   int64 // as of an Entry
	Problem string
	Text    []byte // what stands there, at most 6 MiB of it; good until the next step
}

func (b *BrokenLine) Error() string { return where(b.File, b.Line, b.Start) + ": " + b.Problem }

// An UnreadError is a body that was kept in quarantine.
type UnreadError struct{ Source, Problem string }

func (u *UnreadError) Error() string { return u.Source + ": " + u.Problem }

// Open fills in e from a value that may be a line of our own log; any other value is itself the body.
// The error says what is
// wrong with it; it is ErrShort if b ends before the value does. It returns the length of the value.
func (e *Entry) Open(b []byte) (int, error) {
	var at, gateway, body, text []byte
	n, err := skipObject(b, 0, 1, func(key, value []byte) error {
		field := &body
		switch string(key) {
		case `"at"`:
			field = &at
		case `"gateway"`:
			field = &gateway
		case `"body"`:
		case `"text"`:
			field = &text
		default:
			return nil
		}
		if *field != nil {
			at, gateway = nil, nil // twice the same key is nothing that we wrote
		}
		*field = value
		return nil
	})
	if err != nil {
		return n, err
	}
	e.Body = b[:n]
	if at == nil || gateway == nil || (body == nil) == (text == nil) {
		return n, nil
	}
	return n, e.ours(b[:n], at, gateway, body, text)
}

func (e *Entry) ours(line, at, gateway, body, text []byte) error {
	when, ok := Unquote(at)
	if !ok {
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, when)
	if err != nil {
		return nil // somebody else's keys of the same names
	}
	name, ok := Unquote(gateway)
	if !ok {
		return nil
	}
	if text != nil {
		s, ok := Unquote(text)
		if !ok {
			return &syntaxError{len(line), `"text" is no text in quotes`}
		}
		body, e.Text = []byte(s), true
	}
	e.At, e.Gateway, e.Body = t.UTC(), name, body
	return nil
}

// Clip shortens foreign text for an error.
func Clip(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
	}
	return s
}
