package reports

import (
	"slices"
	"strings"
	"time"

	"siaran/campaign"
)

// charge works out what an accepted message costs on its i-th channel.
func (s Settings) charge(h campaign.History, i int, sent time.Time) (Charge, Flags) {
	k := h.Channels[i]
	c := Charge{
		Channel: k,
		Address: h.Message.To(k, h.Channels[0]),
		Verdict: h.Channel(k),
	}
	if s.unused(h, i) {
		c.Unused, c.Verdict = slices.ContainsFunc(h.Receipts, func(r campaign.Receipt) bool { return r.Channel == k }), ""
		return c, 0
	}
	for _, r := range h.Receipts {
		if r.Channel == k && deliveredOrBetter(r.Delivery) {
			c.DeliveredAt = first(c.DeliveredAt, when(r))
		}
	}
	var flags Flags
	at := s.billingDate(c, h, sent)
	if !at.IsZero() {
		y, m, d := at.In(s.zone()).Date()
		c.Day = time.Date(y, m, d, 0, 0, 0, 0, s.zone())
	}
	switch k {
	case campaign.WhatsApp:
		flags = s.chargeWhatsApp(&c, h, at)
	case campaign.SMS:
		flags = s.chargeSMS(&c, h, at, s.silentBackup(h, i))
	case campaign.Email, campaign.Line, campaign.Telegram, campaign.Facebook:
		c.Billing = campaign.BillingUnclassified
	}
	if c.Billing == campaign.BillingPaid && !c.Priced {
		flags |= FlagNoPrice
	}
	return c, flags
}

// chargeWhatsApp goes by the latest settled receipt, by the gateway's time.
func (s Settings) chargeWhatsApp(c *Charge, h campaign.History, at time.Time) Flags {
	said := billingOf(h.Receipts, c.Channel)
	c.Category = s.category(h, c.Channel)
	c.Billing = said.word
	c.Price, c.Priced = s.Prices.WhatsAppOn(at, strings.ToLower(c.Category))
	flags := Flags(0)
	if said.paid && said.free {
		flags = FlagContradictoryBilling
	}
	if c.Verdict == campaign.VerdictUndelivered {
		if said.paid {
			flags = FlagContradictoryBilling
		}
		c.Billing = campaign.BillingNotDelivered
	}
	switch c.Billing {
	case campaign.BillingPaid:
		c.Amount, c.IfPaid = c.Price, c.Price
	case campaign.BillingOnProcess, campaign.BillingUnclassified:
		c.IfPaid = c.Price
	case campaign.BillingFree, campaign.BillingNotDelivered:
	}
	return flags
}

// chargeSMS goes by parts × the part price of the day, once accepted or once delivered, as the account says.
func (s Settings) chargeSMS(c *Charge, h campaign.History, at time.Time, silent bool) Flags {
	flags := Flags(0)
	if c.Parts = s.parts(h, c.Channel); c.Parts == 0 {
		flags = FlagNoParts
	}
	price, known := s.Prices.SMSOn(at)
	c.Price, c.Priced = price.Part, known && c.Parts > 0
	full := campaign.Money(c.Parts) * price.Part
	delivered := c.Verdict.Group() == campaign.GroupReached
	switch {
	case !known || silent:
		c.Billing = campaign.BillingUnclassified // nobody says when it is charged, or whether it was sent at all
		c.IfPaid = full
	case price.Charged != chargedDelivered || delivered:
		c.Billing = campaign.BillingPaid
		c.Amount, c.IfPaid = full, full
	default:
		c.Billing = campaign.BillingNotDelivered
		if c.Verdict != campaign.VerdictUndelivered {
			c.IfPaid = full // it may still be delivered
		}
	}
	return flags
}

// chargedDelivered is the word of an account that charges an SMS only once it was delivered.
const chargedDelivered = "delivered"

// billingSaid is what the receipts of one channel say about the charge.
type billingSaid struct {
	word       campaign.Billing
	paid, free bool
}

// billingOf folds receipts: PAID and FREE settle ON PROCESS, the latest of them counts, and of two at the
// same time PAID.
func billingOf(receipts []campaign.Receipt, k campaign.ChannelKind) billingSaid {
	said := billingSaid{word: campaign.BillingUnclassified}
	var at time.Time
	for _, r := range receipts {
		if r.Channel != k {
			continue
		}
		if !r.Billing.Settled() {
			if r.Billing == campaign.BillingOnProcess && !said.word.Settled() {
				said.word = campaign.BillingOnProcess
			}
			continue
		}
		if r.Billing == campaign.BillingPaid {
			said.paid = true
		} else {
			said.free = true
		}
		c := when(r).Compare(at)
		if !said.word.Settled() || c > 0 || (c == 0 && r.Billing == campaign.BillingPaid) {
			said.word, at = r.Billing, when(r)
		}
	}
	return said
}

// category is the receipts', else the campaign's. Of several the latest settled one's, else the latest's.
func (s Settings) category(h campaign.History, k campaign.ChannelKind) string {
	var best *campaign.Receipt
	for i := range h.Receipts {
		r := &h.Receipts[i]
		if r.Channel != k || r.Category == "" {
			continue
		}
		switch {
		case best == nil || (r.Billing.Settled() && !best.Billing.Settled()):
			best = r
		case r.Billing.Settled() == best.Billing.Settled():
			if c := when(*r).Compare(when(*best)); c > 0 || (c == 0 && r.Category > best.Category) {
				best = r
			}
		}
	}
	if best != nil {
		return best.Category
	}
	if s.Campaign == nil {
		return ""
	}
	for i := range s.Campaign.Channels {
		if s.Campaign.Channels[i].Kind == k {
			return s.Campaign.Channels[i].Category
		}
	}
	return ""
}

// parts is the gateway's count, the latest it gave, else our own; 0 if neither is known.
func (s Settings) parts(h campaign.History, k campaign.ChannelKind) int {
	n := 0
	var at time.Time
	for _, r := range h.Receipts {
		if r.Channel != k || r.Parts <= 0 {
			continue
		}
		if c := when(r).Compare(at); n == 0 || c > 0 || (c == 0 && r.Parts > n) {
			n, at = r.Parts, when(r)
		}
	}
	if n > 0 || s.Text == nil {
		return n
	}
	text, err := s.Text(h.Message, k)
	if err != nil {
		return 0
	}
	return campaign.SMSParts(text).Count
}

// unused reports whether the i-th channel is a backup that was not needed: the gateway said so, or the
// channel before it gave no cause and nothing was heard of this one.
func (s Settings) unused(h campaign.History, i int) bool {
	k := h.Channels[i]
	heard, said := false, false
	for _, r := range h.Receipts {
		if r.Channel != k {
			continue
		}
		if r.Delivery == campaign.DeliveryUnused {
			said = true
		} else {
			heard = true
		}
	}
	if heard {
		return false
	}
	return said || (s.backup(i) && h.Channel(h.Channels[i-1]) != campaign.VerdictUndelivered)
}

// silentBackup reports whether the i-th channel is a backup that had cause to be used, and of which
// nothing was heard.
func (s Settings) silentBackup(h campaign.History, i int) bool {
	return s.backup(i) && !slices.ContainsFunc(h.Receipts, func(r campaign.Receipt) bool { return r.Channel == h.Channels[i] })
}

func (s Settings) backup(i int) bool {
	return i > 0 && s.Campaign != nil && s.Campaign.Send == campaign.SendPrimaryBackup
}

// billingDate is when the message was sent or delivered, as the account says. What was charged without
// having been delivered, or is not yet, goes by its sending; what was not sent by a known attempt by its
// first receipt.
func (s Settings) billingDate(c Charge, h campaign.History, sent time.Time) time.Time {
	if s.Prices != nil && s.Prices.BillingDate == chargedDelivered && !c.DeliveredAt.IsZero() {
		return c.DeliveredAt
	}
	if !sent.IsZero() {
		return sent
	}
	var at time.Time
	for _, r := range h.Receipts {
		at = first(at, when(r))
	}
	return at
}

func (s Settings) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

func deliveredOrBetter(d campaign.Delivery) bool {
	return d == campaign.DeliveryDelivered || d == campaign.DeliveryRead || d == campaign.DeliveryClicked
}

// billingRank orders billings for a row with several charges: what is open first, then what costs.
func billingRank(b campaign.Billing) int {
	return slices.Index(Billings, b)
}

// Billings are all of them, the least weighty first.
var Billings = []campaign.Billing{
	campaign.BillingNotDelivered, campaign.BillingFree, campaign.BillingUnclassified, campaign.BillingPaid, campaign.BillingOnProcess,
}
