package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway"
	"siaran/campaign/gateway/simulator"
)

// brisk retries fast, so that tests do not wait.
const brisk = "retry: {attempts: 4, first: 10ms, most: 20ms}\n"

// TestWhateverTheNetworkDoesToOneRequestItsRowEndsAsItMust breaks the fifth of ten requests. Which row that is nobody
// knows: attempts begin ahead, and leave in an order of their own.
func TestWhateverTheNetworkDoesToOneRequestItsRowEndsAsItMust(t *testing.T) {
	t.Parallel()
	const broken, rows = 5, 10
	const patient, impatient = ", timeout: 60s", ", timeout: 6s" // a busy machine takes long for an honest answer
	for name, c := range map[string]struct {
		act     mischief
		account string
		code    string
		reached bool
	}{
		"hung up before the request is read": {hangUp, patient, gateway.CodeReset, false},
		"reset after the request":            {resetTaken, patient, gateway.CodeReset, true},
		"reset in the answer's header":       {resetHeader, patient, gateway.CodeReset, true},
		"reset in the answer's body":         {resetBody, patient, gateway.CodeUnreadable, true},
		"a slow loris of an answer":          {loris, impatient, gateway.CodeTimeout, true},
		"no answer":                          {silent, impatient, gateway.CodeTimeout, true},
		"a half-open connection":             {deaf, impatient, gateway.CodeTimeout, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, play{Rows: rows, Conduct: brisk + "workers: 1"})
			_, address := s.gateway(simulator.Settings{}, "")
			p := newProxy(t, address, func(n int) mischief {
				if n == broken {
					return c.act
				}
				return pass
			})
			s.settings("http://"+p.address, c.account)
			code, sum, stderr := s.send()
			if code != exitRows || sum.Unknown != 1 || sum.Accepted != rows-1 || sum.State != "done" {
				t.Errorf("exit code %d, %+v, want one unknown and nine accepted: %s", code, sum, stderr)
			}
			record := s.record()
			s.audit(rows, sum, record, false)
			reached := false
			for seq, r := range s.booked() {
				if r.fold() != campaign.VerdictUnknown {
					continue
				}
				if r.codes[len(r.codes)-1] != c.code {
					t.Errorf("row %d has %v %v, want unknown by %q", seq, r.outcomes, r.codes, c.code)
				}
				reached = slices.ContainsFunc(record, func(v visit) bool { return v.RefID == r.refID })
			}
			if reached != c.reached {
				t.Errorf("the gateway saw the unknown row: %v, want %v", reached, c.reached)
			}
			if want := rows - 1 + map[bool]int{true: 1}[c.reached]; len(record) != want {
				t.Errorf("the gateway saw %d requests, want %d", len(record), want)
			}
			if code, _, _ := s.send(); code != exitRows || len(s.record()) != len(record) {
				t.Errorf("a further send: exit code %d, want %d and nothing sent", code, exitRows)
			}
		})
	}
}

// TestAnUnreadableFirstAnswerPausesWithOneRowUnknown is the canary: behind it everybody waits.
func TestAnUnreadableFirstAnswerPausesWithOneRowUnknown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ fault, words string }{
		{"html=100%", "a web page instead of an answer"},
		{"truncated=100%", "an answer that cannot be read"},
	} {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, play{Rows: 50, Conduct: brisk + "workers: 8"})
			faults, err := simulator.ParseFaults(c.fault)
			if err != nil {
				t.Fatal(err)
			}
			sim, _ := s.gateway(simulator.Settings{Faults: faults}, "")
			code, sum, stderr := s.send()
			if code != exitGateway || sum.State != "paused" || sum.Unknown != 1 || sum.Queued != 49 || !strings.Contains(sum.Reason, c.words) {
				t.Errorf("exit code %d, %+v: %s", code, sum, stderr)
			}
			if n := sim.Counts().Requests; n != 1 {
				t.Errorf("%d requests met it, want 1", n)
			}
			sim.SetFaults(simulator.Faults{})
			code, sum, stderr = s.send()
			if code != exitRows || sum.Accepted != 49 || sum.Unknown != 1 || sum.State != "done" {
				t.Errorf("after the cure: exit code %d, %+v: %s", code, sum, stderr)
			}
			s.audit(50, sum, s.record(), false)
		})
	}
}

// TestAGatewayThatCannotBeReachedLosesNoRowAndIsSentToWhenItIsBack covers what fails before a byte is written.
func TestAGatewayThatCannotBeReachedLosesNoRowAndIsSentToWhenItIsBack(t *testing.T) {
	t.Parallel()
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	hanging := newHangingUp(t)
	for name, c := range map[string]struct{ url, code, words string }{
		"nobody listens":                     {"http://127.0.0.1:1", gateway.CodeRefused, "nobody listens"},
		"the name is gone":                   {"http://gateway.invalid", gateway.CodeDNS, `"gateway.invalid" is not found`},
		"a certificate that nobody knows":    {untrusted.URL, gateway.CodeTLS, "no secure connection"},
		"no TLS where TLS is expected":       {strings.Replace(plain.URL, "http:", "https:", 1), gateway.CodeTLS, "no secure connection"},
		"reset before the handshake is over": {"https://" + hanging, gateway.CodeReset, "the connection broke before anything was sent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, play{URL: c.url, Rows: 30, Account: ", timeout: 5s", Conduct: brisk + "workers: 4\noutage: 0s"})
			code, sum, stderr := s.send()
			if code != exitGateway || sum.State != "paused" || sum.Queued != 30 || !strings.Contains(sum.Reason, c.words) {
				t.Errorf("exit code %d, %+v: %s", code, sum, stderr)
			}
			for seq, r := range s.booked() {
				for i, o := range r.outcomes {
					if o != campaign.NotTaken || r.codes[i] != c.code {
						t.Errorf("row %d: %s by %q, want not taken by %q", seq, o, r.codes[i], c.code)
					}
				}
			}
			s.gateway(simulator.Settings{}, "")
			if code, sum, stderr = s.send(); code != exitOK || sum.Accepted != 30 {
				t.Errorf("when it is back: exit code %d, %+v: %s", code, sum, stderr)
			}
			s.audit(30, sum, s.record(), false)
		})
	}
}

// newHangingUp resets every connection at its first byte.
func newHangingUp(t *testing.T) (address string) {
	t.Helper()
	return newProxy(t, "", func(int) mischief { return hangUp }).address
}

// TestAGatewayThatRestartsInTheMiddleCostsAtMostTheRowsItHeld ends the gateway's connections under load and is
// away for a while.
func TestAGatewayThatRestartsInTheMiddleCostsAtMostTheRowsItHeld(t *testing.T) {
	t.Parallel()
	const rows, workers = 400, 8
	s := newStage(t, play{Rows: rows, Conduct: brisk + "workers: 8"})
	latency, err := simulator.ParseFaults("latency=1ms..5ms")
	if err != nil {
		t.Fatal(err)
	}
	sim, _ := s.gateway(simulator.Settings{Faults: latency}, "")
	front := restartable(t, sim.Handler())
	front.up(t)
	s.settings("http://"+front.address, ", timeout: 5s")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for sim.Counts().Requests < rows/3 {
			time.Sleep(time.Millisecond)
		}
		front.down()
		time.Sleep(300 * time.Millisecond)
		front.up(t)
	}()
	code, sum, stderr := s.send()
	<-done
	if (code != exitOK && code != exitRows) || sum.State != "done" || sum.Accepted+sum.Unknown != rows || sum.Unknown > workers {
		t.Errorf("exit code %d, %+v: %s", code, sum, stderr)
	}
	s.audit(rows, sum, s.record(), false)
}

// A restarting server can be taken away with all its connections, and come back at the same address.
type restarting struct {
	address string
	handler http.Handler
	server  *http.Server
}

func restartable(t *testing.T, h http.Handler) *restarting {
	t.Helper()
	r := &restarting{address: unusedAddress(), handler: h}
	t.Cleanup(r.down)
	return r
}

func (r *restarting) up(t *testing.T) {
	l, err := net.Listen("tcp", r.address) //nolint:noctx // closed by Close
	if err != nil {
		t.Error(err)
		return
	}
	r.server = &http.Server{Handler: r.handler} //nolint:gosec // a test's
	go func(sv *http.Server) { _ = sv.Serve(l) }(r.server)
}

func (r *restarting) down() { _ = r.server.Close() }

// TestNoRequestIsRepeatedBelowTheLedgerWhenIdleConnectionsDie is the end-to-end proof that net/http sends none of
// our POSTs twice: connections die in every way as they become idle and are used again, and the gateway's count
// of every message is the ledger's.
func TestNoRequestIsRepeatedBelowTheLedgerWhenIdleConnectionsDie(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(n int) mischief{
		"closed after the answer": func(int) mischief { return closeAfter },
		"reset after the answer":  func(int) mischief { return resetAfter },
		"closed a moment after":   func(int) mischief { return closeShortly },
		"every third, one way or other": func(n int) mischief {
			return [...]mischief{pass, pass, closeAfter, pass, pass, resetAfter, pass, closeShortly}[n%8]
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const rows = 600
			s := newStage(t, play{Rows: rows, Conduct: brisk + "workers: 8\noutage: 1h"})
			_, address := s.gateway(simulator.Settings{}, "")
			s.settings("http://"+newProxy(t, address, act).address, ", timeout: 10s")
			code, sum, stderr := s.send()
			if (code != exitOK && code != exitRows) || sum.State != "done" {
				t.Errorf("exit code %d, %+v: %s", code, sum, stderr)
			}
			record := s.record()
			s.audit(rows, sum, record, false)
			visits := map[string]int{}
			for _, v := range record {
				visits[v.RefID]++
			}
			written, held := 0, 0
			for seq, r := range s.booked() {
				could := 0
				for i, o := range r.outcomes {
					if o == campaign.Accepted || o == campaign.Unknown {
						could++
					}
					if o == campaign.NotTaken && !slices.Contains([]string{gateway.CodeReset, gateway.CodeNetwork, campaign.CodeStopped}, r.codes[i]) {
						t.Errorf("row %d: not taken by %q", seq, r.codes[i])
					}
				}
				written, held = written+visits[r.refID], held+len(r.outcomes)
				if visits[r.refID] > could {
					t.Errorf("row %d came %d times, and the ledger has %v", seq, visits[r.refID], r.outcomes)
				}
			}
			t.Logf("%d requests, %d attempts, %d unknown", written, held, sum.Unknown)
		})
	}
}
