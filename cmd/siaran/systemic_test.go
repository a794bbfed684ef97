package main

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway/simulator"
	"siaran/campaign/operation"
)

// parseFaults reads faults that are right.
func parseFaults(t testing.TB, text string) simulator.Faults {
	t.Helper()
	f, err := simulator.ParseFaults(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestASystemicRefusalPausesTheRunAndTheNextSendAfterTheCureGoesOn breaks the account at the start and in the
// middle, mends it, and sends again.
func TestASystemicRefusalPausesTheRunAndTheNextSendAfterTheCureGoesOn(t *testing.T) {
	t.Parallel()
	const rows, workers = 400, 16
	good := simulator.Account{Password: "demo"}
	for name, c := range map[string]struct {
		account simulator.Account
		faults  string // instead
		words   string
	}{
		"the password was changed":               {account: simulator.Account{Password: "other"}, words: "rc 4"},
		"our address left the allow-list":        {account: simulator.Account{Password: "demo", Allow: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}, words: "rc 6"},
		"the credit is used up":                  {account: simulator.Account{Password: "demo", Credit: -1}, words: "rc 7"},
		"the sender id is the account's no more": {account: simulator.Account{Password: "demo", SenderIDs: []string{"OTHER"}}, words: "rc 8"},
		"nobody is let in any more":              {account: good, faults: "401=100%", words: "http 401"},
		"the address has nothing any more":       {account: good, faults: "404=100%", words: "http 404"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for when, after := range map[string]int{"from the start": 0, "in the middle": rows / 4} {
				t.Run(when, func(t *testing.T) {
					s := newStage(t, play{Rows: rows, Conduct: brisk + "workers: 16"})
					sim, _ := s.gateway(simulator.Settings{Accounts: map[string]simulator.Account{"demo": good}}, "")
					broken := func() {
						sim.SetAccount("demo", c.account)
						sim.SetFaults(parseFaults(t, c.faults))
					}
					if after == 0 {
						broken()
					}
					s.at(after, broken)
					code, sum, stderr := s.send()
					if code != exitGateway || sum.State != "paused" || !strings.Contains(sum.Reason, c.words) {
						t.Fatalf("exit code %d, %+v, want a pause with %q: %s", code, sum, c.words, stderr)
					}
					if sum.Accepted+sum.Queued != rows {
						t.Errorf("%+v: a row was lost by it", sum)
					}
					n := sim.Counts()
					refused := n.Requests - n.Taken
					if most := map[int]int{0: 1, rows / 4: workers}[after]; refused == 0 || refused > most {
						t.Errorf("%d requests met it, want at most %d", refused, most)
					}

					if code, again, _ := s.send(); code != exitGateway || again.Queued != sum.Queued || sim.Counts().Requests > n.Requests+2 {
						t.Errorf("not mended yet: exit code %d, %+v, %d more requests", code, again, sim.Counts().Requests-n.Requests)
					}

					sim.SetAccount("demo", good)
					sim.SetFaults(simulator.Faults{})
					if code, sum, stderr = s.send(); code != exitOK || sum.Accepted != rows || sum.State != "done" {
						t.Errorf("after the cure: exit code %d, %+v: %s", code, sum, stderr)
					}
					s.auditSystemic(rows, sum)
				})
			}
		})
	}
}

// auditSystemic is audit, where a 401 and the like are answers that took nothing, too.
func (s *stage) auditSystemic(rows int, sum operation.Summary) {
	s.Helper()
	record := s.record()
	for i := range record {
		if v := &record[i]; v.HTTP == 401 || v.HTTP == 404 {
			v.HTTP = 503
		}
	}
	s.audit(rows, sum, record, false)
}

// TestRowsThatAloneMeetASystemicRefusalBlockNobody: numbers 62812999100NN are answered with rc NN.
func TestRowsThatAloneMeetASystemicRefusalBlockNobody(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string][]string{
		"one row":                 {"6281299910007"},
		"two rows, refused alike": {"6281299910007", "6281299910007"},
		"two rows":                {"6281299910007", "6281299910008"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const good = 60
			s := newStage(t, play{Rows: good, Conduct: brisk + "workers: 8\nduplicates: {keep: all}"})
			people := strings.SplitAfter(s.read("people.csv"), "\n")
			head := strings.Join(people[:30], "")
			for _, number := range bad {
				head += "Ani," + number + "\n"
			}
			s.write("people.csv", head+strings.Join(people[30:], ""))
			s.gateway(simulator.Settings{}, "")
			code, sum, stderr := s.send()
			if code != exitGateway || sum.State != "paused" {
				t.Fatalf("exit code %d, %+v: %s", code, sum, stderr)
			}
			for sends := 1; code == exitGateway && sends <= len(bad); sends++ { // a pause for each that had not been met
				code, sum, stderr = s.send()
			}
			if code != exitRows || sum.State != "done" || sum.Accepted != good || sum.Refused != len(bad) {
				t.Errorf("exit code %d, %+v: %s", code, sum, stderr)
			}
		})
	}
}

// TestTwentyAnswersOfOneKindInARowPauseTheRun: a wrong form, and a proxy's login page.
func TestTwentyAnswersOfOneKindInARowPauseTheRun(t *testing.T) {
	t.Parallel()
	const rows, workers = 400, 32
	for name, c := range map[string]struct {
		faults, words string
	}{
		"equal refusals": {"rc=1:100%", "20 equal refusals in a row: rc 1"},
		"login pages":    {"html=100%", "20 answers in a row make no sense: html"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, play{Rows: rows, Conduct: brisk + "workers: 32"})
			sim, _ := s.gateway(simulator.Settings{Faults: parseFaults(t, "latency=5ms")}, "")
			s.at(100, func() { sim.SetFaults(parseFaults(t, "latency=20ms,"+c.faults)) })
			code, sum, stderr := s.send()
			bad, most := sum.Refused+sum.Unknown, 20+3*workers // a yes that was under way begins the count anew
			if code != exitGateway || sum.State != "paused" || !strings.Contains(sum.Reason, c.words) || bad < 20 || bad > most {
				t.Errorf("exit code %d, %+v, want a pause with %q after 20 to %d: %s", code, sum, c.words, most, stderr)
			}
			if sum.Accepted+sum.Queued+bad != rows {
				t.Errorf("%+v: a row was lost", sum)
			}
			sim.SetFaults(simulator.Faults{})
			code, sum, stderr = s.send()
			if code != exitRows || sum.State != "done" || sum.Accepted != rows-bad {
				t.Errorf("after the cure: exit code %d, %+v: %s", code, sum, stderr)
			}
			s.audit(rows, sum, s.record(), false)
		})
	}
}

// TestAnOutageIsProbedForAsLongAsTheCampaignBears: the gateway answers 503 from the hundredth request on. How many
// requests that costs to the one is package dispatch's to say: here what is under way, and answered late, depends on
// the machine.
func TestAnOutageIsProbedForAsLongAsTheCampaignBears(t *testing.T) {
	t.Parallel()
	const rows, workers = 600, 8
	for name, c := range map[string]struct {
		outage string
		down   time.Duration // 0: until the first send has ended
		pauses bool
		least  time.Duration
	}{
		"at once":          {"0s", 0, true, 0},
		"for two seconds":  {"2s", 0, true, 2 * time.Second},
		"until it is back": {"probe", 2 * time.Second, false, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, play{Rows: rows, Conduct: brisk + "workers: 8\noutage: " + c.outage})
			sim, _ := s.gateway(simulator.Settings{}, "")
			s.at(100, func() {
				sim.SetFaults(parseFaults(t, "503=100%"))
				if c.down > 0 {
					time.AfterFunc(c.down, func() { sim.SetFaults(simulator.Faults{}) })
				}
			})
			began := time.Now()
			code, sum, stderr := s.send()
			if took := time.Since(began); took < c.least {
				t.Errorf("it ended after %v, want at least %v of probing", took, c.least)
			}
			// A yes that was under way begins the count of ten anew, and each worker may have had one.
			if failed := sim.Counts().Faults["503"]; failed > workers*10+workers+20 {
				t.Errorf("%d requests of %d were burnt on a gateway that was down", failed, rows-100)
			}
			if c.pauses {
				if code != exitGateway || sum.State != "paused" || sum.Accepted+sum.Queued != rows || !strings.Contains(sum.Reason, "stays down") {
					t.Errorf("exit code %d, %+v: %s", code, sum, stderr)
				}
				sim.SetFaults(simulator.Faults{})
				code, sum, stderr = s.send()
			}
			if code != exitOK || sum.Accepted != rows || sum.State != "done" {
				t.Errorf("when it is back: exit code %d, %+v: %s", code, sum, stderr)
			}
			s.audit(rows, sum, s.record(), false)
		})
	}
}

// TestRetryAfterIsObeyedWithoutFailingARow and without sleeping through an interrupt.
func TestRetryAfterIsObeyedWithoutFailingARow(t *testing.T) {
	t.Parallel()
	const rows = 120
	s := newStage(t, play{Rows: rows, Conduct: brisk + "workers: 4"})
	sim, _ := s.gateway(simulator.Settings{Faults: parseFaults(t, "latency=2ms")}, "")
	ctx, interrupt := context.WithCancel(t.Context())
	s.at(40, func() { sim.SetFaults(parseFaults(t, "429=100%")) })
	s.at(41, func() { time.AfterFunc(100*time.Millisecond, interrupt) }) // it waits, and not for a message that is under way
	code, sum, stderr := s.sendWithin(ctx)
	if code != exitInterrupted || sum.State != "ready" || sum.Accepted+sum.Queued != rows {
		t.Errorf("interrupted: exit code %d, %+v: %s", code, sum, stderr)
	}

	time.Sleep(time.Second) // what the gateway asked for is not remembered by the next process
	sim.SetFaults(parseFaults(t, "429=3%"))
	if code, sum, stderr = s.send(); code != exitOK || sum.Accepted != rows {
		t.Errorf("exit code %d, %+v: %s", code, sum, stderr)
	}
	record := s.record()
	s.audit(rows, sum, record, false)
	visits := map[string]visit{}
	for _, v := range record {
		if before, ok := visits[v.RefID]; ok && before.HTTP == 429 && v.At.Sub(before.At) < time.Second {
			t.Errorf("%s came again %v after it was told to wait 1 s", v.RefID, v.At.Sub(before.At))
		}
		visits[v.RefID] = v
	}
	for seq, r := range s.booked() {
		if r.fold() != campaign.VerdictAccepted {
			t.Errorf("row %d: %v", seq, r.outcomes)
		}
	}
}
