package definition

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func contentOf(t *testing.T, text []byte) []byte {
	t.Helper()
	c, err := ParseCampaign("promo.yaml", text, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c.Content
}

func TestContentIsTheSameWhateverTheOrderCommentsAndConduct(t *testing.T) {
	plain := contentOf(t, completed("tab: A\ncolumns: {a: X, b: Y}\n"))
	for name, text := range map[string]string{
		"order":    "columns: {b: Y, a: X}\nname: promo\ntab: A\n",
		"comments": "# hello\ntab: 'A' # there\ncolumns:\n  a: \"X\"\n  b: Y\n",
		"defaults": "tab: A\ncolumns: {a: X, b: Y}\nsend: single\nsubject: promo\npurpose: marketing\nduplicates: {}\nlanguage: id\n",
		"conduct": "tab: A\ncolumns: {a: X, b: Y}\nfile: other-{date}.csv\nexpect: {rows: 5, rejected: 1%, cost: 2, file_age: 1h}\nunfinished: expire\n" +
			"repeat: skip\nrepeat_within: 1h\nvalid_for: 1h\nrate: 5/s\nworkers: 3\nretry: {attempts: 2}\noutage: 1h\non_unknown: resend\n",
	} {
		if got := contentOf(t, completed(text)); !bytes.Equal(got, plain) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, plain)
		}
	}
}

func TestContentDiffersWithEverythingThatIsSent(t *testing.T) {
	seen := map[string]string{string(contentOf(t, completed(""))): "nothing"}
	for _, line := range []string{
		"account: other", "name: other", "tab: A", "header_row: 3", "encoding: windows-1252", "country: MY", "numbers: en", "language: en",
		"columns: {a: B}", "hidden_rows: skip", "duplicates: {same: [a]}", "duplicates: {keep: last}", "purpose: service", "subject: x", "sender_id: X",
		"budget_code: X", "send: all", "channels: [{sms: {to: hp, message: hai, backup_sender: true}}]", "channels: [{sms: {to: hp2, message: hai}}]",
		"send: all\nchannels: [{sms: {to: hp, message: hai}}, {line: {chat_id: x, message: hai}}]", "send: all\nchannels: [{line: {chat_id: x, message: hai}}, {sms: {to: hp, message: hai}}]",
	} {
		got := string(contentOf(t, completed(line+"\n")))
		if before, twice := seen[got]; twice {
			t.Errorf("%q has the content of %q", line, before)
		}
		seen[got] = line
	}
}

func TestContentOfEveryChannelHasAllItsKeysAndIsJSON(t *testing.T) {
	got := contentOf(t, fixture(t, "channels.yaml"))
	var v map[string]any
	if err := json.Unmarshal(got, &v); err != nil {
		t.Fatal(err)
	}
	want := `[{"whatsapp":{"attachment":["https://files.example.test/a.pdf"],"buttons":[{"otp":"{{kode}}"},` +
		`{"catalog":{"thumbnail":"sku-1"},"index":1},{"index":5,"mpm":{"sections":[{"products":["sku-1","sku-2"],"title":"Terlaris"}],"thumbnail":"sku-1"}},` +
		`{"index":3,"quick_reply":"beli"}],"carousel":[{"body":["Kopi"],"buttons":[{"url":"p/0"}],"image":"https://files.example.test/c0.png"},` +
		`{"video":"https://files.example.test/c1.mp4"}],"category":"marketing","format":"json",` +
		`"header":{"location":{"address":"Jl. Contoh 1","latitude":"-6.2","longitude":"106.8","name":"Kantor"}},"language":"en_US","template":"katalog","to":"hp"}},` +
		`{"sms":{"backup_sender":true,"message":"Halo","to":"hp"}},` +
		`{"email":{"attachment":["https://files.example.test/a.pdf","https://files.example.test/b.pdf"],"template":"tpl01","to":"{{e}}","values":{"kota":"Solo","nama":"{{nama}}"}}},` +
		`{"line":{"chat_id":"id","message":"Halo"}},{"telegram":{"chat_id":"700001","message":"Halo"}},` +
		`{"facebook":{"attachment":["https://files.example.test/a.png"],"chat_id":"psid","message":"Halo"}}]`
	_, after, _ := bytes.Cut(got, []byte(`"channels":`))
	channels, _, _ := bytes.Cut(after, []byte(`,"country"`))
	if d := cmp.Diff(want, string(channels)); d != "" {
		t.Error(d)
	}
	for message, want := range map[string]string{
		`{text: "a & b < c"}`: `{"text":"a & b < c"}`,
		`{image: {url: u}}`:   `{"image":{"url":"u"}}`,
		`{buttons: {header: {video: {url: u}}, body: b, choices: [{key: k, title: t}]}}`:  `{"buttons":{"body":"b","choices":[{"key":"k","title":"t"}],"header":{"video":{"url":"u"}}}}`,
		`{buttons: {header: h, body: b, choices: [{key: k, title: t}]}}`:                  `{"buttons":{"body":"b","choices":[{"key":"k","title":"t"}],"header":{"text":"h"}}}`,
		`{list: {body: b, title: t, section: {title: s, choices: [{key: k, title: t}]}}}`: `{"list":{"body":"b","section":{"choices":[{"key":"k","title":"t"}],"title":"s"},"title":"t"}}`,
		`{location: {latitude: 1, longitude: 2}}`:                                         `{"location":{"latitude":"1","longitude":"2"}}`,
	} {
		got := string(contentOf(t, completed("channels: [{whatsapp: {to: hp, message: "+message+"}}]\n")))
		if !strings.Contains(got, `[{"whatsapp":{"message":`+want+`,"to":"hp"}}]`) {
			t.Errorf("%s: got %s", message, got)
		}
	}
}

func TestDiffSaysWhatChangedInPeoplesWords(t *testing.T) {
	before := string(fixture(t, "tagihan.yaml"))
	for name, tc := range map[string]struct {
		change           []string // old, new, …
		content, conduct []string
	}{
		"nothing":      {},
		"comments":     {change: []string{"# month names", "# names of months"}},
		"one filter":   {change: []string{"{{Jumlah | rupiah}}", "{{Jumlah}}"}, content: []string{"whatsapp.body[1]: {{Jumlah | rupiah}} → {{Jumlah}}"}},
		"conduct":      {change: []string{"rate: 20/s", "rate: 50/s", "workers: 16", ""}, conduct: []string{"rate: 20/s → 50/s", "workers: 16 → (not set)"}},
		"both":         {change: []string{"account: sprint", "account: other", "{date}.xlsx", "{date}.csv"}, content: []string{"account: sprint → other"}, conduct: []string{"file: inbox/tagihan-{date}.xlsx → inbox/tagihan-{date}.csv"}},
		"expectations": {change: []string{"rows: 50000..120000, rejected: 1%, cost: 45000000", "rows: 5.., rejected: 20"}, conduct: []string{"expect.rows: 50000..120000 → 5..", "expect.rejected: 1% → 20", "expect.cost: 45000000 → (not set)"}},
		"outage":       {change: []string{"outage: probe", "outage: 30m", "rate: 20/s", "rate: 30/m", "valid_for: 4h", "", "first: 1s", "first: 1500ms"}, conduct: []string{"rate: 20/s → 30/m", "retry.first: 1s → 1.5s", "outage: probe → 30m", "valid_for: 4h → (not set)"}},
		"a value more": {change: []string{`jatuh tempo {{3}}`, `jatuh tempo {{3}} {{4}}`, `yyyy\"}}"]`, `yyyy\"}}", "{{x}}"]`}, content: []string{"whatsapp.text: Yth. {{1}}, tagihan {{2}} jatuh tempo {{3}}. → Yth. {{1}}, tagihan {{2}} jatuh tempo {{3}} {{4}}.", "whatsapp.body[3]: (not set) → {{x}}"}},
		"a channel":    {change: []string{"- sms: {to: phone, message", "- email: {to: mail, message"}, content: []string{"channels: whatsapp, sms → whatsapp, email", "email.to: (not set) → mail", "email.message: (not set) → Yth. {{nama}}, …", "sms.to: phone → (not set)", "sms.message: Yth. {{nama}}, … → (not set)"}},
		"short names":  {change: []string{"nama: Nama Nasabah", "nama: Nama"}, content: []string{"columns.nama: Nama Nasabah → Nama"}},
		"long texts": {
			change:  []string{`message: "Yth. {{nama}}, …"`, `message: "Yth. {{nama}}, …` + strings.Repeat(" dan lagi", 30) + `"`},
			content: []string{"sms.message: Yth. {{nama}}, … → Yth. {{nama}}, …" + strings.Repeat(" dan lagi", 11) + " dan …"},
		},
	} {
		after := strings.NewReplacer(tc.change...).Replace(before)
		for i := 0; i+1 < len(tc.change); i += 2 {
			if !strings.Contains(before, tc.change[i]) {
				t.Fatalf("%s: no %q in the file", name, tc.change[i])
			}
		}
		content, conduct, err := Diff([]byte(before), []byte(after))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(tc.content, content); d != "" {
			t.Errorf("%s: content: %s", name, d)
		}
		if d := cmp.Diff(tc.conduct, conduct); d != "" {
			t.Errorf("%s: conduct: %s", name, d)
		}
	}
}

func TestALateDifferenceOfLongTextsIsInSight(t *testing.T) {
	long := "Yth. {{nama}}, " + strings.Repeat("kami sampaikan bahwa ", 20)
	text := func(end string) []byte {
		return completed("channels: [{sms: {to: hp, message: '" + long + end + "'}}]\n")
	}
	content, _, err := Diff(text("lunas"), text("jatuh tempo"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"sms.message: …ami sampaikan bahwa lunas → …ami sampaikan bahwa jatuh tempo"}, content); d != "" {
		t.Error(d)
	}
}

func TestDiffOfWhatIsNoCampaignIsAnError(t *testing.T) {
	good := completed("")
	if _, _, err := Diff([]byte("a: b"), good); err == nil || !strings.HasPrefix(err.Error(), "the old campaign:1: ") {
		t.Errorf("got %v", err)
	}
	if _, _, err := Diff(good, []byte("a: b")); err == nil || !strings.HasPrefix(err.Error(), "the new campaign:1: ") {
		t.Errorf("got %v", err)
	}
}
