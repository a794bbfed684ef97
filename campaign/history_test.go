package campaign_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"siaran/campaign"
)

// How verdicts outrank each other for a whole row, as the report's legend says it; all that is known
// without a receipt ranks below.
var rowRank = []campaign.Verdict{
	campaign.VerdictUndelivered, campaign.VerdictAccepted, campaign.VerdictPending, campaign.VerdictSent,
	campaign.VerdictDelivered, campaign.VerdictRead, campaign.VerdictClicked,
}

var deliveries = []campaign.Delivery{
	campaign.DeliveryPending, campaign.DeliverySent, campaign.DeliveryDelivered, campaign.DeliveryRead,
	campaign.DeliveryClicked, campaign.DeliveryUndelivered, campaign.DeliveryUnused, campaign.DeliveryOther,
}

func drawHistory(t *rapid.T) campaign.History {
	kinds := []campaign.ChannelKind{campaign.WhatsApp, campaign.SMS, campaign.Email}
	h := campaign.History{
		Channels: kinds[:rapid.IntRange(1, 3).Draw(t, "channels")],
		State:    rapid.SampledFrom([]campaign.RunState{campaign.StateReady, campaign.StatePaused, campaign.StateDone, campaign.StateCancelled}).Draw(t, "state"),
		Tries:    4,
	}
	outcomes := rapid.SliceOfN(rapid.SampledFrom([]campaign.Outcome{
		campaign.Open, campaign.Accepted, campaign.Refused, campaign.NotTaken, campaign.Unknown, campaign.Suppressed,
	}), 0, 5).Draw(t, "outcomes")
	for i, o := range outcomes {
		h.Attempts = append(h.Attempts, campaign.Attempt{N: i + 1, Counts: rapid.Bool().Draw(t, "counts"), Answer: campaign.Answer{Outcome: o}})
	}
	for range rapid.IntRange(0, 6).Draw(t, "receipts") {
		h.Receipts = append(h.Receipts, drawReceipt(t, h.Channels))
	}
	return h
}

func drawReceipt(t *rapid.T, channels []campaign.ChannelKind) campaign.Receipt {
	return campaign.Receipt{
		Channel:  rapid.SampledFrom(channels).Draw(t, "channel"),
		Delivery: rapid.SampledFrom(deliveries).Draw(t, "delivery"),
	}
}

func TestAnyOrderAndAnyRepetitionOfReceiptsGivesTheSameVerdict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		want := h.Verdict()
		other := h
		other.Receipts = slices.Clone(h.Receipts)
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, 99), 0, 4).Draw(t, "again") {
			if len(h.Receipts) > 0 {
				other.Receipts = append(other.Receipts, h.Receipts[i%len(h.Receipts)])
			}
		}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		random.Shuffle(len(other.Receipts), func(i, j int) {
			other.Receipts[i], other.Receipts[j] = other.Receipts[j], other.Receipts[i]
		})
		if got := other.Verdict(); got != want {
			t.Fatalf("%s in one order, %s in another", want, got)
		}
		for _, k := range h.Channels {
			if h.Channel(k) != other.Channel(k) || h.DeliveredAfterFailure(k) != other.DeliveredAfterFailure(k) {
				t.Fatalf("channel %s: %s and %s", k, h.Channel(k), other.Channel(k))
			}
		}
	})
}

func TestAReceiptLowersARowOnlyIfItReportsAFailureOrAnUnusedBackup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		before := slices.Index(rowRank, h.Verdict())
		r := drawReceipt(t, h.Channels)
		channelBefore := h.Channel(r.Channel)
		h.Receipts = append(h.Receipts, r)
		after := slices.Index(rowRank, h.Verdict())
		switch {
		case r.Delivery == campaign.DeliveryUndelivered:
			if channelBefore.Group() == campaign.GroupReached && h.Channel(r.Channel) != channelBefore {
				t.Fatalf("a failure undid %s", channelBefore)
			}
		case r.Delivery == campaign.DeliveryUnused:
			if before > slices.Index(rowRank, campaign.VerdictAccepted) && after < before {
				t.Fatalf("an unused backup lowered %s to %s", rowRank[before], h.Verdict())
			}
		default:
			if after < before {
				t.Fatalf("%s lowered %s to %s", r.Delivery, rowRank[before], h.Verdict())
			}
		}
	})
}

func TestEveryVerdictIsOneOfTheContractsAndInOneGroup(t *testing.T) {
	counts := map[campaign.Group]int{}
	for _, v := range campaign.Verdicts {
		counts[v.Group()]++
	}
	want := map[campaign.Group]int{campaign.GroupReached: 3, campaign.GroupWaiting: 4, campaign.GroupNotReached: 1, campaign.GroupNotSent: 7, campaign.GroupNeedsYou: 1}
	for _, g := range campaign.Groups {
		if counts[g] != want[g] {
			t.Errorf("%s has %d verdicts, want %d", g, counts[g], want[g])
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		if v := drawHistory(t).Verdict(); !slices.Contains(campaign.Verdicts, v) {
			t.Fatalf("%q is no verdict", v)
		}
	})
}

// history builds one from outcomes and receipts on WhatsApp.
func history(state campaign.RunState, outcomes []campaign.Outcome, receipts ...campaign.Delivery) campaign.History {
	h := campaign.History{State: state, Channels: []campaign.ChannelKind{campaign.WhatsApp}, Tries: 3}
	for i, o := range outcomes {
		h.Attempts = append(h.Attempts, campaign.Attempt{N: i + 1, Counts: true, Answer: campaign.Answer{Outcome: o}})
	}
	for _, d := range receipts {
		h.Receipts = append(h.Receipts, campaign.Receipt{Channel: campaign.WhatsApp, Delivery: d})
	}
	return h
}

func TestTheVerdictSaysWhatIsKnown(t *testing.T) {
	type outs = []campaign.Outcome
	type dlrs = []campaign.Delivery
	for _, c := range []struct {
		name     string
		state    campaign.RunState
		outcomes outs
		receipts dlrs
		want     campaign.Verdict
	}{
		{"nothing tried yet", campaign.StateReady, nil, nil, campaign.VerdictQueued},
		{"nothing tried, paused", campaign.StatePaused, nil, nil, campaign.VerdictQueued},
		{"nothing tried, cancelled", campaign.StateCancelled, nil, nil, campaign.VerdictCancelled},
		{"nothing tried, done", campaign.StateDone, nil, nil, campaign.VerdictExpired},
		{"open", campaign.StateReady, outs{campaign.Open}, nil, campaign.VerdictUnknown},
		{"unknown", campaign.StateDone, outs{campaign.Unknown}, nil, campaign.VerdictUnknown},
		{"unknown, then not taken", campaign.StateDone, outs{campaign.Unknown, campaign.NotTaken}, nil, campaign.VerdictUnknown},
		{"unknown, then refused", campaign.StateDone, outs{campaign.Unknown, campaign.Refused}, nil, campaign.VerdictRefused},
		{"unknown, then accepted", campaign.StateReady, outs{campaign.Unknown, campaign.Accepted}, nil, campaign.VerdictAccepted},
		{"unknown, and yet delivered", campaign.StateDone, outs{campaign.Unknown}, dlrs{campaign.DeliveryDelivered}, campaign.VerdictDelivered},
		{"a receipt before its answer", campaign.StateReady, outs{campaign.Open}, dlrs{campaign.DeliverySent}, campaign.VerdictSent},
		{"refused", campaign.StateDone, outs{campaign.Refused}, nil, campaign.VerdictRefused},
		{"suppressed", campaign.StateDone, outs{campaign.Suppressed}, nil, campaign.VerdictSuppressed},
		{"not taken, tries left", campaign.StateReady, outs{campaign.NotTaken, campaign.NotTaken}, nil, campaign.VerdictQueued},
		{"not taken, tries left, cancelled", campaign.StateCancelled, outs{campaign.NotTaken}, nil, campaign.VerdictCancelled},
		{"not taken, no try left", campaign.StateReady, outs{campaign.NotTaken, campaign.NotTaken, campaign.NotTaken}, nil, campaign.VerdictNotSent},
		{"accepted", campaign.StateDone, outs{campaign.NotTaken, campaign.Accepted}, nil, campaign.VerdictAccepted},
		{"accepted, a word nobody knows", campaign.StateDone, outs{campaign.Accepted}, dlrs{campaign.DeliveryOther}, campaign.VerdictAccepted},
		{"delivered, a word nobody knows", campaign.StateDone, outs{campaign.Accepted}, dlrs{campaign.DeliveryDelivered, campaign.DeliveryOther}, campaign.VerdictDelivered},
		{"pending", campaign.StateDone, outs{campaign.Accepted}, dlrs{campaign.DeliveryPending}, campaign.VerdictPending},
		{"read without delivered", campaign.StateDone, outs{campaign.Accepted}, dlrs{campaign.DeliveryRead}, campaign.VerdictRead},
		{"a late sent", campaign.StateDone, outs{campaign.Accepted}, dlrs{campaign.DeliveryRead, campaign.DeliverySent}, campaign.VerdictRead},
		{"failed after sent", campaign.StateDone, outs{campaign.Accepted}, dlrs{campaign.DeliverySent, campaign.DeliveryUndelivered}, campaign.VerdictUndelivered},
		{"sent after failed", campaign.StateDone, outs{campaign.Accepted}, dlrs{campaign.DeliveryUndelivered, campaign.DeliverySent}, campaign.VerdictUndelivered},
		{"delivered after failed", campaign.StateDone, outs{campaign.Accepted}, dlrs{campaign.DeliveryUndelivered, campaign.DeliveryDelivered}, campaign.VerdictDelivered},
		{"failed after read", campaign.StateDone, outs{campaign.Accepted}, dlrs{campaign.DeliveryRead, campaign.DeliveryUndelivered}, campaign.VerdictRead},
		{"clicked", campaign.StateDone, outs{campaign.Accepted}, dlrs{campaign.DeliveryRead, campaign.DeliveryClicked, campaign.DeliveryRead}, campaign.VerdictClicked},
		{"cancelled after it was accepted", campaign.StateCancelled, outs{campaign.Accepted}, nil, campaign.VerdictAccepted},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := history(c.state, c.outcomes, c.receipts...).Verdict(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTriesThatDoNotCountLeaveAMessageInTheQueue(t *testing.T) {
	h := history(campaign.StateReady, []campaign.Outcome{campaign.NotTaken, campaign.NotTaken, campaign.NotTaken, campaign.NotTaken})
	h.Attempts[0].Counts, h.Attempts[2].Counts = false, false
	if got := h.Verdict(); got != campaign.VerdictQueued || h.Past().Tries != 2 {
		t.Errorf("got %q after %d counted tries", got, h.Past().Tries)
	}
}

func TestAProblemFoundAtPlanningIsTheVerdict(t *testing.T) {
	for _, v := range []campaign.Verdict{campaign.VerdictRejected, campaign.VerdictDuplicate} {
		h := history(campaign.StateDone, nil)
		h.Message.Problem = &campaign.Problem{Verdict: v}
		if got := h.Verdict(); got != v {
			t.Errorf("got %q, want %q", got, v)
		}
	}
}

func TestTheBestChannelSpeaksForTheRow(t *testing.T) {
	on := func(k campaign.ChannelKind, d campaign.Delivery) campaign.Receipt {
		return campaign.Receipt{Channel: k, Delivery: d}
	}
	wa, sms := campaign.WhatsApp, campaign.SMS
	for _, c := range []struct {
		name     string
		receipts []campaign.Receipt
		want     campaign.Verdict
	}{
		{"the backup was not used", []campaign.Receipt{on(wa, campaign.DeliveryDelivered), on(sms, campaign.DeliveryUnused)}, campaign.VerdictDelivered},
		{"the primary failed, the backup came", []campaign.Receipt{on(wa, campaign.DeliveryUndelivered), on(sms, campaign.DeliveryDelivered)}, campaign.VerdictDelivered},
		{"the primary failed, the backup is on its way", []campaign.Receipt{on(wa, campaign.DeliveryUndelivered), on(sms, campaign.DeliverySent)}, campaign.VerdictSent},
		{"the primary failed, of the backup nothing is known", []campaign.Receipt{on(wa, campaign.DeliveryUndelivered)}, campaign.VerdictAccepted},
		{"both failed", []campaign.Receipt{on(wa, campaign.DeliveryUndelivered), on(sms, campaign.DeliveryUndelivered)}, campaign.VerdictUndelivered},
		{"the primary failed, the backup was not used", []campaign.Receipt{on(wa, campaign.DeliveryUndelivered), on(sms, campaign.DeliveryUnused)}, campaign.VerdictUndelivered},
		{"a backup first unused, then delivered", []campaign.Receipt{on(sms, campaign.DeliveryUnused), on(sms, campaign.DeliveryDelivered)}, campaign.VerdictDelivered},
		{"a channel the message was not to use", []campaign.Receipt{on(campaign.Email, campaign.DeliveryRead)}, campaign.VerdictAccepted},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := history(campaign.StateDone, []campaign.Outcome{campaign.Accepted})
			h.Channels, h.Receipts = []campaign.ChannelKind{wa, sms}, c.receipts
			if got := h.Verdict(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestDeliveredAfterAFailureIsFlagged(t *testing.T) {
	a := []campaign.Outcome{campaign.Accepted}
	if h := history(campaign.StateDone, a, campaign.DeliveryUndelivered, campaign.DeliveryRead); !h.DeliveredAfterFailure(campaign.WhatsApp) {
		t.Error("not flagged")
	}
	for _, ds := range [][]campaign.Delivery{{campaign.DeliveryUndelivered}, {campaign.DeliveryDelivered}, nil, {campaign.DeliveryUndelivered, campaign.DeliverySent}} {
		if history(campaign.StateDone, a, ds...).DeliveredAfterFailure(campaign.WhatsApp) {
			t.Errorf("%v is flagged", ds)
		}
	}
}
