// Package gatewaytest is the one table of cases that every gateway must pass: what an answer, or none,
// means for the message, and what must never be told.
package gatewaytest

import (
	"net/http"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway"
)

// A Subject is a gateway's package under test.
type Subject struct {
	// New compiles a campaign for an account at url with that timeout. It is called once a case. client is
	// nil if nothing is sent.
	New func(tb testing.TB, url string, timeout time.Duration, client *http.Client) gateway.Compiled
	// Message is one message of that campaign, with a ref_id.
	Message campaign.Message
	// Path is where messages are posted; Others serves everything else, such as log-in. It may be nil.
	Path   string
	Others http.Handler

	// RefID finds the ref_id in the body of a request.
	RefID func(body []byte) string
	// Yes is the gateway's yes to a message; No a refusal about one row.
	Yes, No func(refID string) string
	// Answers are the gateway's own words, and what they come to.
	Answers []Answer

	// Secrets are the account's credentials, Private values of the message: neither is ever told.
	Secrets, Private []string

	// Parse reads a receipt's body, Delivered is one that says so, and Strange are bodies that are not the
	// gateway's or do not say "delivered", whatever they look like.
	Parse     func(body []byte) ([]campaign.Receipt, error)
	Delivered func(refID string) string
	Strange   []string
}

// An Answer is one of the gateway's own answers.
type Answer struct {
	Name    string
	Status  int // 0: 200
	Body    func(refID string) string
	Unknown bool // an earlier attempt of the message ended unknown

	// Want is what it comes to. Reason and GatewayID are only compared if set: Reason must begin so. HTTP
	// is the status.
	Want campaign.Answer
}
