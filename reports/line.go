package reports

import (
	"strings"
	"time"

	"siaran/campaign"
)

// A Line is one row of the report: the uploader's cells, and what became of the row.
type Line struct {
	Cells     []campaign.Cell // as the uploader gave them
	Row       int             // as in Excel
	RefID     string
	Recipient string               // on Channel: digits without +, or the address
	Channel   campaign.ChannelKind // the one that gave the row its verdict, else the first
	Group     campaign.Group
	Verdict   campaign.Verdict

	SentAt      time.Time // when our accepted attempt began; zero if none was
	DeliveredAt time.Time // the first receipt that says delivered or better; zero if none does
	ReadAt      time.Time // the first that says read or clicked; zero if none does

	Billing  campaign.Billing // of all its charges the most open, then the dearest; empty if it was not accepted
	Category string           // of the first charge that has one
	Parts    int              // SMS parts of all charges
	Amount   campaign.Money   // settled, the sum of its charges
	Settled  bool             // some charge is settled, so that Amount says something

	Attempts   int
	GatewayID  string
	Code       string // the gateway's code or word, where the row was not reached
	Reason     string // why it was not reached
	Flags      Flags
	BudgetCode string
	Accepted   bool // the gateway took it: it said so, or reported on it

	Charges []Charge // one a channel the message was to use, in order; none if it was not accepted
}

// Remark returns the reason and what is odd about the line, as one text.
func (l Line) Remark() string {
	if l.Flags == 0 {
		return l.Reason
	}
	var b strings.Builder
	b.WriteString(l.Reason)
	for f := range l.Flags.All() {
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		b.WriteString(f.String())
	}
	return b.String()
}

// A Charge is what one message costs on one channel.
type Charge struct {
	Channel     campaign.ChannelKind
	Address     string
	Verdict     campaign.Verdict // empty: nothing is known of the channel yet
	Unused      bool             // a backup that was not needed: nothing is charged
	DeliveredAt time.Time        // the first receipt of this channel that says delivered or better

	Billing  campaign.Billing // empty for an unused backup
	Category string
	Parts    int            // SMS only; 0 if not known
	Day      time.Time      // midnight, in the zone, of the day that decides price and month; zero if not known
	Price    campaign.Money // of one message, or of one SMS part
	Priced   bool           // Price is known
	Amount   campaign.Money // settled
	IfPaid   campaign.Money // Amount, or what it would be if what is open were paid
}

// Settled reports whether the charge's Amount is the last word: it is paid at a known price, free, or
// not delivered.
func (c Charge) Settled() bool {
	switch c.Billing {
	case campaign.BillingPaid:
		return c.Priced
	case campaign.BillingFree, campaign.BillingNotDelivered:
		return true
	case campaign.BillingOnProcess, campaign.BillingUnclassified:
	}
	return false
}
