package ratelimit

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestABucketLetsItsBurstPassAndThenItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket(10, 5)
		start := time.Now()
		for range 15 {
			if err := b.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(start); d != time.Second {
			t.Errorf("15 requests at 10/s, burst 5, took %v, want 1s", d)
		}
	})
}

func TestAnUnlimitedBucketNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket(-1, 1)
		start := time.Now()
		for range 1000 {
			if err := b.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if time.Since(start) != 0 {
			t.Error("an unlimited bucket waited")
		}
	})
}

func TestWhoIsInterruptedTookNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket(1, 1)
		_ = b.Wait(t.Context())
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		if err := b.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("err = %v", err)
		}
		start := time.Now()
		_ = b.Wait(t.Context())
		if d := time.Since(start); d > 501*time.Millisecond {
			t.Errorf("the next waited %v: the interrupted one took its token", d)
		}
	})
}

func TestRetryAfterIsObeyedAndShutdownIsNotSleptThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket(100, 10)
		b.SlowDown(30 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := b.Wait(ctx); err == nil {
			t.Fatal("passed during Retry-After")
		}
		start := time.Now()
		if err := b.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d < 29*time.Second {
			t.Errorf("passed %v after the throttling, want 29s", d)
		}
	})
}

func TestThrottlingHalvesTheRateAtOnceAndItClimbsBackToTheCeilingNeverAbove(t *testing.T) {
	for _, ceiling := range []float64{1, 50, 5000} {
		now := time.Date(2026, 11, 21, 19, 0, 0, 0, time.UTC)
		p := Pace{Ceiling: ceiling}
		for range 20 { // the answers of one burst
			p = p.Throttle(now)
		}
		if got := p.Rate(); got != ceiling/2 {
			t.Errorf("after one burst of 429 %v/s, want %v/s", got, ceiling/2)
		}
		last := p.Rate()
		for range 3000 {
			now = now.Add(10 * time.Millisecond)
			p = p.Climb(now)
			if r := p.Rate(); r < last || r > ceiling {
				t.Fatalf("the rate went from %v to %v, ceiling %v", last, r, ceiling)
			}
			last = p.Rate()
		}
		if last != ceiling {
			t.Errorf("30 s later %v/s, want the ceiling %v/s", last, ceiling)
		}
	}
}

func TestItClimbsByATwentiethOfTheCeilingASecond(t *testing.T) {
	began := time.Date(2026, 11, 21, 19, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		ceiling float64
		cuts    int // a second apart
		after   time.Duration
		want    float64
	}{
		{100, 1, 0, 50},
		{100, 1, time.Second, 55},
		{100, 1, 1500 * time.Millisecond, 57.5},
		{100, 1, 9900 * time.Millisecond, 99.5},
		{100, 1, 10 * time.Second, 100},
		{100, 1, time.Hour, 100},
		{100, 2, 0, 27.5}, // 50, a second later 55, halved
		{100, 2, 10 * time.Second, 77.5},
		{8, 1, 5 * time.Second, 6},
	} {
		now, p := began, Pace{Ceiling: c.ceiling}
		for n := range c.cuts {
			now = began.Add(time.Duration(n) * time.Second)
			p = p.Throttle(now)
		}
		for range 10 { // in however many steps
			now = now.Add(c.after / 10)
			p = p.Climb(now)
		}
		if got := p.Rate(); got < c.want-1e-9 || got > c.want+1e-9 {
			t.Errorf("%v after %d cuts of %v/s it is %v/s, want %v", c.after, c.cuts, c.ceiling, got, c.want)
		}
	}
}

func TestAnUnlimitedBucketLearnsWhatTheGatewayBears(t *testing.T) {
	now := time.Date(2026, 11, 21, 19, 0, 0, 0, time.UTC)
	p := Pace{}
	for range 1000 {
		p = p.Count(now)
		now = now.Add(2 * time.Millisecond)
	}
	p = p.Throttle(now)
	if r := p.Rate(); r < 200 || r > 300 {
		t.Errorf("throttled at 500/s, it goes on with %v/s, want about 250/s", r)
	}
}

func TestThrottlingNeverStopsUsQuite(t *testing.T) {
	now := time.Date(2026, 11, 21, 19, 0, 0, 0, time.UTC)
	p := Pace{Ceiling: 50}
	for range 100 {
		now = now.Add(time.Second)
		p = p.Throttle(now)
	}
	if r := p.Rate(); r < floor {
		t.Errorf("rate %v", r)
	}
}

func TestHoldTakesNoTokenAndEndsWithTheGatewaysSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBucket(1, 1)
		start := time.Now()
		for range 5 {
			if err := b.Hold(t.Context()); err != nil || time.Since(start) != 0 {
				t.Fatalf("err = %v after %v", err, time.Since(start))
			}
		}
		if err := b.Wait(t.Context()); err != nil || time.Since(start) != 0 {
			t.Errorf("the token was taken: %v, %v", err, time.Since(start))
		}
		b.SlowDown(3 * time.Second)
		if err := b.Hold(t.Context()); err != nil || time.Since(start) != 3*time.Second {
			t.Errorf("err = %v after %v, want 3s", err, time.Since(start))
		}
		b.SlowDown(time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := b.Hold(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("err = %v", err)
		}
	})
}

// However late who has a slot comes, and with how many others: on its clock no window is fuller than the limit allows.
func TestWhoComesLateForItsSlotLeavesApartFromTheOthers(t *testing.T) {
	for _, c := range []struct {
		rate  float64
		burst int
		late  time.Duration // of the first half; the others are on time
		took  time.Duration // from the first slot to the last departure, at most
	}{
		{rate: 100, burst: 1, took: 990 * time.Millisecond},
		{rate: 100, burst: 1, late: Grace / 4, took: 995 * time.Millisecond},
		{rate: 100, burst: 10, late: 300 * time.Millisecond, took: 1300 * time.Millisecond},
		{rate: 1000, burst: 1, late: 70 * time.Millisecond, took: 170 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			const n = 100
			b := NewBucket(c.rate, c.burst)
			start := time.Now()
			left := make(chan time.Duration, n)
			for i := range n {
				slot := start.Add(time.Duration(i) * Every(c.rate))
				late := time.Duration(0)
				if i < n/2 {
					late = c.late
				}
				go func() {
					time.Sleep(time.Until(slot) + late)
					_ = b.Leave(t.Context(), slot)
					left <- time.Since(start)
				}()
			}
			var all []time.Duration
			for range n {
				all = append(all, <-left)
			}
			slices.Sort(all)
			for i := range all {
				for j := i; j < n; j++ {
					if most := c.rate*(all[j]-all[i]).Seconds() + float64(c.burst); float64(j-i+1) > most+1e-6 {
						t.Fatalf("%+v: %d left in %v, at most %.1f", c, j-i+1, all[j]-all[i], most)
					}
				}
			}
			if all[n-1] > c.took {
				t.Errorf("%+v: the last left after %v, want at most %v", c, all[n-1], c.took)
			}
		})
	}
}

func TestNobodyLeavesBeforeItsSlotAndWithoutALimitNobodyWaitsLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, b := range []*Bucket{NewBucket(0, 1), NewBucket(10, 1)} {
			start := time.Now()
			_ = b.Leave(t.Context(), start.Add(15*time.Millisecond))
			if d := time.Since(start); d != 15*time.Millisecond {
				t.Errorf("left after %v, want 15ms", d)
			}
		}
		b, start := NewBucket(0, 1), time.Now()
		for range 100 {
			_ = b.Leave(t.Context(), start)
		}
		if time.Since(start) != 0 {
			t.Error("an unlimited bucket kept somebody waiting")
		}
	})
}
