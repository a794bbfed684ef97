package main

import (
	"bytes"
	"context"
	"database/sql"
	"slices"
	"sync"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway/simulator"
)

// TestARestartedLedgerServerMeansWaitingAndNotStopping crashes PostgreSQL in the middle of a run, twice.
func TestARestartedLedgerServerMeansWaitingAndNotStopping(t *testing.T) {
	t.Parallel()
	const rows = 600
	sv := startPostgres(t)
	s := newStage(t, play{Rows: rows, Ledger: sv.DSN(t), Conduct: brisk + "workers: 8\nrate: 300/s"})
	s.gateway(simulator.Settings{Faults: parseFaults(t, "latency=1ms..10ms")}, ", timeout: 30s")
	var restarts sync.WaitGroup
	t.Cleanup(restarts.Wait)
	for _, n := range []int{rows / 4, rows / 2} {
		s.at(n, func() {
			restarts.Go(func() {
				if err := sv.Halt(); err != nil {
					t.Error(err)
					return
				}
				time.Sleep(300 * time.Millisecond)
				if err := sv.Launch(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
	cmd, out, errs := s.process(nil, "siaran", "send", "--yes", "--json", "c.yaml")
	code := s.exitCode(cmd)
	sum := lastSummary(out.String())
	if (code != exitOK && code != exitRows) || sum.State != "done" || sum.Accepted+sum.Unknown != rows {
		t.Fatalf("exit code %d, %+v: %s", code, sum, errs)
	}
	if unknown := s.audit(rows, sum, s.record(), false); unknown > 0 {
		t.Errorf("%d rows are unknown: their answers had only to wait", unknown)
	}
}

// TestASenderThatLostItsRunToAnotherBeginsNothingMore ends the session that holds the run, and takes the run before
// the sender is back.
func TestASenderThatLostItsRunToAnotherBeginsNothingMore(t *testing.T) {
	t.Parallel()
	const rows = 3000
	s := newStage(t, play{Rows: rows, Ledger: postgresDSN(t), Conduct: brisk + "workers: 4\nrate: 50/s"})
	sim, _ := s.gateway(simulator.Settings{}, ", timeout: 30s")
	first, _, errs := s.process(nil, "siaran", "send", "--yes", "--json", "c.yaml")
	for sim.Counts().Requests < 20 {
		time.Sleep(5 * time.Millisecond)
	}
	defer s.takeOver()()
	code := s.exitCode(first)
	if code != exitBusy || !bytes.Contains(errs.Bytes(), []byte("another")) {
		t.Errorf("exit code %d: %s", code, errs)
	}
	n := sim.Counts().Requests
	if n >= rows {
		t.Errorf("%d requests: it sent on", n)
	}
	accepted := 0
	for seq, r := range s.booked() {
		switch {
		case len(r.outcomes) == 0:
		case r.fold() == campaign.VerdictAccepted:
			accepted++
		case !slices.Equal(r.outcomes, []campaign.Outcome{campaign.NotTaken}): // it was not out yet
			t.Errorf("row %d: %v: what had begun is finished and recorded", seq, r.outcomes)
		}
	}
	if accepted != n {
		t.Errorf("%d accepted of %d requests", accepted, n)
	}
}

// takeOver ends the session that holds a run's lock, and takes the lock. It returns how to give it back.
func (s *stage) takeOver() (giveBack func()) {
	s.Helper()
	db, err := sql.Open("pgx", s.ledger)
	if err != nil {
		s.Fatal(err)
	}
	conn, err := db.Conn(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	var pid int
	var key int64
	if err := conn.QueryRowContext(s.Context(), `SELECT pid, (classid::bigint << 32) | objid::bigint FROM pg_locks
		WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&pid, &key); err != nil {
		s.Fatal(err)
	}
	for ours := false; !ours; {
		if _, err := conn.ExecContext(s.Context(), `SELECT pg_terminate_backend($1)`, pid); err != nil {
			s.Fatal(err)
		}
		if err := conn.QueryRowContext(s.Context(), `SELECT pg_try_advisory_lock($1)`, key).Scan(&ours); err != nil {
			s.Fatal(err)
		}
	}
	return func() {
		_, err := conn.ExecContext(context.WithoutCancel(s.Context()), `SELECT pg_advisory_unlock($1)`, key)
		if err != nil {
			s.Error(err)
		}
		_ = conn.Close()
		_ = db.Close()
	}
}
