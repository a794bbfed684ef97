package reports_test

import (
	"fmt"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/reports"
)

func TestTheFirstDeliveryAndTheFirstReadingAreTheTimesOfALine(t *testing.T) {
	h := message(campaign.Accepted, wa)
	h.Receipts = []campaign.Receipt{on(wa, read, 9, ""), on(wa, delivered, 7, ""), on(wa, read, 8, ""), on(wa, sent, 1, "")}
	l := reports.Join(h, settings(campaign.SendSingle, wa))
	if !l.SentAt.Equal(began) || !l.DeliveredAt.Equal(began.Add(7*time.Minute)) || !l.ReadAt.Equal(began.Add(8*time.Minute)) {
		t.Errorf("got %s, %s, %s", l.SentAt, l.DeliveredAt, l.ReadAt)
	}
}

func TestAReadingAloneIsADeliveryToo(t *testing.T) {
	h := message(campaign.Accepted, wa)
	h.Receipts = []campaign.Receipt{on(wa, read, 9, "")}
	if l := reports.Join(h, settings(campaign.SendSingle, wa)); !l.DeliveredAt.Equal(began.Add(9 * time.Minute)) {
		t.Errorf("got %s", l.DeliveredAt)
	}
}

func TestALineSaysWhyItWasNotReached(t *testing.T) {
	rejected := message("", wa)
	rejected.Message.Problem = &campaign.Problem{Verdict: campaign.VerdictRejected, Column: "Nomor HP", Reason: "a landline"}
	refused := message(campaign.Refused, wa)
	refused.Attempts[0].Code, refused.Attempts[0].Reason = "24", "Character Limit Exceeded"
	failed := message(campaign.Accepted, wa)
	failed.Receipts = []campaign.Receipt{on(wa, undelivered, 1, "")}
	failed.Receipts[0].Word, failed.Receipts[0].Reason = "2", "not on WhatsApp"
	unknown := message(campaign.Unknown, wa)
	unknown.Attempts[0].Code = "timeout"
	unconfirmed := message(campaign.Accepted, wa)
	unconfirmed.Attempts[0].Code, unconfirmed.Attempts[0].Reason = "9", "Invalid Refnum: it may have been here already"
	other := message(campaign.Accepted, wa)
	other.Receipts = []campaign.Receipt{on(wa, campaign.DeliveryOther, 1, "")}
	for name, tc := range map[string]struct {
		history      campaign.History
		verdict      campaign.Verdict
		code, remark string
	}{
		"rejected":    {rejected, campaign.VerdictRejected, "", "Nomor HP: a landline"},
		"refused":     {refused, campaign.VerdictRefused, "24", "Character Limit Exceeded"},
		"undelivered": {failed, campaign.VerdictUndelivered, "2", "not on WhatsApp"},
		"unknown":     {unknown, campaign.VerdictUnknown, "timeout", ""},
		"unconfirmed": {unconfirmed, campaign.VerdictAccepted, "9", "Invalid Refnum: it may have been here already; accepted, unconfirmed"},
		"a word nobody knows is shown as it came": {other, campaign.VerdictAccepted, "other", "the gateway reported a word not known here"},
	} {
		t.Run(name, func(t *testing.T) {
			l := reports.Join(tc.history, settings(campaign.SendSingle, wa))
			if l.Verdict != tc.verdict || l.Code != tc.code || l.Remark() != tc.remark {
				t.Errorf("got %s %q %q", l.Verdict, l.Code, l.Remark())
			}
		})
	}
}

func TestProblemsGatherRowsThatDifferInNumbersOnly(t *testing.T) {
	tally := reports.NewTally()
	for row := 2; row < 102; row++ {
		h := message("", wa)
		h.Message.Seq = row
		h.Message.Problem = &campaign.Problem{Verdict: campaign.VerdictDuplicate, Reason: fmt.Sprintf("the same as row %d", row-1)}
		tally.Add(reports.Join(h, settings(campaign.SendSingle, wa)))
	}
	got := tally.Problems.Unreached()
	if len(got) != 1 || got[0].Rows != 100 || len(got[0].First) != reports.ProblemRows || reports.Advise(got[0]).Who != reports.WhoNobody {
		t.Errorf("got %+v", got)
	}
}

func TestEveryVerdictAndFlagHasAdvice(t *testing.T) {
	for _, v := range campaign.Verdicts {
		if a := reports.Advise(reports.Problem{Verdict: v}); a.Who == "" || a.What == "" {
			t.Errorf("%s: %+v", v, a)
		}
	}
	for f := range reports.Flags(0xffff).All() {
		if a := reports.Advise(reports.Problem{Flag: f}); a.Who == "" || f.String() == "" {
			t.Errorf("%s: %+v", f, a)
		}
	}
}

func TestTooManyReasonsAreGatheredByVerdictAndStillCounted(t *testing.T) {
	tally := reports.NewTally()
	const told, refused, unknown = 1000, 3000, 50 // so many reasons are told apart
	for i := range refused + unknown {
		h := message(campaign.Refused, wa)
		if i >= refused {
			h = message(campaign.Unknown, wa)
		}
		h.Message.Seq = i + 2
		h.Attempts[0].Code, h.Attempts[0].Reason = "rc 9", "word "+letters(i)
		tally.Add(reports.Join(h, settings(campaign.SendSingle, wa)))
	}
	others := map[campaign.Verdict]int{}
	got := tally.Problems.Unreached()
	for _, p := range got {
		switch {
		case p.Reason != "other reasons" && (p.Rows != 1 || p.Code != "rc 9"):
			t.Errorf("%+v", p)
		case p.Reason == "other reasons":
			others[p.Verdict] = p.Rows
			if p.Code != "" || len(p.First) != reports.ProblemRows {
				t.Errorf("%+v", p)
			}
		}
	}
	if len(got) != told+2 || others[campaign.VerdictRefused] != refused-told || others[campaign.VerdictUnknown] != unknown {
		t.Errorf("%d problems, others %v", len(got), others)
	}
	if err := tally.Proof(refused + unknown); err != nil {
		t.Error(err)
	}
}

func letters(n int) string {
	s := ""
	for ; n > 0; n /= 26 {
		s += string(rune('a' + n%26))
	}
	return s
}

func TestTheTimelineStaysSmallAndLosesNothing(t *testing.T) {
	tally := reports.NewTally()
	const n = 20_000
	for i := range n {
		h := message(campaign.Accepted, wa)
		h.Message.Seq = i + 2
		h.Attempts[0].BegunAt = began.Add(time.Duration(i) * 7 * time.Minute)
		tally.Add(reports.Join(h, settings(campaign.SendSingle, wa)))
	}
	moments, width := tally.Timeline.Moments(48, wib)
	sum := 0
	for _, m := range moments {
		sum += m.Sent
	}
	if len(moments) > 48 || sum != n || tally.Timeline.Total().Sent != n || width != 7*24*time.Hour {
		t.Errorf("%d moments of %s with %d", len(moments), width, sum)
	}
}

func TestPricingSaysHowOldIsWhatIsStillOpen(t *testing.T) {
	tally := reports.NewTally()
	for i, days := range []int{0, 1, 5, 5, 40} {
		h := message(campaign.Accepted, wa)
		h.Message.Seq = i + 2
		h.Attempts[0].BegunAt = began.Add(-time.Duration(days) * 24 * time.Hour)
		h.Receipts = []campaign.Receipt{on(wa, sent, 1, onProcess)}
		tally.Add(reports.Join(h, settings(campaign.SendSingle, wa)))
	}
	var got []int
	for _, a := range tally.Pricing.Ages(began.In(wib)) {
		got = append(got, a.Messages)
	}
	if fmt.Sprint(got) != "[2 0 2 0 1]" {
		t.Errorf("got %v", got)
	}
	lines := tally.Pricing.Lines()
	if len(lines) != 4 || lines[0].BudgetCode != "COL-11" || lines[0].Day != 20261012 || lines[1].Messages != 2 {
		t.Errorf("got %+v", lines)
	}
}
