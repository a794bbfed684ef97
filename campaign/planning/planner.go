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

	"siaran/campaign"
	"siaran/campaign/address"
)

// A Composer is a campaign compiled for its gateway and a heading: it knows where a row's addresses
// are and whether the row can be said in the gateway's form. Each gateway package has one. Its
// methods are called from several goroutines.
type Composer interface {
	// To returns the cell with the address of row on the i-th channel, and the heading it came
	// from (empty if it is text made of several). An error is a *RowError.
	To(row campaign.Row, i int) (cell campaign.Cell, column string, err error)
	// Check renders m and checks every value against template and gateway. sms is the text of the SMS, empty
	// if the campaign has none. An error is a *RowError, the first thing wrong.
	Check(m campaign.Message) (sms string, err error)
}

// A Planner turns rows into messages: addresses normalised, values checked, duplicates out. It
// decides and writes nothing down; the same rows give the same messages every time.
type Planner struct {
	Campaign *campaign.Campaign
	Header   campaign.Header
	Composer Composer
	Run      string // the run's id and the ledger's key, for ref_ids; a preflight has neither
	Key      campaign.RefKey

	// Before are rows that another run planned in whose place these rows stand, by Same: whoever is
	// one of their recipients is a duplicate. Nil: none.
	Before map[DuplicateKey]int32

	same []int // columns that make a duplicate; -1 is the address
}

// A Plan is what planning a file came to. It fills while Messages is read and is whole at its end.
type Plan struct {
	Rows, Hidden int    // data rows, each of which is a message; hidden rows left out
	Digest       string // over heading and rows' content, hex
}

// NewPlanner checks what can be checked before the first row.
func NewPlanner(c *campaign.Campaign, h campaign.Header, g Composer) (*Planner, error) {
	p := &Planner{Campaign: c, Header: h, Composer: g}
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

// Messages plans every row, in the file's order, using all cores. rows is read once, twice if the
// last of several duplicates is kept. An error ends the sequence: the file is broken.
func (p *Planner) Messages(ctx context.Context, plan *Plan, rows func() iter.Seq2[campaign.Row, error]) iter.Seq2[campaign.Message, error] {
	return func(yield func(campaign.Message, error) bool) {
		kept := make(map[DuplicateKey]int32)
		if p.Campaign.Duplicates.Keep == "last" {
			for m, err := range p.addressed(ctx, &Plan{}, rows()) {
				if err != nil {
					yield(campaign.Message{}, err)
					return
				}
				if m.Problem == nil {
					kept[m.same] = int32(m.Seq) //nolint:gosec // a row of a file
				}
			}
		}
		content := sha256.New()
		for _, c := range p.Header.Columns {
			writeField(content, c.Name)
		}
		for m, err := range p.addressed(ctx, plan, rows()) {
			if err != nil {
				yield(campaign.Message{}, err)
				return
			}
			content.Write(m.content)
			if m.Problem == nil && p.Campaign.Duplicates.Keep != "all" {
				first, seen := kept[m.same]
				earlier, sent := p.Before[m.same]
				switch {
				case sent:
					m.Problem = &campaign.Problem{Verdict: campaign.VerdictDuplicate, Reason: fmt.Sprintf("the same recipient as row %d, which was planned before", earlier)}
				case !seen:
					kept[m.same] = int32(m.Seq) //nolint:gosec // a row of a file
				case int(first) != m.Seq:
					m.Problem = &campaign.Problem{Verdict: campaign.VerdictDuplicate, Reason: fmt.Sprintf("the same recipient as row %d, which is kept", first)}
				}
			}
			if !yield(m.Message, nil) {
				return
			}
		}
		plan.Digest = hex.EncodeToString(content.Sum(nil))
	}
}

// An addressed message knows by what it is compared with others.
type addressed struct {
	campaign.Message
	same    DuplicateKey
	content []byte // what the row adds to the plan's digest
}

// addressed does what concerns each row alone, on all cores.
func (p *Planner) addressed(ctx context.Context, plan *Plan, rows iter.Seq2[campaign.Row, error]) iter.Seq2[addressed, error] {
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
	return inOrder(ctx, visible, runtime.GOMAXPROCS(0), func(r rowOrProblem) addressed { return p.message(r.Row, r.problem) })
}

type rowOrProblem struct {
	campaign.Row
	problem *campaign.RowError // the file could not say this row
}

// message makes the message of one row, with its problem if it has one.
func (p *Planner) message(row campaign.Row, bad *campaign.RowError) addressed {
	m := addressed{Message: campaign.Message{Run: p.Run, Seq: row.Number, Cells: row.Cells}}
	m.content = rowContent(row)
	if p.Key != nil {
		m.RefID = p.Key.RefID(p.Campaign.Name, p.Run, row.Number)
	}
	var err error
	if bad != nil {
		err = bad
	} else if err = p.address(&m.Message); err == nil {
		_, err = p.Composer.Check(m.Message)
	}
	sum := sha256.New()
	for _, ch := range p.Campaign.Channels {
		writeField(sum, m.To(ch.Kind, p.Campaign.Channels[0].Kind))
	}
	sum.Write(m.content[8:]) // the cells, wherever the row stands
	m.Digest = sum.Sum(nil)[:16]
	if err != nil {
		m.Problem = problemOf(err)
		return m
	}
	m.same = p.DuplicateKey(m.Message)
	return m
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

// A DuplicateKey is what a message has in common with its duplicates: a digest of 96 bits. That is short, for a
// plan holds one for each row, and long enough: that two of a million rows share one by accident is as
// likely as nothing else in this program.
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

// Identity is the digest that makes a run the same run: name, content of the definition, account and
// the rows' content, and a number for each --new-run.
func Identity(c *campaign.Campaign, plan Plan, number int) string {
	h := sha256.New()
	for _, s := range []string{c.Name, string(c.Content), c.Account, plan.Digest, fmt.Sprint(number)} {
		writeField(h, s)
	}
	return hex.EncodeToString(h.Sum(nil))
}
