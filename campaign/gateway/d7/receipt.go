package d7

import (
	"strconv"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway"
)

// name is the gateway's, in settings, paths and logs.
const name = "d7"

// The kinds of postback on D7's page "Receiving Whatsapp DLR".
const (
	deliveryEvents = "DELIVERY_EVENTS"
	userInitiated  = "USER_INITIATED"
)

// Times outside these are no times: D7 counts milliseconds.
const (
	leastMilli = 946_684_800_000    // 2000
	mostMilli  = 16_725_225_600_000 // 2500
)

// ParseReceipts reads one WhatsApp postback (D7's page "Receiving Whatsapp DLR"): a delivery event
// becomes a receipt, what a person wrote a receipt with Reply set. Other keys are ignored, a word that is
// not in the table is kept as other, a time that cannot be read is left out. A *gateway.NotOursError says
// that it is something else. D7's SMS reports are form data of another shape and are not read here.
func ParseReceipts(body []byte) ([]campaign.Receipt, error) {
	o, err := gateway.ParseObject(body)
	if err != nil {
		return nil, notOurs(err.Error())
	}
	event := o.Object("event")
	at := parseMilli(event.Word("timestamp"))
	content := o.Object("event_content")
	switch strings.ToUpper(event.Word("event_type")) {
	case deliveryEvents:
		return delivered(content.Object("message_status"), at)
	case userInitiated:
		return []campaign.Receipt{reply(content, at)}, nil
	}
	return nil, notOurs("its event_type is neither " + deliveryEvents + " nor " + userInitiated)
}

// delivered reads message_status. One request_id covers all messages of a request, of which ours have
// one, and it is what the answer to sending had; msg_id comes only here.
func delivered(status gateway.Object, at time.Time) ([]campaign.Receipt, error) {
	r := campaign.Receipt{
		RefID:     status.Object("reference").Word("cust_ref"),
		Gateway:   name,
		Channel:   campaign.WhatsApp,
		Word:      gateway.Redact(status.Word("status")),
		At:        at,
		Category:  strings.ToLower(gateway.Redact(status.Word("conversation_type"))),
		GatewayID: status.Word("request_id"),
		Recipient: gateway.Digits(status.Word("recipient")),
	}
	if r.RefID == "" {
		r.RefID = status.Word("cust_ref") // so in the page's table, which shows no nesting
	}
	if r.GatewayID == "" {
		r.GatewayID = status.Word("msg_id")
	}
	switch {
	case r.Word == "":
		return nil, notOurs("it has no status")
	case r.RefID == "" && r.GatewayID == "":
		return nil, notOurs("it has neither cust_ref nor request_id nor msg_id")
	}
	r.Delivery = delivery(status.Word("status"))
	if r.Delivery == campaign.DeliveryUndelivered || r.Delivery == campaign.DeliveryOther {
		r.Reason = gateway.Redact(status.Word("reason"))
	}
	return []campaign.Receipt{r}, nil
}

// delivery maps status, in any case, by the page's table. D7's older pages spell undelivered without the
// underscore.
func delivery(word string) campaign.Delivery {
	switch strings.ToLower(word) {
	case "scheduled", "processed":
		return campaign.DeliveryPending
	case "sent":
		return campaign.DeliverySent
	case "delivered":
		return campaign.DeliveryDelivered
	case "read":
		return campaign.DeliveryRead
	case "un_delivered", "undelivered", "rejected", "insufficient_credit":
		return campaign.DeliveryUndelivered
	default:
		return campaign.DeliveryOther
	}
}

// reply notes that a person wrote. The page lists its attributes without their nesting, so the person's
// number (originator) is looked for in event_content and in the objects right under it.
func reply(content gateway.Object, at time.Time) campaign.Receipt {
	r := campaign.Receipt{
		Gateway: name, Channel: campaign.WhatsApp, Reply: true,
		Delivery: campaign.DeliveryOther, Word: "reply", At: at,
		Recipient: gateway.Digits(content.Word("originator")), GatewayID: content.Word("msg_id"),
	}
	for key := range content {
		inner := content.Object(key)
		if r.Recipient == "" {
			r.Recipient = gateway.Digits(inner.Word("originator"))
		}
		if r.GatewayID == "" {
			r.GatewayID = inner.Word("msg_id")
		}
	}
	return r
}

func notOurs(why string) error { return &gateway.NotOursError{Gateway: name, Why: why} }

func parseMilli(word string) time.Time {
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil || n < leastMilli || n > mostMilli {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}
