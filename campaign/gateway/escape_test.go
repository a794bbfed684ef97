package gateway

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzTextIsEscapedAsEncodingJSONDoes holds the writer against encoding/json without HTML escaping.
func FuzzTextIsEscapedAsEncodingJSONDoes(f *testing.F) {
	for _, s := range []string{"", "Budi", `"\/`, "\x00\x01\x1f\x7f", "\b\f\n\r\t", "é李😀", "\u2028\u2029", "\xff", "\xe2\x80", "a\xe2\x80\xa8b\xff", "<>&", "\xed\xa0\x80"} {
		f.Add("", s)
		f.Add(`{"a":"`, s)
	}
	f.Fuzz(func(t *testing.T, before, text string) {
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		if err := e.Encode(text); err != nil {
			t.Fatal(err)
		}
		got := escapeTail([]byte(before+text), len(before))
		if inside := bytes.TrimSuffix(want.Bytes(), []byte("\"\n"))[1:]; string(got) != before+string(inside) {
			t.Errorf("got %q, want %q", got, before+string(inside))
		}
	})
}
