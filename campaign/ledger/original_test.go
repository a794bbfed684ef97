package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
)

func TestABackupPutInPlaceAsksAlsoWhenNothingWasSentSince(t *testing.T) {
	path := filepath.Join(t.TempDir(), "siaran.db")
	backup := path + ".backup"
	l := create(t, path)
	if err := errors.Join(l.Original.Claim(t.Context()), l.Health.Backup(t.Context(), backup), l.Close(), os.Rename(backup, path)); err != nil {
		t.Fatal(err)
	}
	l = create(t, path)
	if err := l.Original.Claim(t.Context()); !errors.Is(err, ErrCopied) || !strings.Contains(err.Error(), "it is the backup of 20") {
		t.Fatalf("a backup beside the right file: %v", err)
	}
	if err := errors.Join(l.Original.Adopt(t.Context()), l.Original.Claim(t.Context())); err != nil {
		t.Errorf("adopted: %v", err)
	}
}

func TestALedgerAndItsBackupAreTheirOwnersToRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "siaran.db")
	l := create(t, path)
	if err := l.Health.Backup(t.Context(), path+".backup"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "-wal", path + ".backup"} {
		if info := must(os.Stat(name))(t); info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", name, info.Mode())
		}
	}
}

func TestOnlyPlansWhosePlannerIsGoneAreHalf(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l, other := create(t, dsn), create(t, dsn)
		plan := must(l.Plans.Start(t.Context(), aRun("aaaaaa")))(t)
		if half := must(other.Plans.Half(t.Context()))(t); len(half) != 0 || !must(other.Owners.Owned(t.Context(), "aaaaaa"))(t) {
			t.Errorf("its planner lives: %v", half)
		}
		if err := plan.lock.Release(); err != nil { // as the kernel does when it dies
			t.Fatal(err)
		}
		if half := must(other.Plans.Half(t.Context()))(t); len(half) != 1 || half[0].ID != "aaaaaa" {
			t.Errorf("its planner is gone: %v", half)
		}
	})
}

func TestWhatAPersonSaysWasNotTakenIsTriedAgainOrNotSent(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := planned(t, l, aRun("aaaaaa"), 1)
		s := sending(t, l, terms(run))
		q := queue(t, l, run.ID, defaults)[0]
		end(t, s, begin(t, s, q), campaign.Answer{Outcome: campaign.Unknown})
		if doubtful := must(l.Doubts.Runs(t.Context()))(t); !doubtful[run.ID] {
			t.Error("an unknown row is no doubt")
		}
		must(l.Doubts.Settle(t.Context(), run.ID, []int{q.Seq}, campaign.NotTaken, "the portal does not show it"))(t)
		once := campaign.Policy{Retry: campaign.Retry{Attempts: 1}}
		if qs := queue(t, l, run.ID, once); len(qs) != 1 {
			t.Errorf("%d rows queued: a person's word counts as a try", len(qs))
		}
		if got := verdicts(t, l, run.ID); got != "queued" {
			t.Errorf("in an unfinished run: %s", got)
		}
		must(l.Runs.SetState(t.Context(), run.ID, nil, campaign.StateDone, "", ""))(t)
		if got := verdicts(t, l, run.ID); got != "not sent" {
			t.Errorf("in a finished run: %s", got)
		}
		if doubtful := must(l.Doubts.Runs(t.Context()))(t); doubtful[run.ID] {
			t.Error("settled, and still in doubt")
		}
	})
}

func TestAQueueThatIsReadWhileTheServerRestartsWaits(t *testing.T) {
	l := create(t, postgres(t))
	run := planned(t, l, aRun("aaaaaa"), 2500)
	n := 0
	back := make(chan error, 1)
	for _, err := range l.Queue(t.Context(), run.ID, defaults) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == queuePage {
			if err := server.Halt(); err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(300*time.Millisecond, func() { back <- server.Launch(t.Context()) })
		}
	}
	if err := <-back; err != nil {
		t.Fatal(err)
	}
	if n != 2500 {
		t.Errorf("%d messages of 2500", n)
	}
}
