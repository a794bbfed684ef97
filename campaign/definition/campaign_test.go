package definition

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"siaran/campaign"
)

// evening is the 20th in UTC and the 21st in Jakarta.
func evening(t *testing.T) Options {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Jakarta")
	if err != nil {
		t.Fatal(err)
	}
	return Options{Now: time.Date(2026, 11, 20, 17, 30, 0, 0, time.UTC), Zone: zone}
}

func fixture(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestEveryKeyOfACampaignIsRead(t *testing.T) {
	text := fixture(t, "tagihan.yaml")
	got, err := ParseCampaign("/srv/tagihan.yaml", text, evening(t))
	if err != nil {
		t.Fatal(err)
	}
	want := &campaign.Campaign{
		Name: "tagihan", Account: "sprint", Source: "/srv/tagihan.yaml", Text: text,
		File: "/srv/inbox/tagihan-2026-11-21.xlsx", Tab: "Tagihan", HeaderRow: 1, Encoding: "windows-1252",
		Country: "ID", Numbers: "id", Language: "id",
		Columns:    map[string]string{"phone": "Nomor HP", "nama": "Nama Nasabah"},
		HiddenRows: campaign.HiddenRefuse,
		Duplicates: campaign.Duplicates{Same: []string{"phone", "No Kontrak"}, Keep: "first"},
		Subject:    "Tagihan {{bulan}}", SenderID: "BANKKU", BudgetCode: "COL-11",
		Send: campaign.SendPrimaryBackup,
		Channels: []campaign.Channel{{
			Kind: campaign.WhatsApp, To: "phone", Template: "tagihan_v3", Category: "utility",
			Text: "Yth. {{1}}, tagihan {{2}} jatuh tempo {{3}}.", Format: "delimiter",
			Header:   &campaign.Media{Kind: "image", Link: "https://cdn.example.test/{{segment}}.jpg"},
			Body:     []string{"{{nama}}", "{{Jumlah | rupiah}}", `{{Jatuh Tempo | date:"d mmmm yyyy"}}`},
			Buttons:  []campaign.Button{{Kind: "url", Value: "{{kode}}"}},
			BackupOn: []campaign.BackupOn{{Word: "undelivered"}, {Word: "pending", After: 10 * time.Minute}},
		}, {
			Kind: campaign.SMS, To: "phone", Message: "Yth. {{nama}}, …",
		}},
		Purpose: campaign.PurposeService,
		Expect: campaign.Expect{
			RowsMin: 50000, RowsMax: 120000, Rejected: campaign.Share{Set: true, IsPct: true, Percent: 1},
			Cost: 45_000_000 * campaign.One, FileAge: 20 * time.Hour,
		},
		Unfinished: "refuse", Repeat: "ask", RepeatWithin: 20 * time.Hour, ValidFor: 4 * time.Hour,
		Rate: 20, Workers: 16, Retry: campaign.DefaultRetry, OnUnknown: campaign.UnknownHold, Outage: campaign.ProbeOn,
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(campaign.Campaign{}, "Content")); d != "" {
		t.Error(d)
	}
}

func TestTheShortestCampaignHasTheDefaults(t *testing.T) {
	text := []byte("name: gajian-promo\naccount: sprint\nfile: a.csv\nchannels: [{sms: {to: Nomor HP, message: Halo}}]\n")
	got, err := ParseCampaign("/srv/c.yaml", text, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := &campaign.Campaign{
		Name: "gajian-promo", Account: "sprint", Source: "/srv/c.yaml", Text: text, File: "/srv/a.csv",
		Country: "ID", Language: "id", HiddenRows: campaign.HiddenRefuse,
		Duplicates: campaign.Duplicates{Same: []string{SameAddress}, Keep: "first"},
		Subject:    "gajian promo", Send: campaign.SendSingle,
		Channels: []campaign.Channel{{Kind: campaign.SMS, To: "Nomor HP", Message: "Halo"}},
		Purpose:  campaign.PurposeMarketing, Unfinished: "refuse", Repeat: "ask", RepeatWithin: 20 * time.Hour,
		Retry:     campaign.Retry{Attempts: 4, First: time.Second, Most: time.Minute},
		OnUnknown: campaign.UnknownHold, Outage: campaign.ProbeOn,
		Content: []byte(`{"account":"sprint","channels":[{"sms":{"message":"Halo","to":"Nomor HP"}}],"country":"ID",` +
			`"duplicates":{"keep":"first","same":["address"]},"hidden_rows":"refuse","language":"id","name":"gajian-promo",` +
			`"purpose":"marketing","send":"single","subject":"gajian promo"}`),
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestValuesAreReadAsTheyAreWritten(t *testing.T) {
	for _, tc := range []struct {
		line string
		get  func(*campaign.Campaign) any
		want any
	}{
		{"budget_code: 007", func(c *campaign.Campaign) any { return c.BudgetCode }, "007"},
		{"budget_code: 1e3", func(c *campaign.Campaign) any { return c.BudgetCode }, "1e3"},
		{"tab: 2026-11-21", func(c *campaign.Campaign) any { return c.Tab }, "2026-11-21"},
		{"tab: no", func(c *campaign.Campaign) any { return c.Tab }, "no"},
		{"tab: ${env:HOME}", func(c *campaign.Campaign) any { return c.Tab }, "${env:HOME}"},
		{"rate: 30/m", func(c *campaign.Campaign) any { return c.Rate }, campaign.Rate(0.5)},
		{"rate: 0.5/s", func(c *campaign.Campaign) any { return c.Rate }, campaign.Rate(0.5)},
		{"rate: unlimited", func(c *campaign.Campaign) any { return c.Rate }, campaign.Unlimited},
		{"outage: 0s", func(c *campaign.Campaign) any { return c.Outage }, time.Duration(0)},
		{"outage: 1h30m", func(c *campaign.Campaign) any { return c.Outage }, 90 * time.Minute},
		{"retry: {attempts: 2}", func(c *campaign.Campaign) any { return c.Retry }, campaign.Retry{Attempts: 2, First: time.Second, Most: time.Minute}},
		{"duplicates: {keep: all}", func(c *campaign.Campaign) any { return c.Duplicates.Same[0] + c.Duplicates.Keep }, "addressall"},
		{"encoding: UTF-8", func(c *campaign.Campaign) any { return c.Encoding }, ""},
		{"encoding: cp1252", func(c *campaign.Campaign) any { return c.Encoding }, "windows-1252"},
		{"expect: {rows: 1000}", func(c *campaign.Campaign) any { return [2]int{c.Expect.RowsMin, c.Expect.RowsMax} }, [2]int{1000, 1000}},
		{"expect: {rows: 1000..}", func(c *campaign.Campaign) any { return [2]int{c.Expect.RowsMin, c.Expect.RowsMax} }, [2]int{1000, 0}},
		{"expect: {rows: 0..5}", func(c *campaign.Campaign) any { return [2]int{c.Expect.RowsMin, c.Expect.RowsMax} }, [2]int{0, 5}},
		{"expect: {rejected: 0}", func(c *campaign.Campaign) any { return c.Expect.Rejected }, campaign.Share{Set: true}},
		{"expect: {rejected: 0.5%}", func(c *campaign.Campaign) any { return c.Expect.Rejected }, campaign.Share{Set: true, IsPct: true, Percent: 0.5}},
		{"expect: {cost: 0.000001}", func(c *campaign.Campaign) any { return c.Expect.Cost }, campaign.Money(1)},
		{"subject: \"a\\u0085b\"", func(c *campaign.Campaign) any { return c.Subject }, "a\u0085b"},
		{"subject: |\n  a: b\n  {{c}}", func(c *campaign.Campaign) any { return c.Subject }, "a: b\n{{c}}\n"},
		{"tab: &x Satu\nbudget_code: *x", func(c *campaign.Campaign) any { return c.BudgetCode }, "Satu"},
	} {
		c, err := ParseCampaign("promo.yaml", completed(tc.line+"\n"), Options{})
		if err != nil {
			t.Errorf("%s: %v", tc.line, err)
			continue
		}
		if got := tc.get(c); got != tc.want {
			t.Errorf("%s: got %#v, want %#v", tc.line, got, tc.want)
		}
	}
}

func TestDatesInTheFileNameAreTodayInTheZone(t *testing.T) {
	for _, tc := range []struct{ file, want string }{
		{"inbox/a-{date}.xlsx", "/srv/inbox/a-2026-11-21.xlsx"},
		{"a-{date:yyyymmdd}.xlsx", "/srv/a-20261121.xlsx"},
		{`"{date:yyyy}/{date:mm}/{date:dd}.csv"`, "/srv/2026/11/21.csv"},
		{"a {date:d mmmm yyyy}.csv", "/srv/a 21 November 2026.csv"},
		{"/abs/../a.csv", "/a.csv"},
		{"../a.csv", "/a.csv"},
		{"\"-\"", "-"},
	} {
		c, err := ParseCampaign("/srv/promo.yaml", completed("file: "+tc.file+"\n"), evening(t))
		if err != nil {
			t.Errorf("%s: %v", tc.file, err)
			continue
		}
		if c.File != tc.want {
			t.Errorf("%s: got %s, want %s", tc.file, c.File, tc.want)
		}
	}
}

func TestAFileOnTheCommandLineIsRelativeToTheWorkingDirectory(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{"x{date}.csv": filepath.Join(here, "x{date}.csv"), "-": "-", "/x.csv": "/x.csv"} {
		o := evening(t)
		o.File = file
		c, err := ParseCampaign("/srv/promo.yaml", completed(""), o)
		if err != nil {
			t.Fatal(err)
		}
		if c.File != want {
			t.Errorf("%s: got %s, want %s", file, c.File, want)
		}
	}
}

func TestEveryChannelIsRead(t *testing.T) {
	c, err := ParseCampaign("channels.yaml", fixture(t, "channels.yaml"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	media := &campaign.Media{Kind: "location", Location: &campaign.Location{Latitude: "-6.2", Longitude: "106.8", Name: "Kantor", Address: "Jl. Contoh 1"}}
	want := []campaign.Channel{
		{
			Kind: campaign.WhatsApp, To: "hp", Template: "katalog", Category: "marketing", Format: "json", Language: "en_US",
			Header: media, Attachment: []string{"https://files.example.test/a.pdf"},
			Buttons: []campaign.Button{
				{Kind: "otp", Index: 0, Value: "{{kode}}"},
				{Kind: "catalog", Index: 1, Thumbnail: "sku-1"},
				{Kind: "mpm", Index: 5, Thumbnail: "sku-1", Sections: []campaign.Section{{Title: "Terlaris", Products: []string{"sku-1", "sku-2"}}}},
				{Kind: "quick_reply", Index: 3, Value: "beli"},
			},
			Carousel: []campaign.Card{
				{Media: campaign.Media{Kind: "image", Link: "https://files.example.test/c0.png"}, Body: []string{"Kopi"}, Buttons: []campaign.Button{{Kind: "url", Value: "p/0"}}},
				{Media: campaign.Media{Kind: "video", Link: "https://files.example.test/c1.mp4"}},
			},
		},
		{Kind: campaign.SMS, To: "hp", Message: "Halo", BackupSender: true},
		{
			Kind: campaign.Email, To: "{{e}}", Template: "tpl01", Values: []campaign.Pair{{Name: "nama", Value: "{{nama}}"}, {Name: "kota", Value: "Solo"}},
			Attachment: []string{"https://files.example.test/a.pdf", "https://files.example.test/b.pdf"},
		},
		{Kind: campaign.Line, To: "id", Message: "Halo"},
		{Kind: campaign.Telegram, To: "700001", Message: "Halo"},
		{Kind: campaign.Facebook, To: "psid", Message: "Halo", Attachment: []string{"https://files.example.test/a.png"}},
	}
	if d := cmp.Diff(want, c.Channels); d != "" {
		t.Error(d)
	}
}

func TestEveryWhatsAppMessageWithoutATemplateIsRead(t *testing.T) {
	choices := []campaign.Choice{{Key: "ya", Title: "Ya"}}
	for message, want := range map[string]campaign.SessionMessage{
		`{text: "Halo {{nama}}"}`:                               {Kind: "text", Text: "Halo {{nama}}"},
		`{image: {url: u, name: n}}`:                            {Kind: "image", Media: &campaign.Attached{URL: "u", Name: "n"}},
		`{video: {url: u}}`:                                     {Kind: "video", Media: &campaign.Attached{URL: "u"}},
		`{audio: {url: u}}`:                                     {Kind: "audio", Media: &campaign.Attached{URL: "u"}},
		`{document: {url: u}}`:                                  {Kind: "document", Media: &campaign.Attached{URL: "u"}},
		`{location: {latitude: -6.2, longitude: 1.0}}`:          {Kind: "location", Location: &campaign.Location{Latitude: "-6.2", Longitude: "1.0"}},
		`{buttons: {body: b, choices: [{key: ya, title: Ya}]}}`: {Kind: "buttons", Text: "b", Choices: choices},
		`{buttons: {header: h, body: b, footer: f, choices: [{key: ya, title: Ya}]}}`:                       {Kind: "buttons", HeaderKind: "text", Header: "h", Text: "b", Footer: "f", Choices: choices},
		`{buttons: {header: {image: {url: u}}, body: b, choices: [{key: ya, title: Ya}]}}`:                  {Kind: "buttons", HeaderKind: "image", HeaderURL: &campaign.Attached{URL: "u"}, Text: "b", Choices: choices},
		`{list: {header: h, body: b, title: t, section: {title: s, choices: [{key: ya, title: Ya}]}}}`:      {Kind: "list", HeaderKind: "text", Header: "h", Text: "b", Title: "t", Section: "s", Choices: choices},
		`{list: {body: b, title: t, section: {title: s, description: d, choices: [{key: ya, title: Ya}]}}}`: {Kind: "list", Text: "b", Title: "t", Section: "s", About: "d", Choices: choices},
		`{list: {body: b, footer: f, title: t, section: {title: s, choices: [{key: ya, title: Ya}]}}}`:      {Kind: "list", Text: "b", Footer: "f", Title: "t", Section: "s", Choices: choices},
		`{buttons: {header: {document: {url: u, name: n}}, body: b, choices: [{key: ya, title: Ya}]}}`:      {Kind: "buttons", HeaderKind: "document", HeaderURL: &campaign.Attached{URL: "u", Name: "n"}, Text: "b", Choices: choices},
	} {
		c, err := ParseCampaign("promo.yaml", completed("channels: [{whatsapp: {to: hp, message: "+message+"}}]\n"), Options{})
		if err != nil {
			t.Errorf("%s: %v", message, err)
			continue
		}
		if d := cmp.Diff(&want, c.Channels[0].Session); d != "" {
			t.Errorf("%s: %s", message, d)
		}
	}
}

func TestWhatIsNoTextIsRefusedAsWhatItIs(t *testing.T) {
	// Ten lists of ten aliases each, eight deep: a hundred million values.
	bomb := "columns: {a: &a [x, x, x, x, x, x, x, x, x, x]"
	for c := 'b'; c <= 'h'; c++ {
		bomb += ", " + string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+string(c-1)+", ", 10), ", ") + "]"
	}
	bomb += "}\n"
	wide := "channels: [{whatsapp: {to: hp, template: x, category: utility, carousel: &c [" + strings.Repeat("{image: u, body: &b [x"+strings.Repeat(", x", 999)+"]}", 1) +
		strings.Repeat(", {image: u, body: *b}", 500) + "]}}]\n"
	for name, tc := range map[string]struct{ text, want string }{
		"too large":     {strings.Repeat("# comment\n", 200_000), "promo.yaml: is larger than 1 MiB"},
		"UTF-16":        {"\xff\xfen\x00", "promo.yaml:1: is UTF-16"},
		"a workbook":    {"PK\x03\x04xxxx", "promo.yaml: is a workbook"},
		"not UTF-8":     {"name: a\ntab: caf\xe9\n", "promo.yaml:2: is not UTF-8"},
		"empty":         {"", "promo.yaml: is empty"},
		"blank":         {" \n\n---\n", "promo.yaml: is empty"},
		"alias bomb":    {bomb, "promo.yaml:1: columns.a: is a list"},
		"wide aliases":  {wide, "the file has too many values"},
		"endless alias": {"columns: &x {a: *x}\n", "columns.a: has keys of its own"},
	} {
		_, err := ParseCampaign("promo.yaml", []byte(tc.text), Options{})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %s", name, err, tc.want)
		}
	}
}

func TestAByteOrderMarkAndWindowsLineEndsDoNoHarm(t *testing.T) {
	text := "\ufeff" + strings.ReplaceAll(string(completed("tab: Satu\nsubject: Dua\n")), "\n", "\r\n")
	c, err := ParseCampaign("promo.yaml", []byte(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c.Tab != "Satu" || c.Subject != "Dua" {
		t.Errorf("got %q, %q", c.Tab, c.Subject)
	}
}

func TestAFileThatCannotBeReadSaysWhy(t *testing.T) {
	dir := t.TempDir()
	_, err := ReadCampaign(filepath.Join(dir, "x.yaml"), Options{})
	if !errors.Is(err, fs.ErrNotExist) || err.Error() != filepath.Join(dir, "x.yaml")+": is not there" {
		t.Errorf("got %v", err)
	}
	if _, err = ReadCampaign(dir, Options{}); err == nil || err.Error() != dir+": cannot be read: is a directory" {
		t.Errorf("got %v", err)
	}
	path := filepath.Join(dir, "promo.yaml")
	if err := os.WriteFile(path, completed(""), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := ReadCampaign(path, Options{})
	if err != nil || c.File != filepath.Join(dir, "a.xlsx") {
		t.Errorf("got %+v, %v", c, err)
	}
}
