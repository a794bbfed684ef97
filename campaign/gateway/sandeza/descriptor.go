package sandeza

import (
	"encoding/json"
	"net/http"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway"
)

// Descriptor is all that the rest of the program knows of Sandeza.
//
// A receipt is known by the keys of its own form or of "Pass Thru" (Sprint's page "Delivery Status"), a
// person's answer by those of "Forward Content WhatsApp". Receipts do not carry the answer's code_sms, those
// passed through have Meta's id.
func Descriptor() gateway.Descriptor {
	return gateway.Descriptor{
		Gateway: campaign.Gateway{
			Name:    Name,
			Account: &campaign.AccountKeys{Takes: []string{"username", "password", "sender_id"}, Must: []string{"username", "password"}},
			Zone:    zone,
			IDs:     campaign.IDsOfOthers,
		},
		New: func(a campaign.Account, c *campaign.Campaign, h campaign.Header, client *http.Client, now func() time.Time) (gateway.Compiled, error) {
			g, err := New(a, c, h, client, now)
			if err != nil {
				return nil, err // and not a Compiled that holds a nil
			}
			return g, nil
		},
		ReceiptKeys:   [][]string{{"status", "channel", "ref_id"}, {"statuses", "messaging_product"}, {"from", "message"}},
		ParseReceipts: ParseReceipts,
		Answer:        answerReceipt,
	}
}

// mostEchoed is the longest ref_id that a receipt's answer gives back.
const mostEchoed = 128

// answerReceipt is what Sprint's own API answers with (page "JSON Response"): what the client has to
// answer is not stated. ref_id goes back as it came, if it is a text of sensible length.
func answerReceipt(receipt []byte) []byte {
	var refID string
	o, err := gateway.ParseObject(receipt)
	if err != nil || json.Unmarshal(o["ref_id"], &refID) != nil || len(refID) > mostEchoed {
		refID = ""
	}
	quoted, _ := json.Marshal(refID) // a text can always be said
	answer := append([]byte(`{"rc":"0","ref_id":`), quoted...)
	return append(answer, `,"code_sms":"","reason_status":""}`...)
}
