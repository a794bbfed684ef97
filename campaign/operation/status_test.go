package operation

import (
	"errors"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/ledger"
)

func TestAMonitorAsksForADoneRunOfTodayOnTheZonesClocks(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 18, 0, 0, 0, time.UTC)                                                                       // 01:00 on 22 November in Jakarta
	today, yesterday := now.Add(-30*time.Minute), now.Add(-2*time.Hour)                                                         // 00:30 and 23:00
	run := campaign.Run{ID: "3k9x2f", Campaign: "gajian", Kind: campaign.KindSend, State: campaign.StateDone, CreatedAt: today} // as it should be
	with := func(change func(*campaign.Run)) []campaign.Run {
		r := run
		change(&r)
		return []campaign.Run{{ID: "other"}, r}
	} // else
	for _, c := range []struct {
		about string
		runs  []campaign.Run
		name  string
		want  bool
	}{
		{"it ran", with(func(*campaign.Run) {}), "gajian", true},
		{"by its id", with(func(*campaign.Run) {}), "3k9x2f", true},
		{"any campaign", with(func(*campaign.Run) {}), "", true},
		{"another campaign", with(func(*campaign.Run) {}), "tagihan", false},
		{"yesterday's", with(func(r *campaign.Run) { r.CreatedAt = yesterday }), "gajian", false},
		{"not done", with(func(r *campaign.Run) { r.State = campaign.StatePaused }), "gajian", false},
		{"a resend", with(func(r *campaign.Run) { r.Kind = campaign.KindResend }), "gajian", false},
		{"none", nil, "gajian", false},
	} {
		if got := DoneToday(c.runs, c.name, now, wib); got != c.want {
			t.Errorf("%s: %v", c.about, got)
		}
	}
}

func TestStatusOfNothingIsNothingAndOfAnUnknownNameAnError(t *testing.T) {
	t.Parallel()
	s := settings(t)
	book := open(t, s)
	for status, err := range Status(t.Context(), s, book, "") {
		t.Errorf("an empty ledger has %v, %v", status, err)
	}
	var last error
	for _, err := range Status(t.Context(), s, book, "gajian") {
		last = err
	}
	if !errors.Is(last, ledger.ErrNoRun) {
		t.Errorf("a name of nothing: %v", last)
	}
}

func TestOnlyARunThatIsBeingSentHasAPace(t *testing.T) {
	t.Parallel()
	s := settings(t)
	imported := campaign.Run{Account: "other", Kind: campaign.KindImported, State: campaign.StateReady, Definition: []byte("channel: sms\n")}
	for _, c := range []struct {
		about  string
		change func(*campaign.Run)
		want   bool
	}{
		{"ready", func(*campaign.Run) {}, true},
		{"done", func(r *campaign.Run) { r.State = campaign.StateDone }, false},
		{"its account is gone", func(r *campaign.Run) { r.Account = "gone" }, false},
	} {
		run := imported
		c.change(&run)
		p := paceOf(s, run)
		if (p != nil) != c.want || p != nil && (p.Account != "other" || p.Limit != 10) {
			t.Errorf("%s: %+v", c.about, p)
		}
	}
}
