package sandeza

import (
	"strings"
	"testing"
)

func TestAReceiptIsAnsweredWithItsRefIDIfThatIsAText(t *testing.T) {
	t.Parallel()
	for body, refID := range map[string]string{
		`{"status":1,"ref_id":"c42-000017-sms"}`:        `c42-000017-sms`,
		`{"status":1,"ref_id":"\"<script>\u0000"}`:      `\"\u003cscript\u003e\u0000`,
		`{"status":1,"ref_id":17}`:                      ``,
		`{"statuses":[{"reff_id":"x"}]}`:                ``,
		`{"ref_id":"` + strings.Repeat("x", 500) + `"}`: ``,
		`{"ref_id":"` + strings.Repeat("x", 128) + `"}`: strings.Repeat("x", 128),
		`status=1`: ``,
	} {
		want := `{"rc":"0","ref_id":"` + refID + `","code_sms":"","reason_status":""}`
		if got := string(Descriptor().Answer([]byte(body))); got != want {
			t.Errorf("%s: got %s", body, got)
		}
	}
}
