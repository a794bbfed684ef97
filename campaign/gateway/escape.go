package gateway

import (
	"bytes"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// plain reports whether ASCII byte c stands in a JSON string as it is.
func plain(c byte) bool { return c >= 0x20 && c != '"' && c != '\\' }

// escapeTail makes dst[start:] the inside of a JSON string: the same bytes that encoding/json writes
// without HTML escaping. It needs no memory but dst's own. Bytes that are not UTF-8 become U+FFFD.
func escapeTail(dst []byte, start int) []byte {
	if isPlain(dst[start:]) {
		return dst
	}
	end := len(dst)
	dst = appendEscaped(dst, dst[start:end]) // behind the text, then moved over it
	n := copy(dst[start:], dst[end:])
	return dst[:start+n]
}

func isPlain(text []byte) bool {
	ascii := true
	for _, c := range text {
		switch {
		case c >= utf8.RuneSelf:
			ascii = false
		case !plain(c):
			return false
		}
	}
	// U+2028 and U+2029 end a line in JavaScript: encoding/json escapes them, so do we.
	return ascii || (utf8.Valid(text) && !bytes.ContainsAny(text, "\u2028\u2029"))
}

func appendEscaped(dst, text []byte) []byte {
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			dst = appendEscapedByte(dst, c)
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			dst = append(dst, `\ufffd`...)
		case r == '\u2028' || r == '\u2029':
			dst = append(dst, `\u202`...)
			dst = append(dst, hexDigits[r&0xf])
		default:
			dst = append(dst, text[i:i+n]...)
		}
		i += n
	}
	return dst
}

func appendEscapedByte(dst []byte, c byte) []byte {
	if plain(c) {
		return append(dst, c)
	}
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	default:
		return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
	}
}
