package d7

import (
	"siaran/campaign"
	"siaran/campaign/gateway"
)

// Descriptor is all that the rest of the program knows of D7: its receipts. Their request_id is that of the
// answer to sending.
func Descriptor() gateway.Descriptor {
	return gateway.Descriptor{
		Gateway:       campaign.Gateway{Name: name, IDs: campaign.IDsOfAnswers},
		ReceiptKeys:   [][]string{{"event", "event_content"}},
		ParseReceipts: ParseReceipts,
	}
}
