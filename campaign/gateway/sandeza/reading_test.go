package sandeza

import (
	"testing"

	"siaran/campaign"
)

func TestTheTextIsWhatTheRecipientReads(t *testing.T) {
	t.Parallel()
	all := goldens()
	approved := single(with(promo("delimiter"), func(ch *campaign.Channel) {
		ch.Text = "Yth. {{1}}, tagihan Anda Rp {{2}}. Terima kasih, {{1}}."
		ch.Header = &campaign.Media{Kind: "image", Link: "https://files.example.test/{{Segmen}}.jpg"}
		ch.Buttons = []campaign.Button{{Kind: "url", Value: "{{Kode}}"}}
	}))
	for name, test := range map[string]struct {
		c    *campaign.Campaign
		want string
	}{
		"an SMS": {all["sms-single"], "Halo Budi, tagihan Rp 250.000"},
		"an approved text": {
			approved,
			"[image https://files.example.test/gold.jpg]\nYth. Budi, tagihan Anda Rp 250.000. Terima kasih, Budi.\n[button url promo/17]",
		},
		"a template whose text is not known": {all["wa-delimiter-body"], "[promo_01: Budi | 250.000]"},
		"a template without values":          {all["wa-delimiter-none"], "[promo_00]"},
		"a document and its name": {
			all["wa-json-document"],
			"[document https://files.example.test/i.pdf Tagihan Budi.pdf]\n[promo_01: Budi | 250.000]",
		},
		"a place":          {all["wa-json-location"], "[location -6.2 106.8 Kantor Solo Jl. Contoh 1]\n[promo_01: Budi | 250.000]"},
		"a carousel":       {all["wa-json-carousel"], "[promo_04: Budi]\n[card 1]\n[image https://files.example.test/c0.png]\nKopi\n[button quick_reply buy-0]\n[button url p/0]\n[card 2]\n[image https://files.example.test/gold.png]\nTeh untuk Budi\n[button quick_reply buy-1]\n[button url promo/17]"},
		"buttons":          {all["wa-session-buttons"], "Konfirmasi\nSetuju, Budi?\nTerima kasih\n[button Ya]\n[button Tidak]"},
		"a list":           {all["wa-session-list"], "Menu\nPilih satu\nTerima kasih\n[list Buka]\n[choice Es teh]\n[choice Es jeruk]"},
		"an e-mail":        {all["email-text"], "Yth. Budi,\nterlampir tagihan \"November\" <Anda>."},
		"e-mail values":    {all["email-dynamic-template"], "[tpl01 nama: Budi]\n[tpl01 kota: Solo]\n[attachment https://files.example.test/a.pdf]\n[attachment https://files.example.test/gold.docx]"},
		"a static e-mail":  {all["email-static-template"], "[tpl01]"},
		"primary, backup":  {all["wa-delimiter-backup-sms"], "whatsapp:\n[promo_01: Budi | 250.000]\n\nsms, if that fails:\nHalo Budi"},
		"several channels": {all["all-wa-json-line"], "line:\nHalo Budi\n\nwhatsapp:\n[promo_01: Budi | 250.000]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := mustNew(t, test.c).Text(message(test.c, nil))
			if err != nil || got != test.want {
				t.Errorf("%v\ngot  %q\nwant %q", err, got, test.want)
			}
		})
	}
}

func TestTheSMSTextIsThatOfTheSMSAlone(t *testing.T) {
	t.Parallel()
	static := single(sms())
	static.Channels[0].Message = "Halo\r\nsemua"
	for want, c := range map[string]*campaign.Campaign{
		"Halo Budi": goldens()["all-wa-delimiter-sms-email"], "": single(promo("json")), "Halo\nsemua": static,
	} {
		g, m := mustNew(t, c), message(c, nil)
		if got, err := g.SMSText(m); got != want || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
		if got, err := g.Check(m); got != want || err != nil {
			t.Errorf("check gave %q, %v, want %q", got, err, want)
		}
	}
}

func TestTheColumnOfAnAddressIsKnown(t *testing.T) {
	t.Parallel()
	c := campaignOf(campaign.SendAll, sms(), email())
	g := mustNew(t, c)
	for i, want := range []string{"081200000001", "budi@example.test"} {
		cell, column, err := g.To(message(c, nil).Row(), i)
		if err != nil || cell.Text != want || column != []string{"Nomor HP", "Email"}[i] {
			t.Errorf("got %+v of %q, %v", cell, column, err)
		}
	}
}
