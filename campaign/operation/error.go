package operation

import (
	"errors"
	"fmt"
	"io"
)

// An Error is an operation's no: what kind of no it is, and a way out.
type Error struct {
	Kind Kind
	Err  error  // what is wrong
	Hint string // what the reader can do; empty: Err says it all
}

// A Kind says what a caller does about an Error. The terminal makes an exit code of it.
type Kind int

// The kinds of errors.
const (
	Usage   Kind = iota + 1 // wrong usage, campaign, file or settings: nothing was done
	Person                  // needs a person: nothing was sent
	Paused                  // a person paused or cancelled it, or a limit was reached
	Busy                    // somebody else works on it
	Damaged                 // the ledger is damaged
)

// Error is the text of what is wrong.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e *Error) Unwrap() error { return e.Err }

// usage is an error of what the caller gave.
func usage(err error, hint string) error { return &Error{Usage, err, hint} }

// usagef is usage with a text of its own and no hint.
func usagef(format string, args ...any) error { return usage(fmt.Errorf(format, args...), "") }

// person is a guard's no: a person has to decide.
func person(hint, format string, args ...any) error {
	return &Error{Person, fmt.Errorf(format, args...), hint}
}

// closing closes what an operation used; what goes wrong then is told with the operation's own error.
func closing(c io.Closer, err *error) { *err = errors.Join(*err, c.Close()) }
