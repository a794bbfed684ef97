package sandeza

import (
	"strconv"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway"
)

// Name is the gateway's name in receipts and settings.
const Name = "sandeza"

// A statusCode is what a receipt's status says. Its numbers look like those of backup_on and mean
// something else.
type statusCode uint8

// The codes of status (page "Delivery Status").
const (
	statusDelivered statusCode = iota + 1
	statusUndelivered
	statusPending
	statusUnsentSprint
	statusFailed
	statusUnknown
	statusOpened
	statusClicked
	statusRead
	statusSpam
	statusBounced
	statusBlacklist
	statusNotAnswered
	statusNotUsed
	statusUnsentOpt
	statusSentOpt
)

// title is Sprint's own name for it; "" if there is none.
func (s statusCode) title() string {
	names := [...]string{
		"", "Delivered", "Undelivered", "Pending", "Unsent Sprint", "Failed", "Unknown", "Opened", "Clicked", "Read", "Spam", "Bounced",
		"Blacklist", "Ringing Not Answered (RNA)", "Delivery Backup Not Used", "Unsent From Opt", "Sent From Opt",
	}
	if int(s) < len(names) {
		return names[s]
	}
	return ""
}

// delivery is our word for it. What OPT is, Sprint does not say: its codes are taken at their word.
func (s statusCode) delivery() campaign.Delivery {
	switch s {
	case statusDelivered:
		return campaign.DeliveryDelivered
	case statusOpened, statusRead:
		return campaign.DeliveryRead
	case statusClicked:
		return campaign.DeliveryClicked
	case statusPending, statusUnknown:
		return campaign.DeliveryPending
	case statusSentOpt:
		return campaign.DeliverySent
	case statusNotUsed:
		return campaign.DeliveryUnused
	case statusUndelivered, statusUnsentSprint, statusFailed, statusSpam, statusBounced, statusBlacklist, statusNotAnswered, statusUnsentOpt:
		return campaign.DeliveryUndelivered
	default:
		return campaign.DeliveryOther
	}
}

// channelOf reads a receipt's channel (page "Delivery Status": documented as a number, sampled as a
// string; there is no 6).
func channelOf(code string) (campaign.ChannelKind, bool) {
	switch code {
	case "1":
		return campaign.SMS, true
	case "2":
		return campaign.Line, true
	case "3":
		return campaign.Email, true
	case "4":
		return campaign.Facebook, true
	case "5":
		return campaign.Telegram, true
	case "7":
		return campaign.WhatsApp, true
	default:
		return "", false
	}
}

// zone of a receipt's time: not stated; every other time of Sprint's is Western Indonesia's.
const zone = "+07:00"

// ParseReceipts reads one webhook body: a receipt of any channel, with price (WhatsApp) and
// counter_message (SMS), a "Pass Thru" body of Meta's shape, or a person's answer (Reply). What it does
// not know it keeps: an unknown status or channel makes a receipt of DeliveryOther. A
// *gateway.NotOursError says that the body is none of these.
func ParseReceipts(body []byte) ([]campaign.Receipt, error) {
	o, err := gateway.ParseObject(body)
	switch {
	case err != nil:
		return nil, &gateway.NotOursError{Gateway: Name, Why: err.Error()}
	case o.Has("statuses") || o.Has("entry") || o.Has("messages"):
		return gateway.ParseMetaFor(Name, body)
	case o.Has("status") && o.Has("ref_id"):
		return []campaign.Receipt{parseReceipt(o)}, nil
	case o.Object("from") != nil && o.Object("message") != nil:
		return []campaign.Receipt{{
			Gateway: Name, Reply: true, Delivery: campaign.DeliveryOther, Word: "reply", GatewayID: gateway.ID(o.Object("message").Word("id")),
		}}, nil
	default:
		return nil, &gateway.NotOursError{Gateway: Name, Why: "it has neither status and ref_id nor statuses"}
	}
}

func parseReceipt(o gateway.Object) campaign.Receipt {
	r := campaign.Receipt{RefID: o.Word("ref_id"), Gateway: Name}
	status := statusOf(o.Word("status"))
	r.Delivery = status.delivery()
	r.Word = gateway.Redact(o.Word("status"))
	if title := status.title(); title != "" {
		r.Word = strconv.Itoa(int(status)) + " " + title
	}
	if r.Delivery == campaign.DeliveryUndelivered {
		r.Reason = status.title()
	}
	var known bool
	if r.Channel, known = channelOf(o.Word("channel")); !known && o.Has("channel") {
		r.Delivery = campaign.DeliveryOther // of which message's channel, nobody knows
		r.Word += " (channel " + gateway.Redact(o.Word("channel")) + ")"
	}
	var odd []string
	if said := o.Word("time"); said != "" {
		if r.At, known = gateway.LocalTime(said, time.DateTime, zone); !known {
			odd = append(odd, "time "+strconv.Quote(gateway.Redact(said))+" not understood")
		}
	}
	if said := o.Word("price"); said != "" {
		if r.Billing = billingOf(said); r.Billing == "" {
			odd = append(odd, "price "+strconv.Quote(gateway.Redact(said))+" not understood")
		}
	}
	r.Parts = parts(o.Word("counter_message"))
	if len(odd) > 0 {
		r.Reason = strings.TrimPrefix(r.Reason+"; "+strings.Join(odd, "; "), "; ")
	}
	return r
}

// statusOf reads a number or its digits; 0 is unknown.
func statusOf(word string) statusCode {
	n, err := strconv.ParseUint(word, 10, 8)
	if err != nil || strconv.FormatUint(n, 10) != word {
		return 0
	}
	return statusCode(n)
}

// billingOf reads price: PAID, FREE or ON PROCESS (page "Delivery Status"), whatever its case and blanks.
func billingOf(said string) campaign.Billing {
	letters := strings.Map(func(r rune) rune {
		if r == ' ' || r == '_' || r == '-' {
			return -1
		}
		return r
	}, strings.ToUpper(said))
	switch letters {
	case "PAID":
		return campaign.BillingPaid
	case "FREE":
		return campaign.BillingFree
	case "ONPROCESS":
		return campaign.BillingOnProcess
	default:
		return ""
	}
}

// maxParts is how many parts one SMS can have.
const maxParts = 255

func parts(said string) int {
	n, err := strconv.Atoi(said)
	if err != nil || n < 1 || n > maxParts {
		return 0
	}
	return n
}
