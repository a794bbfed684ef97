package campaign

import (
	"fmt"
	"strings"
	"time"
)

// Money is an amount in millionths of the currency's main unit (rupiah, not sen): int64, exact.
type Money int64

// One is one unit of the currency.
const One Money = 1_000_000

// String writes m as a plain decimal: "586.33", "-0.5", "0".
func (m Money) String() string {
	sign := ""
	u := uint64(m)
	if m < 0 {
		sign, u = "-", uint64(-m)
	}
	s := fmt.Sprintf("%d.%06d", u/1_000_000, u%1_000_000)
	return sign + strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// Prices are what a gateway charges, dated.
type Prices struct {
	Currency    string // IDR
	Tax         string // per cent as an exact decimal, "11"; for people, never in amounts
	BillingDate string // sent | delivered: which day decides price and month
	WhatsApp    []WhatsAppPrice
	SMS         []SMSPrice
}

// A WhatsAppPrice is the price of one message, by category, from a day on.
type WhatsAppPrice struct {
	From       time.Time // midnight in the configured zone
	ByCategory map[string]Money
}

// An SMSPrice is the price of one SMS part from a day on.
type SMSPrice struct {
	From    time.Time
	Part    Money
	Charged string // accepted | delivered
}

// WhatsAppOn returns the price of a WhatsApp message of that category at t; false if none is known.
func (p *Prices) WhatsAppOn(t time.Time, category string) (Money, bool) {
	if p == nil {
		return 0, false
	}
	for i := len(p.WhatsApp) - 1; i >= 0; i-- {
		if !t.Before(p.WhatsApp[i].From) {
			m, ok := p.WhatsApp[i].ByCategory[category]
			return m, ok
		}
	}
	return 0, false
}

// SMSOn returns the SMS price at t; false if none is known.
func (p *Prices) SMSOn(t time.Time) (SMSPrice, bool) {
	if p == nil {
		return SMSPrice{}, false
	}
	for i := len(p.SMS) - 1; i >= 0; i-- {
		if !t.Before(p.SMS[i].From) {
			return p.SMS[i], true
		}
	}
	return SMSPrice{}, false
}

// An Estimate is what a run would cost, from no backup needed to all of them, without tax.
type Estimate struct {
	Known       bool // false: a price is missing, and the amounts are too low
	Least, Most Money
	Currency    string
}
