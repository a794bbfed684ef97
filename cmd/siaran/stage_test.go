package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway/simulator"
	"siaran/campaign/operation"
)

// A stage is a folder with settings, a campaign and its file, and a ledger, for tests of sending.
type stage struct {
	testing.TB
	dir    string
	ledger string // as in siaran.yaml
	moment moments
}

// A play is what a stage is set up with.
type play struct {
	URL     string // of the gateway; empty: one where nobody listens
	Rows    int    // 0: 100
	Account string // more of the account, such as ", rate: 5/s"
	Conduct string // more lines of the campaign
	Ledger  string // empty: siaran.db
}

// newStage writes the files of p and makes the ledger.
func newStage(t testing.TB, p play) *stage {
	t.Helper()
	s := &stage{TB: t, dir: t.TempDir(), ledger: p.Ledger}
	if s.ledger == "" {
		s.ledger = filepath.Join(s.dir, "siaran.db")
	}
	if p.Rows == 0 {
		p.Rows = 100
	}
	if p.URL == "" {
		p.URL = "http://127.0.0.1:1"
	}
	var b bytes.Buffer
	b.WriteString("Nama,HP\n")
	for i := range p.Rows {
		fmt.Fprintf(&b, "Budi %d,6281%08d\n", i, 20_000_000+i)
	}
	s.write("people.csv", b.String())
	s.write("c.yaml", "name: c\naccount: a\nfile: people.csv\n"+p.Conduct+"\nchannels:\n  - sms: {to: HP, message: \"Halo {{Nama}}\"}\n")
	s.settings(p.URL, p.Account)
	if code, _, stderr := s.siaran("init"); code != exitOK {
		t.Fatalf("init: %d: %s", code, stderr)
	}
	return s
}

// settings writes siaran.yaml anew.
func (s *stage) settings(gateway, account string) {
	s.Helper()
	s.write("siaran.yaml", fmt.Sprintf("ledger: %q\naccounts:\n  a: {gateway: sandeza, url: %q, live: false, username: demo, password: demo, sender_id: BANKKU%s}\n", s.ledger, gateway, account))
}

func (s *stage) path(name string) string { return filepath.Join(s.dir, name) }

func (s *stage) write(name, text string) {
	s.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
}

func (s *stage) read(name string) string {
	s.Helper()
	data, err := os.ReadFile(s.path(name))
	if err != nil {
		s.Fatal(err)
	}
	return string(data)
}

// siaran runs a command in this process.
func (s *stage) siaran(args ...string) (code int, stdout, stderr string) {
	return s.within(s.Context(), args...)
}

// within is siaran until ctx ends, as if interrupted then.
func (s *stage) within(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	for i, a := range args {
		if a == "c.yaml" {
			args[i] = s.path(a)
		}
	}
	if args[0] == "init" {
		args = append(args, s.dir, "--ledger", s.ledger)
	} else {
		args = append(args, "--config", s.path("siaran.yaml"))
	}
	var out, errs bytes.Buffer
	code = execute(ctx, args, stdio{strings.NewReader(""), &out, &errs})
	return code, out.String(), errs.String()
}

// send runs siaran send and returns its exit code and summary.
func (s *stage) send() (code int, sum operation.Summary, stderr string) {
	s.Helper()
	return s.sendWithin(s.Context())
}

func (s *stage) sendWithin(ctx context.Context) (code int, sum operation.Summary, stderr string) {
	s.Helper()
	code, stdout, stderr := s.within(ctx, "send", "--yes", "--json", "c.yaml")
	return code, lastSummary(stdout), stderr
}

// lastSummary is the summary of a command with --json; the zero one if it came to none.
func lastSummary(stdout string) (sum operation.Summary) {
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	_ = json.Unmarshal([]byte(lines[len(lines)-1]), &sum) // no summary, no counts
	return sum
}

// process starts a command of ours as a process of its own, in the stage's folder: siaran, or siaran-mortal.
func (s *stage) process(env []string, name string, args ...string) (*exec.Cmd, *bytes.Buffer, *bytes.Buffer) {
	s.Helper()
	cmd := exec.Command(name, args...) //nolint:noctx,gosec // it is killed, and waited for
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, &out, &errs
	cmd.Env = append(os.Environ(), env...)
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	return cmd, &out, &errs
}

// exitCode waits for a process; -1 if it was killed.
func (s *stage) exitCode(cmd *exec.Cmd) int {
	s.Helper()
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}

// simulate starts the gateway in a process of its own, which ends with the test. It records into name.
func (s *stage) simulate(name, faults string) (address string) {
	s.Helper()
	address = unusedAddress()
	cmd, _, errs := s.process(nil, "siaran", "simulate", "--address", address, "--record", s.path(name), "--faults", faults, "--username", "demo", "--password", "demo")
	s.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	for range 500 {
		if c, err := net.Dial("tcp", address); err == nil { //nolint:noctx // loopback
			_ = c.Close()
			return address
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.Fatalf("the simulator does not answer: %s", errs)
	return ""
}

// gateway serves a simulator in this process until the test ends, records into seen.jsonl, and sends the stage
// there. more is more of the account.
func (s *stage) gateway(set simulator.Settings, more string) (sim *simulator.Server, address string) {
	s.Helper()
	record, err := os.Create(s.path("seen.jsonl"))
	if err != nil {
		s.Fatal(err)
	}
	set.Record = &watched{File: record, moments: &s.moment}
	if sim, err = simulator.New(set); err != nil {
		s.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed by Serve
	if err != nil {
		s.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(s.Context()))
	ended := make(chan error, 1)
	go func() { ended <- sim.Serve(ctx, l) }()
	s.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, record.Close()); err != nil {
			s.Error(err)
		}
	})
	s.settings("http://"+l.Addr().String(), more)
	return sim, l.Addr().String()
}

// at does something when the gateway has seen n requests, before it answers the last of them. do must not wait.
func (s *stage) at(n int, do func()) {
	s.moment.mu.Lock()
	defer s.moment.mu.Unlock()
	if s.moment.do == nil {
		s.moment.do = map[int]func(){}
	}
	s.moment.do[n] = do
}

// moments are what is to be done at the n-th request.
type moments struct {
	mu   sync.Mutex
	seen int
	do   map[int]func()
}

// A watched record is one of which moments see every line as it is written.
type watched struct {
	*os.File
	moments *moments
}

func (w *watched) Write(line []byte) (int, error) {
	n, err := w.File.Write(line)
	w.moments.mu.Lock()
	w.moments.seen++
	do := w.moments.do[w.moments.seen]
	w.moments.mu.Unlock()
	if do != nil {
		do()
	}
	return n, err
}

// A visit is one request as the simulator recorded it.
type visit struct {
	At    time.Time `json:"at"`
	RefID string    `json:"ref_id"`
	RC    string    `json:"rc"`
	HTTP  int       `json:"http"`
	Took  bool      `json:"took"`
	Fault string    `json:"fault"`
}

// notTaken reports whether the answer said that the message was not taken, so that it may come again.
func (v visit) notTaken() bool {
	switch {
	case v.Took:
		return false
	case v.HTTP == 429, v.HTTP == 503:
		return true
	}
	switch v.RC {
	case "2", "4", "5", "6", "7", "8", "11": // internal error, or a no that is about all rows
		return true
	}
	return false
}

// record reads what the simulator saw.
func (s *stage) record() []visit {
	s.Helper()
	data, err := os.ReadFile(s.path("seen.jsonl"))
	if err != nil {
		s.Fatal(err)
	}
	var all []visit
	for line := range bytes.Lines(data) {
		var v visit
		if err := json.Unmarshal(line, &v); err != nil {
			continue // the last line, half written
		}
		all = append(all, v)
	}
	return all
}

// seen is how many requests the record has by now.
func (s *stage) seen() int {
	data, _ := os.ReadFile(s.path("seen.jsonl")) // not there yet: none
	return bytes.Count(data, []byte("\n"))
}

// A bookedRow is one message of the ledger with its attempts' outcomes, read by SQL of the test's own.
type bookedRow struct {
	refID    string
	problem  string
	outcomes []campaign.Outcome
	codes    []string // of the attempts
	receipts int
}

// booked reads the ledger.
func (s *stage) booked() map[int]*bookedRow {
	s.Helper()
	driver, dsn := "sqlite", "file:"+url.PathEscape(s.ledger)+"?mode=ro"
	if strings.HasPrefix(s.ledger, "postgres:") {
		driver, dsn = "pgx", s.ledger
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(s.Context(), `SELECT m.run, m.seq, m.ref_id, m.problem, COALESCE(a.outcome, ''), COALESCE(a.code, ''),
		(SELECT COUNT(*) FROM receipt r WHERE r.run = m.run AND r.seq = m.seq)
		FROM message m JOIN run u ON u.id = m.run AND u.state <> 'planning'
		LEFT JOIN attempt a ON a.run = m.run AND a.seq = m.seq ORDER BY m.run, m.seq, a.n`)
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	book, run := map[int]*bookedRow{}, ""
	for rows.Next() {
		var of string
		var seq int
		var r bookedRow
		var outcome campaign.Outcome
		var code string
		if err := rows.Scan(&of, &seq, &r.refID, &r.problem, &outcome, &code, &r.receipts); err != nil {
			s.Fatal(err)
		}
		if run != "" && of != run {
			s.Fatalf("two runs of one file: %s and %s", run, of)
		}
		run = of
		if book[seq] == nil {
			book[seq] = &r
		}
		if outcome != "" {
			book[seq].outcomes, book[seq].codes = append(book[seq].outcomes, outcome), append(book[seq].codes, code)
		}
	}
	if err := rows.Err(); err != nil {
		s.Fatal(err)
	}
	return book
}

// verdicts reads the report: the verdict of each row.
func (s *stage) verdicts() map[int]campaign.Verdict {
	s.Helper()
	path := s.path("report.jsonl")
	if code, _, stderr := s.siaran("report", "c", "-o", path); code != exitOK {
		s.Fatalf("report: %d: %s", code, stderr)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		s.Fatal(err)
	}
	all := map[int]campaign.Verdict{}
	for line := range bytes.Lines(data) {
		var l struct {
			Row     int              `json:"row"`
			Verdict campaign.Verdict `json:"verdict"`
		}
		if err := json.Unmarshal(line, &l); err != nil {
			s.Fatal(err)
		}
		if all[l.Row] != "" {
			s.Errorf("row %d is twice in the report", l.Row)
		}
		all[l.Row] = l.Verdict
	}
	return all
}

// fold is the verdict of a row that is finished, recounted from its attempts.
func (r *bookedRow) fold() campaign.Verdict {
	last := campaign.Outcome("")
	for _, o := range r.outcomes {
		if last = o; o == campaign.Accepted {
			return campaign.VerdictAccepted
		}
	}
	switch last {
	case campaign.Refused:
		return campaign.VerdictRefused
	case campaign.Unknown, campaign.Open:
		return campaign.VerdictUnknown
	case campaign.NotTaken:
		if slices.Contains(r.outcomes, campaign.Unknown) {
			return campaign.VerdictUnknown // what once may have been taken is not "not sent"
		}
		return campaign.VerdictNotSent
	case campaign.Suppressed:
		return campaign.VerdictSuppressed
	case campaign.Accepted:
	}
	return campaign.VerdictQueued
}

// audit holds a finished run against the gateway's record, the ledger and the report, each counted on its own.
// resend says that unknown rows may have come again. It returns how many rows are unknown by their attempts.
func (s *stage) audit(rows int, sum operation.Summary, record []visit, resend bool) (unknown int) {
	s.Helper()
	book, report := s.booked(), s.verdicts()
	if len(book) != rows || len(report) != rows || sum.Rows != rows || sum.Sum() != rows {
		s.Errorf("%d rows in the file, %d in the ledger, %d in the report, %d in the summary, which come to %d", rows, len(book), len(report), sum.Rows, sum.Sum())
	}
	visits := map[string][]visit{}
	for _, v := range record {
		if v.RefID != "" {
			visits[v.RefID] = append(visits[v.RefID], v)
		}
	}
	counts := map[campaign.Verdict]int{}
	for seq, r := range book {
		want := r.fold()
		if want == campaign.VerdictUnknown {
			unknown++
		}
		if r.receipts > 0 {
			want = campaign.VerdictDelivered
		}
		counts[want]++
		if report[seq] != want {
			s.Errorf("row %d: the ledger has %v and %d receipts, the report says %q", seq, r.outcomes, r.receipts, report[seq])
		}
		s.auditVisits(seq, r, visits[r.refID], resend)
		delete(visits, r.refID)
	}
	for ref := range visits {
		s.Errorf("the gateway saw %s, which the ledger does not know", ref)
	}
	taken := counts[campaign.VerdictAccepted] + counts[campaign.VerdictDelivered]
	if sum.Accepted != taken || sum.Unknown != counts[campaign.VerdictUnknown] || sum.Refused != counts[campaign.VerdictRefused] || sum.NotSent != counts[campaign.VerdictNotSent] {
		s.Errorf("the ledger comes to %v, the summary says %+v", counts, sum)
	}
	return unknown
}

// auditVisits holds what the gateway saw of one row against what the ledger has of it.
func (s *stage) auditVisits(seq int, r *bookedRow, visits []visit, resend bool) {
	s.Helper()
	taken := 0
	for i, v := range visits {
		if i > 0 && !visits[i-1].notTaken() && !resend {
			s.Errorf("row %d came again after %+v", seq, visits[i-1])
		}
		if v.Took {
			taken++
		}
	}
	for i, o := range r.outcomes[:max(len(r.outcomes)-1, 0)] {
		if o != campaign.NotTaken && (o != campaign.Unknown || !resend) {
			s.Errorf("row %d was begun again after attempt %d: %v", seq, i+1, r.outcomes)
		}
	}
	if len(visits) > len(r.outcomes) {
		s.Errorf("row %d came %d times, the ledger has %d attempts", seq, len(visits), len(r.outcomes))
	}
	verdict := r.fold()
	if verdict == campaign.VerdictAccepted && taken != 1 {
		s.Errorf("row %d is accepted in the ledger and was taken %d times", seq, taken)
	}
	if verdict != campaign.VerdictAccepted && verdict != campaign.VerdictUnknown && taken != 0 {
		s.Errorf("row %d is %q in the ledger, and the gateway took it", seq, verdict)
	}
}
