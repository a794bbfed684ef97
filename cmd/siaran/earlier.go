package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"siaran/campaign"
	"siaran/campaign/ledger"
)

// earlier is what this campaign sent before, within repeat_within: by what makes a message the same
// again, address and values.
type earlier struct {
	sent map[digest]sentRow
	runs []string // ids, which sent refers to

	all bool   // rows that are there are left out: repeat: skip, or a person's answer
	of  string // only those of this run are: it is replaced by --new-run

	// What the last reading of the file came to.
	left  int     // rows that were left out
	first int     // the first row that was not
	last  sentRow // the latest of those that were not
}

// A digest is what two messages have in common that are the same: Message.Digest.
type digest [16]byte

// A sentRow is where a message was sent, in few bytes: there may be a million.
type sentRow struct {
	run int32 // index into earlier.runs
	seq int32
	at  int64 // unix seconds
}

// lookBack finds what was sent before. Runs that are not live neither repeat nor are repeated.
func (l *loaded) lookBack(ctx context.Context, book *ledger.Ledger) error {
	l.book = book
	c := l.campaign
	l.earlier = earlier{all: c.Repeat == "skip"}
	if book == nil || !l.account.Live || c.Repeat == "allow" {
		return nil
	}
	e := &l.earlier
	e.sent = make(map[digest]sentRow)
	index := make(map[string]int32)
	for s, err := range book.Histories.SentTo(ctx, ledger.SentTo{Campaign: c.Name, Since: time.Now().Add(-c.RepeatWithin), Live: true}) {
		if err != nil {
			return err
		}
		if len(s.Digest) != len(digest{}) { // another tool's
			continue
		}
		i, ok := index[s.Run]
		if !ok {
			i = int32(len(e.runs)) //nolint:gosec // a campaign has few runs
			e.runs, index[s.Run] = append(e.runs, s.Run), i
		}
		row := sentRow{run: i, seq: int32(s.Seq), at: s.At.Unix()} //nolint:gosec // Excel's rows
		if old, ok := e.sent[digest([]byte(s.Digest))]; !ok || old.at < row.at {
			e.sent[digest([]byte(s.Digest))] = row
		}
	}
	return nil
}

// begin starts counting anew.
func (e *earlier) begin() { e.left, e.first, e.last = 0, 0, sentRow{} }

// mark makes m a duplicate if it was sent before and is to be left out. It reports whether it was
// sent before and is not.
func (e *earlier) mark(m *campaign.Message, zone *time.Location) (again bool) {
	if len(e.sent) == 0 || m.Problem != nil || len(m.Digest) != len(digest{}) {
		return false
	}
	s, ok := e.sent[digest(m.Digest)]
	if !ok {
		return false
	}
	if e.all || e.runs[s.run] == e.of {
		e.left++
		m.Problem = &campaign.Problem{
			Verdict: campaign.VerdictDuplicate,
			Reason:  fmt.Sprintf("sent already on %s, in row %d of run %s", e.when(s, zone), s.seq, e.runs[s.run]),
		}
		return false
	}
	if e.first == 0 {
		e.first = m.Seq
	}
	if s.at > e.last.at {
		e.last = s
	}
	return true
}

func (e *earlier) when(s sentRow, zone *time.Location) string {
	return time.Unix(s.at, 0).In(zone).Format("2 Jan 15:04")
}

// A looked is a campaign for commands that only look: with the ledger, which they can do without and say so, and
// what it knows of earlier sends.
type looked struct{ *loaded }

func look(ctx context.Context, c *common, ui *ui, path, file string) (l looked, err error) {
	if l.loaded, err = load(ctx, c, ui, path, file); err != nil {
		return l, err
	}
	s := ledgerSettings(l.settings)
	s.ReadOnly = true
	book, err := ledger.Open(ctx, s)
	if errors.Is(err, ledger.ErrMissing) || errors.Is(err, ledger.ErrServer) {
		ui.Note("not looked up: who opted out, what was sent before, unfinished runs (%v)", err)
		return l, nil
	}
	if err == nil {
		err = l.lookBack(ctx, book)
	}
	if err != nil {
		return l, errors.Join(err, l.Close())
	}
	return l, nil
}

// Close closes the file and the ledger.
func (l looked) Close() error {
	if l.book == nil {
		return l.loaded.Close()
	}
	return errors.Join(l.loaded.Close(), l.book.Close())
}
