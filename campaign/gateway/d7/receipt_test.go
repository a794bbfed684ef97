package d7

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"siaran/campaign"
	"siaran/campaign/gateway"
)

// event is D7's own sample with another status.
const event = `{"event":{"event_type":"DELIVERY_EVENTS","timestamp":"1695711356760","date":"2023-September-26"},
"event_content":{"message_status":{"request_id":"ca40e2bd","msg_id":"ba7eb2f2","conversation_type":"service","message_type":"TEMPLATE","waConvId":"13c2",
"recipient":"+971500000001","reference":{"cust_ref":"c42-000017","message_tag1":null,"conversation_id":null},
"originator":"971500000000","status":%q,"reason":"Read by the user"}}}`

func TestEveryWordOfADeliveryEventHasItsDelivery(t *testing.T) {
	for word, want := range map[string]campaign.Delivery{
		"scheduled": campaign.DeliveryPending, "processed": campaign.DeliveryPending,
		"sent": campaign.DeliverySent, "delivered": campaign.DeliveryDelivered, "read": campaign.DeliveryRead,
		"un_delivered": campaign.DeliveryUndelivered, "undelivered": campaign.DeliveryUndelivered,
		"rejected": campaign.DeliveryUndelivered, "insufficient_credit": campaign.DeliveryUndelivered,
		"READ": campaign.DeliveryRead, "teleported": campaign.DeliveryOther,
	} {
		got, err := ParseReceipts(fmt.Appendf(nil, event, word))
		if err != nil {
			t.Fatal(err)
		}
		r := campaign.Receipt{
			RefID: "c42-000017", Gateway: "d7", Channel: campaign.WhatsApp, Word: word, Delivery: want,
			At: time.Date(2023, 9, 26, 6, 55, 56, 760e6, time.UTC), Category: "service", GatewayID: "ca40e2bd", Recipient: "971500000001",
		}
		if want == campaign.DeliveryUndelivered || want == campaign.DeliveryOther {
			r.Reason = "Read by the user"
		}
		if diff := cmp.Diff([]campaign.Receipt{r}, got); diff != "" {
			t.Errorf("%s: %s", word, diff)
		}
	}
}

func TestWhatAPersonWroteIsAReplyAndNeverADelivery(t *testing.T) {
	for name, body := range map[string]string{
		"flat":   `{"event":{"event_type":"USER_INITIATED","timestamp":"1695711356760"},"event_content":{"originator":"+971500000001","text":"hi","status":"delivered"}}`,
		"nested": `{"event":{"event_type":"USER_INITIATED","timestamp":1695711356760},"event_content":{"message":{"originator":"971500000001","text":"hi"}}}`,
	} {
		got, err := ParseReceipts([]byte(body))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := []campaign.Receipt{{
			Gateway: "d7", Channel: campaign.WhatsApp, Reply: true, Delivery: campaign.DeliveryOther, Word: "reply",
			At: time.Date(2023, 9, 26, 6, 55, 56, 760e6, time.UTC), Recipient: "971500000001",
		}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// hostile are bodies that must never become a receipt.
var hostile = []string{
	``, `null`, `[]`, `{}`, `{"event":{},"event_content":{}}`, `{"event":"DELIVERY_EVENTS","event_content":{}}`,
	`{"event":{"event_type":"DELIVERY_EVENTS"},"event_content":{"message_status":{"status":"delivered"}}}`,
	`{"event":{"event_type":"DELIVERY_EVENTS"},"event_content":{"message_status":{"request_id":"a","status":null}}}`,
	`{"event":{"event_type":"DELIVERY_EVENTS"},"event_content":{"message_status":{"request_id":"a","status":"rejected","status":"delivered"}}}`,
	`{"event":{"event_type":"DELIVERY_EVENTS","event_type":"USER_INITIATED"},"event_content":{}}`,
	`{"event":{"event_type":"ORDERS"},"event_content":{"message_status":{"request_id":"a","status":"delivered"}}}`,
	`{"event":{"event_type":"DELIVERY_EVENTS"},"event_content":{"message_status":{"request_id":"a","status":"delivered"}}}}`,
	`{"event":{"event_type":"DELIVERY_EVENTS"},"event_content":{"message_status":[{"request_id":"a","status":"delivered"}]}}`,
}

func TestABodyThatCanBeReadInTwoWaysIsNoReceipt(t *testing.T) {
	for _, body := range hostile {
		got, err := ParseReceipts([]byte(body))
		var not *gateway.NotOursError
		if !errors.As(err, &not) || got != nil {
			t.Errorf("%s: %v, %v", body, got, err)
		}
	}
}

func TestIDsKeepEveryDigit(t *testing.T) {
	got, err := ParseReceipts([]byte(`{"event":{"event_type":"DELIVERY_EVENTS","timestamp":1e400},"event_content":{"message_status":{"msg_id":1606887827245734233232332,"cust_ref":9007199254740993,"status":"sent"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if r := got[0]; r.GatewayID != "1606887827245734233232332" || r.RefID != "9007199254740993" || !r.At.IsZero() {
		t.Errorf("got %+v", r)
	}
}

func FuzzParseReceipts(f *testing.F) {
	for _, body := range hostile {
		f.Add([]byte(body))
	}
	f.Add(fmt.Appendf(nil, event, "read"))
	f.Add([]byte(`{"event":{"event_type":"USER_INITIATED","timestamp":"1"},"event_content":{"a":{"originator":"\ud800"}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		receipts, err := ParseReceipts(body)
		if err != nil && receipts != nil {
			t.Error("receipts beside an error")
		}
		for _, r := range receipts {
			if r.Delivery == "" || r.Reply && r.Delivery != campaign.DeliveryOther || !r.Reply && r.RefID == "" && r.GatewayID == "" {
				t.Errorf("not a receipt: %+v", r)
			}
		}
	})
}
