package simulator

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestADocumentIsReadAsStrictlyAsItCanBe(t *testing.T) {
	for body, ok := range map[string]bool{
		`{"a":1}`:                       true,
		" {\"a\" : [ 1 , true, null ]}": true,
		`{"a":"\u00e9\ud83d\ude00\n"}`:  true,
		`-0.5e+10`:                      true,
		``:                              false,
		`{"a":1`:                        false,
		`{"a":1}x`:                      false,
		`{"a":1,}`:                      false,
		`{"a":1,"a":1}`:                 false,
		`{"a":1,"A":1}`:                 true,
		`[01]`:                          false,
		`[1.]`:                          false,
		`[.5]`:                          false,
		`[+1]`:                          false,
		`{'a':1}`:                       false,
		"[\"a\tb\"]":                    false,
		"[\"\xff\"]":                    false,
		`["\ud83d"]`:                    false,
		`["\ude00\ud83d"]`:              false,
		`["\u12g4"]`:                    false,
		`["\x"]`:                        false,
		`nul`:                           false,
		"\ufeff{}":                      false,
		strings.Repeat("[", 1000) + strings.Repeat("]", 1000): false,
	} {
		if _, err := new(reader).parse(body); (err == nil) != ok {
			t.Errorf("%q: got %v, want ok = %v", body, err, ok)
		}
	}
}

func TestADocumentKeepsOrderAndTexts(t *testing.T) {
	n, err := new(reader).parse(`{"z":"a\"b\\c\/d\u0041\ud83d\ude00","a":12.50,"m":{}}`)
	if err != nil {
		t.Fatal(err)
	}
	if len(n.kids) != 3 || n.kids[0].key != "z" || n.kids[1].key != "a" || n.kids[2].key != "m" {
		t.Errorf("keys in another order: %+v", n.kids)
	}
	if got := n.kids[0].text; got != "a\"b\\c/dA😀" {
		t.Errorf("text is %q", got)
	}
	if got := n.kids[1].text; got != "12.50" {
		t.Errorf("number is %q", got)
	}
}

// FuzzDocument compares with encoding/json, which takes more: a key twice, half a surrogate pair, bytes
// that are not UTF-8.
func FuzzDocument(f *testing.F) {
	for _, s := range []string{`{"a":[1,-2.5e3,"x\u00e9"],"b":null}`, `[true,false]`, `"\ud83d\ude00"`, ` 0 `, `{"a":{}}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := new(reader).parse(s)
		if err == nil && !json.Valid([]byte(s)) {
			t.Fatalf("%q is taken and is not JSON", s)
		}
		if err != nil {
			lenient := !utf8.ValidString(s) || strings.Contains(err.Error(), "twice") || strings.Contains(strings.ToLower(s), `\ud`) ||
				strings.Count(s, "[")+strings.Count(s, "{") > maxDepth
			if json.Valid([]byte(s)) && !lenient {
				t.Fatalf("%q is refused and is JSON: %v", s, err)
			}
			return
		}
		if n.kind == textNode {
			var want string
			if json.Unmarshal([]byte(s), &want) == nil && want != n.text {
				t.Fatalf("%q is read as %q, want %q", s, n.text, want)
			}
		}
	})
}
