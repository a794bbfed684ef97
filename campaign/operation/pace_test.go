package operation

import "testing"

func TestARateHasAsManyDigitsAsMeanSomething(t *testing.T) {
	for rate, want := range map[float64]string{0.2: "0.2", 1: "1", 2.54: "2.5", 9.96: "10", 12.4: "12", 99.7: "100", 4321.9: "4,322"} {
		if got := perSecond(rate); got != want {
			t.Errorf("%v is written %s, want %s", rate, got, want)
		}
	}
}
