package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// An Object is a JSON object of a gateway, as it came.
//
// It is stricter than encoding/json, because a body that can be read in two ways must not become
// "delivered": keys count with their case, no key may come twice, and nothing may follow the object.
type Object map[string]json.RawMessage

// ParseObject reads exactly one JSON object. A byte order mark before it is no harm.
func ParseObject(body []byte) (Object, error) {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	o := make(Object, 8)
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("not JSON: %w", err)
		}
		key, _ := t.(string) // the decoder takes nothing else for a key
		if _, twice := o[key]; twice {
			return nil, errors.New("a key comes twice")
		}
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return nil, fmt.Errorf("not JSON: %w", err)
		}
		o[key] = v
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON object")
	}
	return o, nil
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
		var s string
		if json.Unmarshal(v, &s) != nil {
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
