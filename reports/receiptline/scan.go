package receiptline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// maxDepth is how deep a receipt may be nested. Meta's, the deepest known, has nine levels.
const maxDepth = 128

// ErrShort says that the text ends before its value does.
var ErrShort = errors.New("it is cut off")

// A syntaxError says where a text stops being JSON.
type syntaxError struct {
	at   int
	what string
}

func (e *syntaxError) Error() string { return e.what }

// Valid reports whether b is exactly one JSON value, at most 128 levels deep, with nothing but blanks
// around it.
func Valid(b []byte) bool {
	i, err := skipValue(b, skipBlank(b, 0), 0)
	return err == nil && skipBlank(b, i) == len(b)
}

// skipBlank returns the index of the first byte from i on that is not JSON's white space.
func skipBlank(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// skipValue returns the index after the value that begins at i. Its error is ErrShort or a *syntaxError.
func skipValue(b []byte, i, depth int) (int, error) {
	if i >= len(b) {
		return i, ErrShort
	}
	switch c := b[i]; {
	case c == '{':
		return skipObject(b, i, depth+1, nil)
	case c == '[':
		return skipArray(b, i, depth+1, nil)
	case c == '"':
		return skipString(b, i)
	case c == '-' || '0' <= c && c <= '9':
		return skipNumber(b, i)
	case c == 't':
		return skipWord(b, i, "true")
	case c == 'f':
		return skipWord(b, i, "false")
	case c == 'n':
		return skipWord(b, i, "null")
	}
	return i, &syntaxError{i, "a value was expected"}
}

// skipObject shows each member to visit (which may be nil): the key with its quotes and the value, both
// verbatim. An error of visit ends it.
func skipObject(b []byte, i, depth int, visit func(key, value []byte) error) (int, error) {
	if depth > maxDepth {
		return i, &syntaxError{i, fmt.Sprintf("it is nested deeper than %d levels", maxDepth)}
	}
	i = skipBlank(b, i+1)
	if i < len(b) && b[i] == '}' {
		return i + 1, nil
	}
	for {
		key, err := i, error(nil)
		if i, err = skipKey(b, i); err != nil {
			return i, err
		}
		keyEnd := i
		if i, err = skipByte(b, skipBlank(b, i), ':', "a colon was expected"); err != nil {
			return i, err
		}
		value := skipBlank(b, i)
		if i, err = skipValue(b, value, depth); err != nil {
			return i, err
		}
		if visit != nil {
			if err := visit(b[key:keyEnd], b[value:i]); err != nil {
				return i, err
			}
		}
		i = skipBlank(b, i)
		if i < len(b) && b[i] == '}' {
			return i + 1, nil
		}
		if i, err = skipByte(b, i, ',', "a comma or } was expected"); err != nil {
			return i, err
		}
		i = skipBlank(b, i)
	}
}

// skipArray shows each element to visit (which may be nil), verbatim.
func skipArray(b []byte, i, depth int, visit func(value []byte) error) (int, error) {
	if depth > maxDepth {
		return i, &syntaxError{i, fmt.Sprintf("it is nested deeper than %d levels", maxDepth)}
	}
	i = skipBlank(b, i+1)
	if i < len(b) && b[i] == ']' {
		return i + 1, nil
	}
	for {
		value, err := i, error(nil)
		if i, err = skipValue(b, i, depth); err != nil {
			return i, err
		}
		if visit != nil {
			if err := visit(b[value:i]); err != nil {
				return i, err
			}
		}
		i = skipBlank(b, i)
		if i < len(b) && b[i] == ']' {
			return i + 1, nil
		}
		if i, err = skipByte(b, i, ',', "a comma or ] was expected"); err != nil {
			return i, err
		}
		i = skipBlank(b, i)
	}
}

func skipKey(b []byte, i int) (int, error) {
	if i < len(b) && b[i] != '"' {
		return i, &syntaxError{i, "a key in quotes was expected"}
	}
	return skipString(b, i)
}

func skipByte(b []byte, i int, c byte, what string) (int, error) {
	if i >= len(b) {
		return i, ErrShort
	}
	if b[i] != c {
		return i, &syntaxError{i, what}
	}
	return i + 1, nil
}

func skipString(b []byte, i int) (int, error) {
	for i++; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return i + 1, nil
		case c < ' ':
			return i, &syntaxError{i, "a text in quotes is not ended"}
		case c == '\\':
			n, err := escape(b[i:])
			if err != nil {
				return i, err
			}
			if n == 0 {
				return i, &syntaxError{i, "a backslash stands before a wrong character"}
			}
			i += n - 1
		}
	}
	return i, ErrShort
}

// escape returns the length of the escape that b begins with, 0 if it is none.
func escape(b []byte) (int, error) {
	if len(b) < 2 {
		return 0, ErrShort
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2, nil
	case 'u':
		for _, c := range b[2:min(6, len(b))] {
			if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f') {
				return 0, nil
			}
		}
		if len(b) < 6 {
			return 0, ErrShort
		}
		return 6, nil
	}
	return 0, nil
}

func skipNumber(b []byte, i int) (int, error) {
	if b[i] == '-' {
		i++
	}
	start := i
	i = skipDigits(b, i)
	if i == start && i < len(b) || i-start > 1 && b[start] == '0' {
		return i, &syntaxError{i, "a number is not written as JSON does"}
	}
	if i < len(b) && b[i] == '.' {
		start = i + 1
		if i = skipDigits(b, start); i == start && i < len(b) {
			return i, &syntaxError{i, "a number is not written as JSON does"}
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		start = i
		if i = skipDigits(b, i); i == start && i < len(b) {
			return i, &syntaxError{i, "a number is not written as JSON does"}
		}
	}
	if i == len(b) && (b[i-1] < '0' || b[i-1] > '9') {
		return i, ErrShort
	}
	return i, nil
}

func skipDigits(b []byte, i int) int {
	for i < len(b) && '0' <= b[i] && b[i] <= '9' {
		i++
	}
	return i
}

func skipWord(b []byte, i int, word string) (int, error) {
	n := min(len(word), len(b)-i)
	if string(b[i:i+n]) != word[:n] {
		return i, &syntaxError{i, "a value was expected"}
	}
	if n < len(word) {
		return i, ErrShort
	}
	return i + n, nil
}

// Unquote returns what a JSON text in quotes says; false if v is not one.
func Unquote(v []byte) (string, bool) {
	if len(v) < 2 || v[0] != '"' {
		return "", false
	}
	if bytes.IndexByte(v, '\\') < 0 {
		return string(v[1 : len(v)-1]), true
	}
	var s string
	if err := json.Unmarshal(v, &s); err != nil {
		return "", false
	}
	return s, true
}
