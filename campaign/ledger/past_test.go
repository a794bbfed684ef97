package ledger

import (
	"testing"

	"siaran/campaign"
)

// smallHistories are all sequences of at most three attempts.
func smallHistories() [][]campaign.Answer {
	answers := []campaign.Answer{
		{Outcome: campaign.Open},
		{Outcome: campaign.Accepted},
		{Outcome: campaign.Refused},
		{Outcome: campaign.NotTaken},
		{Outcome: campaign.NotTaken, Systemic: true}, // does not count as a try
		{Outcome: campaign.Unknown},
		{Outcome: campaign.Suppressed},
	}
	all := [][]campaign.Answer{nil}
	for from, n := 0, 0; n < 3; n++ {
		end := len(all)
		for _, h := range all[from:end] {
			for _, a := range answers {
				all = append(all, append(h[:len(h):len(h)], a))
			}
		}
		from = end
	}
	return all
}

func TestEveryPartGivesTheSameAnswerWhetherAMessageIsSettled(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		small := smallHistories()
		n := 2 * len(small) // each without a receipt, then with one
		p := wholePlan(t, l, aRun("aaaaaa"), n)
		var attempts []campaign.Attempt
		for i := range n {
			for k, a := range small[i%len(small)] {
				attempts = append(attempts, campaign.Attempt{Run: "aaaaaa", Seq: i + 2, N: k + 1, BegunAt: day, EndedAt: day, Counts: !a.Systemic, Answer: a})
			}
		}
		if err := p.AddSent(t.Context(), attempts); err != nil {
			t.Fatal(err)
		}
		if err := p.Ready(t.Context(), whole(n)); err != nil {
			t.Fatal(err)
		}
		run := p.Run()
		var rs []campaign.Receipt
		for i := len(small); i < n; i++ {
			rs = append(rs, delivered(l, run, i+2))
		}
		receive(t, l, rs...)

		bySQL := map[int]bool{}
		rows, err := l.db.QueryContext(t.Context(), `SELECT seq FROM message WHERE run = 'aaaaaa' AND `+unsettled)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var seq int
			if err := rows.Scan(&seq); err != nil {
				t.Fatal(err)
			}
			bySQL[seq] = true
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
		hs := histories(t, l, run.ID)
		if len(hs) != n {
			t.Fatalf("%d histories, want %d", len(hs), n)
		}
		for _, policy := range []campaign.Policy{
			{Retry: campaign.Retry{Attempts: 1}, OnUnknown: campaign.UnknownHold},
			{Retry: campaign.Retry{Attempts: run.Tries}, OnUnknown: campaign.UnknownHold},
			{Retry: campaign.Retry{Attempts: 2}, OnUnknown: campaign.UnknownResend},
		} {
			queued := map[int]campaign.Queued{}
			for _, q := range queue(t, l, run.ID, policy) {
				queued[q.Seq] = q
			}
			for _, h := range hs {
				seq, past := h.Message.Seq, h.Past()
				_, again := past.Next(policy)
				if q, in := queued[seq]; in != again || in && (q.Attempts != past.Attempts || q.Tries != past.Tries || q.Unknown != past.Unknown) {
					t.Errorf("%v: queued %t as %+v, but Next says %t", small[(seq-2)%len(small)], in, q.Past, again)
				}
				if past.Settled() == bySQL[seq] {
					t.Errorf("%v: settled %t, but %t in SQL", small[(seq-2)%len(small)], past.Settled(), !bySQL[seq])
				}
				if policy.Retry.Attempts == run.Tries && (h.Verdict() == campaign.VerdictQueued) != again {
					t.Errorf("%v: the verdict is %s, but Next says %t", small[(seq-2)%len(small)], h.Verdict(), again)
				}
			}
		}
		s := sending(t, l, terms(run))
		for _, h := range hs {
			b := must(s.Begin(t.Context(), campaign.Queued{Message: h.Message, Past: h.Past()}))(t)
			if b.Go == h.Past().Settled() || b.Taken != h.Past().Settled() {
				t.Errorf("%v: Begin says %+v, settled is %t", small[(h.Message.Seq-2)%len(small)], b, h.Past().Settled())
			}
		}
	})
}
