package operation

import (
	"encoding/json"
	"testing"

	"siaran/campaign"
)

func TestEveryVerdictCountsInExactlyOnePlace(t *testing.T) {
	for _, v := range campaign.Verdicts {
		var s Summary
		s.Add(v)
		if s.Sum() != 1 {
			t.Errorf("one row that is %s: the counts come to %d", v, s.Sum())
		}
	}
}

func TestWhatTheGatewayTookIsAcceptedWhateverCameLater(t *testing.T) {
	var s Summary
	taken := []campaign.Verdict{
		campaign.VerdictAccepted, campaign.VerdictPending, campaign.VerdictSent, campaign.VerdictDelivered,
		campaign.VerdictRead, campaign.VerdictClicked, campaign.VerdictUndelivered,
	}
	for _, v := range taken {
		s.Add(v)
	}
	if s.Accepted != len(taken) {
		t.Errorf("accepted: %d of %d", s.Accepted, len(taken))
	}
}

func TestASummaryAsJSONIsWhatScriptsRelyOn(t *testing.T) {
	s := Summary{Type: "summary", Run: "3k9x2f", Campaign: "gajian", Kind: "send", Live: true, Rows: 3, State: "done"}
	for _, v := range []campaign.Verdict{campaign.VerdictRejected, campaign.VerdictNotSent, campaign.VerdictRead} {
		s.Add(v)
	}
	counts := Verdicts{campaign.VerdictNotSent: 1, campaign.VerdictRead: 2}
	for _, c := range []struct {
		value any
		want  string
	}{
		{s, `{"type":"summary","run":"3k9x2f","campaign":"gajian","kind":"send","live":true,"rows":3,"rejected":1,"duplicate":0,"suppressed":0,` +
			`"expired":0,"cancelled":0,"accepted":1,"refused":0,"not_sent":1,"unknown":0,"queued":0,"state":"done","reason":""}`},
		{counts, `{"rejected":0,"duplicate":0,"suppressed":0,"expired":0,"cancelled":0,"queued":0,"refused":0,"not_sent":1,"unknown":0,` +
			`"accepted":0,"pending":0,"sent":0,"delivered":0,"read":2,"clicked":0,"undelivered":0}`},
	} {
		b, err := json.Marshal(c.value)
		if err != nil || string(b) != c.want {
			t.Errorf("%v\n got %s\nwant %s", err, b, c.want)
		}
	}
}
