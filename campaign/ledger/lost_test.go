package ledger

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"siaran/campaign"
)

// A cutter stands before PostgreSQL and cuts connections at a COMMIT: before the server sees it, or after,
// so that the answer is lost.
type cutter struct {
	server string
	cut    atomic.Int32 // 0: pass, 1: cut before, 2: cut after; once
}

// through returns dsn by way of a cutter.
func through(t *testing.T, dsn string) (*cutter, string) {
	t.Helper()
	u := must(url.Parse(dsn))(t)
	c := &cutter{server: filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432")}
	dir := t.TempDir()
	var config net.ListenConfig
	ln := must(config.Listen(t.Context(), "unix", filepath.Join(dir, ".s.PGSQL.5432")))(t)
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go c.serve(conn)
		}
	}()
	u.RawQuery = url.Values{"host": {dir}}.Encode()
	return c, u.String()
}

func (c *cutter) serve(client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := (&net.Dialer{}).DialContext(context.Background(), "unix", c.server) //nolint:forbidigo // ends with the server
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	var deaf atomic.Bool
	answered := make(chan struct{}, 1)
	go func() {
		b := make([]byte, 1<<16)
		for {
			n, err := server.Read(b)
			if err != nil {
				_ = client.Close()
				return
			}
			if deaf.Load() {
				answered <- struct{}{}
				return
			}
			if _, err := client.Write(b[:n]); err != nil {
				return
			}
		}
	}()
	b := make([]byte, 1<<16)
	for {
		n, err := client.Read(b)
		if err != nil {
			return
		}
		if bytes.Contains(b[:n], []byte("COMMIT\x00")) {
			switch c.cut.Swap(0) {
			case 1:
				return
			case 2:
				deaf.Store(true)
				_, _ = server.Write(b[:n])
				<-answered
				return
			}
		}
		if _, err := io.Copy(server, bytes.NewReader(b[:n])); err != nil {
			return
		}
	}
}

func TestALostCommitIsFoundOutAndABeginNeverMeetsItsOwnRow(t *testing.T) {
	for _, c := range []struct {
		what string
		cut  int32
	}{{"COMMIT did not arrive", 1}, {"its answer was lost", 2}} {
		t.Run(c.what, func(t *testing.T) {
			dsn := postgres(t)
			cutter, proxied := through(t, dsn)
			l, other := create(t, proxied), create(t, dsn)
			run := planned(t, l, aRun("aaaaaa"), 2)
			s := sending(t, l, terms(run))
			qs := queue(t, l, run.ID, defaults)
			cutter.cut.Store(c.cut)
			a := begin(t, s, qs[0])
			if got := verdicts(t, other, run.ID); got != "unknown,queued" {
				t.Errorf("on disk: %s", got)
			}
			cutter.cut.Store(c.cut)
			end(t, s, a, campaign.Answer{Outcome: campaign.Accepted})
			cutter.cut.Store(c.cut)
			if got := receive(t, l, delivered(l, run, 2)); got.New != 1 {
				t.Errorf("%+v", got)
			}
			if got := verdicts(t, other, run.ID); got != "delivered,queued" {
				t.Errorf("on disk: %s", got)
			}
			if cutter.cut.Load() != 0 {
				t.Error("nothing was cut")
			}
		})
	}
}

func TestACommitThatACrashOfTheServerLostIsDoneAgain(t *testing.T) {
	l := create(t, postgres(t))
	planned(t, l, aRun("aaaaaa"), 1)
	now := func() string {
		var id string
		if err := l.db.QueryRowContext(t.Context(), `SELECT pg_current_xact_id()::text`).Scan(&id); err != nil {
			t.Fatal(err)
		}
		return id
	}
	for _, c := range []struct {
		what, id string
		number   int64
		want     bool
	}{
		{"the server knows it", now(), 1, true},
		{"the server never heard of it", "4000000000", 2, false},
		{"the server gave its id to another", now(), 2, false},
	} {
		lost := conn{l: l.core, mark: "commit of a test", last: c.number, lost: c.id}
		_, err := l.db.ExecContext(t.Context(), `INSERT INTO meta (name, value) VALUES ($1, '1') ON CONFLICT DO NOTHING`, lost.mark)
		if err != nil {
			t.Fatal(err)
		}
		if got := lost.lostCommitted(t.Context()); got != c.want {
			t.Errorf("%s: committed is %v", c.what, got)
		}
	}
}

func TestAClosedLedgerLeavesNoMarkOfItsWriter(t *testing.T) {
	dsn := postgres(t)
	l := must(Create(t.Context(), Settings{DSN: dsn, Host: "test"}))(t)
	planned(t, l, aRun("aaaaaa"), 1)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for name := range must(create(t, dsn).meta(t.Context()))(t) {
		if strings.HasPrefix(name, "commit") {
			t.Errorf("%s is left", name)
		}
	}
}
