package gateway

import (
	"context"

	"siaran/campaign"
)

// A Compiled is a campaign compiled for an account's gateway and a heading: it knows where a row's
// addresses are, whether the row can be said in the gateway's form, and how it is sent. Its methods may be
// called from several goroutines.
type Compiled interface {
	// To returns the cell with the address of row on the i-th channel, and the heading it came from (empty
	// if it is text made of several). An error is a *campaign.RowError.
	To(row campaign.Row, i int) (cell campaign.Cell, column string, err error)
	// Check renders m and checks every value against template and gateway. sms is the text of the SMS, as SMSText
	// gives it. An error is a *campaign.RowError, the first thing wrong.
	Check(m campaign.Message) (sms string, err error)
	// Send makes one call for one message and says what came of it. It calls leave once, when the request
	// may go out; it never repeats a call, and always returns within the account's timeout.
	Send(ctx context.Context, q campaign.Queued, leave func(context.Context) error) campaign.Answer
	// Body is the request as it would be sent; with mask, signature, time and ref_id are ***.
	Body(m campaign.Message, mask bool) ([]byte, error)
	// Text is what the recipient reads; of several channels each has its name above it.
	Text(m campaign.Message) (string, error)
	// SMSText is the text of the SMS, by which parts are counted; empty if there is none.
	SMSText(m campaign.Message) (string, error)
}
