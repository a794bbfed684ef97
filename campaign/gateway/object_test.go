package gateway

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestAnObjectIsReadInOneWayOrNotAtAll(t *testing.T) {
	t.Parallel()
	for body, ok := range map[string]bool{
		`{}`: true, ` {"a":1} `: true, "{\"a\":1}\n": true, `{"a":1,"A":2}`: true, `{"a":{"b":[1,2]},"c":"x"}`: true,
		``: false, `null`: false, `[]`: false, `[{"a":1}]`: false, `"a"`: false, `{"a":1`: false, `{"a":1}}`: false, `{"a":1}{"a":1}`: false, `{"a":1}x`: false,
		`{"a":1,"a":1}`: false, `{"a":1,"\u0061":2}`: false, `{a:1}`: false, `{"a":01}`: false, "\ufeff{}": true, "\ufeff\ufeff{}": false, strings.Repeat(`{"a":`, 20000): false,
	} {
		_, err := ParseObject([]byte(body))
		if (err == nil) != ok {
			t.Errorf("%.40q: %v", body, err)
		}
	}
}

func TestWordsOfAnObjectKeepTheirDigits(t *testing.T) {
	t.Parallel()
	o, err := ParseObject([]byte(`{"s":" x ","n":1606887827245734233232332,"f":1.50,"t":true,"T":"TRUE","z":null,"o":{"k":"v"},"l":[{"a":1},{"b":2}],"m":[1],"e":"é\n"}`))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"s": "x", "n": "1606887827245734233232332", "f": "1.50", "t": "", "z": "", "o": "", "l": "", "missing": "", "e": "é"} {
		if got := o.Word(key); got != want {
			t.Errorf("%s: %q", key, got)
		}
	}
	for key, want := range map[string][2]bool{"t": {true, true}, "T": {true, true}, "z": {false, false}, "missing": {false, false}, "s": {false, false}} {
		if v, known := o.Bool(key); v != want[0] || known != want[1] {
			t.Errorf("%s: %v %v", key, v, known)
		}
	}
	if o.Has("z") || o.Has("missing") || !o.Has("t") {
		t.Error("Has is wrong")
	}
	if o.Object("o").Word("k") != "v" || o.Object("s") != nil || o.Object("missing").Object("x").Word("y") != "" {
		t.Error("Object is wrong")
	}
	if l, ok := o.Objects("l"); !ok || len(l) != 2 || l[1].Word("b") != "2" {
		t.Error("Objects is wrong")
	}
	for _, key := range []string{"m", "s", "z", "missing", "o"} {
		if _, ok := o.Objects(key); ok {
			t.Errorf("%s is a list of objects", key)
		}
	}
}

func FuzzAnObjectIsWhatEncodingJSONReads(f *testing.F) {
	f.Add([]byte(`{"a":1,"b":{"c":"d"}}`))
	f.Add([]byte(`{"a":1,"a":2}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := ParseObject(body)
		if err != nil {
			return
		}
		var want map[string]json.RawMessage
		if err := json.Unmarshal(bytes.TrimPrefix(body, []byte("\ufeff")), &want); err != nil || len(want) != len(o) {
			t.Fatalf("%d keys, %d wanted: %v", len(o), len(want), err)
		}
		for k := range o {
			o.Word(k)
			o.Bool(k)
			o.Object(k)
			o.Objects(k)
		}
	})
}
