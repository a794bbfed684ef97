package sinchindia

import (
	"siaran/campaign"
	"siaran/campaign/gateway"
)

// Descriptor is all that the rest of the program knows of Sinch India: its receipts, in the default format.
// Their rqst_ack_id is the responseId of the answer to sending.
func Descriptor() gateway.Descriptor {
	return gateway.Descriptor{
		Gateway:       campaign.Gateway{Name: name, Zone: zone, IDs: campaign.IDsOfAnswers},
		ReceiptKeys:   [][]string{{"del_status", "messageId"}, {"del_status", "rqst_ack_id"}},
		ParseReceipts: ParseReceipts,
	}
}
