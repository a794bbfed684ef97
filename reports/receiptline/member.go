package receiptline

import (
	"bytes"
	"errors"
	"fmt"
)

// Member returns the value of key in the object body, verbatim; nil if it has no such key.
func Member(body []byte, key string) ([]byte, error) {
	i := skipBlank(body, 0)
	if i == len(body) || body[i] != '{' {
		return nil, errors.New("it is no JSON object")
	}
	var found []byte
	end, err := skipObject(body, i, 1, func(k, v []byte) error {
		if !sameKey(k, key) {
			return nil
		}
		if found != nil {
			return fmt.Errorf("%s is there twice", key)
		}
		found = v
		return nil
	})
	if err != nil {
		return nil, err
	}
	if skipBlank(body, end) != len(body) {
		return nil, errors.New("something else follows the JSON object")
	}
	return found, nil
}

// sameKey reports whether the JSON text k says key.
func sameKey(k []byte, key string) bool {
	if bytes.IndexByte(k, '\\') >= 0 {
		s, ok := Unquote(k)
		return ok && s == key
	}
	return string(k[1:len(k)-1]) == key
}
