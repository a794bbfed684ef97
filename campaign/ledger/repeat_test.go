package ledger

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"siaran/campaign"
)

func TestTheRepeatGuardSeesWhatMayHaveReachedSomebodyInLiveRuns(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := planned(t, l, aRun("aaaaaa"), 6)
		s := sending(t, l, terms(run))
		for i, q := range queue(t, l, run.ID, defaults)[:5] {
			a := begin(t, s, q)
			if outcome := []campaign.Outcome{campaign.Accepted, campaign.Refused, campaign.Unknown, campaign.NotTaken, campaign.Open}[i]; outcome != campaign.Open {
				end(t, s, a, campaign.Answer{Outcome: outcome})
			}
		}
		receive(t, l, delivered(l, run, 5)) // said not taken, and yet
		rehearsal := aRun("bbbbbb")
		rehearsal.Live = false
		rehearsal = planned(t, l, rehearsal, 1)
		rs := sending(t, l, terms(rehearsal))
		end(t, rs, begin(t, rs, queue(t, l, rehearsal.ID, defaults)[0]), campaign.Answer{Outcome: campaign.Accepted})

		sent := func(name string, since time.Time, except string) string {
			var rows []int
			for m, err := range l.SentTo(t.Context(), name, since, except) {
				if err != nil {
					t.Fatal(err)
				}
				if want := fmt.Sprintf("digest-%d", m.Seq-2); m.Digest != want || m.Run != run.ID || m.At.IsZero() {
					t.Errorf("%+v", m)
				}
				rows = append(rows, m.Seq)
			}
			slices.Sort(rows)
			return fmt.Sprint(rows)
		}
		now := time.Now()
		for _, c := range []struct{ what, got, want string }{
			{"accepted, unknown, with a receipt, open", sent("tagihan", now.Add(-time.Hour), ""), "[2 4 5 6]"},
			{"another campaign", sent("other", now.Add(-time.Hour), ""), "[]"},
			{"before the time", sent("tagihan", now.Add(time.Hour), ""), "[]"},
			{"the run itself", sent("tagihan", now.Add(-time.Hour), run.ID), "[]"},
		} {
			if c.got != c.want {
				t.Errorf("%s: %s, want %s", c.what, c.got, c.want)
			}
		}
	})
}
