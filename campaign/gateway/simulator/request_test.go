package simulator

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestTheSignatureIsSHA256OfUsernamePasswordAndTime(t *testing.T) {
	const want = "3470fbe0ddbedb5bdafed652894f4b176cd4b05cc686fe2cb18293f6d72a0f22"
	if !signed(want, "demouser", "demopass", "1730458063") {
		t.Errorf("%s is not taken", want)
	}
	if signed(want, "demouser", "demopass", "1730458064") {
		t.Error("another time's is taken")
	}
}

// Each case changes one thing of a good request.
func TestAnEnvelopeThatIsWrongIsRefusedWithTheDocumentedCode(t *testing.T) {
	good := request("ref-1", plainSMS)
	for _, c := range []struct {
		name, old, new string
		rc, reason     string
		where          string // what the record's why begins with
	}{
		{"nothing wrong", "", "", "0", "", ""},
		{"type as a number", `"type":"2"`, `"type":2`, "0", "", ""},
		{"with created_by and budget_code", `"type"`, `"created_by":"ops","budget_code":"CC-104","type"`, "0", "", ""},
		{"broken JSON", `"type":"2"`, `"type":`, "1", "Invalid JSON Format", "not valid JSON"},
		{"something after the end", `"}}}`, `"}}}{}`, "1", "Invalid JSON Format", "not valid JSON"},
		{"a key twice", `"type":"2"`, `"type":"2","type":"2"`, "1", "Invalid JSON Format", "not valid JSON: key \"type\""},
		{"an unknown key", `"type":"2"`, `"type":"2","campaign":"x"`, "1", "Invalid Parameter", "campaign: unknown key"},
		{"a key in another case", `"subject"`, `"Subject"`, "1", "Invalid Parameter", "Subject: unknown key"},
		{"sender_ID", `"sender_id"`, `"sender_ID"`, "1", "Invalid Parameter", "sender_ID: unknown key"},
		{"no signature", `"signature":"SIGN",`, ``, "1", "Invalid Parameter", "signature: missing"},
		{"no time", `"time":"TIME",`, ``, "1", "Invalid Parameter", "time: missing"},
		{"no type", `"type":"2",`, ``, "1", "Invalid Parameter", "type: missing"},
		{"no username", `"username":"demouser",`, ``, "1", "Invalid Parameter", "username: missing"},
		{"no ref_id", `"ref_id":"ref-1",`, ``, "1", "Invalid Parameter", "ref_id: missing"},
		{"no subject", `"subject":"Invoice reminder",`, ``, "1", "Invalid Parameter", "subject: missing"},
		{"no sender_id", `"sender_id":"DEMOSENDER",`, ``, "1", "Invalid Parameter", "sender_id: missing"},
		{"no channel", `,"channel":` + plainSMS, ``, "1", "Invalid Parameter", "channel: missing"},
		{"an empty channel", plainSMS, `{}`, "1", "Invalid Parameter", "channel: must not be empty"},
		{"a list as channel", plainSMS, `[]`, "1", "Invalid Parameter", "channel: must be an object"},
		{"an empty ref_id", `"ref-1"`, `""`, "1", "Invalid Parameter", "ref_id: must not be empty"},
		{"a number as ref_id", `"ref-1"`, `17`, "1", "Invalid Parameter", "ref_id: must be text"},
		{"time as a number", `"TIME"`, `TIME`, "1", "Invalid Parameter", "time: must be text"},
		{"type 3", `"type":"2"`, `"type":"3"`, "1", "Invalid Parameter", "type: must be 1 or 2"},
		{"type true", `"type":"2"`, `"type":true`, "1", "Invalid Parameter", "type: must be 1 or 2"},
		{"a ref_id in capitals", `"ref-1"`, `"REF-1"`, "9", "Invalid Refnum", "ref_id"},
		{"a ref_id with an underscore", `"ref-1"`, `"ref_1"`, "9", "Invalid Refnum", "ref_id"},
		{"a ref_id of 50", `"ref-1"`, `"` + strings.Repeat("r", 50) + `"`, "0", "", ""},
		{"a ref_id of 51", `"ref-1"`, `"` + strings.Repeat("r", 51) + `"`, "24", "Character Limit Exceeded", "ref_id"},
		{"a subject of 99", "Invoice reminder", strings.Repeat("s", 99), "0", "", ""},
		{"a subject of 100", "Invoice reminder", strings.Repeat("s", 100), "24", "Character Limit Exceeded", "subject"},
		{"a subject with a sign", "Invoice reminder", "Invoice!", "22", "Special Characters Not Supported", "subject"},
		{"a budget_code of 181", `"type"`, `"budget_code":"` + strings.Repeat("b", 181) + `","type"`, "24", "Character Limit Exceeded", "budget_code"},
		{"an unknown username", `"username":"demouser"`, `"username":"someone"`, "5", "Invalid Corporate", "username"},
		{"another's signature", "SIGN", strings.Repeat("0", 64), "4", "Invalid Sign", "signature"},
		{"a signature in capitals", "SIGN", strings.ToUpper(demoSignature()), "4", "Invalid Sign", "signature"},
		{"a short signature", "SIGN", "abc", "4", "Invalid Sign", "signature"},
		{"an unknown sender", "DEMOSENDER", "OTHER", "8", "Unknown Sender Id", "sender_id"},
		{"the sender of trouble", "DEMOSENDER", "SIM UNKNOWN", "8", "Unknown Sender Id", "sender_id"},
		{"an unknown channel", `{"sms":`, `{"fax":`, "2", "Channel Not Found", "channel.fax"},
		{"a channel in capitals", `{"sms":`, `{"SMS":`, "2", "Channel Not Found", "channel.SMS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var record notebook
			_, url := start(t, Settings{Accounts: map[string]Account{"demouser": ops()}, Record: &record})
			unsigned := strings.NewReplacer("SIGN", demoSignature(), "TIME", fmt.Sprint(noon.Unix()))
			old := unsigned.Replace(c.old)
			if c.old != "" && !strings.Contains(good, old) {
				t.Fatalf("the good request has no %s", old)
			}
			got := post(t, url, strings.Replace(good, old, unsigned.Replace(c.new), 1))
			if got.RC != c.rc || got.Reason != c.reason {
				t.Errorf("got rc %s %q, want rc %s %q", got.RC, got.Reason, c.rc, c.reason)
			}
			if (got.CodeSMS != "") != (c.rc == "0") {
				t.Errorf("code_sms is %q on rc %s", got.CodeSMS, got.RC)
			}
			e := record.entries(t)
			if len(e) != 1 || !strings.HasPrefix(e[0].Why, c.where) || e[0].RC != c.rc || e[0].Took != (c.rc == "0") || e[0].HTTP != 200 {
				t.Errorf("record is %+v, want why %q", e, c.where)
			}
		})
	}
}

func TestATimeMoreThanFifteenMinutesOffIsInvalid(t *testing.T) {
	for off, rc := range map[time.Duration]string{
		0: "0", 15 * time.Minute: "0", -15 * time.Minute: "0",
		15*time.Minute + time.Second: "11", -15*time.Minute - time.Second: "11",
	} {
		_, url := start(t, Settings{Accounts: map[string]Account{"demouser": ops()}, Now: func() time.Time { return noon.Add(off) }})
		got := post(t, url, request("ref-1", plainSMS))
		if got.RC != rc || (rc == "11" && got.Reason != "INVALID_TIME") {
			t.Errorf("%v off: got %+v, want rc %s", off, got, rc)
		}
	}
}

func TestAnAccountIsKeptToWhatItMayDo(t *testing.T) {
	_, url := start(t, Settings{Accounts: map[string]Account{"demouser": func() Account {
		a := ops()
		a.Allow = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
		return a
	}()}})
	if got := post(t, url, request("ref-1", plainSMS)); got.RC != "6" || got.Reason != "Not Ip Whitelist" {
		t.Errorf("from another address: %+v", got)
	}

	poor := ops()
	poor.Credit = 3 // the SMS below takes two parts
	s, url := start(t, Settings{Accounts: map[string]Account{"demouser": poor}})
	long := strings.Replace(plainSMS, "Halo Budi", strings.Repeat("a", 161), 1)
	for i, rc := range []string{"0", "7"} {
		if got := post(t, url, request(fmt.Sprint("ref-", i), long)); got.RC != rc {
			t.Errorf("message %d: got %+v, want rc %s", i, got, rc)
		}
	}
	s.SetAccount("demouser", ops())
	if got := post(t, url, request("ref-1", long)); got.RC != "0" {
		t.Errorf("after topping up, the same ref_id again: %+v", got)
	}
	if c := s.Counts(); c.Taken != 2 || c.Tokens != 4 || c.Duplicates != 0 {
		t.Errorf("counts are %+v", c)
	}
}

func TestWithoutAccountsASignatureIsOnlyCheckedForItsForm(t *testing.T) {
	_, url := start(t, Settings{})
	good := request("ref-1", plainSMS)
	sig := demoSignature()
	for name, c := range map[string]struct{ old, new, rc string }{
		"anybody":          {`"username":"demouser"`, `"username":"anybody"`, "0"},
		"no hex":           {sig, strings.Repeat("g", 64), "4"},
		"the unknown":      {`"username":"demouser"`, `"username":"sim-unknown"`, "5"},
		"the blocked":      {`"username":"demouser"`, `"username":"sim-blocked"`, "6"},
		"the broke":        {`"username":"demouser"`, `"username":"sim-broke"`, "7"},
		"the unknown name": {"DEMOSENDER", "SIM UNKNOWN", "8"},
	} {
		body := strings.Replace(good, c.old, c.new, 1)
		if got := post(t, url, strings.Replace(body, `"ref-1"`, fmt.Sprintf("%q", strings.ReplaceAll(name, " ", "-")), 1)); got.RC != c.rc {
			t.Errorf("%s: got %+v, want rc %s", name, got, c.rc)
		}
	}
}

func TestARefIDThatWasTakenIsRefusedAndOneThatWasNotIsNot(t *testing.T) {
	s, url := start(t, Settings{Accounts: map[string]Account{"demouser": ops()}})
	for i, c := range []struct{ channel, rc string }{
		{`{"sms":{"message":"","msisdn":"081200000001"}}`, "1"},
		{plainSMS, "0"},
		{plainSMS, "9"},
		{plainSMS, "9"},
	} {
		if got := post(t, url, request("ref-1", c.channel)); got.RC != c.rc || got.RefID != "ref-1" {
			t.Errorf("request %d: got %+v, want rc %s", i+1, got, c.rc)
		}
	}
	c := s.Counts()
	if c.Requests != 4 || c.Taken != 1 || c.Duplicates != 2 || c.Repeated["ref-1"] != 4 || c.RC["9"] != 2 || s.Attempts("ref-1") != 4 || s.Attempts("ref-2") != 0 {
		t.Errorf("counts are %+v", c)
	}
}
