package reports_test

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"siaran/campaign"
	"siaran/reports"
)

// family makes a run and its resends out of the rows that each has; a row of 0 is an error.
func family(rows ...[]int) iter.Seq2[campaign.History, error] {
	var children []campaign.Run
	for i := range rows[1:] {
		children = append(children, campaign.Run{ID: fmt.Sprint(i + 1), Kind: campaign.KindResend})
	}
	f := reports.NewFamily(campaign.Run{ID: "0", Kind: campaign.KindSend}, children)
	return f.Histories(func(run campaign.Run) iter.Seq2[campaign.History, error] {
		return func(yield func(campaign.History, error) bool) {
			var i int
			if _, err := fmt.Sscan(run.ID, &i); err != nil {
				yield(campaign.History{}, err)
				return
			}
			for _, n := range rows[i] {
				if n == 0 {
					yield(campaign.History{}, errors.New("the ledger is gone"))
					return
				}
				if !yield(campaign.History{Message: campaign.Message{Run: run.ID, Seq: n}}, nil) {
					return
				}
			}
		}
	})
}

func TestOfARowThatSeveralRunsHaveTheLatestIsReported(t *testing.T) {
	for _, c := range []struct {
		name string
		rows [][]int
		want []string // run:row
	}{
		{"alone", [][]int{{2, 3}}, []string{"0:2", "0:3"}},
		// Row 11 is in no file: it is not hidden, for then the totals would seem to add up.
		{"two resends", [][]int{{2, 3, 4, 5, 9}, {3, 5}, {5, 9, 11}}, []string{"0:2", "1:3", "0:4", "2:5", "2:9", "2:11"}},
		{"more than are read side by side", [][]int{{2, 3, 4, 5, 6, 7, 8}, {3}, {4}, {5}, {6}, {7}, {3, 8}}, []string{"0:2", "6:3", "2:4", "3:5", "4:6", "5:7", "6:8"}},
	} {
		var got []string
		for h, err := range family(c.rows...) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%s:%d", h.Message.Run, h.Message.Seq))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestOnlyResendsTakeRowsOver(t *testing.T) {
	f := reports.NewFamily(campaign.Run{ID: "a"}, []campaign.Run{{ID: "b", Kind: campaign.KindResend}, {ID: "c", Kind: campaign.KindTest}})
	if len(f.Members()) != 2 || f.Members()[0].ID != "a" || f.Members()[1].ID != "b" {
		t.Errorf("members: %v", f.Members())
	}
}

func TestALedgerThatFailsInTheMiddleEndsTheReport(t *testing.T) {
	for name, rows := range map[string][][]int{
		"the run":       {{2, 0}, {2}},
		"a resend":      {{2, 3}, {0}},
		"the sixth one": {{2, 3}, {3}, {3}, {3}, {3}, {3, 0}},
	} {
		var failed error
		for _, err := range family(rows...) {
			failed = err
		}
		if failed == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestWhoeverStopsReadingStopsEveryStream(t *testing.T) {
	n := 0
	for _, err := range family([]int{2, 3, 4}, []int{3, 4}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d rows", n)
	}
}
