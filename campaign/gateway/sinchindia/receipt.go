package sinchindia

import (
	"strings"

	"siaran/campaign"
	"siaran/campaign/gateway"
)

// name is the gateway's, in settings, paths and logs.
const name = "sinchindia"

// The times of a delivery report. Sinch's page "Delivery Report" says ISO 8601; its own samples and real
// traffic have day/month/year on India's clocks, so that is tried first.
const (
	slashTime = "2/1/2006 15:04:05"
	zone      = "+05:30"
)

// ParseReceipts reads one delivery report of the default format (Sinch's page "Delivery Report"):
// rqst_ack_id, del_time, mobile_no, messageId, del_status, and del_desc where it failed. Ids may be texts
// or numbers, and keep their digits. Without a messageId the report belongs to the message whose answer
// had rqst_ack_id as its responseId. Other keys are ignored, a word that is not in the table is kept as
// other, a time that cannot be read is left out. A *gateway.NotOursError says that it is something else.
func ParseReceipts(body []byte) ([]campaign.Receipt, error) {
	o, err := gateway.ParseObject(body)
	if err != nil {
		return nil, &gateway.NotOursError{Gateway: name, Why: err.Error()}
	}
	r := campaign.Receipt{
		RefID:     o.Word("messageId"),
		Gateway:   name,
		Channel:   campaign.WhatsApp,
		Word:      gateway.Redact(o.Word("del_status")),
		GatewayID: o.Word("rqst_ack_id"),
		Recipient: gateway.Digits(o.Word("mobile_no")),
	}
	switch {
	case r.Word == "":
		return nil, &gateway.NotOursError{Gateway: name, Why: "it has no del_status"}
	case r.RefID == "" && r.GatewayID == "":
		return nil, &gateway.NotOursError{Gateway: name, Why: "it has neither messageId nor rqst_ack_id"}
	}
	r.At, _ = gateway.LocalTime(o.Word("del_time"), slashTime, zone)
	r.Delivery = delivery(o.Word("del_status"))
	if r.Delivery == campaign.DeliveryUndelivered || r.Delivery == campaign.DeliveryOther {
		r.Reason = gateway.Redact(o.Word("del_desc"))
	}
	return []campaign.Receipt{r}, nil
}

// delivery maps del_status, in any case, by the page's table of statuses.
func delivery(word string) campaign.Delivery {
	switch strings.ToLower(word) {
	case "sent":
		return campaign.DeliverySent
	case "delivered":
		return campaign.DeliveryDelivered
	case "read":
		return campaign.DeliveryRead
	case "failed":
		return campaign.DeliveryUndelivered
	default:
		return campaign.DeliveryOther
	}
}
