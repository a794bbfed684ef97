package main

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway/simulator"
	"siaran/campaign/planning"
)

// terminal lets a person with these answers look at the stage's campaign, as send would, and returns what
// is left to be sent.
func (s *stage) terminal(answers ...string) (sendable int, asked string, err error) {
	s.Helper()
	var errs bytes.Buffer
	screen := &ui{in: strings.NewReader(strings.Join(answers, "\n") + "\n"), out: &bytes.Buffer{}, err: &errs, terminal: true}
	l, err := load(s.Context(), &common{Config: s.path("siaran.yaml")}, screen, s.path("c.yaml"), "")
	if err != nil {
		s.Fatal(err)
	}
	defer l.Close()
	book, err := openLedger(s.Context(), l.settings)
	if err != nil {
		s.Fatal(err)
	}
	defer book.Close()
	if err := l.lookBack(s.Context(), book); err != nil {
		s.Fatal(err)
	}
	pre, plan, err := l.preflight(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	sending := &sending{loaded: l, cmd: &sendCmd{Campaign: s.path("c.yaml"), Yes: true}, ui: screen, ledger: book}
	if pre, err = sending.guarded(s.Context(), pre, plan, ""); err != nil {
		return 0, errs.String(), err
	}
	return pre.Sendable, errs.String(), nil
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
		var exit *statusError
		if want == 0 && (!errors.As(err, &exit) || exit.Code != exitPerson) {
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
	code, _, stderr := s.siaran("send", "--yes", "c.yaml")
	if code != exitPerson || strings.Count(stderr, "error: ") != 3 {
		t.Errorf("without a terminal: exit code %d: %s", code, stderr)
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
		if sum := lastSummary(stdout); campaign.RunState(sum.State) != want.state || sum.Expired != want.expired || sum.sum() != 10 {
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
		l, err := load(t.Context(), &common{Config: s.path("siaran.yaml")}, &ui{out: &bytes.Buffer{}, err: &bytes.Buffer{}}, s.path("c.yaml"), "")
		if err != nil {
			t.Fatal(err)
		}
		book, err := openLedger(t.Context(), l.settings)
		if err != nil {
			t.Fatal(err)
		}
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
		if err := errors.Join(book.Close(), l.Close()); err != nil {
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

func TestExpectationsAreHeldAtTheirEdges(t *testing.T) {
	account := campaign.Account{Prices: &campaign.Prices{Currency: "IDR", SMS: []campaign.SMSPrice{{Part: 350 * campaign.One}}}}
	for _, c := range []struct {
		name     string
		expect   campaign.Expect
		rows     int
		rejected int
		unpriced bool
		want     string
	}{
		{"nothing expected", campaign.Expect{}, 10, 10, true, ""},
		{"at least, met", campaign.Expect{RowsMin: 10}, 10, 0, false, ""},
		{"at least, one less", campaign.Expect{RowsMin: 11}, 10, 0, false, "rows: 10, and the campaign expects at least 11"},
		{"at most, met", campaign.Expect{RowsMax: 10}, 10, 0, false, ""},
		{"at most, one more", campaign.Expect{RowsMax: 9}, 10, 0, false, "rows: 10, and the campaign expects at most 9"},
		{"a share, met", campaign.Expect{Rejected: campaign.Share{Set: true, IsPct: true, Percent: 10}}, 10, 1, false, ""},
		{"a share, one more", campaign.Expect{Rejected: campaign.Share{Set: true, IsPct: true, Percent: 10}}, 10, 2, false, "rejected: 2 of 10 rows, and the campaign allows 10%"},
		{"no rejected at all", campaign.Expect{Rejected: campaign.Share{Set: true}}, 10, 1, false, "rejected: 1 of 10 rows, and the campaign allows 0"},
		{"the cost, met", campaign.Expect{Cost: 3500 * campaign.One}, 10, 0, false, ""},
		{"the cost, a millionth more", campaign.Expect{Cost: 3500*campaign.One - 1}, 10, 0, false, "cost: up to IDR 3,500"},
		{"a cost that nobody knows", campaign.Expect{Cost: campaign.One}, 10, 0, true, "cost: not known"},
	} {
		l := &loaded{campaign: &campaign.Campaign{Expect: c.expect, Channels: []campaign.Channel{{Kind: campaign.SMS}}, File: "-"}, account: account}
		if c.unpriced {
			l.account.Prices = nil
		}
		pre := planning.NewPreflight(l.campaign)
		pre.Rows, pre.Rejected, pre.Sendable = c.rows, c.rejected, c.rows-c.rejected
		pre.Channels[0].Parts = c.rows
		all := l.unexpected(pre, time.Now())
		if len(all) > 1 || (len(all) == 1) != (c.want != "") || len(all) == 1 && !strings.HasPrefix(all[0].problem, c.want) {
			t.Errorf("%s: %+v", c.name, all)
		}
	}
}
