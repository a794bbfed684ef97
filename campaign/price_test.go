package campaign_test

import (
	"math"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"siaran/campaign"
)

func TestMoneyIsWrittenAsAPlainDecimal(t *testing.T) {
	for m, want := range map[campaign.Money]string{
		0: "0", 1: "0.000001", campaign.One: "1", 586_330_000: "586.33", -500_000: "-0.5",
		356_650_000: "356.65", 1_000_000 * campaign.One: "1000000", -campaign.One: "-1",
		math.MaxInt64: "9223372036854.775807", math.MinInt64: "-9223372036854.775808",
	} {
		if got := m.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestMoneyKeepsEveryMillionth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := campaign.Money(rapid.Int64().Draw(t, "money"))
		d, err := decimal.NewFromString(m.String())
		if err != nil || d.Shift(6).IntPart() != int64(m) {
			t.Fatalf("%d is written %s", int64(m), m)
		}
	})
}

func TestThePriceIsThatOfTheDay(t *testing.T) {
	wib := time.FixedZone("WIB", 7*60*60)
	july := time.Date(2026, 7, 1, 0, 0, 0, 0, wib)
	october := time.Date(2026, 10, 1, 0, 0, 0, 0, wib)
	p := &campaign.Prices{
		WhatsApp: []campaign.WhatsAppPrice{
			{From: july, ByCategory: map[string]campaign.Money{"marketing": 586_330_000, "service": 0}},
			{From: october, ByCategory: map[string]campaign.Money{"marketing": 600_000_000}},
		},
		SMS: []campaign.SMSPrice{{From: july, Part: 350 * campaign.One, Charged: "accepted"}, {From: october, Part: 360 * campaign.One, Charged: "delivered"}},
	}
	for _, c := range []struct {
		name     string
		at       time.Time
		category string
		want     campaign.Money
		known    bool
		sms      campaign.Money
	}{
		{"before the first", july.Add(-time.Second), "marketing", 0, false, 0},
		{"at midnight of the first day", july, "marketing", 586_330_000, true, 350 * campaign.One},
		{"a price of nothing is a price", july, "service", 0, true, 350 * campaign.One},
		{"the last second of the old price", october.Add(-time.Second), "marketing", 586_330_000, true, 350 * campaign.One},
		{"the new price", october, "marketing", 600_000_000, true, 360 * campaign.One},
		{"a category the new list lacks", october, "service", 0, false, 360 * campaign.One},
		{"the same moment in UTC", october.UTC(), "marketing", 600_000_000, true, 360 * campaign.One},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, ok := p.WhatsAppOn(c.at, c.category); got != c.want || ok != c.known {
				t.Errorf("WhatsApp: got %s, %v; want %s, %v", got, ok, c.want, c.known)
			}
			if got, ok := p.SMSOn(c.at); got.Part != c.sms || ok != (c.sms != 0) {
				t.Errorf("SMS: got %s, %v; want %s", got.Part, ok, c.sms)
			}
		})
	}
}

func TestWithoutPricesNoneIsKnown(t *testing.T) {
	var p *campaign.Prices
	if _, ok := p.WhatsAppOn(midday, "marketing"); ok {
		t.Error("WhatsApp")
	}
	if _, ok := p.SMSOn(midday); ok {
		t.Error("SMS")
	}
}

var midday = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
