package reports

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"siaran/campaign"
)

// Pricing counts charges by everything that finance asks about.
type Pricing map[PriceKey]Bill

// A PriceKey is what one line of the pricing gathers.
type PriceKey struct {
	Channel    campaign.ChannelKind
	Billing    campaign.Billing
	Category   string
	Day        Day
	BudgetCode string
}

// A Day is a date as the number yyyymmdd; 0 is not known.
type Day int

// DayOf returns the date of t in t's zone; 0 for the zero time.
func DayOf(t time.Time) Day {
	if t.IsZero() {
		return 0
	}
	y, m, d := t.Date()
	return Day(y*10000 + int(m)*100 + d)
}

// In returns midnight of d in a zone; the zero time if d is not known.
func (d Day) In(zone *time.Location) time.Time {
	if d == 0 {
		return time.Time{}
	}
	return time.Date(int(d)/10000, time.Month(int(d)/100%100), int(d)%100, 0, 0, 0, 0, zone)
}

// Age returns the whole days from d to t, in t's zone; 0 if d is not known or lies ahead.
func (d Day) Age(t time.Time) int {
	if d == 0 {
		return 0
	}
	from := d.In(time.UTC)
	to := DayOf(t).In(time.UTC)
	return max(0, int(to.Sub(from)/(24*time.Hour)))
}

func (p Pricing) add(l Line) {
	for i := range l.Charges {
		c := &l.Charges[i]
		if c.Billing == "" {
			continue
		}
		k := PriceKey{Channel: c.Channel, Billing: c.Billing, Category: c.Category, Day: DayOf(c.Day), BudgetCode: l.BudgetCode}
		p[k] = p[k].plus(c.bill())
	}
}

// A PriceLine is one line of the pricing.
type PriceLine struct {
	PriceKey
	Bill
}

// Lines returns the pricing sorted by day, channel, billing, category and budget code.
func (p Pricing) Lines() []PriceLine {
	lines := make([]PriceLine, 0, len(p))
	for k, b := range p {
		lines = append(lines, PriceLine{k, b})
	}
	slices.SortFunc(lines, func(a, b PriceLine) int {
		return cmp.Or(
			cmp.Compare(a.Day, b.Day),
			strings.Compare(string(a.Channel), string(b.Channel)),
			cmp.Compare(billingRank(b.Billing), billingRank(a.Billing)),
			strings.Compare(a.Category, b.Category),
			strings.Compare(a.BudgetCode, b.BudgetCode),
		)
	})
	return lines
}

// sum returns what all lines come to.
func (p Pricing) sum() Bill {
	var s Bill
	for _, b := range p {
		s = s.plus(b)
	}
	return s
}

// An AgeLine counts the charges ON PROCESS of one age.
type AgeLine struct {
	From, To int // days, both inclusive; To is -1 where there is no end
	Bill
}

// Ages returns how long the charges ON PROCESS have been waiting at a time, in its zone.
func (p Pricing) Ages(asOf time.Time) []AgeLine {
	ages := []AgeLine{{From: 0, To: 1}, {From: 2, To: 3}, {From: 4, To: 7}, {From: 8, To: 30}, {From: 31, To: -1}}
	for k, b := range p {
		if k.Billing != campaign.BillingOnProcess {
			continue
		}
		age := k.Day.Age(asOf)
		for i := range ages {
			if a := &ages[i]; age >= a.From && (age <= a.To || a.To < 0) {
				a.Bill = a.plus(b)
			}
		}
	}
	return ages
}
