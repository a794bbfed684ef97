package reports_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"siaran/campaign"
	"siaran/reports"
)

// run draws the histories of a run.
func run(rt *rapid.T) []campaign.History {
	n := rapid.IntRange(0, 40).Draw(rt, "rows")
	var hs []campaign.History
	row := 1
	for range n {
		row += rapid.IntRange(1, 3).Draw(rt, "gap") // hidden and empty rows leave gaps
		outcome := rapid.SampledFrom([]campaign.Outcome{
			"", campaign.Open, campaign.Accepted, campaign.Accepted, campaign.Refused, campaign.NotTaken, campaign.Unknown, campaign.Suppressed,
		}).Draw(rt, "outcome")
		h := message(outcome, wa, sms)
		h.Message.Seq = row
		h.State = rapid.SampledFrom([]campaign.RunState{campaign.StateReady, campaign.StateDone, campaign.StateCancelled}).Draw(rt, "state")
		switch {
		case outcome == "" && rapid.Bool().Draw(rt, "bad"):
			h.Message.Problem = &campaign.Problem{Verdict: campaign.VerdictRejected, Reason: fmt.Sprintf("row %d is bad", row)}
		case outcome == campaign.Accepted || outcome == campaign.Unknown:
			h.Receipts = receipts(rt, "receipts")
		}
		hs = append(hs, h)
	}
	return hs
}

func TestTotalsAlwaysAddUpAndEqualAnIndependentRecount(t *testing.T) {
	s := settings(campaign.SendAll, wa, sms)
	rapid.Check(t, func(rt *rapid.T) {
		hs := run(rt)
		tally := reports.NewTally()
		verdicts := map[campaign.Verdict]int{}
		var amount campaign.Money
		paidMessages := 0
		for _, h := range hs {
			tally.Add(reports.Join(h, s))
			// The recount, in other words than the program's.
			verdicts[h.Verdict()]++
			a, n := recount(h)
			amount += a
			paidMessages += n
		}
		if err := tally.Proof(len(hs)); err != nil {
			rt.Fatal(err)
		}
		got := tally.Totals
		if got.Rows != len(hs) || got.Amount != amount || got.Billings[campaign.BillingPaid].Messages != paidMessages {
			rt.Fatalf("rows %d of %d, amount %s of %s, %d paid of %d", got.Rows, len(hs), got.Amount, amount, got.Billings[campaign.BillingPaid].Messages, paidMessages)
		}
		rows := 0
		for _, v := range campaign.Verdicts {
			if got.Verdicts[v] != verdicts[v] {
				rt.Fatalf("%s: %d, not %d", v, got.Verdicts[v], verdicts[v])
			}
			rows += got.Verdicts[v]
		}
		if rows != len(hs) {
			rt.Fatalf("%d rows in %d", rows, len(hs))
		}
	})
}

// recount says what a message sent on both channels costs, and on how many it is paid.
func recount(h campaign.History) (amount campaign.Money, n int) {
	taken := len(h.Receipts) > 0
	for _, a := range h.Attempts {
		taken = taken || a.Outcome == campaign.Accepted
	}
	if !taken {
		return 0, 0
	}
	lastPaid, lastFree, lastPart, count := -1, -1, -1, 0
	category, categoryRank := "utility", -1
	failed, reached, smsOnlyUnused, smsHeard := false, false, false, false
	for _, r := range h.Receipts {
		minute := int(r.At.Sub(began).Minutes())
		if r.Channel == sms {
			if r.Delivery == unused {
				smsOnlyUnused = true
			} else {
				smsHeard = true
			}
			if r.Parts > 0 && (minute > lastPart || (minute == lastPart && r.Parts > count)) {
				lastPart, count = minute, r.Parts
			}
			continue
		}
		switch r.Billing {
		case paid:
			lastPaid = max(lastPaid, minute)
		case free:
			lastFree = max(lastFree, minute)
		case onProcess, unclassified, notDelivered, "":
		}
		rank := minute
		if r.Billing == paid || r.Billing == free {
			rank += 100
		}
		if r.Category != "" && (rank > categoryRank || (rank == categoryRank && r.Category > category)) {
			category, categoryRank = r.Category, rank
		}
		failed = failed || r.Delivery == undelivered
		reached = reached || r.Delivery == delivered || r.Delivery == read || r.Delivery == campaign.DeliveryClicked
	}
	waHeard, waUnused := false, false
	for _, r := range h.Receipts {
		if r.Channel == wa {
			waHeard = waHeard || r.Delivery != unused
			waUnused = waUnused || r.Delivery == unused
		}
	}
	if lastPaid >= 0 && lastPaid >= lastFree && (!failed || reached) && (waHeard || !waUnused) {
		n++
		amount += map[string]campaign.Money{"utility": utility, "marketing": marketing}[category]
	}
	if smsHeard || !smsOnlyUnused {
		n++
		amount += campaign.Money(count) * part
	}
	return amount, n
}

func TestALineThatIsMissingOrRepeatedIsNotHidden(t *testing.T) {
	s := settings(campaign.SendSingle, wa)
	line := func(row int) reports.Line {
		h := message(campaign.Accepted, wa)
		h.Message.Seq = row
		return reports.Join(h, s)
	}
	odd := line(5)
	odd.Verdict = "lost"
	wrong := line(5)
	wrong.Amount++
	for name, tc := range map[string]struct {
		lines []reports.Line
		rows  int
		says  string
	}{
		"missing":         {[]reports.Line{line(2), line(3)}, 3, "should be 3, is 2"},
		"repeated":        {[]reports.Line{line(2), line(3), line(3)}, 3, "rows 3"},
		"unknown verdict": {[]reports.Line{line(2), odd}, 2, "rows 5"},
		"wrong amount":    {[]reports.Line{line(2), wrong}, 2, "rows 5"},
	} {
		t.Run(name, func(t *testing.T) {
			tally := reports.NewTally()
			for _, l := range tc.lines {
				tally.Add(l)
			}
			var unproven *reports.UnprovenError
			if err := tally.Proof(tc.rows); !errors.As(err, &unproven) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}
