package sandeza

import (
	"net/http"
	"testing"
	"time"

	"siaran/campaign"
)

// signingTime is the vendor's own example: Friday, November 1, 2024, 5:47:43 PM GMT+07:00.
func signingTime() time.Time { return time.Unix(1730458063, 0) }

func account() campaign.Account {
	return campaign.Account{
		Name: "sprint", Gateway: Name, URL: "http://127.0.0.1:1", Username: "demouser", Password: "demopass", SenderID: "BANKKU",
		Timeout: 2 * time.Second,
	}
}

func header() campaign.Header {
	h := campaign.Header{Row: 1}
	for i, n := range []string{"Nama", "Nomor HP", "Email", "Jumlah", "Kode", "Segmen", "Lat", "Long", "Kota", "Obrolan", "Telegram", "Facebook", "OTP"} {
		h.Columns = append(h.Columns, campaign.Column{Name: n, Letter: string(rune('A' + i))})
	}
	return h
}

// cells of a row, by column; set changes some of them.
func cells(set map[string]string) []campaign.Cell {
	values := map[string]string{
		"Nama": "Budi", "Nomor HP": "081200000001", "Email": "budi@example.test", "Jumlah": "250.000", "Kode": "promo/17", "Segmen": "gold",
		"Lat": "-6.2", "Long": "106.8", "Kota": "Solo", "Obrolan": "U0001", "Telegram": "700001", "Facebook": "psid-1", "OTP": "482913",
	}
	var all []campaign.Cell
	for _, c := range header().Columns {
		v, ok := set[c.Name]
		if !ok {
			v = values[c.Name]
		}
		all = append(all, campaign.TextCell(v))
	}
	return all
}

// message is row 2, addressed for c.
func message(c *campaign.Campaign, set map[string]string) campaign.Message {
	m := campaign.Message{Run: "3k9x2f", Seq: 2, RefID: "tagihan-3k9x2f-00002-7m2qk8zd", Cells: cells(set), Others: map[campaign.ChannelKind]string{}}
	for i, ch := range c.Channels {
		to := map[campaign.ChannelKind]string{
			campaign.WhatsApp: "6281200000001", campaign.SMS: "6281200000001", campaign.Email: "budi@example.test",
			campaign.Line: "U0001", campaign.Telegram: "700001", campaign.Facebook: "psid-1",
		}[ch.Kind]
		if i == 0 {
			m.Address = to
		} else {
			m.Others[ch.Kind] = to
		}
	}
	return m
}

// campaignOf sends on one channel, or on several.
func campaignOf(mode campaign.SendMode, channels ...campaign.Channel) *campaign.Campaign {
	return &campaign.Campaign{
		Name: "tagihan", Account: "sprint", Country: "ID", Language: "id", Subject: "Tagihan November", Send: mode, Channels: channels,
		Columns: map[string]string{"nama": "Nama", "phone": "Nomor HP"},
	}
}

func single(ch campaign.Channel) *campaign.Campaign { return campaignOf(campaign.SendSingle, ch) }

func mustNew(tb testing.TB, c *campaign.Campaign) *Gateway {
	tb.Helper()
	return mustNewFor(tb, account(), c, nil)
}

func mustNewFor(tb testing.TB, a campaign.Account, c *campaign.Campaign, client *http.Client) *Gateway {
	tb.Helper()
	g, err := New(a, c, header(), client, signingTime)
	if err != nil {
		tb.Fatalf("the campaign is refused: %v", err)
	}
	return g
}

func sms() campaign.Channel {
	return campaign.Channel{Kind: campaign.SMS, To: "phone", Message: "Halo {{nama}}"}
}

func email() campaign.Channel {
	return campaign.Channel{Kind: campaign.Email, To: "Email", Message: "Halo {{nama}}"}
}

func chat(k campaign.ChannelKind, column string) campaign.Channel {
	return campaign.Channel{Kind: k, To: column, Message: "Halo {{nama}}"}
}

// promo is a WhatsApp template with two values.
func promo(format string) campaign.Channel {
	return campaign.Channel{
		Kind: campaign.WhatsApp, To: "phone", Template: "promo_01", Category: "marketing", Format: format, Body: []string{"{{nama}}", "{{Jumlah}}"},
	}
}

func session(m campaign.SessionMessage) campaign.Channel {
	return campaign.Channel{Kind: campaign.WhatsApp, To: "phone", Session: &m}
}

func backup(ch campaign.Channel, on ...campaign.BackupOn) campaign.Channel {
	ch.BackupOn = on
	return ch
}

func on(words ...string) []campaign.BackupOn {
	var list []campaign.BackupOn
	for _, w := range words {
		list = append(list, campaign.BackupOn{Word: w})
	}
	return list
}
