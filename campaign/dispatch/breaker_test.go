package dispatch_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"siaran/campaign"
	"siaran/campaign/dispatch"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

var (
	accepted = campaign.Answer{Outcome: campaign.Accepted}
	notTaken = campaign.Answer{Outcome: campaign.NotTaken, Code: "503"}
	timedOut = campaign.Answer{Outcome: campaign.Unknown, Code: "timeout", Timeout: true}
	noSense  = campaign.Answer{Outcome: campaign.Unknown, Code: "html", Odd: true}
)

func refusal(code string) campaign.Answer {
	return campaign.Answer{Outcome: campaign.Refused, Code: code, Reason: "Invalid Recipient"}
}

// hear gives b the same answer n times and returns the last judgement.
func hear(b *dispatch.Breaker, a campaign.Answer, n int, now time.Time) dispatch.Judgement {
	var j dispatch.Judgement
	for range n {
		j = b.Ended(a, now)
	}
	return j
}

func TestTheBreakerOpensOnTenConsecutiveFailures(t *testing.T) {
	for name, failure := range map[string]campaign.Answer{"not taken": notTaken, "unknown": timedOut} {
		t.Run(name, func(t *testing.T) {
			b := dispatch.NewBreaker()
			if j := hear(b, failure, 9, noon); j.Excused || b.IsOpen() {
				t.Fatalf("open after nine: %+v", j)
			}
			if j := b.Ended(failure, noon.Add(time.Second)); !j.Excused || j.Stop || !b.IsOpen() {
				t.Fatalf("not open after ten, or the tenth counts as a try: %+v", j)
			}
			if !b.DownSince().Equal(noon) {
				t.Errorf("down since %v, want the first failure's time", b.DownSince())
			}
		})
	}
}

func TestOneAnswerInBetweenKeepsTheBreakerClosed(t *testing.T) {
	for _, alive := range []campaign.Answer{accepted, refusal("rc 3")} {
		b := dispatch.NewBreaker()
		hear(b, notTaken, 9, noon)
		b.Ended(alive, noon)
		hear(b, timedOut, 9, noon)
		if b.IsOpen() || !b.DownSince().IsZero() {
			t.Errorf("open although the gateway answered %s", alive.Outcome)
		}
	}
}

func TestAnOpenBreakerProbesAfterASecondDoublingToAMinute(t *testing.T) {
	b := dispatch.NewBreaker()
	now := noon
	hear(b, notTaken, 10, now)
	for _, want := range []int{1, 2, 4, 8, 16, 32, 60, 60} {
		wait := time.Duration(want) * time.Second
		if ok, left := b.May(now); ok || left != wait {
			t.Fatalf("may %v in %v, want a wait of %v", ok, left, wait)
		}
		if ok, left := b.May(now.Add(wait - time.Millisecond)); ok || left != time.Millisecond {
			t.Fatalf("a probe left early: %v, %v", ok, left)
		}
		now = now.Add(wait)
		if ok, _ := b.May(now); !ok {
			t.Fatalf("no probe after %v", wait)
		}
		if j := b.Ended(notTaken, now); !j.Excused || j.Stop {
			t.Fatalf("a probe that was not taken: %+v", j)
		}
	}
	b.May(now.Add(time.Minute))
	b.Ended(accepted, now.Add(time.Minute))
	if ok, _ := b.May(now); !ok || b.IsOpen() {
		t.Error("still open after a probe was accepted")
	}
	hear(b, notTaken, 10, now)
	if _, left := b.May(now); left != time.Second {
		t.Errorf("the next time it waits %v, want 1s again", left)
	}
}

func TestAProbeDoesNotLeaveBeforeTheGatewaysRetryAfter(t *testing.T) {
	b := dispatch.NewBreaker()
	a := notTaken
	a.RetryAfter = 90 * time.Second
	hear(b, a, 10, noon)
	if _, left := b.May(noon); left != 90*time.Second {
		t.Errorf("waits %v, want the 90s the gateway asked for", left)
	}
}

func TestAnswersOfWhatBeganBeforeTheBreakerOpenedAreNoProbes(t *testing.T) {
	b := dispatch.NewBreaker()
	hear(b, timedOut, 10, noon)
	later := noon.Add(30 * time.Second) // sixteen workers' time-outs come in after the first probe was due
	if j := hear(b, timedOut, 30, later); j.Stop || !j.Excused {
		t.Errorf("late answers moved the breaker: %+v", j)
	}
	if ok, _ := b.May(later); !ok {
		t.Error("late answers put the probe off")
	}
}

func TestTwentyUnknownProbesPauseTheRun(t *testing.T) {
	b := dispatch.NewBreaker()
	now := noon
	hear(b, timedOut, 10, now)
	for i := range 20 {
		now = now.Add(time.Minute)
		b.May(now)
		j := b.Ended(timedOut, now)
		if last := i == 19; j.Stop != last {
			t.Fatalf("probe %d: %+v", i+1, j)
		} else if last && (j.Kind != dispatch.StopDown || !strings.Contains(j.Reason, "timeout")) {
			t.Errorf("got %s (%s), want down, in the gateway's words", j.Kind, j.Reason)
		}
	}
}

func TestProbesThatWereNotTakenMayGoOnForLong(t *testing.T) {
	b := dispatch.NewBreaker()
	now := noon
	hear(b, notTaken, 10, now)
	for range 500 {
		now = now.Add(time.Minute)
		b.May(now)
		if j := b.Ended(notTaken, now); j.Stop {
			t.Fatal(j.Reason)
		}
	}
}

func TestTwentyEqualRefusalsPauseTheRun(t *testing.T) {
	b := dispatch.NewBreaker()
	if j := hear(b, refusal("rc 3"), 19, noon); j.Stop {
		t.Fatal("paused after nineteen")
	}
	j := b.Ended(refusal("rc 3"), noon)
	if !j.Stop || j.Kind != dispatch.StopSystemic || !strings.Contains(j.Reason, "rc 3: Invalid Recipient") {
		t.Errorf("got %+v", j)
	}
}

func TestRefusalsWithoutACodeAreEqualByTheirStatus(t *testing.T) {
	b := dispatch.NewBreaker()
	bad := campaign.Answer{Outcome: campaign.Refused, HTTP: 400}
	hear(b, bad, 19, noon)
	b.Ended(campaign.Answer{Outcome: campaign.Refused, HTTP: 422}, noon)
	if j := hear(b, bad, 19, noon); j.Stop {
		t.Error("two statuses were taken for one refusal")
	}
	if j := b.Ended(bad, noon); !j.Stop {
		t.Error("twenty equal refusals did not pause")
	}
}

func TestASuppressedMessageSaysNothingAboutTheGateway(t *testing.T) {
	b := dispatch.NewBreaker()
	hear(b, notTaken, 9, noon)
	if j := b.Ended(campaign.Answer{Outcome: campaign.Suppressed}, noon); j.Stop || j.Excused {
		t.Errorf("got %+v", j)
	}
	if b.Ended(notTaken, noon); !b.IsOpen() {
		t.Error("a suppressed message broke the row of failures")
	}
	hear(b, refusal("rc 3"), 19, noon)
	b.Ended(campaign.Answer{Outcome: campaign.Suppressed}, noon)
	if j := b.Ended(refusal("rc 3"), noon); !j.Stop {
		t.Error("a suppressed message broke the row of refusals")
	}
}

func TestRefusalsThatDifferOrAreNotInARowDoNotPause(t *testing.T) {
	for name, other := range map[string]campaign.Answer{"another code": refusal("rc 24"), "accepted": accepted, "not taken": notTaken, "unknown": timedOut} {
		t.Run(name, func(t *testing.T) {
			b := dispatch.NewBreaker()
			hear(b, refusal("rc 3"), 19, noon)
			b.Ended(other, noon)
			if j := hear(b, refusal("rc 3"), 19, noon); j.Stop {
				t.Errorf("paused: %s", j.Reason)
			}
		})
	}
}

func TestARefusalThatAPersonResumedAfterDoesNotPauseAgain(t *testing.T) {
	b := dispatch.NewBreaker("rc 3")
	if j := hear(b, refusal("rc 3"), 100, noon); j.Stop {
		t.Errorf("paused: %s", j.Reason)
	}
	if j := hear(b, refusal("rc 24"), 20, noon); !j.Stop {
		t.Error("another refusal must still pause")
	}
}

func TestTwentyAnswersWithoutSensePauseTheRun(t *testing.T) {
	b := dispatch.NewBreaker()
	now := noon
	for i := range 20 {
		j := b.Ended(noSense, now)
		if last := i == 19; j.Stop != last {
			t.Fatalf("answer %d: %+v", i+1, j)
		} else if last && j.Kind != dispatch.StopOdd {
			t.Errorf("got %s, want odd", j.Kind)
		}
		now = now.Add(time.Minute)
		b.May(now)
	}
}

func TestASystemicAnswerPausesAtOnceAndIsNotHeldAgainstItsRow(t *testing.T) {
	b := dispatch.NewBreaker()
	j := b.Ended(campaign.Answer{Outcome: campaign.NotTaken, Code: "rc 6", Reason: "Not Ip Whitelist", Systemic: true}, noon)
	if !j.Stop || !j.Excused || j.Kind != dispatch.StopSystemic || j.Reason != "rc 6: Not Ip Whitelist" {
		t.Errorf("got %+v", j)
	}
}

func TestAnOpenBreakerNeverLetsMoreThanAProbeAWaitGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := dispatch.NewBreaker()
		now := noon
		for range rapid.IntRange(1, 200).Draw(t, "answers") {
			now = now.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "ms")) * time.Millisecond)
			ok, wait := b.May(now)
			if ok == (wait > 0) {
				t.Fatalf("may %v, wait %v", ok, wait)
			}
			if wait > time.Minute {
				t.Fatalf("waits %v", wait)
			}
			if !ok {
				continue
			}
			a := rapid.SampledFrom([]campaign.Answer{accepted, notTaken, timedOut, notTaken, timedOut, timedOut}).Draw(t, "answer")
			j := b.Ended(a, now)
			if ok, _ := b.May(now); ok == b.IsOpen() {
				t.Fatalf("open %v, yet may %v right after an answer", b.IsOpen(), ok)
			}
			if a.Outcome == campaign.Accepted && (b.IsOpen() || j.Excused) {
				t.Fatalf("an accepted message: open %v, %+v", b.IsOpen(), j)
			}
		}
	})
}
