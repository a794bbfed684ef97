package planning

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"iter"
	"runtime"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/address"
)

// A Composer is what planning wants of a campaign that was compiled for its gateway and a heading. Each
// gateway's package has one. Its methods are called from several goroutines.
type Composer interface {
	// To returns the cell with the address of row on the i-th channel, and the heading it came
	// from (empty if it is text made of several). An error is a *campaign.RowError.
	To(row campaign.Row, i int) (cell campaign.Cell, column string, err error)
	// Check renders m, checks every value against template and gateway, and returns the text of its SMS
	// (empty without one). An error is a *campaign.RowError, the first thing wrong.
	Check(m campaign.Message) (sms string, err error)
}

// A Planner turns rows into messages in two steps: Candidates does what concerns each row alone, Decide
// compares them with each other and with what was sent before. It writes nothing down; the same rows
// give the same messages every time.
type Planner struct {
	Campaign *campaign.Campaign
	Header   campaign.Header
	Composer Composer
	Zone     *time.Location  // for times in reasons
	Run      string          // the run's id and the ledger's key, for ref_ids; a preflight has neither
	Key      campaign.RefKey // nil: no ref_ids

	Known Known

	same []int // columns that make a duplicate; -1 is the address
}

// Known is what was planned and sent before this plan. The zero value knows of nothing.
type Known struct {
	Before map[DuplicateKey]int32 // rows that another run planned in whose place these stand: whoever is one of their recipients is a duplicate
	Sent   *Sent                  // what this campaign sent lately
	Skip   bool                   // what was sent is left out; else it is counted as repeated, and a person is asked
	Of     string                 // what this run sent is left out in any case: the plan stands in its place
}

// A Plan is what reading a file came to. It fills while Candidates is read and is whole at its end.
type Plan struct {
	Rows, Hidden int    // data rows, each of which is a message; hidden rows left out
	Digest       string // over heading and rows' content, hex
}

// NewPlanner checks what can be checked before the first row.
func NewPlanner(c *campaign.Campaign, h campaign.Header, g Composer) (*Planner, error) {
	p := &Planner{Campaign: c, Header: h, Composer: g, Zone: time.UTC}
	for _, name := range c.Duplicates.Same {
		if name == "address" {
			p.same = append(p.same, -1)
			continue
		}
		heading := name
		if long, ok := c.Columns[name]; ok {
			heading = long
		}
		i := h.Find(heading)
		if i < 0 {
			return nil, fmt.Errorf("duplicates: no column %q; columns: %s", name, strings.Join(h.Names(), ", "))
		}
		p.same = append(p.same, i)
	}
	return p, nil
}

// A Candidate is the message of one row, looked at alone: its addresses are normalised and its values
// checked. It has a Problem if the row is rejected.
type Candidate struct {
	campaign.Message
	SMS campaign.Parts // what its SMS takes; zero without one

	key     DuplicateKey
	content []byte            // what the row adds to the plan's digest
	was     *campaign.Problem // recalled: what was decided before
}

// A rowOrProblem is a row as the file has it, and why it cannot be relied on, if it cannot.
type rowOrProblem struct {
	campaign.Row
	problem *campaign.RowError
}

// Candidates makes the messages of a file's rows, in its order, using all cores. An error ends the
// sequence: the file is broken.
func (p *Planner) Candidates(ctx context.Context, plan *Plan, rows iter.Seq2[campaign.Row, error]) iter.Seq2[Candidate, error] {
	visible := func(yield func(rowOrProblem, error) bool) {
		for row, err := range rows {
			var bad *campaign.RowError
			if err != nil && !errors.As(err, &bad) {
				yield(rowOrProblem{}, err)
				return
			}
			if row.Hidden && p.Campaign.HiddenRows != campaign.HiddenInclude {
				plan.Hidden++
				continue
			}
			plan.Rows++
			if !yield(rowOrProblem{row, bad}, nil) {
				return
			}
		}
	}
	return func(yield func(Candidate, error) bool) {
		content := sha256.New()
		for _, c := range p.Header.Columns {
			writeField(content, c.Name)
		}
		for c, err := range inOrder(ctx, visible, runtime.GOMAXPROCS(0), p.candidate) {
			if err != nil {
				yield(c, err)
				return
			}
			content.Write(c.content)
			c.content = nil
			if !yield(c, nil) {
				return
			}
		}
		plan.Digest = hex.EncodeToString(content.Sum(nil))
	}
}

// candidate makes the message of one row, with its problem if it has one.
func (p *Planner) candidate(r rowOrProblem) Candidate {
	c := Candidate{Message: campaign.Message{Run: p.Run, Seq: r.Number, Cells: r.Cells}}
	c.content = rowContent(r.Row)
	if p.Key != nil {
		c.RefID = p.Key.RefID(p.Campaign.Name, p.Run, r.Number)
	}
	var err error
	if r.problem != nil {
		err = r.problem
	} else if err = p.address(&c.Message); err == nil {
		err = p.check(&c)
	}
	sum := sha256.New()
	for _, ch := range p.Campaign.Channels {
		writeField(sum, c.To(ch.Kind, p.Campaign.Channels[0].Kind))
	}
	sum.Write(c.content[8:]) // the cells, wherever the row stands
	c.Digest = sum.Sum(nil)[:16]
	if err != nil {
		c.Problem = problemOf(err)
		return c
	}
	c.key = p.DuplicateKey(c.Message)
	return c
}

// check renders the message, and counts its SMS.
func (p *Planner) check(c *Candidate) error {
	sms, err := p.Composer.Check(c.Message)
	if err == nil && sms != "" {
		c.SMS = campaign.SMSParts(sms)
	}
	return err
}

// Recall makes candidates of messages that this planner planned before, to decide about them anew. Those
// that were rejected stay so.
func (p *Planner) Recall(ctx context.Context, planned iter.Seq2[campaign.Message, error]) iter.Seq2[Candidate, error] {
	return inOrder(ctx, planned, runtime.GOMAXPROCS(0), func(m campaign.Message) Candidate {
		c := Candidate{Message: m, was: m.Problem}
		if m.Problem != nil && m.Problem.Verdict == campaign.VerdictRejected {
			return c
		}
		c.Problem = nil
		if err := p.check(&c); err != nil { // it passed before
			c.Problem = problemOf(err)
			return c
		}
		c.key = p.DuplicateKey(m)
		return c
	})
}

// Last returns which row of several of the same recipient is kept where the last one is: all candidates
// must be read once before Decide can know.
type Last map[DuplicateKey]int32

// Add takes up the next candidate.
func (l Last) Add(c Candidate) {
	if c.Problem == nil {
		l[c.key] = int32(c.Seq) //nolint:gosec // a row of a file
	}
}

// A Decided is a candidate that was compared with the others: its Problem says that it is a duplicate, or
// that it was sent before and is left out.
type Decided struct {
	Candidate
	Again   *SentRow // it was sent before, and is not left out
	LeftOut bool     // it was sent before, and is
}

// Changed reports whether something else was decided about a recalled candidate than before.
func (d Decided) Changed() bool {
	if d.Problem == nil || d.was == nil {
		return d.Problem != d.was
	}
	return *d.Problem != *d.was
}

// Decide compares candidates with each other and with what was sent before, in their order. last is needed where
// the campaign keeps the last of several, and nil elsewhere.
func (p *Planner) Decide(in iter.Seq2[Candidate, error], last Last) iter.Seq2[Decided, error] {
	return func(yield func(Decided, error) bool) {
		kept := last
		if kept == nil {
			kept = make(Last)
		}
		for c, err := range in {
			if err != nil {
				yield(Decided{Candidate: c}, err)
				return
			}
			if !yield(p.decide(c, kept), nil) {
				return
			}
		}
	}
}

// decide says what becomes of one candidate. kept are the rows that are kept so far, by recipient.
func (p *Planner) decide(c Candidate, kept Last) Decided {
	d := Decided{Candidate: c}
	if d.Problem == nil && p.Campaign.Duplicates.Keep != "all" {
		first, seen := kept[c.key]
		earlier, planned := p.Known.Before[c.key]
		switch {
		case planned:
			d.Problem = duplicate("the same recipient as row %d, which was planned before", earlier)
		case !seen:
			kept[c.key] = int32(c.Seq) //nolint:gosec // a row of a file
		case int(first) != c.Seq:
			d.Problem = duplicate("the same recipient as row %d, which is kept", first)
		}
	}
	if d.Problem != nil {
		return d
	}
	sent, again := p.Known.Sent.Find(c.Message)
	switch {
	case again && (p.Known.Skip || sent.Run == p.Known.Of):
		d.LeftOut = true
		d.Problem = duplicate("sent already on %s, in row %d of run %s", sent.At.In(p.Zone).Format("2 Jan 15:04"), sent.Seq, sent.Run)
	case again:
		d.Again = &sent
	}
	return d
}

func duplicate(format string, args ...any) *campaign.Problem {
	return &campaign.Problem{Verdict: campaign.VerdictDuplicate, Reason: fmt.Sprintf(format, args...)}
}

func problemOf(err error) *campaign.Problem {
	var re *campaign.RowError
	if errors.As(err, &re) {
		return &campaign.Problem{Verdict: campaign.VerdictRejected, Column: re.Column, Reason: re.Problem}
	}
	return &campaign.Problem{Verdict: campaign.VerdictRejected, Reason: err.Error()}
}

// address fills in m's addresses, normalised.
func (p *Planner) address(m *campaign.Message) error {
	for i, ch := range p.Campaign.Channels {
		cell, column, err := p.Composer.To(m.Row(), i)
		if err != nil {
			return err
		}
		to, err := address.Parse(cell, ch.Kind, p.Campaign.Country)
		if err != nil {
			return &campaign.RowError{Row: m.Seq, Column: column, Problem: err.Error()}
		}
		if i == 0 {
			m.Address = to
			continue
		}
		if m.Others == nil {
			m.Others = make(map[campaign.ChannelKind]string, len(p.Campaign.Channels)-1)
		}
		m.Others[ch.Kind] = to
	}
	return nil
}

// A DuplicateKey is what a message has in common with its duplicates: a digest of 96 bits. That is short,
// for a plan holds one for each row, and long enough: that two of a million rows share one by accident
// is as likely as nothing else in this program.
type DuplicateKey [12]byte

// DuplicateKey returns what m has in common with its duplicates, over the columns of duplicates.same.
func (p *Planner) DuplicateKey(m campaign.Message) (key DuplicateKey) {
	sum := sha256.New()
	for _, i := range p.same {
		if i < 0 {
			writeField(sum, m.Address)
			continue
		}
		writeField(sum, campaign.FoldHeading(m.Cells[i].Raw))
	}
	copy(key[:], sum.Sum(nil))
	return key
}

// rowContent is what identity is made of: the row's number and the kind and value of each cell, not
// how it looks. Saving the file again changes nothing.
func rowContent(row campaign.Row) []byte {
	n := 8
	for _, c := range row.Cells {
		n += 5 + len(c.Raw)
	}
	b := binary.BigEndian.AppendUint64(make([]byte, 0, n), uint64(row.Number))
	for _, c := range row.Cells {
		b = append(b, byte(c.Kind))
		b = binary.BigEndian.AppendUint32(b, uint32(len(c.Raw)))
		b = append(b, c.Raw...)
	}
	return b
}

func writeField(h hash.Hash, s string) {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(s)))
	h.Write(n[:])
	h.Write([]byte(s))
}
