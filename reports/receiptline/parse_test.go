package receiptline

import (
	"testing"

	"siaran/campaign"
)

func TestReceiptsAreRecognisedByContent(t *testing.T) {
	source := func(name string, keys ...[]string) Source {
		return Source{Name: name, Keys: keys, Parse: func([]byte) ([]campaign.Receipt, error) {
			return []campaign.Receipt{{Gateway: name}}, nil
		}}
	}
	parse := NewParse([]Source{
		source("sinchindia", []string{"del_status", "messageId"}, []string{"del_status", "rqst_ack_id"}),
		source("sandeza", []string{"ref_id", "status"}, []string{"statuses"}),
		source("meta", []string{"entry"}),
	})
	for body, want := range map[string]string{
		`{"status":1,"ref_id":"a"}`:                  "sandeza",
		`{"statuses":[]}`:                            "sandeza",
		`{"object":"x","entry":[]}`:                  "meta",
		`{"del_status":"read","rqst_ack_id":1}`:      "sinchindia",
		`{"del\u005fstatus":"read","rqst_ack_id":1}`: "sinchindia",
		`{"status":1}`:                               "",
		`{"x":{"entry":[]}}`:                         "",
		`[{"status":1,"ref_id":"a"}]`:                "",
		`{"status":1,"ref_id":"a"`:                   "",
		``:                                           "",
	} {
		got, err := parse("", []byte(body))
		if want == "" && err == nil || want != "" && (err != nil || got[0].Gateway != want) {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
}
