package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway/simulator"
	"siaran/campaign/operation"
)

// terminal lets a person with these answers plan the stage's campaign, as send would, and returns what
// is left to be sent. Nothing of it is.
func (s *stage) terminal(answers ...string) (sendable int, asked string, err error) {
	s.Helper()
	var errs bytes.Buffer
	screen := &ui{in: strings.NewReader(strings.Join(answers, "\n") + "\n"), out: &bytes.Buffer{}, err: &errs, terminal: true}
	m := s.material()
	view := &sendView{ui: screen, zone: m.Settings.Zone, account: m.Account}
	p, err := (&sendCmd{}).plan(s.Context(), screen, operation.Request{Material: m, Teller: view})
	if err != nil {
		return 0, errs.String(), err
	}
	if _, err = ask(s.Context(), screen, p); err == nil {
		sendable = p.Preflight.Sendable
	}
	if err := p.Discard(s.Context()); err != nil {
		s.Fatal(err)
	}
	return sendable, errs.String(), err
}

// material is what the stage's campaign is sent from; the ledger is open until the test ends.
func (s *stage) material() operation.Material {
	s.Helper()
	m, err := load(&common{Config: s.path("siaran.yaml")}, &ui{out: &bytes.Buffer{}, err: &bytes.Buffer{}}, s.path("c.yaml"), "")
	if err != nil {
		s.Fatal(err)
	}
	if m.Ledger, err = openLedger(s.Context(), m.Settings); err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = m.Ledger.Close() })
	return m
}

// live puts the stage's account at a simulator and calls it live.
func (s *stage) live() {
	s.Helper()
	_, address := s.gateway(simulator.Settings{Accounts: map[string]simulator.Account{"demo": {Password: "demo"}}}, "")
	s.write("siaran.yaml", strings.ReplaceAll(s.read("siaran.yaml"), "live: false", "live: true, rate: unlimited"))
	if !strings.Contains(s.read("siaran.yaml"), address) {
		s.Fatal("the settings do not name the simulator")
	}
}

func TestAPersonAtATerminalDecidesWhatBecomesOfRepeatedRows(t *testing.T) {
	s := newStage(t, play{Rows: 10})
	s.live()
	if code, sum, stderr := s.send(); code != exitOK || sum.Accepted != 10 {
		t.Fatalf("exit code %d, %+v: %s", code, sum, stderr)
	}
	s.write("people.csv", s.read("people.csv")+"Ani,628120000099\nCici,628120000098\n")
	for answer, want := range map[string]int{"leave": 2, "again": 12, "": 0, "y": 0} {
		sendable, asked, err := s.terminal(answer)
		if sendable != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %d sendable, %v", answer, sendable, err)
		}
		if code, _ := exitOf(err); want == 0 && code != exitPerson {
			t.Errorf("%q: %v", answer, err)
		}
		if !strings.Contains(asked, "10 rows of 12 were sent the same") {
			t.Errorf("asked: %s", asked)
		}
	}
}

func TestAPersonAtATerminalIsAskedAboutEveryObjection(t *testing.T) {
	s := newStage(t, play{Rows: 10, Conduct: "expect: {rows: 50.., file_age: 20h}\nduplicates: {same: [address], keep: refuse}"})
	s.write("people.csv", s.read("people.csv")+"Ani,628120000001\n")
	old := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(s.path("people.csv"), old, old); err != nil {
		t.Fatal(err)
	}
	sendable, asked, err := s.terminal("y", "yes", "ya")
	if err != nil || sendable != 10 || strings.Count(asked, "[y/N]") != 3 {
		t.Errorf("%d sendable, %v; asked: %s", sendable, err, asked)
	}
	_, asked, err = s.terminal("y", "no", "y")
	if code, _ := exitOf(err); code != exitPerson || strings.Count(asked, "[y/N]") != 2 {
		t.Errorf("%v; asked: %s", err, asked)
	}
	for _, want := range []int{1, 2} { // an old file is refused before it is read
		code, _, stderr := s.siaran("send", "--yes", "c.yaml")
		if code != exitPerson || strings.Count(stderr, "error: ") != want {
			t.Errorf("without a terminal: exit code %d, want %d errors: %s", code, want, stderr)
		}
		if err := os.Chtimes(s.path("people.csv"), time.Now(), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAPersonAtATerminalMayFinishOrGiveUpAnUnfinishedRun(t *testing.T) {
	for answer, want := range map[string]struct {
		state   campaign.RunState
		expired int
		refused bool
	}{
		"finish": {campaign.StateDone, 0, false},
		"expire": {campaign.StateDone, 10, false},
		"":       {campaign.StatePaused, 0, true},
	} {
		s := newStage(t, play{Rows: 10, Conduct: "outage: 0s\nretry: {attempts: 1, first: 1ms, most: 1ms}"})
		if code, _, stderr := s.send(); code != exitGateway {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		s.live()
		s.write("people.csv", "Nama,HP\nAni,628120000099\n")
		_, asked, err := s.terminal(answer)
		if code, _ := exitOf(err); (err != nil) != want.refused || want.refused && code != exitPerson {
			t.Errorf("%q: %v", answer, err)
		}
		if !strings.Contains(asked, "[finish/expire/N]") {
			t.Errorf("asked: %s", asked)
		}
		_, stdout, _ := s.siaran("status", "--json")
		if sum := lastSummary(stdout); campaign.RunState(sum.State) != want.state || sum.Expired != want.expired || sum.Sum() != 10 {
			t.Errorf("%q: %+v", answer, sum)
		}
	}
}

func TestARunThatAPersonPausedIsNeitherFinishedNorExpired(t *testing.T) {
	for _, policy := range []string{"refuse", "finish-first", "expire"} {
		s := newStage(t, play{Rows: 10, Conduct: "outage: 0s\nunfinished: " + policy + "\nretry: {attempts: 1, first: 1ms, most: 1ms}"})
		if code, _, stderr := s.send(); code != exitGateway {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		book := s.material().Ledger
		runs, err := book.Runs.All(t.Context())
		if err != nil || len(runs) != 1 {
			t.Fatalf("%d runs, %v", len(runs), err)
		}
		if _, err := book.Runs.SetState(t.Context(), runs[0].ID, nil, campaign.StateReady, "", ""); err != nil {
			t.Fatal(err)
		}
		if done, err := book.Runs.SetState(t.Context(), runs[0].ID, nil, campaign.StatePaused, "wrong text", "ops"); err != nil || !done {
			t.Fatal(err)
		}
		if err := book.Close(); err != nil {
			t.Fatal(err)
		}
		s.write("people.csv", "Nama,HP\nAni,628120000099\n")
		for _, command := range []string{"send", "check"} {
			args := []string{command, "c.yaml"}
			if command == "send" {
				args = append(args, "--yes")
			}
			code, _, stderr := s.siaran(args...)
			if code != exitPerson || !strings.Contains(stderr, "was paused by ops: wrong text") {
				t.Errorf("%s, %s: exit code %d: %s", policy, command, code, stderr)
			}
		}
	}
}
