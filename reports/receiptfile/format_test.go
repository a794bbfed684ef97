package receiptfile

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"siaran/campaign"
)

func TestACustomFormatReadsItsKeys(t *testing.T) {
	f := smsTA(t).Custom["sms-ta"]
	for name, c := range map[string]struct {
		body string
		want campaign.Receipt
	}{
		"all": {
			`{"msg_id":"a","mobile_no":"x","sms_delv_status":"DELIVRD","sms_delv_dttime":"14/03/2023 16:27:33"}`,
			campaign.Receipt{RefID: "a", Word: "DELIVRD", Delivery: campaign.DeliveryDelivered, At: time.Date(2023, 3, 14, 10, 57, 33, 0, time.UTC)},
		},
		"an id of 25 digits, a word in another case, RFC 3339": {
			`{"msg_id":1606887827245734233232332,"sms_delv_status":"delivrd","sms_delv_dttime":"2023-03-14T10:57:33Z"}`,
			campaign.Receipt{RefID: "1606887827245734233232332", Word: "delivrd", Delivery: campaign.DeliveryDelivered, At: time.Date(2023, 3, 14, 10, 57, 33, 0, time.UTC)},
		},
		"a word of our own, no time": {
			`{"msg_id":"a","sms_delv_status":"Read","sms_delv_dttime":null}`,
			campaign.Receipt{RefID: "a", Word: "Read", Delivery: campaign.DeliveryRead},
		},
		"an unknown word": {
			`{"msg_id":"a","sms_delv_status":"EXPIRED"}`,
			campaign.Receipt{RefID: "a", Word: "EXPIRED", Delivery: campaign.DeliveryOther},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.want.Gateway, c.want.Channel = "sinchindia", campaign.SMS
			got, err := f.ParseReceipts([]byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]campaign.Receipt{c.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestACustomFormatReadsInnerObjectsByTheirPath(t *testing.T) {
	f, err := Format{Gateway: "d7", ID: "ref.id", Status: "state", Time: "t", Layout: "unix_ms"}.Compile()
	if err != nil {
		t.Fatal(err)
	}
	for body, id := range map[string]string{
		`{"ref":{"id":"a"},"state":"sent","t":"1695711356760"}`:            "a",
		`{"ref.id":"b","ref":{"id":"a"},"state":"sent","t":1695711356760}`: "b",
	} {
		got, err := f.ParseReceipts([]byte(body))
		if err != nil || got[0].RefID != id || got[0].At.UnixMilli() != 1695711356760 {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
}

func TestABodyThatCanBeReadInTwoWaysIsNoReceiptOfACustomFormat(t *testing.T) {
	f := smsTA(t).Custom["sms-ta"]
	for _, body := range []string{
		``, `null`, `[]`, `{}`, `{"msg_id":"a"}`, `{"msg_id":"","sms_delv_status":"DELIVRD"}`, `{"msg_id":"a","sms_delv_status":["DELIVRD"]}`,
		`{"msg_id":"a","sms_delv_status":"FAILED","sms_delv_status":"DELIVRD"}`, `{"msg_id":"a","sms_delv_status":"DELIVRD"} x`,
		`{"msg_id":"a","sms_delv_status":"DELIVRD","sms_delv_dttime":"31/31/2023 00:00:00"}`,
	} {
		if got, err := f.ParseReceipts([]byte(body)); err == nil {
			t.Errorf("%s: %+v", body, got)
		}
	}
}

func TestAFormatThatCannotWorkIsRefused(t *testing.T) {
	for name, f := range map[string]Format{
		"no id":            {Status: "s"},
		"no status":        {ID: "i"},
		"a layout":         {ID: "i", Status: "s", Layout: "dd/qq/yyyy"},
		"a zone":           {ID: "i", Status: "s", Zone: "Nowhere/Land"},
		"an offset":        {ID: "i", Status: "s", Zone: "+5"},
		"a word of ours":   {ID: "i", Status: "s", Words: map[string]string{"OK": "delivred"}},
		"the zone of here": {ID: "i", Status: "s", Zone: "Local"},
	} {
		if _, err := f.Compile(); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestLayoutsAreExcelsPatterns(t *testing.T) {
	want := time.Date(2023, 3, 4, 16, 7, 9, 0, time.UTC)
	for layout, text := range map[string]string{
		"dd/mm/yyyy hh:mm:ss":       "04/03/2023 16:07:09",
		"d-m-yy h:m:s":              "4-3-23 16:7:9",
		"yyyymmddhhmmss":            "20230304160709",
		"yyyy-mm-dd\"T\"hh:mm:ss":   "2023-03-04\"T\"16:07:09",
		"dd mmm yyyy hh:mm:ss":      "04 Mar 2023 16:07:09",
		"d mmmm yyyy, hh.mm.ss":     "4 March 2023, 16.07.09",
		"mm/dd/yyyy hh:mm:ss am/pm": "03/04/2023 04:07:09 PM",
		"yyyy-mm-dd hh:mm:ss.000":   "2023-03-04 16:07:09.000",
		"unix":                      "1677946029",
		"unix_ms":                   "1677946029000",
		"":                          "2023-03-04T23:07:09+07:00",
	} {
		f, err := newTimeForm(layout, "")
		if err != nil {
			t.Errorf("%s: %v", layout, err)
			continue
		}
		if got, err := f.parse(text); err != nil || !got.Equal(want) {
			t.Errorf("%s: %s is %v, %v", layout, text, got, err)
		}
	}
}

// FuzzFormat: no body that says a key twice, or more than one thing, becomes a receipt.
func FuzzFormat(f *testing.F) {
	r, err := Format{Gateway: "x", ID: "i", Status: "s", Time: "t.u", Words: map[string]string{"OK": "delivered"}}.Compile()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"i":"a","s":"OK"}`))
	f.Add([]byte(`{"i":1e999,"s":"\ud800","t":{"u":"2026-11-21T13:00:00Z"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		receipts, err := r.ParseReceipts(b)
		if err != nil {
			return
		}
		if !json.Valid(b) || len(receipts) != 1 || receipts[0].RefID == "" || receipts[0].Word == "" {
			t.Errorf("%q became %+v", b, receipts)
		}
		if receipts[0].Delivery == campaign.DeliveryDelivered && !strings.EqualFold(strings.TrimSpace(receipts[0].Word), "ok") && !strings.EqualFold(strings.TrimSpace(receipts[0].Word), "delivered") {
			t.Errorf("%q became delivered", b)
		}
	})
}

func TestACustomFormatReadsWhatElseAPortalSays(t *testing.T) {
	f, err := Format{
		Gateway: "sandeza", Channel: "sms", GatewayID: "smsc.id", Status: "state", Recipient: "msisdn", Reason: "why", Parts: "count",
	}.Compile()
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.ParseReceipts([]byte(`{"smsc":{"id":77},"state":"UNDELIV","msisdn":"+6281200000001","why":"absent","count":3}`))
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	want := campaign.Receipt{
		Gateway: "sandeza", Channel: campaign.SMS, Delivery: campaign.DeliveryOther, Word: "UNDELIV",
		GatewayID: "77", Recipient: "6281200000001", Reason: "absent", Parts: 3,
	}
	if got[0] != want {
		t.Errorf("%+v", got[0])
	}
	if got, err := f.ParseReceipts([]byte(`{"smsc":{"id":77},"state":"DELIVERED","count":"many"}`)); err != nil || got[0].Delivery != campaign.DeliveryDelivered || got[0].Parts != 0 {
		t.Error(got, err)
	}
	for _, body := range []string{`{"state":"DELIVERED"}`, `{"smsc":{"id":77}}`, `{"smsc":{"id":77},"state":"x","why":"a","why":"b"}`} {
		if got, err := f.ParseReceipts([]byte(body)); err == nil {
			t.Errorf("%s was read: %+v", body, got)
		}
	}
}

func TestATableHasWhatElseAFormatReadsOrNot(t *testing.T) {
	f, err := Format{Gateway: "sandeza", ID: "Ref", Status: "Status", Recipient: "MSISDN", Reason: "Error", Parts: "Parts"}.Compile()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"Status;Error;Ref;Parts;MSISDN\nfailed;\"no; such\";r-1;2;62812\n": `{"Error":"no; such","MSISDN":"62812","Parts":"2","Ref":"r-1","Status":"failed"}`,
		"Ref,Other,Status\nr-1,x,sent\n":                                   `{"Ref":"r-1","Status":"sent"}`,
		"Ref,Error,Status\nr-1,,sent\n":                                    `{"Ref":"r-1","Status":"sent"}`,
	} {
		for e, err := range Read(t.Context(), strings.NewReader(text), "export.csv", Formats{Custom: map[string]*Reader{"portal": f}}) {
			if err != nil || e.Gateway != "portal" || string(e.Body) != want {
				t.Errorf("%s: %s, %v", e.Gateway, e.Body, err)
			}
		}
	}
}
