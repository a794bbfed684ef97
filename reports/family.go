package reports

import (
	"iter"

	"siaran/campaign"
)

// A Family is a run and the resends that took over rows of it: they are reported together, by row.
type Family struct {
	Run     campaign.Run
	Resends []campaign.Run // the oldest first; none if Run is itself a resend
}

// NewFamily makes the family of run out of all runs whose parent it is, the oldest first.
func NewFamily(run campaign.Run, children []campaign.Run) Family {
	f := Family{Run: run}
	for _, child := range children {
		if child.Kind == campaign.KindResend {
			f.Resends = append(f.Resends, child)
		}
	}
	return f
}

// Members are the run and its resends.
func (f Family) Members() []campaign.Run { return append([]campaign.Run{f.Run}, f.Resends...) }

// openStreams is how many histories are read side by side: each holds a connection to the ledger.
const openStreams = 5

// Histories are those of every row of the run, in order. Of a row that a resend took over it is the resend's
// alone, the latest of several. What the earlier run tried for that row is in that run's own facts and not
// repeated here: two messages to one person are two charges, and months count both.
//
// of reads the histories of one member, in the order of their rows.
func (f Family) Histories(of func(campaign.Run) iter.Seq2[campaign.History, error]) iter.Seq2[campaign.History, error] {
	var parts []iter.Seq2[campaign.History, error]
	for i, run := range f.Members() {
		part := of(run)
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
