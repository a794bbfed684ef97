package sandeza

import (
	"strings"

	"siaran/campaign"
)

// The codes of Sandeza's answers that need more than the table (page "JSON Response").
const (
	rcSuccess       = "0"
	rcInternal      = "2"
	rcInvalidRef    = "9"
	rcInvalidTime   = "11"
	codeInvalidTime = "rc " + rcInvalidTime
)

// A meaning is what an rc stands for: Sprint's name for it, what to do, and whom it is about.
type meaning struct {
	title    string
	advice   string
	systemic bool             // the same for every row
	optOut   campaign.Purpose // the recipient wants no more
}

// meaningOf is the table of page "JSON Response"; 12 to 20 are not listed there.
func meaningOf(rc string) (meaning, bool) {
	switch rc {
	case "1":
		return meaning{title: "Invalid Parameter", advice: "Sprint does not understand this row's request: look at its values"}, true
	case "3":
		return meaning{title: "Invalid Recipient", advice: "correct the address"}, true
	case "4":
		return meaning{title: "Invalid Sign", advice: "check the account's username and password", systemic: true}, true
	case "5":
		return meaning{title: "Invalid Corporate", advice: "ask Sprint about the account", systemic: true}, true
	case "6":
		return meaning{title: "Not Ip Whitelist", advice: "ask Sprint to allow this host's address", systemic: true}, true
	case "7":
		return meaning{title: "Not Enough Token", advice: "the account has no credit: buy some", systemic: true}, true
	case "8":
		return meaning{title: "Unknown Sender Id", advice: "check sender_id, or ask Sprint which senders the account has", systemic: true}, true
	case rcInvalidRef:
		return meaning{title: "Invalid Refnum", advice: "Sprint does not take this ref_id: send the row in a new run"}, true
	case "10":
		return meaning{title: "Invalid user OTP", advice: "the code in body and button must be the one Sprint expects"}, true
	case rcInvalidTime:
		return meaning{title: "INVALID_TIME", advice: "check this host's clock"}, true
	case "21":
		return meaning{title: "Unsubscribed Recipients", advice: "the recipient wants no messages: nothing to do", optOut: campaign.PurposeAll}, true
	case "22":
		return meaning{title: "Special Characters Not Supported", advice: "take unusual characters out of the row's values"}, true
	case "23":
		return meaning{title: "Country Not Available", advice: "the account cannot send to this country: ask Sprint"}, true
	case "24":
		return meaning{title: "Character Limit Exceeded", advice: "shorten the row's values"}, true
	default:
		return meaning{}, false
	}
}

// answer says what an rc comes to. said is reason_status, and clean makes it fit for reports. unknown: an
// earlier attempt of the message may have been taken.
func answer(rc, said string, unknown bool, clean func(string) string) campaign.Answer {
	if rc = canonical(rc); rc == rcSuccess {
		return campaign.Answer{Outcome: campaign.Accepted, Code: "rc " + rcSuccess}
	}
	a := campaign.Answer{Code: "rc " + clean(rc), Outcome: campaign.Refused}
	switch m, known := meaningOf(rc); {
	case rc == rcInternal:
		internal(&a, said, clean)
	case rc == rcInvalidRef && unknown:
		a.Outcome = campaign.Accepted
		a.Reason = "rc 9 Invalid Refnum after an attempt whose end is unknown: Sprint probably has the message already; unconfirmed until a receipt comes"
	case !known:
		a.Reason = phrase(rc, clean(said), "Sprint's page does not list this code: ask Sprint")
	default:
		if said == "" || strings.EqualFold(said, m.title) {
			said = m.title
		} else {
			said = clean(said)
		}
		a.Reason = phrase(rc, said, m.advice)
		a.OptOut = m.optOut
		if m.systemic {
			a.Outcome, a.Systemic = campaign.NotTaken, true
		}
		if rc == rcInvalidTime {
			a.Outcome = campaign.NotTaken // signed anew at the next attempt
		}
	}
	return a
}

// internal reads rc 2, which stands for several things: only "Internal Error" is Sprint's own trouble and
// passes, the others (Channel, Config, Corporate, Routes or Template Not Found …) are the account's or the
// campaign's, for every row.
func internal(a *campaign.Answer, said string, clean func(string) string) {
	a.Outcome = campaign.NotTaken
	if strings.Contains(strings.ToLower(said), "internal error") {
		a.Reason = phrase(rcInternal, "Internal Error", "it is tried again; if it goes on, ask Sprint")
		return
	}
	a.Systemic = true
	if said = clean(said); said == "" {
		said = "without a reason"
	}
	a.Reason = phrase(rcInternal, said, "check template, channel and account with Sprint")
}

func phrase(rc, said, advice string) string {
	if said != "" {
		said = " " + said
	}
	return "rc " + rc + said + ": " + advice
}

// canonical drops leading zeros and keeps anything that is no number as it is, shortened.
func canonical(rc string) string {
	if strings.Trim(rc, "0123456789") != "" {
		if r := []rune(rc); len(r) > 20 {
			return string(r[:20]) + "…"
		}
		return rc
	}
	if short := strings.TrimLeft(rc, "0"); short != "" {
		return short
	}
	return rcSuccess
}
