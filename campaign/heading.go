package campaign

import (
	"fmt"
	"strings"
	"unicode"
)

// CleanHeading takes away what nobody sees in a heading: outer blanks, and characters without a width. Runs of
// blanks (NBSP and line breaks too) become one blank.
func CleanHeading(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\u200b', '\u200c', '\u200d', '\ufeff', '\u2060', '\u00ad':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// FoldHeading brings a heading to the form in which headings are compared: clean, and in lower case.
func FoldHeading(s string) string { return strings.ToLower(CleanHeading(s)) }

// NoColumn says that h has no column of that name, or several: what was meant, if something comes
// near, and which columns there are.
func (h Header) NoColumn(name string) (problem, hint string) {
	if h.Find(name) == -2 {
		return fmt.Sprintf("several columns are called %q", name),
			"columns " + strings.Join(h.lettersOf(name), " and ") + ": rename all but one in the file"
	}
	problem = fmt.Sprintf("no column %q", name)
	if c, ok := h.nearest(name); ok {
		problem += fmt.Sprintf("; did you mean %q, column %s?", c.Name, c.Letter)
	}
	return problem, "columns: " + h.list()
}

func (h Header) lettersOf(name string) []string {
	var exact, folded []string
	for _, c := range h.Columns {
		if c.Name == name {
			exact = append(exact, c.Letter)
		}
		if FoldHeading(c.Name) == FoldHeading(name) {
			folded = append(folded, c.Letter)
		}
	}
	if len(exact) > 1 {
		return exact
	}
	return folded
}

// list names the columns there are, the first fifty of them.
func (h Header) list() string {
	const most = 50
	names := h.Names()
	more := ""
	if len(names) > most {
		more = fmt.Sprintf(" and %d more", len(names)-most)
		names = names[:most]
	}
	return strings.Join(names, ", ") + more
}

// nearest returns the column whose heading comes nearest to name, if one is near enough to be meant:
// equal but for signs and blanks, one within the other, or at most half of its letters away.
func (h Header) nearest(name string) (Column, bool) {
	want := bareHeading(name)
	if want == "" {
		return Column{}, false
	}
	best, at := len(want)/2+1, -1
	for i, c := range h.Columns {
		have := bareHeading(c.Name)
		if have == "" {
			continue
		}
		d := Edits(want, have)
		if len(want) >= 2 && len(have) >= 2 && (strings.Contains(have, want) || strings.Contains(want, have)) {
			d = min(d, 1)
		}
		if d < best {
			best, at = d, i
		}
	}
	if at < 0 {
		return Column{}, false
	}
	return h.Columns[at], true
}

// bareHeading keeps letters and digits only.
func bareHeading(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// Edits counts how many letters must be put in, left out, changed or swapped with the next to make b of a. It
// finds what a misspelt word was meant to be. Of words longer than 64 bytes it is 64.
func Edits(a, b string) int {
	const most = 64 // bytes that are compared letter by letter
	if len(a) > most || len(b) > most {
		return most
	}
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			change := last[j]
			if x[i] != y[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}

// ColumnLetter returns the name of the i-th column as in Excel: 0 is A, 26 is AA.
func ColumnLetter(i int) string {
	var b [8]byte
	n := len(b)
	for i++; i > 0 && n > 0; i = (i - 1) / 26 {
		n--
		b[n] = byte('A' + (i-1)%26)
	}
	return string(b[n:])
}
