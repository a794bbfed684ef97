package campaign_test

import (
	"testing"
	"time"

	"siaran/campaign"
)

func TestWhatIsTriedAgainFollowsFromWhatWasTried(t *testing.T) {
	ended := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	try := func(o campaign.Outcome) campaign.Attempt {
		return campaign.Attempt{EndedAt: ended, Counts: true, Answer: campaign.Answer{Outcome: o}}
	}
	noTry := try(campaign.NotTaken)
	noTry.Counts = false
	systemic := noTry
	systemic.Systemic, systemic.Code = true, "rc 8"
	hold := campaign.Policy{Retry: campaign.Retry{Attempts: 2, First: time.Second, Most: time.Minute}, OnUnknown: campaign.UnknownHold}
	resend := hold
	resend.OnUnknown = campaign.UnknownResend
	for name, c := range map[string]struct {
		attempts []campaign.Attempt
		receipt  bool
		policy   campaign.Policy
		settled  bool
		ok       bool
		notTill  time.Time
		want     campaign.Past
	}{
		"nothing":                      {policy: hold, ok: true},
		"nothing, no policy":           {ok: true},
		"a receipt before any attempt": {receipt: true, policy: hold, settled: true},
		"open":                         {attempts: []campaign.Attempt{try(campaign.Open)}, policy: resend, settled: true, want: campaign.Past{Attempts: 1, Tries: 1}},
		"accepted":                     {attempts: []campaign.Attempt{try(campaign.Accepted)}, policy: resend, settled: true, want: campaign.Past{Attempts: 1, Tries: 1}},
		"refused":                      {attempts: []campaign.Attempt{try(campaign.Refused)}, policy: resend, settled: true, want: campaign.Past{Attempts: 1, Tries: 1}},
		"suppressed":                   {attempts: []campaign.Attempt{try(campaign.Suppressed)}, policy: resend, settled: true, want: campaign.Past{Attempts: 1, Tries: 1}},
		"not taken":                    {attempts: []campaign.Attempt{try(campaign.NotTaken)}, policy: hold, ok: true, notTill: ended.Add(time.Second), want: campaign.Past{Attempts: 1, Tries: 1}},
		"not taken, only one try":      {attempts: []campaign.Attempt{try(campaign.NotTaken)}, want: campaign.Past{Attempts: 1, Tries: 1}},
		"not taken twice":              {attempts: []campaign.Attempt{try(campaign.NotTaken), try(campaign.NotTaken)}, policy: hold, want: campaign.Past{Attempts: 2, Tries: 2}},
		"not taken, then no try":       {attempts: []campaign.Attempt{try(campaign.NotTaken), noTry}, policy: hold, ok: true, want: campaign.Past{Attempts: 2, Tries: 1}},
		"systemic":                     {attempts: []campaign.Attempt{systemic}, policy: hold, ok: true, want: campaign.Past{Attempts: 1, Systemic: "rc 8"}},
		"systemic, then another":       {attempts: []campaign.Attempt{systemic, noTry}, policy: hold, ok: true, want: campaign.Past{Attempts: 2}},
		"not taken, with a receipt":    {attempts: []campaign.Attempt{try(campaign.NotTaken)}, receipt: true, policy: hold, settled: true, want: campaign.Past{Attempts: 1, Tries: 1}},
		"unknown is held":              {attempts: []campaign.Attempt{try(campaign.Unknown)}, policy: hold, want: campaign.Past{Attempts: 1, Tries: 1, Unknown: true}},
		"unknown is sent again":        {attempts: []campaign.Attempt{try(campaign.Unknown)}, policy: resend, ok: true, notTill: ended.Add(time.Second), want: campaign.Past{Attempts: 1, Tries: 1, Unknown: true}},
		"once unknown is held":         {attempts: []campaign.Attempt{try(campaign.Unknown), noTry}, policy: hold, want: campaign.Past{Attempts: 2, Tries: 1, Unknown: true}},
	} {
		var p campaign.Past
		p.Add(c.attempts...)
		if c.receipt {
			p.Report()
		}
		if p.Settled() != c.settled {
			t.Errorf("%s: settled is %t", name, p.Settled())
		}
		if notTill, ok := p.Next(c.policy); ok != c.ok || !notTill.Equal(c.notTill) {
			t.Errorf("%s: again %t, not till %v, want %t and %v", name, ok, notTill, c.ok, c.notTill)
		}
		if p.Attempts != c.want.Attempts || p.Tries != c.want.Tries || p.Unknown != c.want.Unknown || p.Systemic != c.want.Systemic {
			t.Errorf("%s: %+v", name, p)
		}
	}
}
