package reports_test

import (
	"time"

	"siaran/campaign"
	"siaran/reports"
)

var (
	wib   = time.FixedZone("WIB", 7*3600)
	began = time.Date(2026, 11, 21, 16, 30, 0, 0, time.UTC) // 23:30 in Jakarta
)

const (
	utility   = 356_650_000 // 356.65
	marketing = 586_330_000
	part      = 350_000_000
)

func settings(mode campaign.SendMode, kinds ...campaign.ChannelKind) reports.Settings {
	from := time.Date(2025, 7, 1, 0, 0, 0, 0, wib)
	c := &campaign.Campaign{Name: "tagihan", Send: mode, BudgetCode: "COL-11"}
	for _, k := range kinds {
		ch := campaign.Channel{Kind: k}
		if k == campaign.WhatsApp {
			ch.Category = "utility"
		}
		c.Channels = append(c.Channels, ch)
	}
	return reports.Settings{
		Campaign: c, Zone: wib,
		Prices: &campaign.Prices{
			Currency: "IDR", BillingDate: "sent",
			WhatsApp: []campaign.WhatsAppPrice{{From: from, ByCategory: map[string]campaign.Money{"utility": utility, "marketing": marketing}}},
			SMS:      []campaign.SMSPrice{{From: from, Part: part, Charged: "accepted"}},
		},
	}
}

func message(outcome campaign.Outcome, kinds ...campaign.ChannelKind) campaign.History {
	h := campaign.History{
		Message: campaign.Message{Seq: 2, RefID: "tagihan-3k9x2f-00002-7m2qk8zd", Address: "6281200000002"},
		State:   campaign.StateDone, Channels: kinds, Tries: 4,
	}
	if len(kinds) > 1 {
		h.Message.Others = map[campaign.ChannelKind]string{kinds[1]: "6281200000003"}
	}
	if outcome != "" {
		h.Attempts = []campaign.Attempt{{N: 1, BegunAt: began, EndedAt: began.Add(time.Second), Answer: campaign.Answer{Outcome: outcome, GatewayID: "g1"}}}
	}
	return h
}

// on is a receipt that many minutes after the attempt began.
func on(k campaign.ChannelKind, d campaign.Delivery, minutes int, b campaign.Billing) campaign.Receipt {
	at := began.Add(time.Duration(minutes) * time.Minute)
	return campaign.Receipt{Channel: k, Delivery: d, Word: string(d), At: at, ReceivedAt: at.Add(time.Hour), Billing: b}
}
