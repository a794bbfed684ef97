package sandeza

import (
	"errors"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway"
)

// passThru is the sample of page "Delivery Status".
const passThru = `{"messaging_product":"whatsapp","metadata":{"display_phone_number":"6287xxxxxxxx1","phone_number_id":"101471619726642"},
"statuses":[{"conversation":{"id":"a4f11a5343b44xxxxxa86911b8f","origin":{"type":"marketing"}},"id":"wamid.HBgNNjI4OTDIxNxQkRGMERGOAA=",
"pricing":{"billable":true,"category":"marketing","pricing_model":"CBP"},"recipient_id":"62896217","reff_id":"","status":"delivered","timestamp":"1717579622"}]}`

// metaUnion has every key that a status of Meta's can have.
const metaUnion = `{"object":"whatsapp_business_account","entry":[{"id":"w","changes":[{"field":"messages","value":{"messaging_product":"whatsapp",
"statuses":[{"id":"wamid.X","status":"failed","timestamp":"1750857384","recipient_id":"6281200000001","biz_opaque_callback_data":"tagihan-3k9x2f-00002-7m2qk8zd",
"errors":[{"code":131026,"title":"Message undeliverable","error_data":{"details":"no WhatsApp for 6281200000001"}}]}]}}]}]}`

func TestEveryReceiptSaysWhatThePageSays(t *testing.T) {
	t.Parallel()
	jakarta := time.Date(2024, 6, 5, 9, 27, 2, 0, time.UTC) // 16:27:02 in +07:00
	whatsApp := func(d campaign.Delivery, word string) campaign.Receipt {
		return campaign.Receipt{RefID: "r", Gateway: "sandeza", Channel: campaign.WhatsApp, Delivery: d, Word: word, At: jakarta}
	}
	on := func(r campaign.Receipt, k campaign.ChannelKind) campaign.Receipt { r.Channel = k; return r }
	lost := func(word, reason string) campaign.Receipt {
		r := whatsApp(campaign.DeliveryUndelivered, word)
		r.Reason = reason
		return r
	}
	with := func(r campaign.Receipt, change func(*campaign.Receipt)) campaign.Receipt { change(&r); return r }
	for name, test := range map[string]struct {
		body string
		want campaign.Receipt
	}{
		"1":  {`{"status":1,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02","division_id":"d"}`, whatsApp(campaign.DeliveryDelivered, "1 Delivered")},
		"2":  {`{"status":2,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02"}`, lost("2 Undelivered", "Undelivered")},
		"3":  {`{"status":3,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02"}`, whatsApp(campaign.DeliveryPending, "3 Pending")},
		"4":  {`{"status":4,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02"}`, lost("4 Unsent Sprint", "Unsent Sprint")},
		"5":  {`{"status":5,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02"}`, lost("5 Failed", "Failed")},
		"6":  {`{"status":6,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02"}`, whatsApp(campaign.DeliveryPending, "6 Unknown")},
		"7":  {`{"status":7,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02"}`, whatsApp(campaign.DeliveryRead, "7 Opened")},
		"8":  {`{"status":8,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02"}`, whatsApp(campaign.DeliveryClicked, "8 Clicked")},
		"9":  {`{"status":9,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02"}`, whatsApp(campaign.DeliveryRead, "9 Read")},
		"10": {`{"status":10,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02"}`, lost("10 Spam", "Spam")},
		"11": {`{"status":11,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02"}`, lost("11 Bounced", "Bounced")},
		"12": {`{"status":12,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02"}`, lost("12 Blacklist", "Blacklist")},
		"13": {`{"status":13,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02"}`, lost("13 Ringing Not Answered (RNA)", "Ringing Not Answered (RNA)")},
		"14": {`{"status":14,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02"}`, whatsApp(campaign.DeliveryUnused, "14 Delivery Backup Not Used")},
		"15": {`{"status":15,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02"}`, lost("15 Unsent From Opt", "Unsent From Opt")},
		"16": {`{"status":16,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02"}`, whatsApp(campaign.DeliverySent, "16 Sent From Opt")},

		"numbers and strings":   {`{"status":"9","channel":7,"ref_id":"r","time":"2024-06-05 16:27:02"}`, whatsApp(campaign.DeliveryRead, "9 Read")},
		"sms":                   {`{"status":1,"channel":1,"ref_id":"r","time":"2024-06-05 16:27:02"}`, on(whatsApp(campaign.DeliveryDelivered, "1 Delivered"), campaign.SMS)},
		"line":                  {`{"status":1,"channel":"2","ref_id":"r","time":"2024-06-05 16:27:02"}`, on(whatsApp(campaign.DeliveryDelivered, "1 Delivered"), campaign.Line)},
		"email":                 {`{"status":1,"channel":"3","ref_id":"r","time":"2024-06-05 16:27:02"}`, on(whatsApp(campaign.DeliveryDelivered, "1 Delivered"), campaign.Email)},
		"facebook":              {`{"status":1,"channel":"4","ref_id":"r","time":"2024-06-05 16:27:02"}`, on(whatsApp(campaign.DeliveryDelivered, "1 Delivered"), campaign.Facebook)},
		"telegram":              {`{"status":1,"channel":"5","ref_id":"r","time":"2024-06-05 16:27:02"}`, on(whatsApp(campaign.DeliveryDelivered, "1 Delivered"), campaign.Telegram)},
		"no channel":            {`{"status":1,"ref_id":"r","time":"2024-06-05 16:27:02"}`, on(whatsApp(campaign.DeliveryDelivered, "1 Delivered"), "")},
		"an unknown channel":    {`{"status":1,"channel":"6","ref_id":"r","time":"2024-06-05 16:27:02"}`, on(whatsApp(campaign.DeliveryOther, "1 Delivered (channel 6)"), "")},
		"an unknown status":     {`{"status":17,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02"}`, whatsApp(campaign.DeliveryOther, "17")},
		"a status in words":     {`{"status":"DELIVRD","channel":"7","ref_id":"r","time":"2024-06-05 16:27:02"}`, whatsApp(campaign.DeliveryOther, "DELIVRD")},
		"an id of 25 digits":    {`{"status":9,"channel":"7","ref_id":1606887827245734233232332,"time":"2024-06-05 16:27:02"}`, with(whatsApp(campaign.DeliveryRead, "9 Read"), func(r *campaign.Receipt) { r.RefID = "1606887827245734233232332" })},
		"a time with its zone":  {`{"status":9,"channel":"7","ref_id":"r","time":"2024-06-05T09:27:02Z"}`, whatsApp(campaign.DeliveryRead, "9 Read")},
		"a time of another day": {`{"status":9,"channel":"7","ref_id":"r","time":"05/06/2024"}`, with(whatsApp(campaign.DeliveryRead, "9 Read"), func(r *campaign.Receipt) { r.At, r.Reason = time.Time{}, `time "05/06/2024" not understood` })},
		"no time":               {`{"status":9,"channel":"7","ref_id":"r"}`, with(whatsApp(campaign.DeliveryRead, "9 Read"), func(r *campaign.Receipt) { r.At = time.Time{} })},
		"price paid":            {`{"status":9,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02","price":"PAID"}`, with(whatsApp(campaign.DeliveryRead, "9 Read"), func(r *campaign.Receipt) { r.Billing = campaign.BillingPaid })},
		"price free":            {`{"status":9,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02","price":"free "}`, with(whatsApp(campaign.DeliveryRead, "9 Read"), func(r *campaign.Receipt) { r.Billing = campaign.BillingFree })},
		"price on process":      {`{"status":9,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02","price":"On  Process"}`, with(whatsApp(campaign.DeliveryRead, "9 Read"), func(r *campaign.Receipt) { r.Billing = campaign.BillingOnProcess })},
		"another price":         {`{"status":9,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02","price":"HALF"}`, with(whatsApp(campaign.DeliveryRead, "9 Read"), func(r *campaign.Receipt) { r.Reason = `price "HALF" not understood` })},
		"a price on a failure":  {`{"status":2,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02","price":"HALF"}`, lost("2 Undelivered", `Undelivered; price "HALF" not understood`)},
		"parts":                 {`{"status":1,"channel":"1","ref_id":"r","time":"2024-06-05 16:27:02","counter_message":2}`, with(on(whatsApp(campaign.DeliveryDelivered, "1 Delivered"), campaign.SMS), func(r *campaign.Receipt) { r.Parts = 2 })},
		"parts as text":         {`{"status":1,"channel":"1","ref_id":"r","time":"2024-06-05 16:27:02","counter_message":"3"}`, with(on(whatsApp(campaign.DeliveryDelivered, "1 Delivered"), campaign.SMS), func(r *campaign.Receipt) { r.Parts = 3 })},
		"parts that cannot be":  {`{"status":1,"channel":"1","ref_id":"r","time":"2024-06-05 16:27:02","counter_message":-1}`, on(whatsApp(campaign.DeliveryDelivered, "1 Delivered"), campaign.SMS)},
		"unknown keys":          {`{"status":1,"channel":"7","ref_id":"r","time":"2024-06-05 16:27:02","status_detail":{"status":2},"Status":2}`, whatsApp(campaign.DeliveryDelivered, "1 Delivered")},
		"an empty ref_id":       {`{"status":1,"channel":"7","ref_id":"","time":"2024-06-05 16:27:02"}`, with(whatsApp(campaign.DeliveryDelivered, "1 Delivered"), func(r *campaign.Receipt) { r.RefID = "" })},
		"pass thru": {passThru, campaign.Receipt{
			Gateway: "sandeza", Channel: campaign.WhatsApp, Delivery: campaign.DeliveryDelivered, Word: "delivered", At: time.Unix(1717579622, 0).UTC(),
			Billing: campaign.BillingPaid, Category: "marketing", GatewayID: "wamid.HBgNNjI4OTDIxNxQkRGMERGOAA=", Recipient: "62896217",
		}},
		"a person's answer": {`{"from":{"username":"6281200000001"},"message":{"id":"m1","text":"halo"}}`, campaign.Receipt{
			Gateway: "sandeza", Reply: true, Delivery: campaign.DeliveryOther, Word: "reply", GatewayID: "m1",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseReceipts([]byte(test.body))
			if err != nil || len(got) != 1 {
				t.Fatalf("got %d receipts, %v", len(got), err)
			}
			if got[0] != test.want {
				t.Errorf("got  %+v\nwant %+v", got[0], test.want)
			}
		})
	}
}

func TestAnotherShapeIsSaidToBeSomebodyElses(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{}`, `{"ref_id":"r"}`, `{"status":1}`, `{"status":null,"ref_id":"r"}`, `[{"status":1,"ref_id":"r"}]`, `{"statuses":{}}`, `{"statuses":[1]}`, `x`, ``,
		`{"event":{"event_type":"DELIVERY_EVENTS"}}`, `{"status":1,"ref_id":"r"} x`,
	} {
		receipts, err := ParseReceipts([]byte(body))
		var not *gateway.NotOursError
		if !errors.As(err, &not) || not.Gateway != "sandeza" || len(receipts) != 0 {
			t.Errorf("%s: %d receipts, %v", body, len(receipts), err)
		}
	}
}

// TestTheCodesOfBackupOnAreNotThoseOfReceipts: the same number means different things in the two lists.
func TestTheCodesOfBackupOnAreNotThoseOfReceipts(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]campaign.Delivery{ // what a mix-up would make of it
		"unsent": campaign.DeliveryDelivered, "pending": campaign.DeliveryPending, "spam": campaign.DeliveryUndelivered, "blacklist": campaign.DeliveryRead,
	} {
		for _, k := range []campaign.ChannelKind{campaign.SMS, campaign.Email} {
			for _, w := range backupStates(k) {
				if w.word == word && statusCode(w.code).delivery() != want {
					t.Errorf("%s is %d", word, w.code)
				}
			}
		}
	}
	codes, minutes, err := backupLists(campaign.WhatsApp, []campaign.BackupOn{{Word: "undelivered"}, {Word: "pending", After: 10 * time.Minute}, {Word: "delivered"}})
	if codes != "2;3;9" || minutes != "0;10;0" || err != nil {
		t.Errorf("got %q %q %v", codes, minutes, err)
	}
}
