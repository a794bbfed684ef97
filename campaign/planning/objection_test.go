package planning_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/planning"
)

func TestTheGuardsSayEachTheirOwnAndAllAtOnce(t *testing.T) {
	share := func(s campaign.Share) campaign.Share { s.Set = true; return s }
	rupiah := campaign.One
	for _, c := range []struct {
		name string
		c    campaign.Campaign
		pre  planning.Preflight
		most campaign.Money // of the estimate; 0: not known
		f    planning.Facts
		want []string // guard and how its problem begins
	}{
		{name: "nothing expected", pre: planning.Preflight{Rows: 10, Sendable: 0, Rejected: 10}},
		{name: "at least, met", c: campaign.Campaign{Expect: campaign.Expect{RowsMin: 10}}, pre: planning.Preflight{Rows: 10}},
		{name: "at least, one less", c: campaign.Campaign{Expect: campaign.Expect{RowsMin: 11}}, pre: planning.Preflight{Rows: 10}, want: []string{"rows: rows: 10, and the campaign expects at least 11"}},
		{name: "at most, met", c: campaign.Campaign{Expect: campaign.Expect{RowsMax: 10}}, pre: planning.Preflight{Rows: 10}},
		{name: "at most, one more", c: campaign.Campaign{Expect: campaign.Expect{RowsMax: 9}}, pre: planning.Preflight{Rows: 10}, want: []string{"rows: rows: 10, and the campaign expects at most 9"}},
		{name: "as many as corrected", c: campaign.Campaign{Expect: campaign.Expect{RowsMin: 11}}, pre: planning.Preflight{Rows: 1}, f: planning.Facts{Repair: true}},
		{name: "a share, met", c: campaign.Campaign{Expect: campaign.Expect{Rejected: share(campaign.Share{IsPct: true, Percent: 10})}}, pre: planning.Preflight{Rows: 10, Rejected: 1}},
		{
			name: "a share, one more", c: campaign.Campaign{Expect: campaign.Expect{Rejected: share(campaign.Share{IsPct: true, Percent: 10})}},
			pre: planning.Preflight{Rows: 10, Rejected: 2}, want: []string{"rejected: rejected: 2 of 10 rows, and the campaign allows 10%"},
		},
		{
			name: "no rejected at all", c: campaign.Campaign{Expect: campaign.Expect{Rejected: share(campaign.Share{})}},
			pre: planning.Preflight{Rows: 10, Rejected: 1}, want: []string{"rejected: rejected: 1 of 10 rows, and the campaign allows 0"},
		},
		{name: "the cost, met", c: campaign.Campaign{Expect: campaign.Expect{Cost: 3500 * rupiah}}, most: 3500 * rupiah},
		{name: "the dearest cost, a millionth more", c: campaign.Campaign{Expect: campaign.Expect{Cost: 3500*rupiah - 1}}, most: 3500 * rupiah, want: []string{"cost: cost: up to IDR 3,500, and"}},
		{name: "a cost that nobody knows", c: campaign.Campaign{Expect: campaign.Expect{Cost: rupiah}}, want: []string{"cost: cost: not known"}},
		{name: "hidden rows, decided", c: campaign.Campaign{HiddenRows: campaign.HiddenSkip}, pre: planning.Preflight{Hidden: 1}},
		{name: "hidden rows", c: campaign.Campaign{HiddenRows: campaign.HiddenRefuse}, pre: planning.Preflight{Hidden: 1}, want: []string{"hidden: hidden rows: 1, by hand or by a filter"}},
		{name: "duplicates, kept", c: campaign.Campaign{Duplicates: campaign.Duplicates{Keep: "first"}}, pre: planning.Preflight{Duplicates: 2}},
		{
			name: "duplicates, refused, but for what is left out", c: campaign.Campaign{Duplicates: campaign.Duplicates{Keep: "refuse"}},
			pre: planning.Preflight{Duplicates: 3, LeftOut: 2}, want: []string{"duplicates: duplicates: 1 row, and the campaign refuses them"},
		},
		{name: "duplicates that are all left out", c: campaign.Campaign{Duplicates: campaign.Duplicates{Keep: "refuse"}}, pre: planning.Preflight{Duplicates: 2, LeftOut: 2}},
		{
			name: "repeated", c: campaign.Campaign{RepeatWithin: 20 * time.Hour},
			pre:  planning.Preflight{Sendable: 12, Repeated: 10, FirstRepeat: 2, LastRepeat: planning.SentRow{Run: "3k9x2f", At: sentAt}},
			want: []string{"repeat: repeat: 10 rows of 12 were sent the same by this campaign within 20 h 0 min, the last on 21 Nov 12:03 by run 3k9x2f (first: row 2)"},
		},
		{
			name: "nothing left of a run that is replaced", c: campaign.Campaign{RepeatWithin: 20 * time.Hour, Expect: campaign.Expect{RowsMin: 100}},
			pre: planning.Preflight{Rows: 3, Duplicates: 3, LeftOut: 3}, f: planning.Facts{NewRun: true}, want: []string{"nothing: nothing is left to send"},
		},
		{
			name: "all at once", c: campaign.Campaign{HiddenRows: campaign.HiddenRefuse, Expect: campaign.Expect{RowsMin: 50, Cost: 1}},
			pre: planning.Preflight{Rows: 10, Hidden: 1}, most: rupiah, want: []string{"hidden: ", "rows: ", "cost: "},
		},
	} {
		f := c.f
		f.Campaign, f.Preflight, f.Zone = &c.c, &c.pre, time.UTC
		f.Estimate = campaign.Estimate{Known: c.most > 0, Most: c.most, Currency: "IDR"}
		all := planning.Objections(f)
		ok := len(all) == len(c.want)
		for i := range all {
			ok = ok && strings.HasPrefix(string(all[i].Guard)+": "+all[i].Problem, c.want[i]) && all[i].Hint != ""
		}
		if !ok {
			t.Errorf("%s: %+v\nwant %q", c.name, all, c.want)
		}
	}
}

func TestAFileIsAsOldAsTheCampaignBearsIt(t *testing.T) {
	c := &campaign.Campaign{File: "people.csv", Expect: campaign.Expect{FileAge: 20 * time.Hour}}
	for _, test := range []struct {
		age  time.Duration
		most time.Duration
		want string
	}{
		{20 * time.Hour, 20 * time.Hour, ""},
		{20*time.Hour + time.Second, 20 * time.Hour, "file age: people.csv was last changed 20 h 0 min ago, and the campaign expects at most 20 h 0 min"},
		{-time.Hour, 20 * time.Hour, ""},
		{1000 * time.Hour, 0, ""},
	} {
		c.Expect.FileAge = test.most
		o := planning.FileAge(c, sentAt.Add(-test.age), sentAt)
		if (o == nil) != (test.want == "") || o != nil && o.Problem != test.want {
			t.Errorf("%s: %+v", test.age, o)
		}
	}
}

func TestAnUnfinishedRunIsAskedAboutUnlessTheCampaignSays(t *testing.T) {
	ready := campaign.Run{ID: "3k9x2f", State: campaign.StateReady, CreatedAt: sentAt, FileName: "old.csv"}
	paused, own := ready, ready
	paused.State, paused.PausedBy, paused.Reason = campaign.StatePaused, "ops", "wrong text"
	own.State = campaign.StatePaused // by itself
	content := []string{"Halo → Hai"}
	for _, c := range []struct {
		policy  string
		run     campaign.Run
		content []string
		want    planning.Guard
		answers bool
	}{
		{"refuse", ready, nil, planning.GuardUnfinished, true},
		{"refuse", own, nil, planning.GuardUnfinished, true},
		{"finish-first", ready, nil, "", false},
		{"expire", own, nil, "", false},
		{"finish-first", paused, nil, planning.GuardPaused, false},
		{"expire", paused, nil, planning.GuardPaused, false},
		{"finish-first", ready, content, planning.GuardChanged, false},
		{"expire", paused, content, planning.GuardChanged, false},
	} {
		var got planning.Guard
		o := planning.Unfinished(&campaign.Campaign{Unfinished: c.policy}, c.run, c.content, time.UTC)
		if o != nil {
			got = o.Guard
		}
		if got != c.want || o != nil && (o.Question != "") != c.answers {
			t.Errorf("%s, %s by %q, %q: %+v", c.policy, c.run.State, c.run.PausedBy, c.content, o)
		}
		if o != nil && slices.Contains([]string{o.Problem, o.Hint}, "") {
			t.Errorf("no words: %+v", o)
		}
	}
}
