package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// An Object is a JSON object of a gateway, as it came.
//
// It is stricter than encoding/json, because a body that can be read in two ways must not become
// "delivered": keys count with their case, no key may come twice, and nothing may follow the object.
type Object map[string]json.RawMessage

// ParseObject reads exactly one JSON object. A byte order mark before it is no harm. Its values are
// parts of body, not copies.
func ParseObject(body []byte) (Object, error) {
	body = bytes.Trim(bytes.TrimPrefix(body, []byte("\ufeff")), " \t\r\n")
	if len(body) == 0 || body[0] != '{' {
		return nil, errors.New("not a JSON object")
	}
	if !json.Valid(body) {
		return nil, errors.New("not JSON: it is cut off or damaged, or something follows it")
	}
	o := make(Object, 8)
	for rest := skipBlank(body[1:]); rest[0] != '}'; {
		end := valueEnd(rest)
		key, err := text(rest[:end])
		if err != nil {
			return nil, fmt.Errorf("not JSON: %w", err)
		}
		if _, twice := o[key]; twice {
			return nil, errors.New("a key comes twice")
		}
		rest = skipBlank(skipBlank(rest[end:])[1:]) // the colon
		end = valueEnd(rest)
		o[key] = json.RawMessage(rest[:end:end])
		if rest = skipBlank(rest[end:]); rest[0] == ',' {
			rest = skipBlank(rest[1:])
		}
	}
	return o, nil
}

// text returns what a valid JSON text says.
func text(quoted []byte) (string, error) {
	if inner := quoted[1 : len(quoted)-1]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner), nil
	}
	var s string
	err := json.Unmarshal(quoted, &s)
	return s, err
}

func skipBlank(valid []byte) []byte {
	for i, c := range valid {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return valid[i:]
		}
	}
	return nil
}

// valueEnd returns the length of the value that valid JSON begins with.
func valueEnd(valid []byte) int {
	depth := 0
	for i := 0; i < len(valid); i++ {
		switch valid[i] {
		case '"':
			for i++; valid[i] != '"'; i++ {
				if valid[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
			if depth < 0 { // the end of what a number or word stands in
				return i
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
		}
	}
	return len(valid)
}

// Has reports whether key is there and not null.
func (o Object) Has(key string) bool {
	v, ok := o[key]
	return ok && string(v) != "null"
}

// Word returns a string, or the digits of a number exactly as they stand (a number of 25 digits is no
// float), without outer blanks; "" for anything else.
func (o Object) Word(key string) string {
	v := o[key]
	if len(v) == 0 {
		return ""
	}
	switch c := v[0]; {
	case c == '"':
		s, err := text(v)
		if err != nil {
			return ""
		}
		return strings.TrimSpace(s)
	case c == '-' || (c >= '0' && c <= '9'):
		return string(v)
	default:
		return ""
	}
}

// Bool returns true or false, also as a string; known is false for anything else.
func (o Object) Bool(key string) (value, known bool) {
	switch strings.ToLower(strings.Trim(string(o[key]), `"`)) {
	case "true":
		return true, true
	case "false":
		return false, true
	default:
		return false, false
	}
}

// Object returns the object at key; nil if there is none.
func (o Object) Object(key string) Object {
	inner, err := ParseObject(o[key])
	if err != nil {
		return nil
	}
	return inner
}

// Objects returns the objects of the array at key; ok is false if there is something else.
func (o Object) Objects(key string) (list []Object, ok bool) {
	var raw []json.RawMessage
	if err := json.Unmarshal(o[key], &raw); err != nil || raw == nil {
		return nil, false
	}
	for _, r := range raw {
		inner, err := ParseObject(r)
		if err != nil {
			return nil, false
		}
		list = append(list, inner)
	}
	return list, true
}
