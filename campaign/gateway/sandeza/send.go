package sandeza

import (
	"context"
	"strings"

	"siaran/campaign"
	"siaran/campaign/gateway"
)

// Send makes one call for one message and says what came of it. It signs at this moment: a signature
// carries the time. It never repeats a call: rc 11 is not taken, so that whoever paces the account sends
// again, signed anew.
func (g *Gateway) Send(ctx context.Context, q campaign.Queued, leave func(context.Context) error) campaign.Answer {
	body, signature, err := g.request(q.Message)
	if err != nil {
		return campaign.Answer{Outcome: campaign.Refused, Code: "row", Reason: err.Error()} // planning lets none of these through
	}
	x := gateway.Post(ctx, g.client, g.url, nil, body, g.timeout, leave)
	a, readable := g.read(x, q, signature)
	if !readable {
		return gateway.Classify(x, g.now(), g.privateOf(q.Message, signature)...)
	}
	return g.inARow(a)
}

// request is the body for m, signed now, in memory of its own: net/http may still read a body when its
// answer is already there, so it is not used again.
func (g *Gateway) request(m campaign.Message) (body []byte, signature string, err error) {
	unix, signature := g.sign(g.now())
	size := int(g.size.Load())
	body, err = g.appendBody(make([]byte, 0, size), m, unix, signature, wireRef(m.RefID))
	if len(body) > size {
		g.size.Store(int64(len(body) + len(body)/4)) // of this order the next ones will be
	}
	return body, signature, err
}

// privateOf is what the gateway might repeat and nobody is to read: credentials and the row's values.
func (g *Gateway) privateOf(m campaign.Message, signature string) []string {
	return append(gateway.Private(m), append([]string{signature}, g.private...)...)
}

// inARow makes a second rc 11 in a row systemic: it is not one signature that came late, but a clock that
// is wrong.
func (g *Gateway) inARow(a campaign.Answer) campaign.Answer {
	if a.Code != codeInvalidTime {
		g.skewed.Store(0)
		return a
	}
	if g.skewed.Add(1) > 1 {
		a.Systemic = true
	}
	return a
}

// read reads Sandeza's own answer, whatever the HTTP status: {"rc","ref_id","code_sms",
// "reason_status"} (page "JSON Response"). readable is false if there is none.
//
// The ref_id must be ours. A refusal without one is readable all the same, for a request that was not
// understood has none to give back; a yes without one is not.
func (g *Gateway) read(x gateway.Exchange, q campaign.Queued, signature string) (a campaign.Answer, readable bool) {
	o, err := gateway.ParseObject(x.Body)
	if err != nil || x.Status == 0 {
		return campaign.Answer{}, false
	}
	rc := o.Word("rc")
	if rc == "" {
		if x.Status >= 200 && x.Status < 300 {
			return gateway.OddAnswer(x.Status, "rc missing", "an answer without rc"), true
		}
		return campaign.Answer{}, false
	}
	ref := o.Word("ref_id")
	switch {
	case ref == "" && rc == rcSuccess:
		return gateway.OddAnswer(x.Status, "ref_id missing", "an answer without ref_id"), true
	case ref != "" && !strings.EqualFold(ref, wireRef(q.RefID)):
		return gateway.OddAnswer(x.Status, gateway.CodeForeign, "an answer with the ref_id of another message"), true
	}
	a = answer(rc, o.Word("reason_status"), q.Unknown, func(said string) string {
		return gateway.Redact(said, g.privateOf(q.Message, signature)...)
	})
	a.HTTP = x.Status
	a.GatewayID = gateway.ID(o.Word("code_sms"))
	return a, true
}
