package definition

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// A tree is a campaign under the keys of its file, in their order: what Content is written from and what
// Diff compares. Values are string, int, bool, tree, []any or nil.
//
// Why empty values are left out: a run keeps the digest of its Content, and a key that a later version
// knows must not change the Content of the campaigns that don't use it.
type tree []branch

type branch struct {
	key   string
	value any
}

// hollow reports whether v is left out.
func hollow(v any) bool {
	switch v := v.(type) {
	case string:
		return v == ""
	case int:
		return v == 0
	case bool:
		return !v
	case []any:
		return len(v) == 0
	case tree:
		return !slices.ContainsFunc(v, func(b branch) bool { return !hollow(b.value) })
	default:
		return true
	}
}

// canonical writes t as JSON with sorted keys, no blanks, and empty values left out.
func canonical(t tree) []byte {
	var b bytes.Buffer
	writeCanonical(&b, t)
	return b.Bytes()
}

func writeCanonical(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case tree:
		sorted := slices.SortedStableFunc(slices.Values(v), func(x, y branch) int { return strings.Compare(x.key, y.key) })
		b.WriteByte('{')
		comma := false
		for _, x := range sorted {
			if hollow(x.value) {
				continue
			}
			if comma {
				b.WriteByte(',')
			}
			comma = true
			writeCanonical(b, x.key)
			b.WriteByte(':')
			writeCanonical(b, x.value)
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, x := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			writeCanonical(b, x)
		}
		b.WriteByte(']')
	default:
		enc := json.NewEncoder(b)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(v) // a string, number or bool always encodes
		b.Truncate(b.Len() - 1)
	}
}
