package template

import (
	"fmt"
	"strconv"
	"strings"
)

// Slots returns how many values an approved text takes: its {{1}}, {{2}} and so on, each of which may
// stand in it more than once. It is an *Error if one is left out or is no number.
func Slots(approved string) (int, error) {
	most := 0
	seen := map[int]bool{}
	for literal, n := range approvedPieces(approved) {
		if n < 0 {
			return 0, &Error{Name: literal, Problem: fmt.Sprintf("{{%s}} in text: is no number", literal), Hint: "text: is the approved text, with {{1}}, {{2}} …"}
		}
		if n > 0 {
			seen[n] = true
			most = max(most, n)
		}
	}
	for n := 1; n <= most; n++ {
		if !seen[n] {
			return 0, &Error{Problem: fmt.Sprintf("text: has {{%d}}, but no {{%d}}", most, n), Hint: "paste the approved text as it is"}
		}
	}
	return most, nil
}

// Fill puts values into an approved text: the first for {{1}}. It is an *Error unless there are exactly
// as many as the text takes.
func Fill(approved string, values []string) (string, error) {
	n, err := Slots(approved)
	if err != nil {
		return "", err
	}
	if n != len(values) {
		return "", &Error{Problem: fmt.Sprintf("text: takes %d values, and body: has %d", n, len(values)), Hint: "body: needs one line for each of {{1}}, {{2}} …"}
	}
	var b strings.Builder
	for literal, n := range approvedPieces(approved) {
		if n > 0 {
			b.WriteString(values[n-1])
		} else {
			b.WriteString(literal)
		}
	}
	return b.String(), nil
}

// approvedPieces yields literals with 0, slots with their number, and what is no slot's number with -1.
func approvedPieces(text string) func(yield func(string, int) bool) {
	return func(yield func(string, int) bool) {
		for text := text; text != ""; {
			i := strings.Index(text, "{{")
			end := -1
			if i >= 0 {
				end = strings.Index(text[i:], "}}")
			}
			if end < 0 {
				yield(text, 0)
				return
			}
			if i > 0 && !yield(text[:i], 0) {
				return
			}
			name := strings.TrimSpace(text[i+2 : i+end])
			n, err := strconv.Atoi(name)
			if err != nil || n < 1 || n > 1000 {
				n = -1
			}
			if !yield(name, n) {
				return
			}
			text = text[i+end+2:]
		}
	}
}
