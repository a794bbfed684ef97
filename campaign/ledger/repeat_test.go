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
			for m, err := range l.Histories.SentTo(t.Context(), SentTo{Campaign: name, Since: since, Except: except, Live: true}) {
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

func TestTheRepeatGuardCountsAReadyRunsQueuedRowsAsSent(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := aRun("aaaaaa")
		run.Tries = 2
		p := wholePlan(t, l, run, 10)
		if err := p.Change(t.Context(), []campaign.Message{{Seq: 11, Problem: &campaign.Problem{Verdict: campaign.VerdictDuplicate}}}); err != nil {
			t.Fatal(err)
		}
		if err := p.Ready(t.Context(), whole(10)); err != nil {
			t.Fatal(err)
		}
		run = p.Run()
		s := sending(t, l, terms(run))
		answers := []campaign.Answer{
			{Outcome: campaign.Accepted},
			{Outcome: campaign.Refused},
			{Outcome: campaign.NotTaken},
			{Outcome: campaign.NotTaken},
			{Outcome: campaign.NotTaken, Systemic: true},
			{Outcome: campaign.Unknown},
		}
		for i, q := range queue(t, l, run.ID, defaults)[:6] { // rows 2 to 7
			end(t, s, begin(t, s, q), answers[i])
		}
		for _, q := range queue(t, l, run.ID, campaign.Policy{Retry: campaign.Retry{Attempts: 2}}) {
			if q.Seq == 5 { // its last try
				end(t, s, begin(t, s, q), campaign.Answer{Outcome: campaign.NotTaken})
			}
		}
		receive(t, l, delivered(l, run, 8))
		wholePlan(t, l, aRun("bbbbbb"), 3) // nobody's to send

		rows := func(o SentTo) string {
			var sent, queued []int
			o.Campaign = "tagihan"
			for m, err := range l.Histories.SentTo(t.Context(), o) {
				switch {
				case err != nil:
					t.Fatal(err)
				case m.Run != run.ID || m.Digest == "" || m.At.IsZero():
					t.Errorf("%+v", m)
				case m.Queued:
					queued = append(queued, m.Seq)
				default:
					sent = append(sent, m.Seq)
				}
			}
			slices.Sort(sent)
			slices.Sort(queued)
			return fmt.Sprint(sent, queued)
		}
		for _, c := range []struct {
			what  string
			o     SentTo
			state campaign.RunState
			want  string
		}{
			{"as before", SentTo{Live: true}, "", "[2 7] []"},
			{"with what is queued", SentTo{Live: true, Queued: true}, "", "[2 7] [4 6 9 10]"},
			{"paused", SentTo{Live: true, Queued: true}, campaign.StatePaused, "[2 7] [4 6 9 10]"},
			{"but the run itself", SentTo{Live: true, Queued: true, Except: run.ID}, "", "[] []"},
			{"of runs that are not live", SentTo{Queued: true}, "", "[] []"},
			{"done", SentTo{Live: true, Queued: true}, campaign.StateDone, "[2 7] []"},
		} {
			if c.state != "" {
				if _, err := l.Runs.SetState(t.Context(), run.ID, nil, c.state, "", ""); err != nil {
					t.Fatal(err)
				}
			}
			if got := rows(c.o); got != c.want {
				t.Errorf("%s: %s, want %s", c.what, got, c.want)
			}
		}
	})
}
