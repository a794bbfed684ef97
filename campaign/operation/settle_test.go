package operation

import (
	"errors"
	"strings"
	"testing"

	"siaran/campaign"
)

func TestOnlyUnknownRowsAreSettledAndAllOrNone(t *testing.T) {
	t.Parallel()
	known := map[int]campaign.Verdict{2: campaign.VerdictUnknown, 3: campaign.VerdictRead, 5: campaign.VerdictUnknown}
	for _, c := range []struct {
		rows    []int
		problem string // empty: they may be settled
	}{
		{[]int{2, 5}, ""},
		{[]int{2, 3}, "row 3 is read, not unknown; nothing was settled"},
		{[]int{2, 4, 3}, "row 4: the run has no such row; row 3 is read, not unknown; nothing was settled"},
	} {
		err := settleable(c.rows, known)
		var no *Error
		switch {
		case c.problem == "" && err == nil:
		case err == nil || err.Error() != c.problem || !errors.As(err, &no) || no.Kind != Usage:
			t.Errorf("%v: %v, want %q", c.rows, err, c.problem)
		}
	}
}

func TestNobodySettlesWithoutSayingHowTheyKnow(t *testing.T) {
	t.Parallel()
	s := settings(t)
	_, err := Settle(t.Context(), open(t, s), SettleRequest{Run: "july", Rows: []int{2}, As: campaign.Accepted, Because: " \n", By: ops})
	if err == nil || !strings.Contains(err.Error(), "--because is empty") {
		t.Errorf("got %v", err)
	}
}
