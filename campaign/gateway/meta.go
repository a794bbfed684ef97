package gateway

import (
	"strconv"
	"strings"
	"time"

	"siaran/campaign"
)

// metaName is what receipts that come from Meta itself have for their gateway.
const metaName = "meta"

// Meta describes Meta's own webhook, known by the wrapper around what it says. Nothing is sent through it: it
// only reports.
func Meta() Descriptor {
	return Descriptor{
		Gateway:       campaign.Gateway{Name: metaName, IDs: campaign.IDsOfOthers},
		ReceiptKeys:   [][]string{{"object", "entry"}},
		ParseReceipts: ParseMeta,
	}
}

// ParseMeta reads one body of Meta's WhatsApp Cloud API webhook, the whole of it or only its value
// object, into receipts of gateway "meta". Answers of people become receipts with Reply set. A
// *NotOursError says that the body has another shape.
func ParseMeta(body []byte) ([]campaign.Receipt, error) {
	return ParseMetaFor(metaName, body)
}

// ParseMetaFor is ParseMeta for a gateway that passes Meta's bodies through.
func ParseMetaFor(name string, body []byte) ([]campaign.Receipt, error) {
	o, err := ParseObject(body)
	if err != nil {
		return nil, &NotOursError{Gateway: name, Why: err.Error()}
	}
	values, ok := metaValues(o)
	if !ok {
		return nil, &NotOursError{Gateway: name, Why: "it has neither entry nor statuses"}
	}
	var all []campaign.Receipt
	for _, v := range values {
		receipts, ok := metaValue(name, v)
		if !ok {
			return nil, &NotOursError{Gateway: name, Why: "statuses are not a list of objects"}
		}
		all = append(all, receipts...)
	}
	return all, nil
}

// metaValues finds the value objects: entry[].changes[].value, or the body itself.
func metaValues(o Object) ([]Object, bool) {
	if o.Has("statuses") || o.Has("messages") {
		return []Object{o}, true
	}
	entries, ok := o.Objects("entry")
	if !ok {
		return nil, false
	}
	var values []Object
	for _, e := range entries {
		changes, ok := e.Objects("changes")
		if !ok {
			return nil, false
		}
		for _, c := range changes {
			if v := c.Object("value"); v != nil {
				values = append(values, v)
			}
		}
	}
	return values, true
}

func metaValue(name string, v Object) ([]campaign.Receipt, bool) {
	var all []campaign.Receipt
	if v.Has("statuses") {
		statuses, ok := v.Objects("statuses")
		if !ok {
			return nil, false
		}
		for _, s := range statuses {
			all = append(all, metaStatus(name, s))
		}
	}
	if v.Has("messages") {
		messages, ok := v.Objects("messages")
		if !ok {
			return nil, false
		}
		for _, m := range messages {
			all = append(all, campaign.Receipt{
				Gateway: name, Channel: campaign.WhatsApp, Reply: true, Delivery: campaign.DeliveryOther, Word: "reply",
				At: epochSeconds(m.Word("timestamp")), GatewayID: ID(m.Word("id")), Recipient: Digits(m.Word("from")),
			})
		}
	}
	return all, true
}

// metaStatus reads one of Meta's statuses (page "status messages webhook reference", May 2026). Meta
// omits conversation since v24.0 and pricing from failures; where the chat is open it sends read without
// delivered before.
func metaStatus(name string, s Object) campaign.Receipt {
	r := campaign.Receipt{
		RefID:     s.Word("biz_opaque_callback_data"),
		Gateway:   name,
		Channel:   campaign.WhatsApp,
		Word:      Redact(s.Word("status")),
		At:        epochSeconds(s.Word("timestamp")),
		GatewayID: ID(s.Word("id")),
		Recipient: Digits(s.Word("recipient_id")),
	}
	if r.RefID == "" {
		r.RefID = s.Word("reff_id") // Sprint's "Pass Thru" format spells it so
	}
	r.Delivery = metaDelivery(s.Word("status"))
	pricing := s.Object("pricing")
	r.Billing = metaBilling(pricing)
	r.Category = strings.ToLower(Redact(pricing.Word("category")))
	if r.Category == "" {
		r.Category = strings.ToLower(Redact(s.Object("conversation").Object("origin").Word("type")))
	}
	if errs, ok := s.Objects("errors"); ok && len(errs) > 0 {
		r.Reason = metaReason(errs[0])
	}
	return r
}

// metaDelivery maps a status word of Meta's, whatever its case.
func metaDelivery(word string) campaign.Delivery {
	switch strings.ToLower(word) {
	case "sent":
		return campaign.DeliverySent
	case "delivered":
		return campaign.DeliveryDelivered
	case "read", "played":
		return campaign.DeliveryRead
	case "failed":
		return campaign.DeliveryUndelivered
	default:
		return campaign.DeliveryOther
	}
}

// metaBilling reads pricing.billable, else pricing.type. The pricing model (CBP until July 2025, PMP
// since) says nothing about the charge.
func metaBilling(pricing Object) campaign.Billing {
	if billable, known := pricing.Bool("billable"); known {
		if billable {
			return campaign.BillingPaid
		}
		return campaign.BillingFree
	}
	switch strings.ToLower(pricing.Word("type")) {
	case "regular":
		return campaign.BillingPaid
	case "free_customer_service", "free_entry_point":
		return campaign.BillingFree
	default:
		return ""
	}
}

// metaReason begins with Meta's code, by which programs tell failures apart: "131026 Message undeliverable: …".
func metaReason(e Object) string {
	reason := e.Word("code")
	for _, title := range []string{e.Word("title"), e.Word("message")} {
		if title != "" {
			reason += " " + title
			break
		}
	}
	if details := e.Object("error_data").Word("details"); details != "" {
		reason += ": " + details
	}
	return Redact(strings.TrimSpace(reason))
}

func epochSeconds(word string) time.Time {
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil || n <= 0 || n > maxEpoch {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// maxEpoch is the end of the year 9999: past it a number is no time in seconds.
const maxEpoch = 253402300799
