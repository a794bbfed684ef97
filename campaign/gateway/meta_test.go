package gateway

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"siaran/campaign"
)

func status(fields string) string {
	return `{"object":"whatsapp_business_account","entry":[{"id":"w","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","statuses":[{` +
		`"id":"wamid.X","timestamp":"1750857384","recipient_id":"6281200000001","biz_opaque_callback_data":"r",` + fields + `}]}}]}]}`
}

func TestMetasStatusesBecomeReceipts(t *testing.T) {
	t.Parallel()
	base := campaign.Receipt{
		RefID: "r", Gateway: "meta", Channel: campaign.WhatsApp, At: time.Unix(1750857384, 0).UTC(), GatewayID: "wamid.X", Recipient: "6281200000001",
	}
	is := func(d campaign.Delivery, word string, change func(*campaign.Receipt)) campaign.Receipt {
		r := base
		r.Delivery, r.Word = d, word
		if change != nil {
			change(&r)
		}
		return r
	}
	priced := func(b campaign.Billing, category string) func(*campaign.Receipt) {
		return func(r *campaign.Receipt) { r.Billing, r.Category = b, category }
	}
	because := func(reason string) func(*campaign.Receipt) {
		return func(r *campaign.Receipt) { r.Reason = reason }
	}
	for name, test := range map[string]struct {
		fields string
		want   campaign.Receipt
	}{
		"sent":                   {`"status":"sent"`, is(campaign.DeliverySent, "sent", nil)},
		"delivered":              {`"status":"delivered"`, is(campaign.DeliveryDelivered, "delivered", nil)},
		"Delivered":              {`"status":"Delivered"`, is(campaign.DeliveryDelivered, "Delivered", nil)},
		"read":                   {`"status":"read"`, is(campaign.DeliveryRead, "read", nil)},
		"played":                 {`"status":"played"`, is(campaign.DeliveryRead, "played", nil)},
		"failed":                 {`"status":"failed"`, is(campaign.DeliveryUndelivered, "failed", nil)},
		"an unknown word":        {`"status":"teleported"`, is(campaign.DeliveryOther, "teleported", nil)},
		"no word":                {`"x":1`, is(campaign.DeliveryOther, "", nil)},
		"PMP, billable":          {`"status":"sent","pricing":{"billable":true,"pricing_model":"PMP","type":"regular","category":"marketing"}`, is(campaign.DeliverySent, "sent", priced(campaign.BillingPaid, "marketing"))},
		"PMP, not billable":      {`"status":"sent","pricing":{"billable":false,"pricing_model":"PMP","type":"free_customer_service","category":"utility"}`, is(campaign.DeliverySent, "sent", priced(campaign.BillingFree, "utility"))},
		"CBP, billable":          {`"status":"read","pricing":{"billable":true,"pricing_model":"CBP","category":"service"}`, is(campaign.DeliveryRead, "read", priced(campaign.BillingPaid, "service"))},
		"CBP, not billable":      {`"status":"read","pricing":{"billable":false,"pricing_model":"CBP","category":"service"}`, is(campaign.DeliveryRead, "read", priced(campaign.BillingFree, "service"))},
		"by type, paid":          {`"status":"sent","pricing":{"pricing_model":"PMP","type":"regular"}`, is(campaign.DeliverySent, "sent", priced(campaign.BillingPaid, ""))},
		"by type, free":          {`"status":"sent","pricing":{"type":"free_entry_point"}`, is(campaign.DeliverySent, "sent", priced(campaign.BillingFree, ""))},
		"a model says no price":  {`"status":"sent","pricing":{"pricing_model":"PMP"}`, is(campaign.DeliverySent, "sent", nil)},
		"no pricing is not FREE": {`"status":"delivered"`, is(campaign.DeliveryDelivered, "delivered", nil)},
		"null pricing":           {`"status":"delivered","pricing":null,"conversation":null`, is(campaign.DeliveryDelivered, "delivered", nil)},
		"category by conversation": {
			`"status":"sent","conversation":{"id":"a","expiration_timestamp":"1","origin":{"type":"Marketing"}}`,
			is(campaign.DeliverySent, "sent", priced("", "marketing")),
		},
		"an error": {
			`"status":"failed","errors":[{"code":131026,"title":"Message undeliverable","message":"m","error_data":{"details":"no route"},"href":"u"}]`,
			is(campaign.DeliveryUndelivered, "failed", because("131026 Message undeliverable: no route")),
		},
		"an opt-out": {
			`"status":"failed","errors":[{"code":131050,"title":"User stopped marketing"}]`,
			is(campaign.DeliveryUndelivered, "failed", because("131050 User stopped marketing")),
		},
		"a number in an error": {
			`"status":"failed","errors":[{"code":"1","message":"to +6281200000001"}]`,
			is(campaign.DeliveryUndelivered, "failed", because("1 to +62812•••••01")),
		},
		"errors of another shape": {`"status":"failed","errors":"x"`, is(campaign.DeliveryUndelivered, "failed", nil)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseMeta([]byte(status(test.fields)))
			if err != nil || len(got) != 1 {
				t.Fatalf("got %d receipts, %v", len(got), err)
			}
			if got[0] != test.want {
				t.Errorf("got  %+v\nwant %+v", got[0], test.want)
			}
		})
	}
}

func TestMetasTimesAreSecondsAndNonsenseIsNone(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]time.Time{
		`"1750857384"`: time.Date(2025, 6, 25, 13, 16, 24, 0, time.UTC), `1750857384`: time.Date(2025, 6, 25, 13, 16, 24, 0, time.UTC),
		`"x"`: {}, `""`: {}, `-5`: {}, `1e9`: {}, `99999999999999999999999999`: {}, `null`: {}, `{}`: {},
	} {
		got, err := ParseMeta([]byte(fmt.Sprintf(`{"statuses":[{"status":"read","timestamp":%s}]}`, said)))
		if err != nil || len(got) != 1 || !got[0].At.Equal(want) {
			t.Errorf("%s: got %+v, %v", said, got, err)
		}
	}
}

func TestPeoplesAnswersAndManyStatusesAreTold(t *testing.T) {
	t.Parallel()
	got, err := ParseMeta([]byte(`{"entry":[{"changes":[{"value":{"statuses":[{"status":"sent"},{"status":"delivered"}]}},
		{"value":{"messages":[{"from":"6281200000001","id":"wamid.Y","timestamp":"1750857384","text":{"body":"stop"}}]}},{"value":{"event":"APPROVED"}},{"field":"x"}]},{"changes":[]}]}`))
	if err != nil || len(got) != 3 {
		t.Fatalf("got %+v, %v", got, err)
	}
	if r := got[2]; !r.Reply || r.Delivery != campaign.DeliveryOther || r.GatewayID != "wamid.Y" || r.Recipient != "6281200000001" || r.RefID != "" {
		t.Errorf("got %+v", r)
	}
}

func TestAnotherShapeIsNotMetas(t *testing.T) {
	t.Parallel()
	for _, body := range []string{``, `{}`, `[]`, `{"entry":1}`, `{"entry":[{}]}`, `{"entry":[{"changes":1}]}`, `{"statuses":[1]}`, `{"messages":2}`, `{"status":1,"ref_id":"x"}`} {
		receipts, err := ParseMeta([]byte(body))
		var not *NotOursError
		if !errors.As(err, &not) || len(receipts) != 0 {
			t.Errorf("%s: %d receipts, %v", body, len(receipts), err)
		}
	}
}
