package ledger

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
)

// importing plans a run of another tool's sends with those ids, rows 2 and on.
func importing(t testing.TB, l *Ledger, run campaign.Run, ids ...string) *Plan {
	t.Helper()
	run.Kind = campaign.KindImported
	p := must(l.Plans.Start(t.Context(), run))(t)
	ms := messagesOf(l, run, len(ids))
	as := make([]campaign.Attempt, len(ids))
	for i := range ms {
		ms[i].RefID = ids[i]
		as[i] = campaign.Attempt{Run: run.ID, Seq: ms[i].Seq, N: 1, BegunAt: day, EndedAt: day, Answer: campaign.Answer{Outcome: campaign.Accepted, GatewayID: "gw-" + ids[i]}}
	}
	if err := p.Add(t.Context(), ms); err != nil {
		t.Fatal(err)
	}
	if err := p.AddSent(t.Context(), as); err != nil {
		t.Fatal(err)
	}
	return p
}

func reportOn(ref string) campaign.Receipt {
	return campaign.Receipt{RefID: ref, Gateway: "sandeza", Channel: campaign.WhatsApp, Delivery: campaign.DeliveryDelivered, Word: "1", At: day}
}

func TestIDsOfAnAccountsImportedRunsAreKnown(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		if err := importing(t, l, aRun("aaaaaa"), "one", "Two").Ready(t.Context(), whole(2)); err != nil {
			t.Fatal(err)
		}
		other := aRun("bbbbbb")
		other.Account = "other"
		if err := importing(t, l, other, "three").Ready(t.Context(), whole(1)); err != nil {
			t.Fatal(err)
		}
		got := must(l.Aliases.Imported(t.Context(), "sprint", []string{"one", "two", "Two", "three", "four"}))(t)
		if fmt.Sprint(got) != "map[Two:aaaaaa one:aaaaaa]" {
			t.Error(got)
		}
	})
}

func TestAnImportThatWasGivenUpLeavesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := aRun("aaaaaa")
		run.Gateway = "sinchindia" // whose ids in answers are aliases, too
		p := importing(t, l, run, "one", "Two")
		if got := receive(t, l, reportOn("one")); got.Foreign != 1 {
			t.Errorf("a receipt joined half a plan: %+v", got)
		}
		if err := p.Discard(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"run", "message", "attempt", "alias", "receipt"} {
			var n int
			if err := l.db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil || n > 0 {
				t.Errorf("%s: %d left, %v", table, n, err)
			}
		}
		if got := must(l.Aliases.Imported(t.Context(), "sprint", []string{"one"}))(t); len(got) > 0 {
			t.Error(got)
		}
		if err := importing(t, l, aRun("bbbbbb"), "one", "Two").Ready(t.Context(), whole(2)); err != nil {
			t.Fatal(err)
		}
		if got := verdicts(t, l, "bbbbbb"); got != "delivered,accepted" {
			t.Errorf("the receipt that waited: %s", got)
		}
	})
}

func TestTwoImportedIDsNeverBecomeOne(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		digits := "1234567890123456789012345"
		if err := importing(t, l, aRun("aaaaaa"), "abc", "ABC", "Xyz", digits, digits[:24]+"6").Ready(t.Context(), whole(5)); err != nil {
			t.Fatal(err)
		}
		far := aRun("bbbbbb")
		far.Account, far.Gateway = "other", "d7"
		if err := importing(t, l, far, "Xyz").Ready(t.Context(), whole(1)); err != nil {
			t.Fatal(err)
		}
		receive(t, l, reportOn("ABC"), reportOn("xyz"), reportOn(digits))
		if got := receive(t, l, reportOn("Abc"), reportOn("1.234567890123457E+24")); got.Foreign != 2 {
			t.Errorf("%+v", got)
		}
		if got := verdicts(t, l, "aaaaaa"); got != "accepted,delivered,delivered,delivered,accepted" {
			t.Error(got)
		}
		if got := verdicts(t, l, "bbbbbb"); !strings.HasPrefix(got, "accepted") {
			t.Errorf("a receipt of sandeza's joined a message that went through d7: %s", got)
		}
	})
}

func TestWhoseAReceiptIsCanBeAskedWithoutJoiningIt(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		if err := importing(t, l, aRun("aaaaaa"), "abc", "ABC", "Xyz").Ready(t.Context(), whole(3)); err != nil {
			t.Fatal(err)
		}
		run := planned(t, l, aRun("bbbbbb"), 3)
		ours := l.Key().RefID(run.Campaign, run.ID, 3)
		for ref, want := range map[string]string{
			"abc": "aaaaaa 2 true", "ABC": "aaaaaa 3 true", "Abc": " 0 false", "XYZ": "aaaaaa 4 true", "other": " 0 false", "": " 0 false",
			ours: "bbbbbb 3 true", strings.ToUpper(ours): "bbbbbb 3 true",
		} {
			id, seq, ok, err := l.Aliases.Whose(t.Context(), reportOn(ref))
			if got := fmt.Sprint(id, " ", seq, " ", ok); err != nil || got != want {
				t.Errorf("%q: %s, %v; want %s", ref, got, err, want)
			}
		}
		if got := verdicts(t, l, "aaaaaa"); got != "accepted,accepted,accepted" {
			t.Error(got)
		}
		forged := ours[:len(ours)-1] + "0"
		if _, _, ok, err := l.Aliases.Whose(t.Context(), reportOn(forged)); ok && forged != ours || err != nil {
			t.Errorf("a forged id is somebody's: %v", err)
		}
	})
}

func TestStraysAreForgottenAfterThirtyDays(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		receive(t, l, reportOn("old"), reportOn("new"))
		var seen, expires int64
		err := l.db.QueryRowContext(t.Context(), `SELECT seen_at, expires_at FROM stray WHERE ref_id = 'old'`).Scan(&seen, &expires)
		if err != nil || expires-seen != (30*24*time.Hour).Microseconds() {
			t.Errorf("kept for %s, %v", time.Duration(expires-seen)*time.Microsecond, err)
		}
		err = l.change(t.Context(), func(ctx context.Context, t *tx) error {
			_, err := t.exec(ctx, `UPDATE stray SET seen_at = $1, expires_at = $2 WHERE ref_id = 'old'`, seen-1-strayLife.Microseconds(), seen-1)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		receive(t, l)
		if got := must(l.Strays.Counts(t.Context()))(t); got["foreign"] != 1 {
			t.Error(got)
		}
		// What was forgotten does not join any more; what was not, does.
		if err := importing(t, l, aRun("aaaaaa"), "old", "new").Ready(t.Context(), whole(2)); err != nil {
			t.Fatal(err)
		}
		if got := verdicts(t, l, "aaaaaa"); got != "accepted,delivered" {
			t.Error(got)
		}
	})
}
