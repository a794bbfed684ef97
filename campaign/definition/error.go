package definition

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// An Error is one thing wrong with one place of a file.
type Error struct {
	File    string // as it was given
	Line    int    // 1 is the first; 0 if the whole file is meant
	Key     string // such as channels, whatsapp.body[0] or accounts.sprint.url; may be empty
	Problem string // what is wrong; never a secret
	Hint    string // what to do, without a full stop; may be empty
	Err     error  // the cause, if it was another's
}

// Error gives place, problem and hint in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	b.WriteString(": ")
	if e.Key != "" {
		b.WriteString(e.Key)
		b.WriteString(": ")
	}
	b.WriteString(e.Problem)
	if e.Hint != "" {
		b.WriteString("; ")
		b.WriteString(e.Hint)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// Errors are all the things wrong with a file, in the order of its lines. The functions of this package
// return it, never empty, whenever a file is at fault; errors.As finds it, and the first Error in it.
type Errors []*Error

// most is how many problems are told at once.
const most = 20

// Error gives a line for each problem.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As and errors.Is look at each.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i, p := range e {
		all[i] = p
	}
	return all
}

// inOrder sorts problems by line and keeps the first; nil if there are none.
func inOrder(problems []*Error) error {
	if len(problems) == 0 {
		return nil
	}
	slices.SortStableFunc(problems, func(a, b *Error) int { return cmp.Compare(a.Line, b.Line) })
	if n := len(problems); n > most {
		last := problems[most-1]
		problems = append(problems[:most-1:most-1], &Error{
			File: last.File, Line: last.Line,
			Problem: fmt.Sprintf("and %d more problems from here on", n-most+1),
		})
	}
	return Errors(problems)
}
