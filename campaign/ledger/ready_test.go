package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"siaran/campaign"
)

// wholePlan is a plan of n messages that only lacks Ready.
func wholePlan(t testing.TB, l *Ledger, run campaign.Run, n int) *Plan {
	t.Helper()
	p := must(l.Plans.Start(t.Context(), run))(t)
	if err := p.Add(t.Context(), messagesOf(l, run, n)); err != nil {
		t.Fatal(err)
	}
	return p
}

// execute runs one statement as the writer does: it has SQLite's one connection that writes.
func execute(t testing.TB, l *Ledger, statement string) {
	t.Helper()
	err := l.change(t.Context(), func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, statement)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAPlanIsReadyOnlyIfNothingThatMattersBecameReadySinceTheGuardsLooked(t *testing.T) {
	cases := map[string]struct {
		change func(other *campaign.Run)
		any    bool
		again  bool
	}{
		"the same campaign":    {change: func(*campaign.Run) {}, again: true},
		"another campaign":     {change: func(o *campaign.Run) { o.Campaign = "other" }},
		"another, looked at":   {change: func(o *campaign.Run) { o.Campaign = "other" }, any: true, again: true},
		"the same parent":      {change: func(o *campaign.Run) { o.Campaign, o.Parent = "other", "pppppp" }, again: true},
		"another parent":       {change: func(o *campaign.Run) { o.Campaign, o.Parent = "other", "qqqqqq" }},
		"its parent itself":    {change: func(o *campaign.Run) { o.Campaign, o.ID = "other", "pppppp" }, again: true},
		"another tool's sends": {change: func(o *campaign.Run) { o.Kind = campaign.KindImported }, again: true},
	}
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		n := 0
		for name, c := range cases {
			n++
			run, other := aRun(fmt.Sprintf("aaaaa%d", n)), aRun(fmt.Sprintf("bbbbb%d", n))
			run.Campaign, run.Parent = "tagihan", "pppppp"
			c.change(&other)
			p := wholePlan(t, l, run, 3)
			seen := must(l.Plans.ReadyNumber(t.Context()))(t)
			planned(t, l, other, 1)
			err := p.Ready(t.Context(), campaign.Ready{Rows: 3, Seen: seen, Any: c.any})
			if errors.Is(err, ErrLookAgain) != c.again {
				t.Errorf("%s: %v", name, err)
			}
			if c.again {
				if err := p.Ready(t.Context(), campaign.Ready{Rows: 3, Seen: must(l.Plans.ReadyNumber(t.Context()))(t)}); err != nil {
					t.Errorf("%s: after looking again: %v", name, err)
				}
			}
			if got := must(l.Runs.ByID(t.Context(), run.ID))(t); got.State != campaign.StateReady || got.Ready != seen+2 {
				t.Errorf("%s: %s with number %d, want ready with %d", name, got.State, got.Ready, seen+2)
			}
			if other.ID == "pppppp" {
				execute(t, l, `UPDATE run SET id = 'x' WHERE id = 'pppppp'`)
			}
		}
	})
}

func TestAPlanAndItsActionAreOne(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		p := wholePlan(t, l, aRun("aaaaaa"), 2)
		execute(t, l, `ALTER TABLE action RENAME TO gone`)
		action := campaign.Action{Person: campaign.Person{Who: "siti"}, What: campaign.DeedPlan}
		if err := p.Ready(t.Context(), campaign.Ready{Rows: 2, Action: action}); err == nil {
			t.Error("the plan is ready without its action")
		}
		if _, err := l.Runs.ByID(t.Context(), "aaaaaa"); !errors.Is(err, ErrNoRun) {
			t.Errorf("the plan stayed: %v", err)
		}
		execute(t, l, `ALTER TABLE gone RENAME TO action`)
		p = wholePlan(t, l, aRun("aaaaaa"), 2)
		if err := p.Ready(t.Context(), campaign.Ready{Rows: 2, Hidden: 3, Empty: 4, RowsDigest: "rows", Again: 5, Action: action}); err != nil {
			t.Fatal(err)
		}
		run := must(l.Runs.ByID(t.Context(), "aaaaaa"))(t)
		if run.Rows != 2 || run.Hidden != 3 || run.Empty != 4 || run.RowsDigest != "rows" || run.Again != 5 {
			t.Errorf("%+v", run)
		}
		if as := must(l.Actions.OfRun(t.Context(), "aaaaaa"))(t); len(as) != 1 || as[0].Who != "siti" || as[0].Host != "test" {
			t.Errorf("actions %+v", as)
		}
	})
}

func TestARunIsKnownByItsIdentityAndByItsFile(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := aRun("aaaaaa")
		run.ContentDigest, run.FileDigest, run.Tab = "content", "bytes", "Sheet1"
		first := planned(t, l, run, 1)
		again := run
		again.ID, again.Again = "bbbbbb", 1
		again = planned(t, l, again, 1)
		child := run
		child.ID, child.Kind, child.Parent = "cccccc", campaign.KindResend, "aaaaaa"
		child = planned(t, l, child, 1)
		half := run
		half.ID, half.Again = "dddddd", 2
		wholePlan(t, l, half, 1)

		for _, want := range []campaign.Run{first, again, child} {
			if got, ok, err := l.Runs.ByIdentity(t.Context(), want.Identity()); !ok || err != nil || got.ID != want.ID || got.Identity() != want.Identity() {
				t.Errorf("by identity of %s: %s, %t, %v", want.ID, got.ID, ok, err)
			}
		}
		for name, i := range map[string]func(*campaign.Identity){
			"campaign": func(i *campaign.Identity) { i.Campaign = "x" }, "account": func(i *campaign.Identity) { i.Account = "x" },
			"content": func(i *campaign.Identity) { i.ContentDigest = "x" }, "rows": func(i *campaign.Identity) { i.RowsDigest = "x" },
			"again": func(i *campaign.Identity) { i.Again = 2 }, "parent": func(i *campaign.Identity) { i.Parent = "x" },
			"rows not known": func(i *campaign.Identity) { i.RowsDigest = "" },
		} {
			other := first.Identity()
			i(&other)
			if got, ok, err := l.Runs.ByIdentity(t.Context(), other); ok || err != nil {
				t.Errorf("another %s: run %s, %v", name, got.ID, err)
			}
		}
		ids := func(f campaign.FileIdentity) (ids string) {
			for _, run := range must(l.Runs.ByFile(t.Context(), f))(t) {
				ids += run.ID + " "
			}
			return ids
		}
		file := campaign.FileIdentity{Campaign: "tagihan", Account: "sprint", ContentDigest: "content", FileDigest: "bytes", Tab: "Sheet1"}
		if got := ids(file); got != "bbbbbb aaaaaa " {
			t.Errorf("by file: %s", got)
		}
		file.Tab = ""
		if got := ids(file); got != "bbbbbb aaaaaa " {
			t.Errorf("by file, any tab: %s", got)
		}
		file.Parent = "aaaaaa"
		if got := ids(file); got != "cccccc " {
			t.Errorf("by file, corrected rows: %s", got)
		}
		file.Tab = "Sheet2"
		if got := ids(file); got != "" {
			t.Errorf("another tab: %s", got)
		}
		if got := ids(campaign.FileIdentity{Campaign: "tagihan", Account: "sprint", ContentDigest: "content"}); got != "" {
			t.Errorf("no file: %s", got)
		}
	})
}

func TestAPlansOwnMessagesMayBeChangedUntilItIsReady(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		p := wholePlan(t, l, aRun("aaaaaa"), 2500)
		twice := &campaign.Problem{Verdict: campaign.VerdictDuplicate, Reason: "the same recipient as row 9"}
		var batch []campaign.Message
		for m, err := range p.Messages(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if m.Seq%2 == 0 {
				m.Problem = twice
				batch = append(batch, m)
			}
			if len(batch) == 700 {
				if err := p.Change(t.Context(), batch); err != nil {
					t.Fatal(err)
				}
				batch = batch[:0]
			}
		}
		if err := p.Change(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		if err := p.Change(t.Context(), []campaign.Message{{Seq: 2}, {Seq: 99999, Problem: twice}}); err != nil {
			t.Fatal(err)
		}
		seq := 1
		for m, err := range p.Messages(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if seq++; m.Seq != seq {
				t.Fatalf("row %d, want %d", m.Seq, seq)
			}
			if changed := seq%2 == 0 && seq != 2; changed != (m.Problem != nil) || changed && *m.Problem != *twice {
				t.Fatalf("row %d: %+v", seq, m.Problem)
			}
			if m.Address == "" || len(m.Cells) != 2 {
				t.Fatalf("row %d: %+v", seq, m)
			}
		}
		if seq != 2501 {
			t.Errorf("the last row is %d", seq)
		}
		if err := p.Ready(t.Context(), whole(2500)); err != nil {
			t.Fatal(err)
		}
		if err := p.Change(t.Context(), []campaign.Message{{Seq: 4}}); !errors.Is(err, ErrNoRun) {
			t.Errorf("a message was changed after the plan was ready: %v", err)
		}
		if qs := queue(t, l, "aaaaaa", defaults); len(qs) != 1251 {
			t.Errorf("%d are queued", len(qs))
		}
	})
}

func TestADiscardedPlanLeavesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		gap := messagesOf(l, aRun("aaaaaa"), 1)[0]
		gap.Seq = 900_000
		gap.Others = map[campaign.ChannelKind]string{campaign.Email: "siti@example.com"}
		run := aRun("aaaaaa")
		run.Channels = append(run.Channels, campaign.Email)
		p := wholePlan(t, l, run, 6000)
		if err := p.Add(t.Context(), []campaign.Message{gap}); err != nil {
			t.Fatal(err)
		}
		if err := p.Discard(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"run", "message", "address", "attempt", "alias"} {
			var n int
			if err := l.db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil || n > 0 {
				t.Errorf("%d in %s, %v", n, table, err)
			}
		}
	})
}

func TestThePartsOfADiscardFollowWhatTheyTake(t *testing.T) {
	for _, c := range []struct {
		rows int
		took time.Duration
		want int
	}{
		{500, time.Millisecond, 1000},
		{40_000, time.Millisecond, largestPart},
		{1000, partTime, 1000},
		{1000, 2 * partTime, 500},
		{70, time.Second, 62},
		{1000, partTime * 3 / 4, 1000},
	} {
		if got := nextPart(c.rows, c.took); got != c.want {
			t.Errorf("after %d rows in %s: %d, want %d", c.rows, c.took, got, c.want)
		}
	}
}

func TestOfTwoPlansWhoseGuardsSawTheSameOneLooksAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		ls := []*Ledger{create(t, dsn), create(t, dsn)}
		for round := range 10 {
			seen := must(ls[0].Plans.ReadyNumber(t.Context()))(t)
			var ready, again atomic.Int32
			var group sync.WaitGroup
			for i, l := range ls {
				p := wholePlan(t, l, aRun(fmt.Sprintf("aaaa%d%d", round, i)), 2)
				group.Go(func() {
					err := p.Ready(t.Context(), campaign.Ready{Rows: 2, Seen: seen})
					switch {
					case err == nil:
						ready.Add(1)
						return
					case !errors.Is(err, ErrLookAgain):
						t.Error(err)
					}
					again.Add(1)
					if err := p.Ready(t.Context(), campaign.Ready{Rows: 2, Seen: seen + 1}); err != nil {
						t.Errorf("looked again: %v", err)
					}
				})
			}
			group.Wait()
			if ready.Load() != 1 || again.Load() != 1 {
				t.Errorf("round %d: %d ready, %d looked again", round, ready.Load(), again.Load())
			}
		}
	})
}
