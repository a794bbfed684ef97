package reports

import (
	"slices"

	"siaran/campaign"
)

// Totals count lines. They add up: the verdicts to the rows, the groups to the rows, and the charges to
// the money of the lines.
type Totals struct {
	Rows      int
	Verdicts  map[campaign.Verdict]int
	Groups    map[campaign.Group]int
	Attempts  int
	Taken     int // rows the gateway took, whatever came later
	Delivered int // rows in the group Reached
	Read      int // of them read or clicked
	Clicked   int

	Amount   campaign.Money // settled: the sum of the lines' amounts
	IfPaid   campaign.Money // Amount, and what is open at its price
	Billings map[campaign.Billing]Bill
	Channels map[campaign.ChannelKind]ChannelTotal

	SeveralPaid       int            // rows with more than one paid channel
	SeveralPaidAmount campaign.Money // what those rows cost
	OpenRows          int            // rows that are waiting or need somebody
	OpenBillings      int            // charges ON PROCESS
}

// A Bill is what the charges of one kind come to. A message on two channels is two charges.
type Bill struct {
	Messages int
	Parts    int
	Amount   campaign.Money // settled
	IfPaid   campaign.Money
}

func (b Bill) plus(o Bill) Bill {
	return Bill{Messages: b.Messages + o.Messages, Parts: b.Parts + o.Parts, Amount: b.Amount + o.Amount, IfPaid: b.IfPaid + o.IfPaid}
}

func (c *Charge) bill() Bill {
	return Bill{Messages: 1, Parts: c.Parts, Amount: c.Amount, IfPaid: c.IfPaid}
}

// A ChannelTotal is what one channel did.
type ChannelTotal struct {
	Messages    int // accepted on this channel, unused backups left out
	Delivered   int
	Read        int
	Undelivered int
	Unused      int // backups that were not needed
	Amount      campaign.Money
}

// newTotals returns empty totals.
func newTotals() Totals {
	return Totals{
		Verdicts: make(map[campaign.Verdict]int, len(campaign.Verdicts)),
		Groups:   make(map[campaign.Group]int, len(campaign.Groups)),
		Billings: make(map[campaign.Billing]Bill, len(Billings)),
		Channels: make(map[campaign.ChannelKind]ChannelTotal),
	}
}

func (t *Totals) add(l Line) {
	t.Rows++
	t.Verdicts[l.Verdict]++
	t.Groups[l.Group]++
	t.Attempts += l.Attempts
	if l.Accepted {
		t.Taken++
	}
	if l.Group == campaign.GroupReached {
		t.Delivered++
		if l.Verdict != campaign.VerdictDelivered {
			t.Read++
		}
		if l.Verdict == campaign.VerdictClicked {
			t.Clicked++
		}
	}
	if l.Group == campaign.GroupWaiting || l.Group == campaign.GroupNeedsYou {
		t.OpenRows++
	}
	t.Amount += l.Amount
	if l.Flags.Has(FlagSeveralPaid) {
		t.SeveralPaid++
		t.SeveralPaidAmount += l.Amount
	}
	for i := range l.Charges {
		t.addCharge(&l.Charges[i])
	}
}

func (t *Totals) addCharge(c *Charge) {
	ch := t.Channels[c.Channel]
	defer func() { t.Channels[c.Channel] = ch }()
	if c.Billing == "" {
		ch.Unused++
		return
	}
	ch.Messages++
	ch.Amount += c.Amount
	switch {
	case c.Verdict.Group() == campaign.GroupReached:
		ch.Delivered++
		if c.Verdict != campaign.VerdictDelivered {
			ch.Read++
		}
	case c.Verdict == campaign.VerdictUndelivered:
		ch.Undelivered++
	}
	if c.Billing == campaign.BillingOnProcess {
		t.OpenBillings++
	}
	t.IfPaid += c.IfPaid
	t.Billings[c.Billing] = t.Billings[c.Billing].plus(c.bill())
}

// ChannelKinds returns the channels that were used or held ready, sorted.
func (t *Totals) ChannelKinds() []campaign.ChannelKind {
	var kinds []campaign.ChannelKind
	for k := range t.Channels {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}
