package gateway

import (
	"net/http"
	"time"

	"siaran/campaign"
)

// A Descriptor is all that the rest of the program knows of a gateway: its package returns one, and
// operation.Gateways lists them.
type Descriptor struct {
	campaign.Gateway

	// New compiles a campaign for an account and a heading; the error says all that is wrong. It opens no
	// connection: client sends, now is the clock that requests are signed by. Nil if the gateway only reports,
	// and so has no Account either.
	New func(a campaign.Account, c *campaign.Campaign, h campaign.Header, client *http.Client, now func() time.Time) (Compiled, error)

	// ReceiptKeys are sets of keys: a body that has all keys of one set at its top is a receipt of this gateway's.
	ReceiptKeys [][]string
	// ParseReceipts reads one body. A *NotOursError says that it is something else.
	ParseReceipts func(body []byte) ([]campaign.Receipt, error)
	// Answer is the JSON that a receipt which is safely stored is answered with. Nil: with nothing.
	Answer func(receipt []byte) []byte
}
