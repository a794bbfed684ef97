package main

import (
	"errors"
	"iter"
	"slices"
	"testing"

	"siaran/campaign"
)

// stream yields histories of a run's rows; a row of 0 is an error.
func stream(run string, rows ...int) iter.Seq2[campaign.History, error] {
	return func(yield func(campaign.History, error) bool) {
		for _, n := range rows {
			if n == 0 {
				yield(campaign.History{}, errors.New("the ledger is gone"))
				return
			}
			if !yield(campaign.History{Message: campaign.Message{Run: run, Seq: n}}, nil) {
				return
			}
		}
	}
}

func TestOfARowThatSeveralRunsHaveTheLatestIsReported(t *testing.T) {
	var got []string
	for h, err := range merge([]iter.Seq2[campaign.History, error]{stream("a", 2, 3, 4, 5, 9), stream("b", 3, 5), held(stream("c", 5, 9, 11))}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, h.Message.Run+string(rune('0'+h.Message.Seq)))
	}
	// Row 11 is in no file: it is not hidden, for then the totals would seem to add up.
	if want := []string{"a2", "b3", "a4", "c5", "c9", "c;"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestALedgerThatFailsInTheMiddleEndsTheReport(t *testing.T) {
	for name, parts := range map[string][]iter.Seq2[campaign.History, error]{
		"the run":   {stream("a", 2, 0), stream("b", 2)},
		"a resend":  {stream("a", 2, 3), stream("b", 0)},
		"held":      {stream("a", 2, 3), held(stream("b", 3, 0))},
		"only held": {held(stream("b", 3, 0))},
	} {
		var failed error
		for _, err := range merge(parts) {
			failed = err
		}
		if failed == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestWhoeverStopsReadingStopsEveryStream(t *testing.T) {
	n := 0
	for _, err := range merge([]iter.Seq2[campaign.History, error]{stream("a", 2, 3, 4), stream("b", 3, 4)}) {
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
