package reports_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"siaran/campaign"
	"siaran/reports"
)

const (
	wa  = campaign.WhatsApp
	sms = campaign.SMS

	pending     = campaign.DeliveryPending
	sent        = campaign.DeliverySent
	delivered   = campaign.DeliveryDelivered
	undelivered = campaign.DeliveryUndelivered
	read        = campaign.DeliveryRead
	unused      = campaign.DeliveryUnused

	paid         = campaign.BillingPaid
	free         = campaign.BillingFree
	onProcess    = campaign.BillingOnProcess
	unclassified = campaign.BillingUnclassified
	notDelivered = campaign.BillingNotDelivered
)

func TestAWhatsAppMessageIsChargedByItsLatestSettledReceipt(t *testing.T) {
	category := func(r campaign.Receipt, c string) campaign.Receipt { r.Category = c; return r }
	for name, tc := range map[string]struct {
		receipts []campaign.Receipt
		billing  campaign.Billing
		amount   campaign.Money
		ifPaid   campaign.Money
		category string
		flags    reports.Flags
	}{
		"PAID settles ON PROCESS": {
			receipts: []campaign.Receipt{on(wa, sent, 1, onProcess), on(wa, delivered, 2, paid)},
			billing:  paid, amount: utility, ifPaid: utility, category: "utility",
		},
		"FREE settles ON PROCESS": {
			receipts: []campaign.Receipt{on(wa, sent, 1, onProcess), on(wa, delivered, 2, free)},
			billing:  free, category: "utility",
		},
		"ON PROCESS after PAID changes nothing": {
			receipts: []campaign.Receipt{on(wa, delivered, 1, paid), on(wa, read, 9, onProcess)},
			billing:  paid, amount: utility, ifPaid: utility, category: "utility",
		},
		"a contradiction counts the latest": {
			receipts: []campaign.Receipt{on(wa, delivered, 1, paid), on(wa, read, 2, free)},
			billing:  free, category: "utility", flags: reports.FlagContradictoryBilling,
		},
		"a contradiction at one time counts PAID": {
			receipts: []campaign.Receipt{on(wa, delivered, 1, paid), on(wa, read, 1, free)},
			billing:  paid, amount: utility, ifPaid: utility, category: "utility", flags: reports.FlagContradictoryBilling,
		},
		"undelivered is free of charge": {
			receipts: []campaign.Receipt{on(wa, sent, 1, onProcess), on(wa, undelivered, 2, "")},
			billing:  notDelivered, category: "utility",
		},
		"undelivered and yet PAID is a contradiction": {
			receipts: []campaign.Receipt{on(wa, sent, 1, paid), on(wa, undelivered, 2, "")},
			billing:  notDelivered, category: "utility", flags: reports.FlagContradictoryBilling,
		},
		"delivered after a failure is charged": {
			receipts: []campaign.Receipt{on(wa, undelivered, 1, ""), on(wa, delivered, 2, paid)},
			billing:  paid, amount: utility, ifPaid: utility, category: "utility", flags: reports.FlagDeliveredAfterFailure,
		},
		"nobody said: unclassified, never free": {
			receipts: []campaign.Receipt{on(wa, delivered, 1, "")},
			billing:  unclassified, ifPaid: utility, category: "utility",
		},
		"no receipt at all: unclassified": {billing: unclassified, ifPaid: utility, category: "utility"},
		"still ON PROCESS": {
			receipts: []campaign.Receipt{on(wa, delivered, 1, onProcess)},
			billing:  onProcess, ifPaid: utility, category: "utility",
		},
		"the receipt's category comes before the campaign's": {
			receipts: []campaign.Receipt{category(on(wa, delivered, 1, paid), "marketing")},
			billing:  paid, amount: marketing, ifPaid: marketing, category: "marketing",
		},
		"a category without a price is flagged": {
			receipts: []campaign.Receipt{category(on(wa, delivered, 1, paid), "marketing_lite")},
			billing:  paid, category: "marketing_lite", flags: reports.FlagNoPrice,
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := message(campaign.Accepted, wa)
			h.Receipts = tc.receipts
			l := reports.Join(h, settings(campaign.SendSingle, wa))
			if l.Billing != tc.billing || l.Amount != tc.amount || l.Category != tc.category || l.Flags != tc.flags || l.Charges[0].IfPaid != tc.ifPaid {
				t.Errorf("got %s %s (if paid %s) %s %q", l.Billing, l.Amount, l.Charges[0].IfPaid, l.Category, l.Flags)
			}
		})
	}
}

func TestAnSMSIsChargedByParts(t *testing.T) {
	parts := func(r campaign.Receipt, n int) campaign.Receipt { r.Parts = n; return r }
	for name, tc := range map[string]struct {
		receipts []campaign.Receipt
		charged  string
		text     string
		billing  campaign.Billing
		parts    int
		amount   campaign.Money
		ifPaid   campaign.Money
		flags    reports.Flags
	}{
		"once accepted, by our own count": {
			charged: "accepted", text: "halo", billing: paid, parts: 1, amount: part, ifPaid: part,
		},
		"the gateway's count comes before our own": {
			receipts: []campaign.Receipt{parts(on(sms, delivered, 1, ""), 3)},
			charged:  "accepted", text: "halo", billing: paid, parts: 3, amount: 3 * part, ifPaid: 3 * part,
		},
		"undelivered, where accepted is charged": {
			receipts: []campaign.Receipt{parts(on(sms, undelivered, 1, ""), 1)},
			charged:  "accepted", billing: paid, parts: 1, amount: part, ifPaid: part,
		},
		"delivered, where delivered is charged": {
			receipts: []campaign.Receipt{parts(on(sms, delivered, 1, ""), 2)},
			charged:  "delivered", billing: paid, parts: 2, amount: 2 * part, ifPaid: 2 * part,
		},
		"undelivered, where delivered is charged": {
			receipts: []campaign.Receipt{parts(on(sms, undelivered, 1, ""), 2)},
			charged:  "delivered", billing: notDelivered, parts: 2,
		},
		"on its way, where delivered is charged": {
			receipts: []campaign.Receipt{parts(on(sms, pending, 1, ""), 2)},
			charged:  "delivered", billing: notDelivered, parts: 2, ifPaid: 2 * part,
		},
		"nobody counted the parts": {
			receipts: []campaign.Receipt{on(sms, delivered, 1, "")},
			charged:  "accepted", billing: paid, flags: reports.FlagNoParts | reports.FlagNoPrice,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := settings(campaign.SendSingle, sms)
			s.Prices.SMS[0].Charged = tc.charged
			s.Text = func(campaign.Message, campaign.ChannelKind) (string, error) {
				if tc.text == "" {
					return "", errors.New("not known")
				}
				return tc.text, nil
			}
			h := message(campaign.Accepted, sms)
			h.Receipts = tc.receipts
			l := reports.Join(h, s)
			if l.Billing != tc.billing || l.Parts != tc.parts || l.Amount != tc.amount || l.Charges[0].IfPaid != tc.ifPaid || l.Flags != tc.flags {
				t.Errorf("got %s, %d parts, %s (if paid %s), %q", l.Billing, l.Parts, l.Amount, l.Charges[0].IfPaid, l.Flags)
			}
		})
	}
}

func TestEachChannelIsChargedOnceAndAnUnusedBackupIsNot(t *testing.T) {
	parts := func(r campaign.Receipt, n int) campaign.Receipt { r.Parts = n; return r }
	type line struct {
		Verdict campaign.Verdict
		Channel campaign.ChannelKind
		Billing campaign.Billing
		Amount  campaign.Money
		Backup  campaign.Billing
		Unused  bool
		Flags   reports.Flags
	}
	for name, tc := range map[string]struct {
		receipts []campaign.Receipt
		want     line
	}{
		"the gateway says the backup was not needed": {
			[]campaign.Receipt{on(wa, delivered, 1, paid), on(sms, unused, 2, "")},
			line{Verdict: "delivered", Channel: wa, Billing: paid, Amount: utility, Unused: true},
		},
		"the first got through, and nothing was heard of the backup": {
			[]campaign.Receipt{on(wa, read, 1, paid)},
			line{Verdict: "read", Channel: wa, Billing: paid, Amount: utility},
		},
		"the backup did it": {
			[]campaign.Receipt{on(wa, undelivered, 1, ""), parts(on(sms, delivered, 2, ""), 2)},
			line{Verdict: "delivered", Channel: sms, Billing: paid, Amount: 2 * part, Backup: paid},
		},
		"both are paid": {
			[]campaign.Receipt{on(wa, delivered, 1, paid), parts(on(sms, delivered, 2, ""), 1)},
			line{Verdict: "delivered", Channel: wa, Billing: paid, Amount: utility + part, Backup: paid, Flags: reports.FlagSeveralPaid},
		},
		"the first failed, and nobody says whether the backup was used": {
			[]campaign.Receipt{on(wa, undelivered, 1, "")},
			line{Verdict: "accepted", Channel: sms, Billing: unclassified, Backup: unclassified, Flags: reports.FlagNoParts},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := message(campaign.Accepted, wa, sms)
			h.Receipts = tc.receipts
			l := reports.Join(h, settings(campaign.SendPrimaryBackup, wa, sms))
			got := line{l.Verdict, l.Channel, l.Billing, l.Amount, l.Charges[1].Billing, l.Charges[1].Unused, l.Flags}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestARowThatWasNotAcceptedHasNoBilling(t *testing.T) {
	for _, outcome := range []campaign.Outcome{"", campaign.Refused, campaign.Unknown, campaign.NotTaken, campaign.Suppressed, campaign.Open} {
		l := reports.Join(message(outcome, wa), settings(campaign.SendSingle, wa))
		if l.Billing != "" || len(l.Charges) != 0 || l.Accepted || l.Settled || !l.SentAt.IsZero() {
			t.Errorf("%q: %+v", outcome, l)
		}
	}
}

func TestAReceiptProvesThatAnUnknownAttemptWasTaken(t *testing.T) {
	h := message(campaign.Unknown, wa)
	h.Receipts = []campaign.Receipt{on(wa, delivered, 5, paid)}
	l := reports.Join(h, settings(campaign.SendSingle, wa))
	if !l.Accepted || l.Verdict != campaign.VerdictDelivered || l.Amount != utility || !l.SentAt.Equal(began) {
		t.Errorf("got %+v", l)
	}
}

func TestDayAndPriceGoByTheBillingDateInTheZone(t *testing.T) {
	// Sent at 23:30 in Jakarta, delivered at 00:10 the next day, when the price is another.
	for date, want := range map[string]struct {
		day    int
		amount campaign.Money
	}{"sent": {21, utility}, "delivered": {22, 2 * utility}} {
		s := settings(campaign.SendSingle, wa)
		s.Prices.BillingDate = date
		s.Prices.WhatsApp = append(s.Prices.WhatsApp, campaign.WhatsAppPrice{
			From: time.Date(2026, 11, 22, 0, 0, 0, 0, wib), ByCategory: map[string]campaign.Money{"utility": 2 * utility},
		})
		h := message(campaign.Accepted, wa)
		h.Receipts = []campaign.Receipt{on(wa, delivered, 40, paid)}
		l := reports.Join(h, s)
		if day := l.Charges[0].Day; !day.Equal(time.Date(2026, 11, want.day, 0, 0, 0, 0, wib)) || l.Amount != want.amount {
			t.Errorf("%s: %s on %s", date, l.Amount, day)
		}
	}
}

func TestAnyOrderAndRepetitionOfReceiptsGivesTheSameLine(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := message(campaign.Accepted, wa, sms)
		h.Receipts = receipts(rt, "receipts")
		s := settings(rapid.SampledFrom([]campaign.SendMode{campaign.SendAll, campaign.SendPrimaryBackup}).Draw(rt, "mode"), wa, sms)
		want := reports.Join(h, s)

		shuffled := h
		shuffled.Receipts = append(append([]campaign.Receipt{}, h.Receipts...), h.Receipts...)
		seed := rapid.Uint64().Draw(rt, "seed")
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(shuffled.Receipts), func(i, j int) {
			shuffled.Receipts[i], shuffled.Receipts[j] = shuffled.Receipts[j], shuffled.Receipts[i]
		})
		if diff := cmp.Diff(want, reports.Join(shuffled, s)); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// receipts draws up to six receipts of a message on two channels.
func receipts(rt *rapid.T, label string) []campaign.Receipt {
	return rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) campaign.Receipt {
		k := rapid.SampledFrom([]campaign.ChannelKind{wa, sms}).Draw(rt, "channel")
		d := rapid.SampledFrom([]campaign.Delivery{pending, sent, delivered, undelivered, read, unused, campaign.DeliveryClicked, campaign.DeliveryOther}).Draw(rt, "delivery")
		r := on(k, d, rapid.IntRange(0, 5).Draw(rt, "minute"), "")
		if k == wa {
			r.Billing = rapid.SampledFrom([]campaign.Billing{"", paid, free, onProcess}).Draw(rt, "billing")
			r.Category = rapid.SampledFrom([]string{"", "marketing", "utility", "odd"}).Draw(rt, "category")
		} else {
			r.Parts = rapid.IntRange(0, 4).Draw(rt, "parts")
		}
		r.Reason = rapid.SampledFrom([]string{"", "off", "barred"}).Draw(rt, "reason")
		return r
	}), 0, 6).Draw(rt, label)
}
