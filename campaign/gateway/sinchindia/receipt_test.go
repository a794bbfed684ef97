package sinchindia

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"siaran/campaign"
	"siaran/campaign/gateway"
)

func TestADeliveryReportOfTheDefaultFormatIsRead(t *testing.T) {
	at := time.Date(2023, 3, 14, 10, 57, 33, 0, time.UTC)
	for name, c := range map[string]struct {
		body string
		want campaign.Receipt
	}{
		"sent": {
			`{"rqst_ack_id":"1678791451543344","del_time":"14/03/2023 16:27:33","mobile_no":"919900000001","messageId":"c42-000017","del_status":"sent"}`,
			campaign.Receipt{RefID: "c42-000017", Word: "sent", Delivery: campaign.DeliverySent, At: at, GatewayID: "1678791451543344", Recipient: "919900000001"},
		},
		"failed, with a reason": {
			`{"rqst_ack_id":"1","del_time":"14/03/2023 16:27:33","messageId":"a","del_status":"failed","del_desc":"Message undeliverable"}`,
			campaign.Receipt{RefID: "a", Word: "failed", Delivery: campaign.DeliveryUndelivered, At: at, GatewayID: "1", Reason: "Message undeliverable"},
		},
		"a number of 25 digits, no messageId": {
			`{"rqst_ack_id":1606887827245734233232332,"del_time":"2023-03-14T16:27:33+05:30","del_status":"Delivered"}`,
			campaign.Receipt{Word: "Delivered", Delivery: campaign.DeliveryDelivered, At: at, GatewayID: "1606887827245734233232332"},
		},
		"messageId as a number, mobile_no with a plus": {
			`{"messageId":1606887827245734233232332,"mobile_no":"+91 99000-00001","del_status":"read","del_time":""}`,
			campaign.Receipt{RefID: "1606887827245734233232332", Word: "read", Delivery: campaign.DeliveryRead, Recipient: "919900000001"},
		},
		"a word that is not in the table, an odd time, unknown keys": {
			`{"messageId":"a","del_status":"Parked","del_time":"2X/0X/2XXX","del_desc":"later","other":{"x":[1e999]}}`,
			campaign.Receipt{RefID: "a", Word: "Parked", Delivery: campaign.DeliveryOther, Reason: "later"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseReceipts([]byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			c.want.Gateway, c.want.Channel = "sinchindia", campaign.WhatsApp
			if diff := cmp.Diff([]campaign.Receipt{c.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// hostile are bodies that must never become a receipt.
var hostile = []string{
	``, `null`, `[]`, `"delivered"`, `{}`, `{"del_status":"delivered"}`, `{"messageId":"a"}`,
	`{"messageId":"a","del_status":null}`, `{"messageId":"a","del_status":["delivered"]}`,
	`{"messageId":"a","del_status":"failed","del_status":"delivered"}`,
	`{"messageId":"a","messageId":"b","del_status":"delivered"}`,
	`{"messageId":"a","DEL_STATUS":"delivered"}`,
	`{"messageId":"a","del_status":"delivered"} x`,
	`{"messageId":"a","del_status":"delivered"}{"messageId":"a","del_status":"read"}`,
	`{"messageId":"a","del_status":"delivered`,
	"{\"messageId\":\"a\",\"del_status\":\"delivered\x00\"}",
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

func FuzzParseReceipts(f *testing.F) {
	for _, body := range hostile {
		f.Add([]byte(body))
	}
	f.Add([]byte(`{"rqst_ack_id":1678791451543344,"del_time":"14/03/2023 16:27:33","mobile_no":"919900000001","messageId":"\ud800","del_status":"failed","del_desc":"x"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		receipts, err := ParseReceipts(body)
		if err != nil && receipts != nil {
			t.Error("receipts beside an error")
		}
		for _, r := range receipts {
			if r.RefID == "" && r.GatewayID == "" || r.Word == "" || r.Delivery == "" {
				t.Errorf("a receipt without id or word: %+v", r)
			}
		}
	})
}
