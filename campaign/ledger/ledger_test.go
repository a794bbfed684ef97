package ledger

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/ledger/ledgertest"
)

// server is the one PostgreSQL of this package's tests, started by the first that needs it.
var server struct {
	sync.Once
	*ledgertest.Server
	err error
}

func TestMain(m *testing.M) {
	if dsn := os.Getenv(childEnv); dsn != "" {
		fmt.Fprintln(os.Stderr, child(dsn))
		os.Exit(1)
	}
	code := m.Run()
	if server.Server != nil {
		if err := server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

func postgres(t testing.TB) string {
	t.Helper()
	server.Do(func() { server.Server, server.err = ledgertest.Start(context.WithoutCancel(t.Context())) })
	if server.err != nil {
		t.Fatalf("every ledger test runs on PostgreSQL too: %v", server.err)
	}
	return server.DSN(t)
}

// onBoth runs test on an empty ledger of each engine.
func onBoth(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "siaran.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, postgres(t)) })
}

// gateways are those whose ids the tests join by.
var gateways = []campaign.Gateway{
	{Name: "sandeza", IDs: campaign.IDsOfOthers},
	{Name: "meta", IDs: campaign.IDsOfOthers},
	{Name: "sinchindia", IDs: campaign.IDsOfAnswers},
	{Name: "d7", IDs: campaign.IDsOfAnswers},
}

// create makes a ledger that is closed when the test ends.
func create(t testing.TB, dsn string) *Ledger {
	t.Helper()
	l, err := Create(t.Context(), Settings{DSN: dsn, Host: "test", Gateways: gateways})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

var day = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// aRun is a run as planning makes it.
func aRun(id string) campaign.Run {
	return campaign.Run{
		ID: id, Kind: campaign.KindSend, Campaign: "tagihan", Account: "sprint", Gateway: "sandeza", Live: true, FileName: "tagihan.xlsx",
		RowsDigest: "digest of " + id, Channels: []campaign.ChannelKind{campaign.WhatsApp}, Tries: 4, Definition: []byte("name: tagihan\n"), CreatedAt: day,
		Header: campaign.Header{Row: 1, Columns: []campaign.Column{{Name: "Nama", Letter: "A"}, {Name: "Nomor HP", Letter: "B"}}},
	}
}

// messagesOf makes n messages, rows 2 to n+1.
func messagesOf(l *Ledger, run campaign.Run, n int) []campaign.Message {
	ms := make([]campaign.Message, n)
	for i := range ms {
		seq := i + 2
		address := fmt.Sprintf("62812%08d", i)
		ms[i] = campaign.Message{
			Run: run.ID, Seq: seq, RefID: l.Key().RefID(run.Campaign, run.ID, seq), Address: address,
			Cells:  []campaign.Cell{campaign.TextCell("Siti <&> \"é\""), {Kind: campaign.Number, Raw: address, Text: address}},
			Digest: fmt.Appendf(nil, "digest-%d", i),
		}
	}
	return ms
}

// planned makes a run with n messages ready.
func planned(t testing.TB, l *Ledger, run campaign.Run, n int) campaign.Run {
	t.Helper()
	p, err := l.Plans.Start(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Add(t.Context(), messagesOf(l, run, n)); err != nil {
		t.Fatal(err)
	}
	if err := p.Ready(t.Context(), whole(n)); err != nil {
		t.Fatal(err)
	}
	return p.Run()
}

// whole is a plan of n rows whose guards saw everything.
func whole(n int) campaign.Ready { return campaign.Ready{Rows: n, Seen: math.MaxInt64} }

func terms(run campaign.Run) Terms {
	return Terms{
		Run: run, Account: campaign.Account{Name: "sprint", Rate: campaign.Unlimited, Burst: 1, Timeout: 30 * time.Second},
		Purpose: campaign.PurposeMarketing,
	}
}

func sending(t testing.TB, l *Ledger, ts Terms) *Attempts {
	t.Helper()
	return must(l.Attempts(t.Context(), ts))(t)
}

// queue returns the whole queue of a run.
func queue(t testing.TB, l *Ledger, run string, o campaign.Policy) []campaign.Queued {
	t.Helper()
	var qs []campaign.Queued
	for q, err := range l.Queue(t.Context(), run, o) {
		if err != nil {
			t.Fatal(err)
		}
		qs = append(qs, q)
	}
	return qs
}

var defaults = campaign.Policy{Retry: campaign.DefaultRetry, OnUnknown: campaign.UnknownHold}

// begin begins q, which must be free.
func begin(t testing.TB, s *Attempts, q campaign.Queued) campaign.Attempt {
	t.Helper()
	b, err := s.Begin(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if !b.Go {
		t.Fatalf("row %d does not begin: %+v", q.Seq, b)
	}
	return b.Attempt
}

// end ends a and waits until that is on disk.
func end(t testing.TB, s *Attempts, a campaign.Attempt, answer campaign.Answer) {
	t.Helper()
	a.Answer, a.Counts = answer, !answer.Systemic
	a.EndedAt = a.BegunAt.Add(50 * time.Millisecond)
	on := make(chan error, 1)
	s.End(a, func(err error) { on <- err })
	if err := <-on; err != nil {
		t.Fatal(err)
	}
}

func histories(t testing.TB, l *Ledger, run string) []campaign.History {
	t.Helper()
	var hs []campaign.History
	for h, err := range l.Histories.Of(t.Context(), run) {
		if err != nil {
			t.Fatal(err)
		}
		hs = append(hs, h)
	}
	return hs
}

func verdicts(t testing.TB, l *Ledger, run string) string {
	t.Helper()
	var s []string
	for _, h := range histories(t, l, run) {
		s = append(s, string(h.Verdict()))
	}
	return strings.Join(s, ",")
}

func TestWhatIsPlannedIsReadBackAsItWas(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := planned(t, l, aRun("aaaaaa"), 2500)
		got := must(l.Runs.ByID(t.Context(), run.ID))(t)
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", run) {
			t.Errorf("run\n%+v\nwant\n%+v", got, run)
		}
		want := messagesOf(l, run, 2500)
		i := 0
		for _, q := range queue(t, l, run.ID, defaults) {
			if fmt.Sprintf("%+v", q.Message) != fmt.Sprintf("%+v", want[i]) {
				t.Fatalf("message\n%+v\nwant\n%+v", q.Message, want[i])
			}
			i++
		}
		if i != 2500 {
			t.Errorf("%d messages are queued, want 2500", i)
		}
		if hs := histories(t, l, run.ID); len(hs) != 2500 || fmt.Sprintf("%+v", hs[7].Message) != fmt.Sprintf("%+v", want[7]) {
			t.Errorf("%d histories", len(hs))
		}
		if runs := must(l.Runs.All(t.Context()))(t); len(runs) != 1 {
			t.Errorf("%d runs", len(runs))
		}
		if _, ok, err := l.Runs.ByIdentity(t.Context(), run.Identity()); !ok || err != nil {
			t.Errorf("the run is not found by its identity: %v", err)
		}
		if found := must(l.Health.Check(t.Context()))(t); len(found) > 0 {
			t.Error(found)
		}
	})
}

func TestARunGoesThroughToItsVerdicts(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		l := create(t, dsn)
		run := planned(t, l, aRun("aaaaaa"), 6)
		s := sending(t, l, terms(run))
		answers := []campaign.Answer{
			{Outcome: campaign.Accepted, GatewayID: "g1", HTTP: 200},
			{Outcome: campaign.Refused, Code: "rc 7", Reason: "Invalid number"},
			{Outcome: campaign.NotTaken, Code: "dns"},
			{Outcome: campaign.Unknown, Code: "timeout"},
			{Outcome: campaign.NotTaken, Code: "rc 8", Systemic: true},
		}
		for i, q := range queue(t, l, run.ID, defaults)[:5] {
			end(t, s, begin(t, s, q), answers[i])
		}
		if got, want := verdicts(t, l, run.ID), "accepted,refused,queued,unknown,queued,queued"; got != want {
			t.Errorf("verdicts %s, want %s", got, want)
		}
		qs := queue(t, l, run.ID, defaults)
		var order []int
		for _, q := range qs {
			order = append(order, q.Seq)
		}
		if fmt.Sprint(order) != "[6 4 7]" {
			t.Errorf("the queue is %v, want the systemic row 6 first, then 4 and 7", order)
		}
		if qs[0].Systemic != "rc 8" || qs[0].Attempts != 1 || qs[0].Tries != 0 || !qs[0].NotTill.IsZero() {
			t.Errorf("systemic: %+v", qs[0])
		}
		if qs[1].Attempts != 1 || qs[1].Tries != 1 || qs[1].NotTill.IsZero() {
			t.Errorf("not taken: %+v", qs[1])
		}
		again := queue(t, l, run.ID, campaign.Policy{Retry: campaign.Retry{Attempts: 1}, OnUnknown: campaign.UnknownHold})
		if len(again) != 2 {
			t.Errorf("with no try left %d are queued, want 2", len(again))
		}
		resend := queue(t, l, run.ID, campaign.Policy{Retry: campaign.DefaultRetry, OnUnknown: campaign.UnknownResend})
		if len(resend) != 4 || !resend[2].Unknown {
			t.Errorf("with on_unknown: resend: %+v", resend)
		}
		h := histories(t, l, run.ID)
		if a := h[0].Attempts[0]; a.GatewayID != "g1" || a.HTTP != 200 || a.Host != "test" || a.EndedAt.Sub(a.BegunAt) != 50*time.Millisecond {
			t.Errorf("attempt read back as %+v", a)
		}
		if a := h[4].Attempts[0]; !a.Systemic || a.Counts {
			t.Errorf("systemic attempt read back as %+v", a)
		}
	})
}

func TestNoLedgerIsNotAnEmptyOne(t *testing.T) {
	dir := t.TempDir()
	for name, dsn := range map[string]string{"no file": filepath.Join(dir, "siaran.db"), "no folder": filepath.Join(dir, "x", "siaran.db"), "empty database": postgres(t)} {
		if _, err := Open(t.Context(), Settings{DSN: dsn}); !errors.Is(err, ErrMissing) {
			t.Errorf("%s: %v, want ErrMissing", name, err)
		}
	}
	if left := must(os.ReadDir(dir))(t); len(left) > 0 {
		t.Errorf("looking for a ledger left %v", left)
	}
}
