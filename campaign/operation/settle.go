package operation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"siaran/campaign"
	"siaran/campaign/ledger"
)

// A SettleRequest is a person's word on unknown rows.
type SettleRequest struct {
	Run     string // an id, or a campaign's name for its newest run
	Rows    []int  // as in Excel
	As      campaign.Outcome
	Because string // how they know
	By      campaign.Person
}

// A SettleResult is what became of it.
type SettleResult struct {
	Run     campaign.Run
	Settled int
	Open    []int // rows that are being sent, perhaps: nothing was settled of them
	Summary Summary
}

// Settle writes the word down: all rows must be unknown, or none is settled. As accepted the gateway has it; as
// not taken it has not, and the row is queued again, or not sent if the run is finished.
func Settle(ctx context.Context, book *ledger.Ledger, r SettleRequest) (result SettleResult, err error) {
	if r.Because = strings.TrimSpace(strings.ToValidUTF8(r.Because, "?")); r.Because == "" {
		return result, usage(errors.New("--because is empty"), "say how you know: it stands in the report")
	}
	run, err := FindRun(ctx, book, r.Run)
	if err != nil {
		return result, err
	}
	// Whoever sends the run has its own picture of these rows; and what a dead process left open is
	// unknown once the run is owned.
	if run.State != campaign.StateDone && run.State != campaign.StateCancelled {
		owner, err := book.Owners.Own(ctx, run.ID)
		if err != nil {
			return result, err
		}
		defer func() { _ = owner.Release() }()
	}
	known, err := verdicts(ctx, book, run)
	if err != nil {
		return result, err
	}
	slices.Sort(r.Rows)
	r.Rows = slices.Compact(r.Rows)
	if err := settleable(r.Rows, known); err != nil {
		return result, err
	}
	how := fmt.Sprintf("--rows %s --as %s", RowList(r.Rows), strings.ReplaceAll(string(r.As), " ", "-"))
	if err := book.Actions.Add(ctx, r.By.Did(campaign.DeedSettle, run.ID, how, r.Because)); err != nil {
		return result, err
	}
	open, err := book.Doubts.Settle(ctx, run.ID, r.Rows, r.As, r.Because)
	if err != nil {
		return result, err
	}
	sum, err := Summarise(ctx, book, run)
	return SettleResult{Run: run, Settled: len(r.Rows) - len(open), Open: open, Summary: sum}, err
}

// settleable refuses the whole list if a row of it is not unknown: a slip of a digit must not settle
// another's message.
func settleable(rows []int, known map[int]campaign.Verdict) error {
	var wrong []string
	for _, row := range rows {
		switch v, ok := known[row]; {
		case !ok:
			wrong = append(wrong, fmt.Sprintf("row %d: the run has no such row", row))
		case v != campaign.VerdictUnknown:
			wrong = append(wrong, fmt.Sprintf("row %d is %s, not unknown", row, v))
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return usage(fmt.Errorf("%s; nothing was settled", strings.Join(wrong, "; ")), "only unknown rows are for a person to settle; siaran doctor lists them")
}

// RowList writes row numbers as --rows takes them: 17,40.
func RowList(rows []int) string {
	words := make([]string, len(rows))
	for i, row := range rows {
		words[i] = strconv.Itoa(row)
	}
	return strings.Join(words, ",")
}
