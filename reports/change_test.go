package reports_test

import (
	"fmt"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/reports"
)

func TestAChangeIsWhatLateReceiptsDidToARow(t *testing.T) {
	since := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	receipt := func(hours int, d campaign.Delivery, b campaign.Billing) campaign.Receipt {
		at := since.Add(time.Duration(hours) * time.Hour)
		return campaign.Receipt{Channel: campaign.WhatsApp, Delivery: d, Word: string(d), Billing: b, At: at, ReceivedAt: at}
	}
	for name, c := range map[string]struct {
		receipts []campaign.Receipt
		want     string
	}{
		"nothing came":                {nil, "none"},
		"nothing came since":          {[]campaign.Receipt{receipt(-2, campaign.DeliveryRead, campaign.BillingPaid)}, "none"},
		"the same came again":         {[]campaign.Receipt{receipt(-2, campaign.DeliveryRead, campaign.BillingPaid), receipt(1, campaign.DeliverySent, "")}, "none"},
		"the first receipt came":      {[]campaign.Receipt{receipt(0, campaign.DeliveryDelivered, campaign.BillingOnProcess)}, "accepted → delivered, UNCLASSIFIED → ON PROCESS"},
		"a billing was settled":       {[]campaign.Receipt{receipt(-1, campaign.DeliveryRead, campaign.BillingOnProcess), receipt(1, campaign.DeliveryRead, campaign.BillingFree)}, "read → read, ON PROCESS → FREE"},
		"it was delivered after all":  {[]campaign.Receipt{receipt(-1, campaign.DeliveryUndelivered, ""), receipt(1, campaign.DeliveryDelivered, campaign.BillingPaid)}, "undelivered → delivered, NOT DELIVERED → PAID"},
		"in the order that they came": {[]campaign.Receipt{receipt(1, campaign.DeliveryRead, campaign.BillingPaid), receipt(-1, campaign.DeliverySent, "")}, "sent → read, UNCLASSIFIED → PAID"},
	} {
		h := campaign.History{
			Message:  campaign.Message{Seq: 7, RefID: "ref"},
			Attempts: []campaign.Attempt{{N: 1, BegunAt: since.Add(-3 * time.Hour), Answer: campaign.Answer{Outcome: campaign.Accepted}}},
			Receipts: c.receipts, State: campaign.StateDone, Channels: []campaign.ChannelKind{campaign.WhatsApp},
		}
		before := fmt.Sprint(h)
		s := reports.Settings{Zone: time.UTC}
		got := "none"
		if change, ok := reports.ChangeSince(h, reports.Join(h, s), s, since); ok {
			got = fmt.Sprintf("%s → %s, %s → %s", change.Verdict[0], change.Verdict[1], change.Billing[0], change.Billing[1])
			if change.Row != 7 || change.RefID != "ref" {
				t.Errorf("%s: %+v", name, change)
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if fmt.Sprint(h) != before {
			t.Errorf("%s: the history was changed", name)
		}
	}
}
