package ledger

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
)

// delivered is the receipt of row seq.
func delivered(l *Ledger, run campaign.Run, seq int) campaign.Receipt {
	return campaign.Receipt{
		RefID: l.Key().RefID(run.Campaign, run.ID, seq), Gateway: "sandeza", Channel: campaign.WhatsApp, Delivery: campaign.DeliveryDelivered, Word: "1",
		At: day.Add(time.Minute), ReceivedAt: day.Add(2 * time.Minute),
	}
}

// reported makes n messages' receipts: sent, delivered, and read for some, in the order of time.
func reported(l *Ledger, run campaign.Run, n int) []campaign.Receipt {
	var rs []campaign.Receipt
	for step, word := range []string{"16", "1", "9"} {
		delivery := []campaign.Delivery{campaign.DeliverySent, campaign.DeliveryDelivered, campaign.DeliveryRead}[step]
		for i := range n {
			if step == 2 && i%7 > 2 {
				continue
			}
			at := day.Add(time.Duration(step)*time.Minute + time.Duration(i)*time.Millisecond)
			rs = append(rs, campaign.Receipt{
				RefID: l.Key().RefID(run.Campaign, run.ID, i+2), Gateway: "sandeza", Channel: campaign.WhatsApp, Delivery: delivery, Word: word,
				At: at, ReceivedAt: at.Add(time.Second), Billing: campaign.BillingPaid,
			})
		}
	}
	return rs
}

func receive(t testing.TB, l *Ledger, rs ...campaign.Receipt) campaign.Tally {
	t.Helper()
	return must(l.Receipts.Receive(t.Context(), campaign.Batch{Receipts: rs}))(t)
}

func TestReceiptsGiveTheSameVerdictInAnyOrderAndRepetition(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		var want string
		for try := range 4 {
			run := planned(t, l, aRun(fmt.Sprintf("aaaaa%d", try)), 40)
			rs := reported(l, run, 40)
			random := rand.New(rand.NewPCG(1, uint64(try)))
			if try > 0 {
				for range 50 {
					again := rs[random.IntN(len(rs))]
					again.ReceivedAt = again.ReceivedAt.Add(time.Hour) // the gateway comes again
					rs = append(rs, again)
				}
				random.Shuffle(len(rs), func(i, j int) { rs[i], rs[j] = rs[j], rs[i] })
			}
			var total campaign.Tally
			for part := range slices.Chunk(rs, 1+try*17) {
				total.Add(receive(t, l, part...))
			}
			if try > 0 && (total.Repeated != 50 || total.New+total.Repeated != total.Receipts) {
				t.Errorf("%+v", total)
			}
			got := verdicts(t, l, run.ID)
			if try == 0 {
				want = got
			}
			if got != want || !strings.Contains(got, "read,delivered") {
				t.Errorf("order %d: %s\nwant %s", try, got, want)
			}
		}
	})
}

func TestEveryReceiptGoesWhereItBelongs(t *testing.T) {
	for _, c := range []struct {
		what string
		ref  func(l *Ledger, run campaign.Run) string
		want campaign.Tally
	}{
		{"ours", func(l *Ledger, run campaign.Run) string { return l.Key().RefID(run.Campaign, run.ID, 2) }, campaign.Tally{New: 1}},
		{"ours in capitals", func(l *Ledger, run campaign.Run) string {
			return strings.ToUpper(l.Key().RefID(run.Campaign, run.ID, 2))
		}, campaign.Tally{New: 1}},
		{"our form, our run, wrong mac", func(_ *Ledger, run campaign.Run) string {
			return campaign.RefKey("another key").RefID(run.Campaign, run.ID, 2)
		}, campaign.Tally{Forged: 1}},
		{"ours, another row's mac", func(l *Ledger, run campaign.Run) string {
			a, b := l.Key().RefID(run.Campaign, run.ID, 2), l.Key().RefID(run.Campaign, run.ID, 3)
			return a[:len(a)-8] + b[len(b)-8:]
		}, campaign.Tally{Forged: 1}},
		{"our making, run not here", func(l *Ledger, run campaign.Run) string { return l.Key().RefID(run.Campaign, "zzzzzz", 2) }, campaign.Tally{Orphan: 1}},
		{"our form, run not here", func(_ *Ledger, run campaign.Run) string {
			return campaign.RefKey("another key").RefID(run.Campaign, "zzzzzz", 2)
		}, campaign.Tally{Orphan: 1}},
		{"another form", func(*Ledger, campaign.Run) string { return "c42-000017" }, campaign.Tally{Foreign: 1}},
		{"a number", func(*Ledger, campaign.Run) string { return "1678791451543344167879145" }, campaign.Tally{Foreign: 1}},
		{"none", func(*Ledger, campaign.Run) string { return "" }, campaign.Tally{Foreign: 1}},
	} {
		t.Run(c.what, func(t *testing.T) {
			onBoth(t, func(t *testing.T, dsn string) {
				l := create(t, dsn)
				run := planned(t, l, aRun("aaaaaa"), 2)
				r := delivered(l, run, 2)
				r.RefID = c.ref(l, run)
				c.want.Receipts = 1
				if got := receive(t, l, r); got != c.want {
					t.Errorf("%+v, want %+v", got, c.want)
				}
				if got, want := receive(t, l, r), (campaign.Tally{Receipts: 1, Repeated: 1}); got != want {
					t.Errorf("again: %+v, want %+v", got, want)
				}
				strays := must(l.Strays.OfRun(t.Context(), run.ID, 10))(t)
				if (len(strays) == 1) != (c.want.Forged == 1) {
					t.Errorf("the run's strays: %+v", strays)
				}
			})
		})
	}
}

func TestRepliesAndUnreadableTextsAreKeptAndCountedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		p := campaign.Batch{
			Receipts: []campaign.Receipt{{Gateway: "sandeza", Reply: true, Recipient: "6281200000001"}}, Raw: [][]byte{[]byte(`{"text":"STOP"}`)},
			Unread:   []campaign.Unread{{Gateway: "sandeza", Raw: []byte("<html>\x00"), Why: "not JSON"}},
			Position: campaign.Position{Host: "h", File: "h-2026-11-21.jsonl", Offset: 120},
		}
		if got, want := must(l.Receipts.Receive(t.Context(), p))(t), (campaign.Tally{Receipts: 1, Reply: 1, Quarantined: 1}); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
		if got, want := must(l.Receipts.Receive(t.Context(), p))(t), (campaign.Tally{Receipts: 1, Repeated: 1}); got != want {
			t.Errorf("again: %+v, want %+v", got, want)
		}
		if got := must(l.Strays.Counts(t.Context()))(t); fmt.Sprint(got) != "map[quarantined:1 reply:1]" {
			t.Error(got)
		}
		if got := must(l.Receipts.Position(t.Context(), "h", "h-2026-11-21.jsonl"))(t); got != 120 {
			t.Errorf("position %d", got)
		}
		p.Position.Offset = 60
		must(l.Receipts.Receive(t.Context(), p))(t)
		if got := must(l.Receipts.Position(t.Context(), "h", "h-2026-11-21.jsonl"))(t); got != 120 {
			t.Errorf("the position went back to %d", got)
		}
	})
}

func TestAReceiptBeforeTheSendAnswerIsJoinedWhenItsIDArrives(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := aRun("aaaaaa")
		run.Gateway = "sinchindia"
		run = planned(t, l, run, 3)
		s := sending(t, l, terms(run))
		qs := queue(t, l, run.ID, defaults)
		a, b := begin(t, s, qs[0]), begin(t, s, qs[1])
		end(t, s, b, campaign.Answer{Outcome: campaign.Accepted, GatewayID: "167879145154334416787914"})
		early := campaign.Receipt{Gateway: "sinchindia", GatewayID: "1678791451543344167879145", Delivery: campaign.DeliveryDelivered, Word: "delivered", At: day}
		if got := receive(t, l, early); got.Foreign != 1 {
			t.Fatalf("an id that nobody knows yet, though another one begins like it: %+v", got)
		}
		end(t, s, a, campaign.Answer{Outcome: campaign.Accepted, GatewayID: "1678791451543344167879145"})
		late := early
		late.Word, late.Delivery = "read", campaign.DeliveryRead
		if got := receive(t, l, late, early); got.New != 1 || got.Repeated != 1 {
			t.Errorf("%+v", got)
		}
		if got := verdicts(t, l, run.ID); got != "read,accepted,queued" {
			t.Error(got)
		}
		if got := must(l.Strays.Counts(t.Context()))(t); len(got) > 0 {
			t.Error(got)
		}
	})
}

func TestImportedSendsGetTheirReceiptsAlsoThoseThatCameBefore(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		receipt := func(ref, word string) campaign.Receipt {
			return campaign.Receipt{RefID: ref, Gateway: "sandeza", Channel: campaign.WhatsApp, Delivery: campaign.DeliveryDelivered, Word: word, At: day}
		}
		if got := receive(t, l, receipt("testqa-s79d", "1"), receipt("TestQA-other", "1")); got.Foreign != 2 {
			t.Fatalf("%+v", got)
		}
		run := aRun("aaaaaa")
		run.Kind = campaign.KindImported
		p := must(l.Plans.Start(t.Context(), run))(t)
		ms := messagesOf(l, run, 2)
		ms[0].RefID, ms[1].RefID = "TestQA-s79d", "TestQA-s79e"
		sent := []campaign.Attempt{
			{Run: run.ID, Seq: 2, N: 1, BegunAt: day, EndedAt: day, Answer: campaign.Answer{Outcome: campaign.Accepted}},
			{Run: run.ID, Seq: 3, N: 1, BegunAt: day, EndedAt: day, Answer: campaign.Answer{Outcome: campaign.Accepted}},
		}
		if err := errors.Join(p.Add(t.Context(), ms), p.AddSent(t.Context(), sent), p.Ready(t.Context(), whole(2))); err != nil {
			t.Fatal(err)
		}
		if got := must(l.Runs.ByID(t.Context(), run.ID))(t); got.State != campaign.StateDone {
			t.Errorf("an imported run is %s", got.State)
		}
		if got := receive(t, l, receipt("TestQA-s79e", "1")); got.New != 1 {
			t.Errorf("%+v", got)
		}
		if got := verdicts(t, l, run.ID); got != "delivered,delivered" {
			t.Error(got)
		}
		if got := must(l.Strays.Counts(t.Context()))(t); fmt.Sprint(got) != "map[foreign:1]" {
			t.Error(got)
		}
	})
}

func TestAReceiptWithoutAnIDIsJoinedOnlyIfOneMessageFits(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := planned(t, l, aRun("aaaaaa"), 3)
		s := sending(t, l, terms(run))
		qs := queue(t, l, run.ID, defaults)
		a := begin(t, s, qs[0])
		end(t, s, a, campaign.Answer{Outcome: campaign.Accepted})
		end(t, s, begin(t, s, qs[1]), campaign.Answer{Outcome: campaign.Refused})
		pass := func(to, wamid string, at time.Time) campaign.Receipt {
			return campaign.Receipt{Gateway: "sandeza", Channel: campaign.WhatsApp, Delivery: campaign.DeliveryDelivered, Word: "delivered", Recipient: to, GatewayID: wamid, At: at}
		}
		soon := a.BegunAt.Add(time.Minute)
		if got := receive(t, l, pass("6281200000000", "wamid.A", soon)); got.Weak != 1 || got.New != 1 {
			t.Errorf("one message fits: %+v", got)
		}
		if got := receive(t, l, pass("6281200000001", "wamid.B", soon)); got.Foreign != 1 {
			t.Errorf("a refused message: %+v", got)
		}
		if got := receive(t, l, pass("6281200000000", "wamid.C", soon.Add(-time.Hour))); got.Foreign != 1 {
			t.Errorf("before it was sent: %+v", got)
		}
		second := planned(t, l, aRun("bbbbbb"), 1)
		s2 := sending(t, l, terms(second))
		end(t, s2, begin(t, s2, queue(t, l, second.ID, defaults)[0]), campaign.Answer{Outcome: campaign.Accepted})
		if got := receive(t, l, pass("6281200000000", "wamid.D", soon.Add(time.Minute))); got.Orphan != 1 {
			t.Errorf("two messages fit: %+v", got)
		}
		read := pass("6281200000000", "wamid.A", soon.Add(time.Minute))
		read.Word, read.Delivery = "read", campaign.DeliveryRead
		if got := receive(t, l, read); got.New != 1 || got.Weak != 0 {
			t.Errorf("an id that was joined before: %+v", got)
		}
		named := pass("6281200000000", "wamid.D", soon.Add(2*time.Minute))
		named.RefID = l.Key().RefID(second.Campaign, second.ID, 2)
		if got := receive(t, l, named); got.New != 1 {
			t.Errorf("%+v", got)
		}
		if got := verdicts(t, l, run.ID) + ";" + verdicts(t, l, second.ID); got != "read,refused,queued;delivered" {
			t.Error(got)
		}
		if hs := histories(t, l, second.ID); len(hs[0].Receipts) != 2 {
			t.Errorf("the orphan with the same id was not joined: %+v", hs[0].Receipts)
		}
	})
}

func TestAReceiptIsReadBackAsItCame(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := planned(t, l, aRun("aaaaaa"), 1)
		r := campaign.Receipt{
			RefID: l.Key().RefID(run.Campaign, run.ID, 2), Gateway: "meta", Channel: campaign.WhatsApp, Delivery: campaign.DeliveryUndelivered, Word: "failed",
			At: day, ReceivedAt: day.Add(1234 * time.Microsecond), Billing: campaign.BillingOnProcess, Category: "utility", Parts: 3, Reason: "131050 \"stopped\"\x00", GatewayID: "wamid.X",
		}
		receive(t, l, r)
		r.Reason = strings.ReplaceAll(r.Reason, "\x00", "\uFFFD")
		if got := histories(t, l, run.ID)[0].Receipts[0]; got != r {
			t.Errorf("%+v\nwant\n%+v", got, r)
		}
	})
}

func TestAReceiptWithoutAnIDIsJoinedByAnyAddressOfTheMessage(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := aRun("aaaaaa")
		run.Channels = []campaign.ChannelKind{campaign.WhatsApp, campaign.Email}
		p := must(l.Plans.Start(t.Context(), run))(t)
		ms := messagesOf(l, run, 3)
		for i := range ms[:2] {
			ms[i].Others = map[campaign.ChannelKind]string{campaign.Email: fmt.Sprintf("siti%d@example.com", i)}
		}
		ms[2].Others = ms[0].Others // two messages to one address
		if err := errors.Join(p.Add(t.Context(), ms), p.Ready(t.Context(), whole(3))); err != nil {
			t.Fatal(err)
		}
		s := sending(t, l, terms(p.Run()))
		for _, q := range queue(t, l, run.ID, defaults) {
			end(t, s, begin(t, s, q), campaign.Answer{Outcome: campaign.Accepted})
		}
		for recipient, want := range map[string]campaign.Tally{
			"siti1@example.com": {Receipts: 1, New: 1, Weak: 1},
			"siti0@example.com": {Receipts: 1, Orphan: 1},
			ms[2].Address:       {Receipts: 1, New: 1, Weak: 1},
		} {
			r := campaign.Receipt{Gateway: "sandeza", Channel: campaign.Email, Delivery: campaign.DeliveryDelivered, Word: "1", Recipient: recipient, At: time.Now(), ReceivedAt: time.Now()}
			if got := receive(t, l, r); got != want {
				t.Errorf("%s: %+v, want %+v", recipient, got, want)
			}
		}
	})
}
