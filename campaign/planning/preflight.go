package planning

import (
	"slices"
	"strings"
	"time"

	"siaran/campaign"
)

// A Preflight is what sending a file would come to: counted while the plan is read, before anything
// is sent. Its counts add up: Rows = Sendable + Rejected + Duplicates.
type Preflight struct {
	Rows, Sendable, Rejected, Duplicates int
	Suppressed                           int // of the sendable: opted out, and withheld unless they are let back in
	Repeated                             int // of the sendable: this campaign sent them the same before
	LeftOut                              int // of the duplicates: this campaign sent them before
	Rounded                              int // of the sendable: phone numbers that end in five zeros or more
	Hidden, Empty                        int // rows of the file that are not data rows

	Problems []ProblemGroup     // the rejected, most rows first once Done was called
	Pairs    []campaign.Message // the first three duplicates
	Channels []ChannelCount     // in the campaign's order
	First    []campaign.Message // the first three sendable
	Oddities []Oddity           // values that are probably not meant: NULL, N/A, …

	FirstRepeat int     // the row of the first of the Repeated
	LastRepeat  SentRow // when and where one of them was sent last

	groups map[string]int
	odd    map[[2]string]int
}

// A ProblemGroup gathers rows with the same problem in the same column.
type ProblemGroup struct {
	Column string
	Reason string // of the first row
	Rows   int
	First  []int // the first 20 row numbers
}

// A ChannelCount is what one channel comes to.
type ChannelCount struct {
	Kind     campaign.ChannelKind
	Messages int
	Parts    int // SMS: parts of all messages
	UCS2     int // SMS: messages that need UCS-2
	Most     int // SMS: the parts of the longest message

	Forced []rune // SMS: the first five different characters that forced UCS-2
}

// An Oddity is a value that looks like a hole in the data.
type Oddity struct {
	Column, Value string
	Rows          int
	First         int // row
}

const (
	firstRows  = 20
	firstFew   = 3
	forcedFew  = 5
	groupLimit = 200 // kinds of problem told apart; the others are gathered in one
	oddLimit   = 100 // the same for oddities; the others are not counted
)

// NewPreflight starts counting for c.
func NewPreflight(c *campaign.Campaign) *Preflight {
	p := &Preflight{groups: make(map[string]int), odd: make(map[[2]string]int)}
	for _, ch := range c.Channels {
		p.Channels = append(p.Channels, ChannelCount{Kind: ch.Kind})
	}
	return p
}

// Add counts one row of the plan. optedOut says that one of its addresses must not get it.
func (p *Preflight) Add(d Decided, optedOut bool) {
	p.Rows++
	switch {
	case d.Problem == nil:
		p.send(d, optedOut)
	case d.Problem.Verdict == campaign.VerdictDuplicate:
		p.Duplicates++
		if d.LeftOut {
			p.LeftOut++
		}
		if len(p.Pairs) < firstFew {
			p.Pairs = append(p.Pairs, d.Message)
		}
	default:
		p.Rejected++
		p.group(d.Message)
	}
}

// send counts a row that would be sent.
func (p *Preflight) send(d Decided, optedOut bool) {
	p.Sendable++
	if optedOut {
		p.Suppressed++
	}
	if d.Again != nil {
		p.Repeated++
		if p.Repeated == 1 {
			p.FirstRepeat = d.Seq
		}
		if d.Again.At.After(p.LastRepeat.At) {
			p.LastRepeat = *d.Again
		}
	}
	if len(p.First) < firstFew {
		p.First = append(p.First, d.Message)
	}
	for i := range p.Channels {
		p.Channels[i].add(d.SMS)
	}
	if p.Channels[0].Kind.Phone() && strings.HasSuffix(d.Address, "00000") {
		p.Rounded++
	}
}

// add counts one message on the channel.
func (c *ChannelCount) add(sms campaign.Parts) {
	c.Messages++
	if c.Kind != campaign.SMS {
		return
	}
	c.Parts += sms.Count
	c.Most = max(c.Most, sms.Count)
	if sms.Encoding == campaign.UCS2 {
		c.UCS2++
		c.force(sms.Forced)
	}
}

func (c *ChannelCount) force(runes []rune) {
	for _, r := range runes {
		if len(c.Forced) < forcedFew && !slices.Contains(c.Forced, r) {
			c.Forced = append(c.Forced, r)
		}
	}
}

// Odd counts a value that is probably not meant.
func (p *Preflight) Odd(column, value string, row int) {
	key := [2]string{column, value}
	i, ok := p.odd[key]
	if !ok {
		if len(p.Oddities) == oddLimit {
			return
		}
		i = len(p.Oddities)
		p.odd[key] = i
		p.Oddities = append(p.Oddities, Oddity{Column: column, Value: value, First: row})
	}
	p.Oddities[i].Rows++
}

// Whole reports whether g is a problem of a whole column rather than of rows: nine in ten rows have it.
func (p *Preflight) Whole(g ProblemGroup) bool {
	return g.Column != "" && g.Rows > 1 && g.Rows*10 >= p.Rows*9
}

// LostDigits reports whether so many phone numbers end in zeros that a spreadsheet must have rounded
// them: by chance it is one in a hundred thousand.
func (p *Preflight) LostDigits() bool {
	return p.Rounded > 2 && p.Rounded*10 >= p.Sendable
}

func (p *Preflight) group(m campaign.Message) {
	key := m.Problem.Column + "\x00" + campaign.Alike(m.Problem.Reason)
	i, ok := p.groups[key]
	if !ok {
		if len(p.Problems) >= groupLimit {
			i = groupLimit - 1
			p.Problems[i].Column, p.Problems[i].Reason = "", "other problems"
		} else {
			i = len(p.Problems)
			p.Problems = append(p.Problems, ProblemGroup{Column: m.Problem.Column, Reason: m.Problem.Reason})
		}
		p.groups[key] = i
	}
	g := &p.Problems[i]
	g.Rows++
	if len(g.First) < firstRows {
		g.First = append(g.First, m.Seq)
	}
}

// Done brings the problems into the order in which they are shown.
func (p *Preflight) Done() {
	slices.SortStableFunc(p.Problems, func(a, b ProblemGroup) int { return b.Rows - a.Rows })
	slices.SortStableFunc(p.Oddities, func(a, b Oddity) int { return b.Rows - a.Rows })
}

// Estimate prices the preflight at t.
func (p *Preflight) Estimate(c *campaign.Campaign, prices *campaign.Prices, t time.Time) campaign.Estimate {
	e := campaign.Estimate{Known: prices != nil}
	if prices != nil {
		e.Currency = prices.Currency
	}
	for i, ch := range c.Channels {
		n := p.Channels[i]
		var cost campaign.Money
		known := false
		switch ch.Kind {
		case campaign.WhatsApp:
			var one campaign.Money
			category := ch.Category
			if category == "" {
				category = "service"
			}
			one, known = prices.WhatsAppOn(t, category)
			cost = one * campaign.Money(n.Messages)
		case campaign.SMS:
			var sms campaign.SMSPrice
			sms, known = prices.SMSOn(t)
			cost = sms.Part * campaign.Money(n.Parts)
		case campaign.Email, campaign.Line, campaign.Telegram, campaign.Facebook:
			known = true // not priced per message here
		}
		e.Known = e.Known && known
		e.Most += cost
		if c.Send != campaign.SendPrimaryBackup || i == 0 {
			e.Least += cost
		}
	}
	return e
}
