package sandeza

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"siaran/campaign"
	"siaran/campaign/template"
)

// seeds are cells that have broken such payloads before.
func seeds() []string {
	return []string{
		"Budi", `"`, `\`, `\"`, "a||b", "|", "||", ":=:", "=:", ":=", "a:", ":", "text:=:x", "</script>", "\u2028\u2029", "\x00", "\x7f", "\xff", "\xed\xa0\x80",
		"é", "李小龍", "😀", "\n", "\r\n", "\t", "     ", " a ", "{{nama}}", `","x":"`, "🇮🇩", strings.Repeat("x", 2000), "\u00a0", "\ufeff", "1e9", "-6.2",
	}
}

// FuzzWhateverIsInACellTheBodySaysIt: the JSON is valid and decodes back to the values, in both forms; and
// the delimiter form splits back into them, or the row was rejected.
func FuzzWhateverIsInACellTheBodySaysIt(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s, "x", "y")
		f.Add("x", s, s)
	}
	delimiter, asJSON := five("delimiter"), five("json")
	d, j := mustNew(f, delimiter), mustNew(f, asJSON)
	f.Fuzz(func(t *testing.T, name, amount, code string) {
		m := message(delimiter, map[string]string{"Nama": name, "Jumlah": amount, "Kode": code, "Segmen": "gold"})
		values := make([]string, 5)
		for i, column := range []string{"Nama", "Jumlah", "Kota", "Email", "OTP"} {
			v, ok := rendered(t, column, m)
			if !ok {
				return // empty: rejected
			}
			values[i] = v
		}
		link, ok := rendered(t, "Kode", m)
		if !ok {
			return
		}
		checkDelimiter(t, d, m, values, link)
		checkJSON(t, j, m, values, link)
	})
}

func rendered(t *testing.T, column string, m campaign.Message) (string, bool) {
	t.Helper()
	tmpl, err := template.Compile("{{"+column+"}}", template.Settings{Header: header()})
	if err != nil {
		t.Fatal(err)
	}
	v, err := tmpl.Render(m.Row())
	return string([]rune(v)), err == nil // every byte that is no text is one U+FFFD
}

func checkDelimiter(t *testing.T, g *Gateway, m campaign.Message, values []string, link string) {
	t.Helper()
	body, err := g.Body(m, false)
	if err != nil {
		t.Fatalf("it rendered before: %v", err)
	}
	var r struct {
		Channel struct {
			WhatsApp struct{ Message, Button string }
		}
	}
	if err := json.Unmarshal(body, &r); err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	if r.Channel.WhatsApp.Message != "text:=:"+strings.Join(values, "||text:=:") {
		t.Fatalf("got %q", r.Channel.WhatsApp.Message)
	}
	if _, err := g.Check(m); err != nil {
		return
	}
	parts := strings.Split(r.Channel.WhatsApp.Message, "||")
	if len(parts) != len(values) {
		t.Fatalf("%d values became %d: %q", len(values), len(parts), parts)
	}
	for i, p := range parts {
		if split := strings.Split(p, ":=:"); len(split) != 2 || split[0] != "text" || split[1] != values[i] || strings.LastIndex(p, ":=:") != len("text") {
			t.Fatalf("value %d: %q became %q", i+1, values[i], p)
		}
	}
	if split := strings.Split(r.Channel.WhatsApp.Button, ":=:"); len(split) != 3 || split[2] != link {
		t.Fatalf("the link %q became %q", link, r.Channel.WhatsApp.Button)
	}
}

func checkJSON(t *testing.T, g *Gateway, m campaign.Message, values []string, link string) {
	t.Helper()
	body, err := g.Body(m, false)
	if err != nil {
		t.Fatalf("it rendered before: %v", err)
	}
	var r struct {
		RefID   string `json:"ref_id"`
		Channel struct {
			WhatsApp struct {
				Message, Button struct{ Parameter []struct{ Type, Text string } }
			}
		}
	}
	if err := json.Unmarshal(body, &r); err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	if r.RefID != m.RefID || !utf8.Valid(body) {
		t.Fatalf("ref_id %q, valid %v", r.RefID, utf8.Valid(body))
	}
	wa := r.Channel.WhatsApp
	if len(wa.Message.Parameter) != len(values) || len(wa.Button.Parameter) != 1 || wa.Button.Parameter[0].Text != link {
		t.Fatalf("got %+v", wa)
	}
	for i, p := range wa.Message.Parameter {
		if p.Type != "text" || p.Text != values[i] {
			t.Fatalf("value %d: %q became %q", i+1, values[i], p.Text)
		}
	}
}

// FuzzNoReceiptPanicsAndNothingHostileIsDelivered: what is not plainly delivered never becomes so.
func FuzzNoReceiptPanicsAndNothingHostileIsDelivered(f *testing.F) {
	for _, s := range append(subject().Strange,
		`{"status":1,"channel":"1","ref_id":"sample-refid-0djr8-0001","time":"2024-01-01 10:00:00","division_id":"ccacbcc8"}`,
		`{"status":"9","channel":7,"ref_id":123,"time":"x","price":"PAID","counter_message":"2"}`, passThru, metaUnion,
		`{"from":{"name":"x"},"message":{"id":"1"}}`, `{"statuses":[{"status":"delivered"}]}`, `{"statuses":[{"status":"READ"}],"status":1}`,
		`{"statuses":[{"status":"READ"}],"status":6}`) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		receipts, err := ParseReceipts(body)
		if err != nil && len(receipts) > 0 {
			t.Fatal("receipts and an error")
		}
		for _, r := range receipts {
			if campaign.Verdict(r.Delivery).Group() == campaign.GroupReached && !saysDelivered(t, body) {
				t.Fatalf("%q became %q", body, r.Delivery)
			}
			if !utf8.ValidString(r.Word) || !utf8.ValidString(r.Reason) || len([]rune(r.Word)) > 400 {
				t.Fatalf("word %q, reason %q", r.Word, r.Reason)
			}
		}
	})
}

// saysDelivered reads body in the plainest way: anywhere in it, a key status with a good word.
func saysDelivered(t *testing.T, body []byte) bool {
	t.Helper()
	var v any
	d := json.NewDecoder(strings.NewReader(strings.TrimPrefix(string(body), "\ufeff")))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("delivered, and no JSON: %v", err)
	}
	return hasGoodStatus(v)
}

func hasGoodStatus(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		switch s := v["status"].(type) {
		case json.Number:
			if strings.Contains(" 1 7 8 9 ", " "+s.String()+" ") {
				return true
			}
		case string:
			if strings.Contains(" 1 7 8 9 delivered read played ", " "+strings.ToLower(strings.TrimSpace(s))+" ") {
				return true
			}
		}
		for _, inner := range v {
			if hasGoodStatus(inner) {
				return true
			}
		}
	case []any:
		for _, inner := range v {
			if hasGoodStatus(inner) {
				return true
			}
		}
	}
	return false
}
