package simulator

import (
	"encoding/json"
	"strconv"
	"strings"
)

// The reason_status texts, by rc, from Sprint's page "JSON Response". rc 2 has several; the first
// stands here.
var reasons = map[int]string{
	0:  "",
	1:  "Invalid Parameter",
	2:  "Internal Error",
	3:  "Invalid Recipient",
	4:  "Invalid Sign",
	5:  "Invalid Corporate",
	6:  "Not Ip Whitelist",
	7:  "Not Enough Token",
	8:  "Unknown Sender Id",
	9:  "Invalid Refnum",
	10: "Invalid user OTP",
	11: "INVALID_TIME",
	21: "Unsubscribed Recipients",
	22: "Special Characters Not Supported",
	23: "Country Not Available",
	24: "Character Limit Exceeded",
}

// notJSON is the other text of rc 1.
const notJSON = "Invalid JSON Format"

// A refusal is why a request is not taken. nil means that nothing is wrong.
type refusal struct {
	rc     int
	reason string // reason_status
	where  string // the key it is about: channel.sms.msisdn
	why    string // in plain words, for the record; never a value of the request
}

// refuse is a refusal with rc's own words.
func refuse(rc int, where, why string) *refusal {
	return &refusal{rc: rc, reason: reasons[rc], where: where, why: why}
}

// in says in which object the refused key stands.
func (r *refusal) in(object string) *refusal {
	if r == nil {
		return nil
	}
	switch {
	case r.where == "":
		r.where = object
	case strings.HasPrefix(r.where, "["):
		r.where = object + r.where
	default:
		r.where = object + "." + r.where
	}
	return r
}

// at says at which place of a list it stands.
func (r *refusal) at(i int) *refusal {
	if r == nil {
		return nil
	}
	return r.in("[" + strconv.Itoa(i) + "]")
}

// String is where and why.
func (r *refusal) String() string {
	if r.where == "" {
		return r.why
	}
	return r.where + ": " + r.why
}

// appendAnswer writes the body of an answer, as on the page "JSON Response".
func appendAnswer(b []byte, rc, refID, codeSMS, reason string) []byte {
	b = append(b, `{"rc":`...)
	b = appendText(b, rc)
	b = append(b, `,"ref_id":`...)
	b = appendText(b, refID)
	b = append(b, `,"code_sms":`...)
	b = appendText(b, codeSMS)
	b = append(b, `,"reason_status":`...)
	b = appendText(b, reason)
	return append(b, '}')
}

// appendText writes s as a JSON string.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(s) // a string always encodes
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
