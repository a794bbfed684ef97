package ratelimit

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// However many ask, whenever they ask, and whoever asks: no window holds more requests than
// rate·(t + 20 ms) + burst.
func TestNoWindowHoldsMoreThanRateTimesItsLengthPlusBurst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		every := time.Duration(rapid.Int64Range(int64(50*time.Microsecond), int64(2*time.Second)).Draw(t, "every"))
		burst := rapid.IntRange(1, 40).Draw(t, "burst")
		asks := rapid.SliceOfN(rapid.Int64Range(0, int64(3*every)), 1, 300).Draw(t, "gaps")
		var now, tat int64 = 1_000_000_000_000, rapid.Int64Range(0, 1_000_000_000_000).Draw(t, "tat")
		var left []int64
		for _, gap := range asks {
			now += gap
			slot, next, wait := Take(tat, now, every, burst)
			tat = next
			if wait != 0 {
				if ahead := time.Duration(slot - now); ahead <= Grace || wait < Grace/2 || wait >= ahead {
					t.Fatalf("told to wait %v for a slot in %v", wait, ahead)
				}
				continue
			}
			if slot < now || slot > now+int64(Grace) {
				t.Fatalf("slot %d is not within the grace of now %d", slot, now)
			}
			left = append(left, slot)
		}
		slices.Sort(left)
		for i := range left {
			for j := i; j < len(left); j++ {
				window := float64(left[j]-left[i]) + float64(Grace)
				if n, most := float64(j-i+1), window/float64(every)+float64(burst); n > most+1e-9 {
					t.Fatalf("%v requests in %v, at most %v", n, time.Duration(left[j]-left[i]), most)
				}
			}
		}
	})
}

func TestAWaitingRequestGetsItsSlotWhenItAsksAgain(t *testing.T) {
	var tat, now int64 = 0, 1_000_000_000_000
	_, tat, wait := Take(tat, now, time.Second, 1)
	if wait != 0 {
		t.Fatal("the first of an idle account waits")
	}
	_, tat, wait = Take(tat, now, time.Second, 1)
	if wait != time.Second-Grace/2 {
		t.Fatalf("wait = %v, want a little less than 1s", wait)
	}
	slot, _, wait := Take(tat, now+int64(wait), time.Second, 1)
	if wait != 0 || slot != now+int64(time.Second) {
		t.Fatalf("slot %d, wait %v after waiting", slot, wait)
	}
}

// Slots that were kept waiting, in heaps, for as long as it takes to put them on disk, leave apart all the same.
func TestWhoWasKeptWaitingWithOthersLeavesApartFromThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		every := time.Duration(rapid.Int64Range(int64(50*time.Microsecond), int64(time.Second)).Draw(t, "every"))
		burst := rapid.IntRange(1, 40).Draw(t, "burst")
		commits := rapid.SliceOfN(rapid.Int64Range(0, int64(20*every)), 1, 40).Draw(t, "commits")
		var now, tat, left int64
		var all []int64
		for _, took := range commits {
			var slots []int64
			for range 2 * burst {
				slot, next, wait := Take(tat, now, every, burst)
				if tat = next; wait == 0 {
					slots = append(slots, slot)
				}
			}
			now += took
			for _, slot := range slots {
				var leave int64
				leave, left = Depart(left, max(slot, now), every, burst)
				if leave < slot {
					t.Fatalf("left at %d, before its slot %d", leave, slot)
				}
				all = append(all, leave)
			}
		}
		if !slices.IsSorted(all) {
			t.Fatal("they do not leave in their order")
		}
		for i := range all {
			for j := i; j < len(all); j++ {
				if n, most := float64(j-i+1), float64(all[j]-all[i])/float64(every)+float64(burst); n > most+1e-9 {
					t.Fatalf("%v left in %v, at most %v", n, time.Duration(all[j]-all[i]), most)
				}
			}
		}
	})
}

func TestAClockSetBackCostsMomentsNotHours(t *testing.T) {
	now := time.Date(2026, 11, 21, 19, 0, 0, 0, time.UTC)
	tat := now.Add(time.Hour).UnixNano()
	_, _, wait := Take(tat, now.UnixNano(), 100*time.Millisecond, 10)
	if wait > 121*time.Millisecond {
		t.Fatalf("wait = %v after the clock was set back by an hour", wait)
	}
}

func TestEveryRoundsUpSoThatTheLimitHolds(t *testing.T) {
	for rate, want := range map[float64]time.Duration{50: 20 * time.Millisecond, 3: 333_333_334, -1: 0, 0: 0, 30000: 33334} {
		if got := Every(rate); got != want {
			t.Errorf("Every(%v) = %d, want %d", rate, got, want)
		}
	}
}
