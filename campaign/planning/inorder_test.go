package planning

import (
	"context"
	"errors"
	"iter"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

// upTo yields 0 to n-1, and then err, if there is one.
func upTo(n int, err error) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
		if err != nil {
			yield(0, err)
		}
	}
}

func double(i int) int { return 2 * i }

// doubled reads what inOrder makes of upTo: how many came in order, and the error that ended it.
func doubled(t *testing.T, in iter.Seq2[int, error], n int, f func(int) int) (came int, ended error) {
	t.Helper()
	for got, err := range inOrder(t.Context(), in, n, f) {
		if err != nil {
			if ended != nil {
				t.Fatalf("%v, after it had ended with %v", err, ended)
			}
			ended = err
			continue
		}
		if ended != nil || got != 2*came {
			t.Fatalf("result %d is %d, after %v", came, got, ended)
		}
		came++
	}
	return came, ended
}

func TestResultsComeInTheOrderOfTheItemsHoweverLongEachTakes(t *testing.T) {
	for _, c := range []struct{ items, goroutines int }{
		{0, 4}, {1, 1}, {3, 16}, {batchSize, 2}, {batchSize + 1, 2}, {20*batchSize + 7, 1}, {20*batchSize + 7, 8}, {2 * batchSize, 64},
	} {
		synctest.Test(t, func(t *testing.T) {
			came, err := doubled(t, upTo(c.items, nil), c.goroutines, func(i int) int {
				if i%batchSize == 0 { // each batch takes less than the one before
					time.Sleep(time.Hour / time.Duration(i+1))
				}
				return double(i)
			})
			if err != nil || came != c.items {
				t.Errorf("%d items on %d goroutines: %d came, %v", c.items, c.goroutines, came, err)
			}
		})
	}
}

func TestAllGoroutinesWorkAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const goroutines, batches = 4, 12
		began := time.Now()
		came, err := doubled(t, upTo(batches*batchSize, nil), goroutines, func(i int) int {
			time.Sleep(time.Second)
			return double(i)
		})
		if want := batches / goroutines * batchSize * time.Second; err != nil || came != batches*batchSize || time.Since(began) != want {
			t.Errorf("%d came in %v, %v: want all in %v", came, time.Since(began), err, want)
		}
	})
}

func TestAnErrorOfTheItemsComesAfterTheResultsBeforeIt(t *testing.T) {
	broken := errors.New("the file is broken")
	for _, items := range []int{0, 1, batchSize - 1, batchSize, 5*batchSize + 3} {
		synctest.Test(t, func(t *testing.T) {
			if came, err := doubled(t, upTo(items, broken), 3, double); came != items || !errors.Is(err, broken) {
				t.Errorf("%d of %d came, then %v", came, items, err)
			}
		})
	}
}

func TestACancelledOrderEndsWithTheReasonThoughAnItemHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		hang := make(chan struct{})
		came, ended := 0, error(nil)
		go func() {
			time.Sleep(time.Minute)
			cancel()
			time.Sleep(time.Minute)
			close(hang)
		}()
		began, asked := time.Now(), time.Duration(0)
		for _, err := range inOrder(ctx, upTo(1_000_000, nil), 2, func(i int) int {
			if i == 3*batchSize {
				<-hang
			}
			return i
		}) {
			if ended = err; err != nil {
				asked = time.Since(began)
				continue
			}
			came++
		}
		if !errors.Is(ended, context.Canceled) || came != 3*batchSize || asked != time.Minute {
			t.Errorf("%d came, and %v after %v: want %d, and cancelled after a minute", came, ended, asked, 3*batchSize)
		}
	})
}

func TestAnOrderThatIsCancelledWhileNothingIsWorkedOnIsNoWholeOne(t *testing.T) {
	for range 100 { // what is cancelled and what goes on is for select to choose
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			in := func(yield func(int, error) bool) {
				for i := range batchSize {
					if !yield(i, nil) {
						return
					}
				}
				time.Sleep(time.Second) // until all that came is worked on
				cancel()
			}
			var ended error
			for _, err := range inOrder(ctx, in, 2, double) {
				ended = err
			}
			if !errors.Is(ended, context.Canceled) {
				t.Fatalf("it ended with %v", ended)
			}
		})
	}
}

func TestWhoBreaksOffLeavesNoGoroutineAndReadsNoFurther(t *testing.T) {
	for _, after := range []int{1, batchSize, 3*batchSize + 5} {
		read, ended := 0, false
		in := func(yield func(int, error) bool) {
			defer func() { ended = true }()
			for i := range 1_000_000 {
				if read++; !yield(i, nil) {
					return
				}
			}
		}
		var busy atomic.Int64
		came := 0
		for _, err := range inOrder(t.Context(), in, 4, func(i int) int {
			defer busy.Add(-1)
			busy.Add(1)
			return i
		}) {
			if err != nil {
				t.Fatal(err)
			}
			if came++; came == after {
				break
			}
		}
		if !ended || busy.Load() != 0 || read > after+40*batchSize {
			t.Errorf("after %d results: %d items read, the reading is over: %v, %d are worked on", after, read, ended, busy.Load())
		}
		goleak.VerifyNone(t)
	}
}
