package main

import (
	"context"
	"iter"
	"slices"

	"siaran/campaign"
	"siaran/campaign/ledger"
)

// A family is a run and the resends that took over rows of it: reported together, by row.
type family struct {
	book     *ledger.Ledger
	run      campaign.Run
	children []campaign.Run // the oldest first; nil if run is itself a resend
}

func familyOf(ctx context.Context, book *ledger.Ledger, run campaign.Run) (family, error) {
	all, err := book.Runs.Children(ctx, run.ID)
	f := family{book: book, run: run}
	for _, child := range all {
		if child.Kind == campaign.KindResend {
			f.children = append(f.children, child)
		}
	}
	return f, err
}

// members are the run and its resends.
func (f family) members() []campaign.Run { return append([]campaign.Run{f.run}, f.children...) }

// actions are what was done about the run and its resends, in order.
func (f family) actions(ctx context.Context) ([]campaign.Action, error) {
	var all []campaign.Action
	for _, run := range f.members() {
		list, err := f.book.Actions.OfRun(ctx, run.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	slices.SortStableFunc(all, func(a, b campaign.Action) int { return a.At.Compare(b.At) })
	return all, nil
}

// openStreams is how many histories are read side by side: each holds a connection to the ledger.
const openStreams = 5

// histories are those of every row of the run, in order; of a row that a resend took over, the resend's
// alone, the latest of several. What the earlier run tried for that row is in that run's own facts and
// not repeated here: two messages to one person are two charges, and months count both.
func (f family) histories(ctx context.Context) iter.Seq2[campaign.History, error] {
	var parts []iter.Seq2[campaign.History, error]
	for i, run := range f.members() {
		part := f.book.Histories.Of(ctx, run.ID)
		if i >= openStreams {
			part = held(part)
		}
		parts = append(parts, part)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return merge(parts)
}

// held reads everything before it yields the first: it holds memory instead of a connection.
func held(in iter.Seq2[campaign.History, error]) iter.Seq2[campaign.History, error] {
	return func(yield func(campaign.History, error) bool) {
		var all []campaign.History
		for h, err := range in {
			if err != nil {
				yield(h, err)
				return
			}
			all = append(all, h)
		}
		for _, h := range all {
			if !yield(h, nil) {
				return
			}
		}
	}
}

// merge puts streams that are each in the order of their rows into one; of equal rows the last stream's
// is taken.
func merge(parts []iter.Seq2[campaign.History, error]) iter.Seq2[campaign.History, error] {
	return func(yield func(campaign.History, error) bool) {
		heads := make([]head, len(parts))
		for i := range parts {
			heads[i].pull, heads[i].stop = iter.Pull2(parts[i])
			defer heads[i].stop()
			heads[i].next()
		}
		for {
			seq, from := 0, -1
			for i := range heads {
				h := &heads[i]
				if h.err != nil {
					yield(campaign.History{}, h.err)
					return
				}
				if h.more && (from < 0 || h.Message.Seq <= seq) {
					seq, from = h.Message.Seq, i
				}
			}
			if from < 0 {
				return
			}
			taken := heads[from].History
			for i := range heads {
				if heads[i].more && heads[i].Message.Seq == seq {
					heads[i].next()
				}
			}
			if !yield(taken, nil) {
				return
			}
		}
	}
}

// A head is where the reading of one stream stands.
type head struct {
	campaign.History
	err  error
	more bool

	pull func() (campaign.History, error, bool)
	stop func()
}

func (h *head) next() { h.History, h.err, h.more = h.pull() }
