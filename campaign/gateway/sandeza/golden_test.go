package sandeza

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
)

// with changes a channel.
func with(ch campaign.Channel, change func(*campaign.Channel)) campaign.Channel {
	change(&ch)
	return ch
}

// goldens are the campaigns whose bodies stand in testdata. Those files were written by hand from Sprint's
// page "Description Parameter", before the encoder; they are never written by it.
func goldens() map[string]*campaign.Campaign {
	const files = "https://files.example.test/"
	pending := func(minutes int) campaign.BackupOn {
		return campaign.BackupOn{Word: "pending", After: time.Duration(minutes) * time.Minute}
	}
	otp := func(format string) campaign.Channel {
		return campaign.Channel{
			Kind: campaign.WhatsApp, To: "phone", Template: "otp_01", Category: "authentication", Format: format,
			Body: []string{"{{OTP}}"}, Buttons: []campaign.Button{{Kind: "otp", Value: "{{OTP}}"}},
		}
	}
	image := func(ch *campaign.Channel) {
		ch.Header = &campaign.Media{Kind: "image", Link: files + "{{Segmen}}.jpg"}
		ch.Buttons = []campaign.Button{{Kind: "url", Value: "{{Kode}}"}}
		ch.Attachment = []string{files + "a.pdf", files + "b.pdf"}
	}
	head := func(m campaign.Media) func(*campaign.Channel) {
		return func(ch *campaign.Channel) { ch.Header = &m }
	}
	shop := func(id string, b campaign.Button, body ...string) campaign.Channel {
		return campaign.Channel{Kind: campaign.WhatsApp, To: "phone", Template: id, Category: "marketing", Format: "json", Body: body, Buttons: []campaign.Button{b}}
	}
	cardButtons := func(payload, link string) []campaign.Button {
		return []campaign.Button{{Kind: "quick_reply", Value: payload}, {Kind: "url", Index: 1, Value: link}}
	}
	choices := []campaign.Choice{{Key: "yes", Title: "Ya"}, {Key: "no", Title: "Tidak"}}
	budget := single(sms())
	budget.BudgetCode = "COL-11"

	return map[string]*campaign.Campaign{
		"sms-single":        single(with(sms(), func(ch *campaign.Channel) { ch.Message = "Halo {{nama}}, tagihan Rp {{Jumlah}}" })),
		"sms-backup-sender": single(with(sms(), func(ch *campaign.Channel) { ch.BackupSender = true })),
		"sms-budget":        budget,

		"email-text": single(with(email(), func(ch *campaign.Channel) { ch.Message = "Yth. {{nama}},\r\nterlampir tagihan \"November\" <Anda>." })),
		"email-static-template": single(with(email(), func(ch *campaign.Channel) {
			ch.Message, ch.Template = "", "tpl01"
		})),
		"email-dynamic-template": single(with(email(), func(ch *campaign.Channel) {
			ch.Message, ch.Template = "", "tpl01"
			ch.Values = []campaign.Pair{{Name: "nama", Value: "{{nama}}"}, {Name: "kota", Value: "{{Kota}}"}}
			ch.Attachment = []string{files + "a.pdf", files + "{{Segmen}}.docx"}
		})),

		"line-single":     single(with(chat(campaign.Line, "Obrolan"), func(ch *campaign.Channel) { ch.Attachment = []string{files + "a.png"} })),
		"telegram-single": single(with(chat(campaign.Telegram, "Telegram"), func(ch *campaign.Channel) { ch.Attachment = []string{files + "a.mp4"} })),
		"facebook-single": single(chat(campaign.Facebook, "Facebook")),

		"wa-delimiter-body":     single(promo("delimiter")),
		"wa-delimiter-none":     single(with(promo("delimiter"), func(ch *campaign.Channel) { ch.Template, ch.Body = "promo_00", nil })),
		"wa-delimiter-text":     single(with(promo("delimiter"), head(campaign.Media{Kind: "text", Text: "Promo {{nama}}"}))),
		"wa-delimiter-image":    single(with(promo("delimiter"), image)),
		"wa-delimiter-video":    single(with(promo("delimiter"), head(campaign.Media{Kind: "video", Link: files + "v.mp4"}))),
		"wa-delimiter-document": single(with(promo("delimiter"), head(campaign.Media{Kind: "document", Link: files + "i.pdf"}))),
		"wa-delimiter-otp":      single(otp("delimiter")),

		"wa-json-body":     single(promo("json")),
		"wa-json-text":     single(with(promo("json"), head(campaign.Media{Kind: "text", Text: "Promo {{nama}}"}))),
		"wa-json-image":    single(with(promo("json"), image)),
		"wa-json-video":    single(with(promo("json"), head(campaign.Media{Kind: "video", Link: files + "v.mp4"}))),
		"wa-json-document": single(with(promo("json"), head(campaign.Media{Kind: "document", Link: files + "i.pdf", Filename: "Tagihan {{nama}}.pdf"}))),
		"wa-json-location": single(with(promo("json"), head(campaign.Media{
			Kind: "location", Location: &campaign.Location{Latitude: "{{Lat}}", Longitude: "{{Long}}", Name: "Kantor {{Kota}}", Address: "Jl. Contoh 1"},
		}))),
		"wa-json-otp":     single(otp("json")),
		"wa-json-catalog": single(shop("shop_01", campaign.Button{Kind: "catalog", Thumbnail: "sku-1"}, "{{nama}}")),
		"wa-json-mpm": single(shop("shop_02", campaign.Button{Kind: "mpm", Thumbnail: "sku-1", Sections: []campaign.Section{
			{Title: "Terlaris", Products: []string{"sku-1", "sku-2"}}, {Title: "Untuk {{nama}}", Products: []string{"sku-3"}},
		}})),
		"wa-json-buttons": single(with(promo("json"), func(ch *campaign.Channel) {
			ch.Template, ch.Body = "promo_03", nil
			ch.Buttons = []campaign.Button{
				{Kind: "quick_reply", Value: "ya-{{Kode}}"}, {Kind: "quick_reply", Index: 1, Value: "tidak"}, {Kind: "url", Index: 3, Value: "{{Kode}}"},
			}
		})),
		"wa-json-carousel": single(with(promo("json"), func(ch *campaign.Channel) {
			ch.Template, ch.Body = "promo_04", []string{"{{nama}}"}
			ch.Carousel = []campaign.Card{
				{Media: campaign.Media{Kind: "image", Link: files + "c0.png"}, Body: []string{"Kopi"}, Buttons: cardButtons("buy-0", "p/0")},
				{Media: campaign.Media{Kind: "image", Link: files + "{{Segmen}}.png"}, Body: []string{"Teh untuk {{nama}}"}, Buttons: cardButtons("buy-1", "{{Kode}}")},
			}
		})),
		"wa-json-carousel-video": single(with(promo("json"), func(ch *campaign.Channel) {
			ch.Template, ch.Body = "promo_05", nil
			ch.Carousel = []campaign.Card{{Media: campaign.Media{Kind: "video", Link: files + "c0.mp4"}}}
		})),

		"wa-session-text":     single(session(campaign.SessionMessage{Kind: "text", Text: "Halo {{nama}}\r\nApa kabar?"})),
		"wa-session-image":    single(session(campaign.SessionMessage{Kind: "image", Media: &campaign.Attached{URL: files + "p.jpg", Name: "p.jpg"}})),
		"wa-session-video":    single(session(campaign.SessionMessage{Kind: "video", Media: &campaign.Attached{URL: files + "p.mp4"}})),
		"wa-session-audio":    single(session(campaign.SessionMessage{Kind: "audio", Media: &campaign.Attached{URL: files + "p.ogg"}})),
		"wa-session-document": single(session(campaign.SessionMessage{Kind: "document", Media: &campaign.Attached{URL: files + "p.pdf", Name: "Tagihan {{nama}}"}})),
		"wa-session-location": single(session(campaign.SessionMessage{Kind: "location", Location: &campaign.Location{Latitude: "-6.2", Longitude: "{{Long}}"}})),
		"wa-session-buttons": single(session(campaign.SessionMessage{
			Kind: "buttons", HeaderKind: "text", Header: "Konfirmasi", Text: "Setuju, {{nama}}?", Footer: "Terima kasih", Choices: choices,
		})),
		"wa-session-buttons-image": single(session(campaign.SessionMessage{
			Kind: "buttons", HeaderKind: "image", HeaderURL: &campaign.Attached{URL: files + "p.jpg", Name: "p.jpg"}, Text: "Setuju?", Choices: choices[:1],
		})),
		"wa-session-list": single(session(campaign.SessionMessage{
			Kind: "list", HeaderKind: "text", Header: "Menu", Text: "Pilih satu", Footer: "Terima kasih", Title: "Buka", Section: "Minuman", About: "Dingin",
			Choices: []campaign.Choice{{Key: "k1", Title: "Es teh"}, {Key: "k2", Title: "Es jeruk"}},
		})),

		"sms-backup-email": campaignOf(campaign.SendPrimaryBackup,
			backup(sms(), on("unsent")[0], on("undelivered")[0], pending(10), on("failed")[0]), email()),
		"email-backup-sms": campaignOf(campaign.SendPrimaryBackup,
			backup(email(), append(append(on("unsent", "undelivered"), pending(5)), on("spam", "bounced", "blacklist")...)...), sms()),
		"line-backup-sms":         campaignOf(campaign.SendPrimaryBackup, backup(chat(campaign.Line, "Obrolan"), on("unsent")[0], pending(5), on("failed")[0]), sms()),
		"telegram-backup-sms":     campaignOf(campaign.SendPrimaryBackup, backup(chat(campaign.Telegram, "Telegram"), on("failed")...), sms()),
		"facebook-backup-sms":     campaignOf(campaign.SendPrimaryBackup, backup(chat(campaign.Facebook, "Facebook"), pending(60)), sms()),
		"wa-delimiter-backup-sms": campaignOf(campaign.SendPrimaryBackup, backup(promo("delimiter"), on("undelivered")[0], pending(10)), sms()),
		"wa-json-backup-email":    campaignOf(campaign.SendPrimaryBackup, backup(promo("json"), on("unsent", "failed", "delivered")...), email()),
		"sms-backup-wa-session": campaignOf(campaign.SendPrimaryBackup, backup(sms(), on("undelivered")...),
			session(campaign.SessionMessage{Kind: "text", Text: "Halo {{nama}}"})),

		"all-wa-delimiter-sms-email": campaignOf(campaign.SendAll, promo("delimiter"), sms(), email()),
		"all-wa-json-line":           campaignOf(campaign.SendAll, chat(campaign.Line, "Obrolan"), promo("json")),
		"all-telegram-facebook-wa-session": campaignOf(campaign.SendAll, chat(campaign.Telegram, "Telegram"), chat(campaign.Facebook, "Facebook"),
			session(campaign.SessionMessage{Kind: "text", Text: "Halo {{nama}}"})),
	}
}

func TestEveryBodyIsWhatTheSpecificationSays(t *testing.T) {
	t.Parallel()
	all := goldens()
	for name, c := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := mustNew(t, c)
			m := message(c, nil)
			if _, err := g.Check(m); err != nil {
				t.Fatalf("Check: %v", err)
			}
			got, err := g.Body(m, true)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, name, got)
		})
	}
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		if _, ok := all[name]; !ok && name != "signed" {
			t.Errorf("%s has no campaign", f)
		}
	}
}

func TestABodyIsSignedWithUsernamePasswordAndTime(t *testing.T) {
	t.Parallel()
	c := single(sms())
	got, err := mustNew(t, c).Body(message(c, nil), false)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "signed", got)
}

// compare holds got against a golden file, key by key in the same order.
func compare(t *testing.T, name string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, want); err != nil {
		t.Fatal(err)
	}
	if compact.String() != string(got) {
		t.Errorf("got\n%s\nwant\n%s", got, compact.Bytes())
	}
}
