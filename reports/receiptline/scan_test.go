package receiptline

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzScan holds the scanner against the standard library's.
func FuzzScan(f *testing.F) {
	for _, s := range []string{
		`{}`, `[1,-0.5e+10,"\ud800\u0000",true,false,null]`, `{"a":{"b":[{}]}}`, `01`, `-`, `1.`, `1e`, `"\x"`, `"\u12`, `{"a"}`, `{,}`, `[1,]`, "\"\x00\"", `tru`, `1 2`, " \t\r\n1",
		strings.Repeat("[", 127) + strings.Repeat("]", 127),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, want := Valid(b), json.Valid(b); got != want && strings.Count(string(b), "[")+strings.Count(string(b), "{") <= maxDepth {
			t.Errorf("%q: %v, not %v", b, got, want)
		}
	})
}
