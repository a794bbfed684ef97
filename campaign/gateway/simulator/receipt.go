package simulator

import (
	"strconv"
	"time"
)

// wib is Western Indonesian Time, which the receipts' times are in. The page names no zone; all its
// other examples are in this one.
var wib = time.FixedZone("WIB", 7*60*60)

// A receipt is one event that is to be posted.
type receipt struct {
	event
	refID    string
	username string
	at       time.Time // when it happened
	due      time.Time // when it is posted
	tries    int
}

// channelNumber is a channel's number in receipts, from Sprint's page "Delivery Status".
func channelNumber(k kind) string {
	switch k {
	case sms:
		return "1"
	case line:
		return "2"
	case email:
		return "3"
	case facebook:
		return "4"
	case telegram:
		return "5"
	case whatsapp:
		return "7"
	}
	return "0"
}

// json is the body as on that page: the status a number, the channel a string, price only for
// WhatsApp, counter_message only for SMS.
func (r receipt) json() []byte {
	b := make([]byte, 0, 256)
	b = append(b, `{"status":`...)
	b = strconv.AppendInt(b, int64(r.status), 10)
	b = append(b, `,"channel":"`...)
	b = append(b, channelNumber(r.kind)...)
	b = append(b, `","ref_id":`...)
	b = appendText(b, r.refID)
	b = append(b, `,"time":"`...)
	b = r.at.In(wib).AppendFormat(b, time.DateTime)
	b = append(b, `","division_id":"`...)
	b = append(b, division(r.username)...)
	b = append(b, '"')
	if r.price != "" {
		b = append(b, `,"price":"`...)
		b = append(b, r.price...)
		b = append(b, '"')
	}
	if r.kind == sms && r.status != unused {
		b = append(b, `,"counter_message":`...)
		b = strconv.AppendInt(b, int64(r.parts), 10)
	}
	return append(b, '}')
}

// division is the gateway's id of an account, in the form of the page's samples.
func division(username string) string {
	d := newDice(0, username)
	hex := strconv.FormatUint(d.next()|1<<63, 16)
	return hex[:8] + "-" + hex[8:12] + "-4" + hex[13:16] + "-8000-" + hex[:12]
}
