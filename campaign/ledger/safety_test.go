package ledger

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
)

func TestTroublesWithTheFileAreToldApart(t *testing.T) {
	for _, c := range []struct {
		what string
		make func(t *testing.T, path string)
		want error
	}{
		{"not a database", func(t *testing.T, path string) { write(t, path, []byte("nama,nomor\nSiti,0812\n")) }, ErrDamaged},
		{"empty", func(t *testing.T, path string) { write(t, path, nil) }, ErrDamaged},
		{"a folder", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, ErrDamaged},
		{"torn", func(t *testing.T, path string) {
			closed(t, path)
			if err := os.Truncate(path, 40960); err != nil {
				t.Fatal(err)
			}
		}, ErrDamaged},
		{"overwritten", func(t *testing.T, path string) {
			closed(t, path)
			b := must(os.ReadFile(path))(t)
			copy(b[4096:], bytes.Repeat([]byte{0xee}, len(b)-8192))
			write(t, path, b)
		}, ErrDamaged},
		{"somebody else's database", func(t *testing.T, path string) {
			l := closed(t, path)
			behind(t, l, "ALTER TABLE goose_db_version RENAME TO other")
		}, ErrDamaged},
		{"newer", func(t *testing.T, path string) {
			l := closed(t, path)
			behind(t, l, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
		}, ErrNewer},
	} {
		t.Run(c.what, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "siaran.db")
			c.make(t, path)
			before, _ := os.ReadFile(path)
			_, err := Open(t.Context(), Settings{DSN: path})
			if !errors.Is(err, c.want) {
				t.Fatalf("%v, want %v", err, c.want)
			}
			if !strings.Contains(err.Error(), path) {
				t.Errorf("the error does not name the file: %v", err)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
		})
	}
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// closed makes a ledger with some messages and closes it.
func closed(t *testing.T, path string) *Ledger {
	t.Helper()
	l := must(Create(t.Context(), Settings{DSN: path, Host: "test"}))(t)
	planned(t, l, aRun("aaaaaa"), 500)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l
}

// behind runs one statement on the ledger's file behind its back.
func behind(t *testing.T, l *Ledger, query string) {
	t.Helper()
	if err := openSQLite(t.Context(), l.core, false); err != nil {
		t.Fatal(err)
	}
	if _, err := l.out.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
	if err := l.closePools(); err != nil {
		t.Fatal(err)
	}
}

func TestANewerSchemaOnPostgresIsRefused(t *testing.T) {
	dsn := postgres(t)
	l := create(t, dsn)
	if _, err := l.db.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, TRUE)"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Settings{DSN: dsn}); !errors.Is(err, ErrNewer) {
		t.Error(err)
	}
}

func TestCreateKeepsWhatIsThere(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		planned(t, l, aRun("aaaaaa"), 3)
		again := create(t, dsn)
		if !bytes.Equal(l.Key(), again.Key()) || len(l.Key()) != 32 {
			t.Error("another key")
		}
		if runs := must(again.Runs.All(t.Context()))(t); len(runs) != 1 {
			t.Errorf("%d runs", len(runs))
		}
	})
}

func TestACopiedRestoredOrOrphanedLedgerAsks(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "siaran.db")
	l := create(t, path)
	claim := func(l *Ledger) error {
		if err := l.Original.Copied(t.Context()); err != nil {
			return err
		}
		return l.Original.Claim(t.Context())
	}
	for range 3 {
		if err := claim(l); err != nil {
			t.Fatal(err)
		}
	}
	copied := filepath.Join(t.TempDir(), "siaran.db")
	if err := l.Health.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	other := create(t, copied)
	if err := claim(other); !errors.Is(err, ErrCopied) {
		t.Errorf("a copy without its file: %v", err)
	}
	if err := other.Original.Claim(t.Context()); !errors.Is(err, ErrCopied) {
		t.Errorf("claimed: %v", err)
	}
	if err := errors.Join(other.Original.Adopt(t.Context()), claim(other)); err != nil {
		t.Errorf("adopted: %v", err)
	}
	id := must(os.ReadFile(path + ".id"))(t)
	if err := claim(l); err != nil {
		t.Fatal(err)
	}
	later := must(os.ReadFile(path + ".id"))(t)
	write(t, path+".id", bytes.Replace(later, []byte(" 4"), []byte(" 9"), 1))
	if err := claim(l); !errors.Is(err, ErrCopied) || !strings.Contains(err.Error(), "5 sends behind") {
		t.Errorf("a ledger behind its file: %v", err)
	}
	write(t, path+".id", id)
	if err := claim(l); err != nil {
		t.Errorf("a crash between ledger and file: %v", err)
	}
	write(t, path+".id", []byte("ANOTHER 3\n"))
	if err := claim(l); !errors.Is(err, ErrCopied) {
		t.Errorf("another ledger's file: %v", err)
	}
	if err := os.Remove(path + ".id"); err != nil {
		t.Fatal(err)
	}
	if err := claim(l); !errors.Is(err, ErrCopied) {
		t.Errorf("no file: %v", err)
	}
}

func TestAPostgresLedgerInAnotherDatabaseAsks(t *testing.T) {
	l := create(t, postgres(t))
	if err := errors.Join(l.Original.Claim(t.Context()), l.Original.Claim(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, err := l.db.ExecContext(t.Context(), "UPDATE meta SET value = '\\x31' WHERE name = 'server'"); err != nil {
		t.Fatal(err)
	}
	if err := l.Original.Claim(t.Context()); !errors.Is(err, ErrCopied) {
		t.Errorf("as restored elsewhere: %v", err)
	}
	if err := errors.Join(l.Original.Adopt(t.Context()), l.Original.Claim(t.Context())); err != nil {
		t.Errorf("adopted: %v", err)
	}
}

func TestABackupWhileSendingIsOneMomentOfTheLedger(t *testing.T) {
	l := create(t, filepath.Join(t.TempDir(), "siaran.db"))
	run := planned(t, l, aRun("aaaaaa"), 200)
	s := sending(t, l, terms(run))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, q := range queue(t, l, run.ID, defaults) {
			end(t, s, begin(t, s, q), campaign.Answer{Outcome: campaign.Accepted})
		}
	}()
	for i := range 3 {
		path := filepath.Join(t.TempDir(), "backup.db")
		if err := l.Health.Backup(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		b := must(Open(t.Context(), Settings{DSN: path, ReadOnly: true}))(t)
		if found := must(b.Health.Check(t.Context()))(t); len(found) > 0 {
			t.Error(found)
		}
		if n := len(histories(t, b, run.ID)); n != 200 {
			t.Errorf("backup %d has %d messages", i, n)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if err := l.Health.Backup(t.Context(), path); err == nil {
			t.Error("a backup was written over another")
		}
	}
	<-done
	if err := create(t, postgres(t)).Health.Backup(t.Context(), filepath.Join(t.TempDir(), "b")); err == nil || !strings.Contains(err.Error(), "pg_dump") {
		t.Errorf("PostgreSQL: %v", err)
	}
}

func TestARestartedServerMeansWaiting(t *testing.T) {
	l := create(t, postgres(t))
	const n = 200
	run := planned(t, l, aRun("aaaaaa"), n)
	o := must(l.Owners.Own(t.Context(), run.ID))(t)
	defer func() { _ = o.Release() }()
	s := sending(t, l, terms(run))
	qs := queue(t, l, run.ID, defaults)
	next := make(chan campaign.Queued)
	results := make(chan string, n)
	for range 8 {
		go func() {
			for q := range next {
				b, err := s.Begin(t.Context(), q)
				if err != nil || !b.Go {
					results <- "does not begin"
					continue
				}
				b.Attempt.Answer = campaign.Answer{Outcome: campaign.Accepted}
				s.End(b.Attempt, func(err error) {
					if err != nil {
						results <- err.Error()
						return
					}
					results <- "accepted"
				})
			}
		}()
	}
	for i, q := range qs {
		if i%80 == 40 {
			if err := server.Halt(); err != nil {
				t.Fatal(err)
			}
			go func() {
				time.Sleep(300 * time.Millisecond)
				if err := server.Launch(context.WithoutCancel(t.Context())); err != nil {
					t.Error(err)
				}
			}()
		}
		next <- q
	}
	close(next)
	for range n {
		if r := <-results; r != "accepted" {
			t.Error(r)
		}
	}
	if got := strings.Count(verdicts(t, l, run.ID), "accepted"); got != n {
		t.Errorf("%d accepted, want %d", got, n)
	}
	select {
	case <-o.Lost():
		t.Error("the ownership was lost though nobody else had it")
	default:
	}
}
