package workbook

import (
	"fmt"
	"iter"
	"time"

	"siaran/campaign"
	"siaran/reports"
)

var jakarta = time.FixedZone("WIB", 7*3600)

var sampleStart = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) // 19:00 WIB

// sampleHeader has six columns, of all kinds that recipients' files have.
func sampleHeader() campaign.Header {
	return campaign.Header{Row: 1, Columns: []campaign.Column{
		{Name: "Nama Nasabah", Letter: "A"},
		{Name: "Nomor HP", Letter: "B"},
		{Name: "No Kontrak", Letter: "C"},
		{Name: "Jumlah", Letter: "D"},
		{Name: "Jatuh Tempo", Letter: "E"},
		{Name: "Cabang", Letter: "F"},
	}}
}

func samplePrices() *campaign.Prices {
	from := time.Date(2025, 7, 1, 0, 0, 0, 0, jakarta)
	return &campaign.Prices{
		Currency: "IDR", Tax: "11", BillingDate: "sent",
		WhatsApp: []campaign.WhatsAppPrice{{From: from, ByCategory: map[string]campaign.Money{
			"marketing": 586_330_000, "utility": 356_650_000, "authentication": 356_650_000, "service": 0,
		}}},
		SMS: []campaign.SMSPrice{{From: from, Part: 350_000_000, Charged: "accepted"}},
	}
}

func sampleCampaign(kinds ...campaign.ChannelKind) *campaign.Campaign {
	c := &campaign.Campaign{Name: "tagihan", Account: "sprint", SenderID: "BANKKU", BudgetCode: "COL-11", Send: campaign.SendSingle}
	if len(kinds) > 1 {
		c.Send = campaign.SendPrimaryBackup
	}
	for _, k := range kinds {
		ch := campaign.Channel{Kind: k}
		if k == campaign.WhatsApp {
			ch.Template, ch.Category = "tagihan_v3", "utility"
			ch.Text = "Yth. {{1}}, tagihan Anda sebesar {{2}} akan jatuh tempo pada {{3}}. Abaikan pesan ini bila sudah membayar.\nTerima kasih."
		} else {
			ch.Message = "Yth. {{nama}}, tagihan {{Jumlah | rupiah}} jatuh tempo {{Jatuh Tempo}}."
		}
		c.Channels = append(c.Channels, ch)
	}
	return c
}

// sampleInput is a run of n rows in which everything happens.
func sampleInput(n int, kinds ...campaign.ChannelKind) Input {
	if len(kinds) == 0 {
		kinds = []campaign.ChannelKind{campaign.WhatsApp}
	}
	return Input{
		Run: campaign.Run{
			ID: "3k9x2f", Kind: campaign.KindSend, Campaign: "tagihan", Account: "sprint", Gateway: "sandeza", Live: true,
			FileName: "tagihan-2026-11-21.xlsx", FileDigest: "9f86d081884c7d65", Tab: "Tagihan", Header: sampleHeader(), Rows: n, Hidden: 2, Empty: 1,
			State: campaign.StateDone, CreatedAt: sampleStart.Add(-time.Minute), DoneAt: sampleStart.Add(time.Hour),
			Definition: []byte("name: tagihan\naccount: sprint\nchannels:\n  - whatsapp:\n      to: phone\n      body: [\"{{nama}}\"]\n"),
		},
		Histories: sampleHistories(n, kinds),
		Settings: reports.Settings{
			Campaign: sampleCampaign(kinds...), Prices: samplePrices(), Zone: jakarta,
			Text: func(campaign.Message, campaign.ChannelKind) (string, error) { return "Yth. Budi", nil },
		},
		AsOf: sampleStart.Add(26 * time.Hour), Who: "ops@host", Approval: "Ibu Sari, 2026-11-21 18:40",
		Estimate: campaign.Estimate{Known: true, Least: 300 * 1_000_000, Most: campaign.Money(n) * 356_650_000, Currency: "IDR"},
		Actions: []campaign.Action{
			{At: sampleStart.Add(-2 * time.Minute), Person: campaign.Person{Who: "ops", Host: "host"}, What: campaign.DeedPlan, Options: "tagihan.yaml"},
			{At: sampleStart, Person: campaign.Person{Who: "ops", Host: "host"}, What: campaign.DeedSend, Options: "--yes", Why: "nightly"},
		},
		Strays: Strays{
			Listed: []campaign.Stray{{Kind: campaign.StrayOrphan, Why: "no such row", Receipt: campaign.Receipt{
				ReceivedAt: sampleStart, Gateway: "sandeza", RefID: "tagihan-3k9x2f-0zzzz-7m2qk8zd", Channel: campaign.WhatsApp, Word: "9", At: sampleStart,
			}}},
			Counts: campaign.StrayCounts{campaign.StrayOrphan: 1, campaign.StrayForeign: 12},
		},
		Program: "siaran 0.1.0",
	}
}

func sampleHistories(n int, kinds []campaign.ChannelKind) iter.Seq2[campaign.History, error] {
	return func(yield func(campaign.History, error) bool) {
		for i := range n {
			if !yield(sampleHistory(i+2, kinds), nil) {
				return
			}
		}
	}
}

// sampleHistory is what happened to a row; which of the twenty stories it is goes by its number.
func sampleHistory(row int, kinds []campaign.ChannelKind) campaign.History {
	phone := fmt.Sprintf("62812%08d", row)
	h := campaign.History{
		Message: campaign.Message{
			Run: "3k9x2f", Seq: row, RefID: fmt.Sprintf("tagihan-3k9x2f-%05d-7m2qk8zd", row), Address: phone,
			Cells: []campaign.Cell{
				campaign.TextCell("Nasabah Nomor " + fmt.Sprint(row)),
				{Kind: campaign.Number, Raw: phone, Text: phone},
				campaign.TextCell(fmt.Sprintf("0098%012d", row)),
				{Kind: campaign.Number, Raw: fmt.Sprintf("%d.5", 125000+row), Text: fmt.Sprintf("%d.50", 125000+row), Format: "#,##0.00"},
				{Kind: campaign.Date, Raw: "2026-11-30", Text: "30/11/2026", Format: "dd/mm/yyyy"},
				campaign.TextCell([]string{"Jakarta Selatan", "Bandung", "Surabaya"}[row%3]),
			},
		},
		State: campaign.StateDone, Channels: kinds, Tries: 4,
	}
	if len(kinds) > 1 {
		h.Message.Others = map[campaign.ChannelKind]string{kinds[1]: phone}
	}
	began := sampleStart.Add(time.Duration(row) * 20 * time.Millisecond)
	attempt := func(n int, a campaign.Answer) {
		h.Attempts = append(h.Attempts, campaign.Attempt{Run: "3k9x2f", Seq: row, N: n, Account: "sprint", BegunAt: began, EndedAt: began.Add(time.Second), Answer: a})
	}
	receipt := func(k campaign.ChannelKind, d campaign.Delivery, word string, after time.Duration, b campaign.Billing, reason string) {
		at := began.Add(after)
		h.Receipts = append(h.Receipts, campaign.Receipt{RefID: h.Message.RefID, Gateway: "sandeza", Channel: k, Delivery: d, Word: word, At: at, ReceivedAt: at.Add(time.Second), Billing: b, Reason: reason})
	}
	first := kinds[0]
	switch row % 20 {
	case 3:
		h.Message.Address, h.Message.Problem = "", &campaign.Problem{Verdict: campaign.VerdictRejected, Column: "Nomor HP", Reason: "this is a landline: WhatsApp needs a mobile number"}
		return h
	case 7:
		h.Message.Problem = &campaign.Problem{Verdict: campaign.VerdictDuplicate, Reason: fmt.Sprintf("the same recipient as row %d", row-1)}
		return h
	case 11:
		attempt(1, campaign.Answer{Outcome: campaign.Refused, Code: "3", Reason: "Invalid Recipient"})
		return h
	case 13:
		attempt(1, campaign.Answer{Outcome: campaign.Unknown, Code: "timeout", Reason: "no answer in 30s"})
		return h
	}
	attempt(1, campaign.Answer{Outcome: campaign.Accepted, HTTP: 200, GatewayID: fmt.Sprintf("wMjAyMTA0%08d", row)})
	switch row % 20 {
	case 5:
		receipt(first, campaign.DeliveryUndelivered, "2", time.Minute, "", "number not on WhatsApp")
		if len(kinds) > 1 {
			receipt(kinds[1], campaign.DeliveryDelivered, "1", 2*time.Minute, "", "")
			h.Receipts[len(h.Receipts)-1].Parts = 2
		}
		return h
	case 9:
		receipt(first, campaign.DeliverySent, "16", time.Minute, campaign.BillingOnProcess, "")
		return h
	case 15:
		return h // no receipt yet
	}
	if len(kinds) > 1 {
		receipt(kinds[1], campaign.DeliveryUnused, "14", time.Minute, "", "")
	}
	billing := campaign.BillingPaid
	if row%4 == 0 {
		billing = campaign.BillingFree
	}
	receipt(first, campaign.DeliveryDelivered, "1", time.Duration(row%90)*time.Minute+3*time.Second, campaign.BillingOnProcess, "")
	receipt(first, campaign.DeliveryDelivered, "1", time.Duration(row%90)*time.Minute+9*time.Second, billing, "")
	if row%20 == 17 { // contradiction
		receipt(first, campaign.DeliveryDelivered, "1", time.Duration(row%90)*time.Minute+time.Minute, campaign.BillingFree, "")
	}
	if row%2 == 0 {
		receipt(first, campaign.DeliveryRead, "9", time.Duration(row%90)*time.Minute+10*time.Minute, "", "")
	}
	return h
}
