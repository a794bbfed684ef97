package main

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"siaran/campaign/definition"
	"siaran/campaign/ledger"
	"siaran/campaign/operation"
	"siaran/campaign/sheet"
)

// The exit codes, as scripts rely on them.
const (
	exitOK          = 0
	exitError       = 1  // stopped by an error
	exitRows        = 3  // done, but rows were rejected, refused, not sent, unknown or expired
	exitPaused      = 4  // paused or cancelled by a person, or a limit was reached
	exitPerson      = 5  // needs a person: nothing was sent
	exitGateway     = 6  // the gateway refuses everything, stays down, or makes no sense
	exitUsage       = 10 // wrong usage, campaign, file or settings: nothing was done
	exitBusy        = 11 // another process works on this run
	exitLedger      = 12 // the ledger is damaged or newer than this program
	exitInterrupted = 130
)

// An statusError is an error with its exit code and a way out.
type statusError struct {
	Code int
	Err  error  // nil: everything was said already
	Hint string // empty: the error says it all
}

func (e *statusError) Error() string {
	if e.Err == nil {
		return ""
	}
	return e.Err.Error()
}

func (e *statusError) Unwrap() error { return e.Err }

// quietly ends with code after everything was printed.
func quietly(code int) error {
	if code == exitOK {
		return nil
	}
	return &statusError{Code: code}
}

// usage is an error of what the user gave: exit code 10.
func usage(err error, hint string) error { return &statusError{Code: exitUsage, Err: err, Hint: hint} }

// exitKinds are the exit codes of an operation's errors.
var exitKinds = map[operation.Kind]int{
	operation.Usage: exitUsage, operation.Person: exitPerson, operation.Paused: exitPaused, operation.Busy: exitBusy, operation.Damaged: exitLedger,
}

// exitOf finds the exit code and the hint for any error.
func exitOf(err error) (code int, hint string) {
	var exit *statusError
	if errors.As(err, &exit) {
		return exit.Code, exit.Hint
	}
	var no *operation.Error
	if errors.As(err, &no) {
		return exitKinds[no.Kind], no.Hint
	}
	var refused *operation.RefusedError
	if errors.As(err, &refused) {
		return exitPerson, refused.Hints()
	}
	var bad *sheet.Error
	var def *definition.Error
	switch {
	case errors.As(err, &bad):
		return exitUsage, bad.Hint
	case errors.As(err, &def):
		return exitUsage, "" // it carries its own hints
	case errors.Is(err, ledger.ErrMissing):
		return exitUsage, "siaran init makes a ledger in this folder; if there should be one already, check ledger: in siaran.yaml and the folder you are in"
	case errors.Is(err, ledger.ErrReadOnly):
		return exitUsage, "the ledger's folder must be writable: every send is written down before it leaves"
	case errors.Is(err, ledger.ErrOwned):
		return exitBusy, "another siaran works on this run; siaran status shows how far it is"
	case errors.Is(err, ledger.ErrTaken):
		return exitBusy, "another siaran planned the same at the same time; this one sent nothing"
	case errors.Is(err, ledger.ErrCopied):
		return exitPerson, "if this ledger is the right one, say so with: siaran doctor --adopt"
	case errors.Is(err, ledger.ErrNewer):
		return exitLedger, "use the newer siaran that wrote this ledger"
	case errors.Is(err, ledger.ErrDamaged):
		return exitLedger, "do not send: restore a backup, or keep this file and ask for help"
	case errors.Is(err, ledger.ErrFull):
		return exitError, "free some space, then run the same command again: it resumes"
	case errors.Is(err, ledger.ErrServer):
		return exitError, "see whether PostgreSQL runs, and whether ledger: names it; then run the same command again"
	case errors.Is(err, ledger.ErrNoRun):
		return exitUsage, "siaran status lists the runs"
	case errors.Is(err, context.Canceled):
		return exitInterrupted, ""
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return exitUsage, ""
	}
	return exitError, ""
}

// closing closes what a command used; what goes wrong then is told with the command's own error.
func closing(c io.Closer, err *error) { *err = errors.Join(*err, c.Close()) }
