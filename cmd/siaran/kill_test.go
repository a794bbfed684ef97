package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"siaran/campaign"
)

// soak reports whether there is all the time in the world: make soak.
func soak() bool { return os.Getenv("SIARAN_SOAK") != "" }

// TestNobodyIsSentTwiceWhereverTheProcessIsKilled goes through the crash argument point by point: one message at a
// time, killed at the third, then sent on by another process.
func TestNobodyIsSentTwiceWhereverTheProcessIsKilled(t *testing.T) {
	t.Parallel()
	const rows, third = 6, 4 // the first heading is row 1
	for _, c := range []struct {
		point   string
		unknown []int // how many rows may be unknown afterwards
		reached []int // how often the gateway may have seen the third message
	}{
		{dieReady, []int{0}, []int{1}},
		{dieToken, []int{0}, []int{1}},
		{dieBegin, []int{0, 1}, []int{0, 1}}, // committed or not: nobody can tell from outside
		{dieBegun, []int{1}, []int{0}},
		{dieFirstByte, []int{1}, []int{0, 1}},
		{dieAnswered, []int{1}, []int{1}},
		{dieRead, []int{1}, []int{1}},
		{dieEnd, []int{0, 1}, []int{1}},
		{dieEnded, []int{0}, []int{1}},
	} {
		t.Run(c.point, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, play{Rows: rows, Conduct: "workers: 1"})
			s.settings("http://"+s.simulate("seen.jsonl", "latency=10ms"), "")
			after := "3"
			if c.point == dieReady {
				after = "1"
			}
			cmd, _, errs := s.process([]string{envDieAt + "=" + c.point, envDieAfter + "=" + after, envInTurn + "=yes"}, "siaran-mortal", "send", "--yes", "c.yaml")
			if code := s.exitCode(cmd); code != -1 {
				t.Fatalf("it was to die and ended with %d: %s", code, errs)
			}
			code, sum, stderr := s.send()
			want := exitOK
			if sum.Unknown > 0 {
				want = exitRows
			}
			if code != want || sum.State != "done" {
				t.Errorf("exit code %d, want %d: %s", code, want, stderr)
			}
			record := s.record()
			s.audit(rows, sum, record, false)
			book := s.booked()
			reached := 0
			for _, v := range record {
				if v.RefID == book[third].refID {
					reached++
				}
			}
			if !has(c.unknown, sum.Unknown) || !has(c.reached, reached) {
				t.Errorf("%d rows are unknown, want one of %v; the gateway saw the third message %d times, want one of %v", sum.Unknown, c.unknown, reached, c.reached)
			}
			for seq, r := range book {
				if seq != third && r.fold() != campaign.VerdictAccepted {
					t.Errorf("row %d is %v: only the message under way may be unknown", seq, r.outcomes)
				}
			}
			if again, _, _ := s.send(); again != want || s.seen() != len(record) {
				t.Errorf("a further send: exit code %d, %d more requests", again, s.seen()-len(record))
			}
		})
	}
}

func has(all []int, n int) bool {
	for _, a := range all {
		if a == n {
			return true
		}
	}
	return false
}

// TestKilledAtAnyMomentEveryRowEndsOnceAndNobodyIsSentTwice kills send and import again and again.
func TestKilledAtAnyMomentEveryRowEndsOnceAndNobodyIsSentTwice(t *testing.T) {
	t.Parallel()
	kills, rows := 9, 900
	if soak() {
		kills, rows = 250, 20_000
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, policy := range []campaign.OnUnknown{campaign.UnknownHold, campaign.UnknownResend} {
			if policy == campaign.UnknownResend && engine == "postgres" && !soak() {
				continue // it waits for its half minute twice
			}
			t.Run(engine+", on_unknown "+string(policy), func(t *testing.T) {
				t.Parallel()
				dsn := ""
				if engine == "postgres" {
					dsn = postgresDSN(t)
				}
				killing{rows: rows, kills: kills, ledger: dsn, policy: policy}.run(t)
			})
		}
	}
}

// A killing is one such test.
type killing struct {
	rows, kills int
	ledger      string
	policy      campaign.OnUnknown
}

const killWorkers = 8

func (k killing) run(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // moments
	s := newStage(t, play{
		Rows: k.rows, Ledger: k.ledger,
		Conduct: fmt.Sprintf("workers: %d\non_unknown: %s\nretry: {attempts: 20, first: 10ms, most: 50ms}", killWorkers, k.policy),
	})
	s.settings("http://"+s.simulate("seen.jsonl", "latency=1ms..12ms,503=2%,rc=2:2%,429=0.1%"), ", timeout: 10s")

	stop := make(chan struct{})
	var importing sync.WaitGroup
	importSeed := rnd.Uint64() // rnd is not for two goroutines
	importing.Go(func() { s.importAgainAndAgain(stop, importSeed) })
	first := rnd.IntN(8) // a round of kills does not come to all points
	points := []string{dieToken, dieBegin, dieBegun, dieFirstByte, dieAnswered, dieRead, dieEnd, dieEnded}
	killed := 0
	for n := 0; killed < k.kills && n < 4*k.kills; n++ {
		env := []string{envDieAt + "=never"}
		if n%3 == 0 {
			env = []string{envDieAt + "=" + points[(first+n/3)%len(points)], envDieAfter + "=" + strconv.Itoa(1+rnd.IntN(max(k.rows/k.kills, 2)))}
		}
		cmd, _, errs := s.process(env, "siaran-mortal", "send", "--yes", "c.yaml")
		switch n % 3 {
		case 1: // anywhere: reading, planning, sending
			time.Sleep(time.Duration(rnd.IntN(300)) * time.Millisecond)
			_ = cmd.Process.Kill()
		case 2: // after some more messages
			s.killAfter(cmd, s.seen()+rnd.IntN(2*max(k.rows/k.kills, 2)), time.Duration(rnd.IntN(5000))*time.Microsecond)
		}
		switch code := s.exitCode(cmd); code {
		case -1:
			killed++
		case exitBusy: // the server has not missed the last one yet
			time.Sleep(20 * time.Millisecond)
		case exitOK, exitRows:
			n = 4 * k.kills // everything is sent
		default:
			t.Fatalf("send ended with %d: %s", code, errs)
		}
	}
	close(stop)
	importing.Wait()
	if killed < k.kills/2 {
		t.Errorf("only %d kills", killed)
	}

	code, sum, stderr := s.send()
	for code == exitBusy {
		time.Sleep(100 * time.Millisecond)
		code, sum, stderr = s.send()
	}
	if (code != exitOK && code != exitRows) || sum.State != "done" {
		t.Fatalf("the last send: %d: %s", code, stderr)
	}
	record := s.record()
	unknown := s.audit(k.rows, sum, record, k.policy == campaign.UnknownResend)
	if most := killed * 2 * killWorkers; unknown > most {
		t.Errorf("%d unknown rows after %d kills, want at most %d", unknown, killed, most)
	}
	if k.policy == campaign.UnknownResend && sum.Unknown > 0 {
		t.Errorf("%d rows are unknown and without a receipt, and the campaign says to send them again", sum.Unknown)
	}
	t.Logf("%d kills, %d requests for %d rows, %d unknown by their attempts, %+v", killed, len(record), k.rows, unknown, sum)
	if _, _, stderr := s.send(); s.seen() != len(record) {
		t.Errorf("a further send sent again: %s", stderr)
	}
}

// killAfter kills cmd a moment after the gateway has seen that many requests, if it does not end before.
func (s *stage) killAfter(cmd *exec.Cmd, requests int, moment time.Duration) {
	for range 2000 {
		if s.seen() >= requests {
			break
		}
		time.Sleep(time.Millisecond)
	}
	time.Sleep(moment)
	_ = cmd.Process.Kill()
}

// importAgainAndAgain imports receipts of what the gateway has taken so far, and is killed at it every other time.
func (s *stage) importAgainAndAgain(stop <-chan struct{}, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // moments
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		default:
		}
		var b strings.Builder
		if _, err := os.Stat(s.path("seen.jsonl")); err == nil {
			for i, v := range s.record() {
				if v.Took && i%3 == 0 {
					fmt.Fprintf(&b, "{\"status\":1,\"channel\":\"1\",\"ref_id\":%q,\"time\":\"2026-11-21 19:00:00\",\"counter_message\":1}\n", v.RefID)
				}
			}
		}
		s.write("receipts.jsonl", b.String())
		cmd := exec.Command("siaran", "import", "--quiet", "receipts.jsonl") //nolint:noctx // waited for
		var errs bytes.Buffer
		cmd.Dir, cmd.Stderr = s.dir, &errs
		if err := cmd.Start(); err != nil {
			s.Error(err)
			return
		}
		if n%2 == 0 {
			time.Sleep(time.Duration(rnd.IntN(200)) * time.Millisecond)
			_ = cmd.Process.Kill()
		}
		err := cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code > 0 {
			s.Errorf("import: %v: %s", err, &errs)
			return
		}
		select {
		case <-stop:
			return
		case <-time.After(500 * time.Millisecond):
		}
	}
}
