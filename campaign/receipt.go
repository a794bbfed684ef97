package campaign

import "time"

// A Receipt is one DLR for one message on one channel: a fact, kept as it came. Any order and any
// repetition give the same verdict.
type Receipt struct {
	RefID      string      // the gateway's copy of our id, verbatim; empty if it sent none
	Gateway    string      // sandeza, sinchindia, d7, meta
	Channel    ChannelKind // empty if the gateway does not say: the run's only channel
	Delivery   Delivery
	Word       string    // the gateway's own word or number, verbatim
	At         time.Time // when it happened, by the gateway's clock, UTC; zero if not stated
	ReceivedAt time.Time // when we got it, UTC
	Billing    Billing
	Category   string // marketing, utility, …, if the receipt says
	Parts      int    // SMS parts by the gateway's count; 0 if not stated
	Reason     string // the gateway's words on a failure
	GatewayID  string // the gateway's id: responseId, wamid, request_id
	Recipient  string // digits, for weak matches only; not kept
	Reply      bool   // a person's answer, not a delivery: counted, never joined as a DLR
}

// A Delivery is our word for what a receipt says happened.
type Delivery string

// The deliveries. Other is a word we do not know: kept, and never changes a verdict.
const (
	DeliveryPending     Delivery = "pending"
	DeliverySent        Delivery = "sent"
	DeliveryDelivered   Delivery = "delivered"
	DeliveryRead        Delivery = "read"
	DeliveryClicked     Delivery = "clicked"
	DeliveryUndelivered Delivery = "undelivered"
	DeliveryUnused      Delivery = "unused" // a backup that was not needed: neither success nor failure
	DeliveryOther       Delivery = "other"
)

// A Billing is what the gateway says it charges for a message on a channel.
type Billing string

// The billings. The zero value means that no receipt said anything.
const (
	BillingPaid         Billing = "PAID"
	BillingFree         Billing = "FREE"
	BillingOnProcess    Billing = "ON PROCESS"
	BillingNotDelivered Billing = "NOT DELIVERED" // ours: undelivered costs nothing
	BillingUnclassified Billing = "UNCLASSIFIED"  // ours: nobody said; never FREE
)

// Settled reports whether b is the gateway's last word on the charge.
func (b Billing) Settled() bool { return b == BillingPaid || b == BillingFree }
