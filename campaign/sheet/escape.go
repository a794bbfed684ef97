package sheet

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape resolves _xHHHH_ in b[from:], which is how Excel stores what XML cannot: a UTF-16 unit in
// hexadecimal. _x005F_ is the underscore of a text that only looks like an escape.
func unescape(b []byte, from int) []byte {
	i := bytes.Index(b[from:], []byte("_x"))
	if i < 0 {
		return b
	}
	in := append([]byte(nil), b[from+i:]...)
	b = b[:from+i]
	for len(in) > 0 {
		u, ok := escaped(in)
		if !ok {
			b = append(b, in[0])
			in = in[1:]
			continue
		}
		in = in[7:]
		r := rune(u)
		if utf16.IsSurrogate(r) {
			low, ok := escaped(in)
			if r = utf16.DecodeRune(r, rune(low)); ok && r != utf8.RuneError {
				in = in[7:]
			} else {
				r = utf8.RuneError
			}
		}
		b = utf8.AppendRune(b, r)
	}
	return b
}

// escaped reads the escape at the start of b.
func escaped(b []byte) (uint16, bool) {
	if len(b) < 7 || b[0] != '_' || b[1] != 'x' || b[6] != '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return uint16(n), err == nil
}
