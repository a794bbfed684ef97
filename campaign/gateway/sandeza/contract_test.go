package sandeza

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway"
	"siaran/campaign/gateway/gatewaytest"
)

// says is an answer of Sandeza's, as on page "JSON Response".
func says(rc, reason string) func(ref string) string {
	return func(ref string) string {
		id := ""
		if rc == "0" {
			id = "wMjAyMTA0MTQx"
		}
		b, err := json.Marshal(map[string]string{"rc": rc, "ref_id": ref, "code_sms": id, "reason_status": reason})
		if err != nil {
			panic(err)
		}
		return string(b)
	}
}

func verbatim(body string) func(string) string { return func(string) string { return body } }

func refused(code, reason string) campaign.Answer {
	return campaign.Answer{Outcome: campaign.Refused, Code: code, Reason: reason}
}

func systemic(code, reason string) campaign.Answer {
	return campaign.Answer{Outcome: campaign.NotTaken, Code: code, Reason: reason, Systemic: true}
}

func subject() gatewaytest.Subject {
	c := single(promo("delimiter"))
	accepted := campaign.Answer{Outcome: campaign.Accepted, Code: "rc 0", GatewayID: "wMjAyMTA0MTQx"}
	odd := func(code string) campaign.Answer {
		return campaign.Answer{Outcome: campaign.Unknown, Code: code, Odd: true}
	}
	return gatewaytest.Subject{
		New: func(tb testing.TB, url string, timeout time.Duration, client *http.Client) gateway.Compiled {
			tb.Helper()
			a := account()
			a.URL, a.Timeout = url, timeout
			a.Username, a.Password = "rahasia-user", "rahasia-pass"
			return mustNewFor(tb, a, c, client)
		},
		Message: message(c, map[string]string{"Nama": "Budiman Santoso", "Jumlah": "7.654.321"}),
		Path:    "/json/send/cgw",
		RefID: func(body []byte) string {
			var r struct {
				RefID string `json:"ref_id"`
			}
			if err := json.Unmarshal(body, &r); err != nil {
				panic(err)
			}
			return r.RefID
		},
		Yes:     says("0", ""),
		No:      says("3", "Invalid Recipient"),
		Secrets: []string{"rahasia-user", "rahasia-pass"},
		Private: []string{"Budiman", "7.654.321", "6281200000001"},
		Answers: []gatewaytest.Answer{
			{Name: "rc 0", Body: says("0", "Success"), Want: accepted},
			{Name: "rc 0 as a number", Body: func(ref string) string { return fmt.Sprintf(`{"rc":0,"ref_id":%q,"code_sms":"wMjAyMTA0MTQx"}`, ref) }, Want: accepted},
			{
				Name: "an id of digits", Body: func(ref string) string {
					return fmt.Sprintf(`{"rc":"0","ref_id":%q,"code_sms":"20241105123456789"}`, ref)
				},
				Want: campaign.Answer{Outcome: campaign.Accepted, Code: "rc 0", GatewayID: "20241105123456789"},
			},
			{Name: "the ref_id in capitals", Body: func(string) string {
				return `{"rc":"0","ref_id":"TAGIHAN-3K9X2F-00002-7M2QK8ZD","code_sms":"wMjAyMTA0MTQx"}`
			}, Want: accepted},
			{Name: "keys that nobody knows", Body: func(ref string) string {
				return fmt.Sprintf(`{"new":{"a":[1]},"rc":"0","ref_id":%q,"code_sms":"wMjAyMTA0MTQx","rcs":"9"}`, ref)
			}, Want: accepted},
			{Name: "rc 1", Body: says("1", "Invalid Parameter"), Want: refused("rc 1", "rc 1 Invalid Parameter: ")},
			{Name: "rc 1 without a ref_id", Body: verbatim(`{"rc":"1","ref_id":"","reason_status":"Invalid JSON Format"}`), Want: refused("rc 1", "rc 1 Invalid JSON Format: ")},
			{Name: "rc 2 Internal Error", Body: says("2", "Internal Error"), Want: campaign.Answer{Outcome: campaign.NotTaken, Code: "rc 2", Reason: "rc 2 Internal Error: "}},
			{Name: "rc 2 internal error", Body: says("2", " INTERNAL ERROR "), Want: campaign.Answer{Outcome: campaign.NotTaken, Code: "rc 2"}},
			{Name: "rc 2 Template Not Found", Body: says("2", "Template Not Found"), Want: systemic("rc 2", "rc 2 Template Not Found: ")},
			{Name: "rc 2 Channel Not Found", Body: says("2", "Channel Not Found"), Want: systemic("rc 2", "rc 2 Channel Not Found: ")},
			{Name: "rc 2 Role email validation not found", Body: says("2", "Role email validation not found"), Want: systemic("rc 2", "rc 2 Role email")},
			{Name: "rc 2 without a reason", Body: says("2", ""), Want: systemic("rc 2", "rc 2 without a reason: ")},
			{Name: "rc 3", Body: says("3", "Invalid Recipient"), Want: refused("rc 3", "rc 3 Invalid Recipient: ")},
			{Name: "rc 4", Body: says("4", "Invalid Sign"), Want: systemic("rc 4", "rc 4 Invalid Sign: check the account's username and password")},
			{Name: "rc 5", Body: says("5", ""), Want: systemic("rc 5", "rc 5 Invalid Corporate: ")},
			{Name: "rc 6", Body: says("6", "Not Ip Whitelist"), Want: systemic("rc 6", "rc 6 Not Ip Whitelist: ask Sprint to allow this host's address")},
			{Name: "rc 7", Body: says("7", "Not Enough Token"), Want: systemic("rc 7", "rc 7 Not Enough Token: ")},
			{Name: "rc 8", Body: says("8", "Unknown Sender Id"), Want: systemic("rc 8", "rc 8 Unknown Sender Id: ")},
			{Name: "rc 9", Body: says("9", "Invalid Refnum"), Want: refused("rc 9", "rc 9 Invalid Refnum: ")},
			{
				Name: "rc 9 after an unknown attempt", Body: says("9", "Invalid Refnum"), Unknown: true,
				Want: campaign.Answer{Outcome: campaign.Accepted, Code: "rc 9", Reason: "rc 9 Invalid Refnum after an attempt whose end is unknown"},
			},
			{Name: "rc 10", Body: says("10", ""), Want: refused("rc 10", "rc 10 Invalid user OTP: ")},
			{Name: "rc 11", Body: says("11", "INVALID_TIME"), Want: campaign.Answer{Outcome: campaign.NotTaken, Code: "rc 11", Reason: "rc 11 INVALID_TIME: "}},
			{Name: "rc 21", Body: says("21", "Unsubscribed Recipients"), Want: campaign.Answer{Outcome: campaign.Refused, Code: "rc 21", OptOut: campaign.PurposeAll}},
			{Name: "rc 22", Body: says("22", ""), Want: refused("rc 22", "rc 22 Special Characters Not Supported: ")},
			{Name: "rc 23", Body: says("23", ""), Want: refused("rc 23", "rc 23 Country Not Available: ")},
			{Name: "rc 24", Body: says("24", ""), Want: refused("rc 24", "rc 24 Character Limit Exceeded: ")},
			{Name: "an rc that is not listed", Body: says("17", "Moon Phase"), Want: refused("rc 17", "rc 17 Moon Phase: ")},
			{Name: "an rc that is a word", Body: says("E-77", ""), Want: refused("rc E-77", "rc E-77: ")},
			{Name: "a long reason with a phone number", Body: says("3", "no route to 6281200000001 for demo"), Want: refused("rc 3", "rc 3 no route to 62812•••••01 for demo: ")},
			{
				Name: "a page with the customer's name", Status: 500, Body: verbatim("<html><title>Budiman Santoso</title></html>"),
				Want: campaign.Answer{Outcome: campaign.Unknown, Code: "http 500", Reason: "the gateway failed with the request in hand"},
			},
			{Name: "rc missing", Body: func(ref string) string { return fmt.Sprintf(`{"ref_id":%q}`, ref) }, Want: odd("rc missing")},
			{Name: "rc null", Body: func(ref string) string { return fmt.Sprintf(`{"rc":null,"ref_id":%q}`, ref) }, Want: odd("rc missing")},
			{Name: "rc an object", Body: func(ref string) string { return fmt.Sprintf(`{"rc":{"0":0},"ref_id":%q}`, ref) }, Want: odd("rc missing")},
			{Name: "RC in capitals", Body: func(ref string) string { return fmt.Sprintf(`{"RC":"0","ref_id":%q}`, ref) }, Want: odd("rc missing")},
			{Name: "rc twice", Body: func(ref string) string { return fmt.Sprintf(`{"rc":"8","rc":"0","ref_id":%q}`, ref) }, Want: odd("unreadable")},
			{Name: "a yes without a ref_id", Body: verbatim(`{"rc":"0","code_sms":"x"}`), Want: odd("ref_id missing")},
			{Name: "a refusal with somebody else's ref_id", Body: verbatim(`{"rc":"8","ref_id":"x-3k9x2f-00003-7m2qk8zd"}`), Want: odd("other ref_id")},
		},
		Parse: ParseReceipts,
		Delivered: func(ref string) string {
			return fmt.Sprintf(`{"status":1,"channel":"7","ref_id":%q,"time":"2024-06-05 16:27:02","division_id":"d","price":"FREE"}`, ref)
		},
		Strange: []string{
			`{"status":1,"status":2,"ref_id":"x","channel":"7"}`, `{"STATUS":1,"ref_id":"x","channel":7}`, `{"status":[1],"ref_id":"x","channel":7}`,
			`{"status":true,"ref_id":"x","channel":7}`, `{"status":1.0,"ref_id":"x","channel":7}`, `{"status":1e0,"ref_id":"x","channel":7}`,
			`{"status":"１","ref_id":"x","channel":7}`, `{"status":257,"ref_id":"x","channel":7}`, `{"status":-1,"ref_id":"x","channel":7}`,
			`{"status":"+1","ref_id":"x","channel":7}`, `{"status":{"status":1},"ref_id":"x","channel":7}`, `{"status":1,"channel":"6","ref_id":"x"}`,
			`{"status":1,"channel":7,"ref_id":"x"}{"status":1}`, `{"status":1,"channel":7,"ref_id":"x"`,
		},
	}
}

func TestSandezaPassesTheTableOfAllGateways(t *testing.T) {
	t.Parallel()
	gatewaytest.Run(t, subject())
}
