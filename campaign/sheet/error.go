package sheet

import (
	"fmt"
	"strings"
)

// An Error is something wrong with the whole file: nothing of it may be sent. Its text says what; Hint
// says what to do about it.
type Error struct {
	File    string
	Tab     string // empty where it is not about one tab
	Row     int    // as in Excel; 0 where it is not about one row
	Column  string // the letter; empty where it is not about one column
	Problem string
	Hint    string // may be empty
	Err     error  // what the system said, if it did: a full disk is errors.Is(err, syscall.ENOSPC)
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Tab != "" {
		fmt.Fprintf(&b, ", tab %q", e.Tab)
	}
	if e.Row > 0 {
		fmt.Fprintf(&b, ", row %d", e.Row)
	}
	if e.Column != "" {
		fmt.Fprintf(&b, ", column %s", e.Column)
	}
	b.WriteString(": " + e.Problem)
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }
