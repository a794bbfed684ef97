package definition

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"siaran/campaign"
)

var (
	currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)
	perCent      = regexp.MustCompile(`^(100|[0-9]{1,2}(\.[0-9]{1,6})?) ?%$`)
)

// The categories of WhatsApp messages, which have prices of their own.
var categories = [...]string{"marketing", "utility", "authentication", "service"}

// A priceReader reads what an account's messages cost.
type priceReader struct {
	zone *time.Location // where the days begin on which prices change
}

func (r priceReader) read(v value) *campaign.Prices {
	p := &campaign.Prices{Currency: "IDR", BillingDate: "sent"}
	v.mapping(
		field{"currency", func(v value) {
			if s, ok := v.text(); ok && currencyCode.MatchString(s) {
				p.Currency = s
			} else if ok {
				v.fail("cannot be "+v.shown(), "three capital letters, such as IDR")
			}
		}},
		field{"tax", func(v value) {
			if s, ok := v.text(); ok && perCent.MatchString(s) {
				p.Tax = strings.TrimSpace(strings.TrimSuffix(s, "%"))
			} else if ok {
				v.fail("cannot be "+v.shown(), "per cent, such as 11%")
			}
		}},
		field{"billing_date", oneOf(&p.BillingDate, "sent", "delivered")},
		field{"whatsapp", func(v value) { p.WhatsApp = dated(v, r.whatsApp, whatsAppFrom) }},
		field{"sms", func(v value) { p.SMS = dated(v, r.sms, smsFrom) }},
	)
	return p
}

func whatsAppFrom(p campaign.WhatsAppPrice) time.Time { return p.From }

func smsFrom(p campaign.SMSPrice) time.Time { return p.From }

// dated reads a list of prices, sorted by the day they begin, each of which begins one day only.
func dated[P any](v value, read func(value) P, from func(P) time.Time) []P {
	parts, _ := v.list()
	prices := make([]P, 0, len(parts))
	lines := make(map[int64]int, len(parts)) // by the second: two times of one zone need not be equal
	for _, x := range parts {
		p := read(x)
		day := from(p)
		if line, twice := lines[day.Unix()]; twice && !day.IsZero() {
			x.fail(fmt.Sprintf("from %s is there twice, first in line %d", day.Format(time.DateOnly), line), "leave one of them")
		}
		lines[day.Unix()] = x.node.Line
		prices = append(prices, p)
	}
	slices.SortStableFunc(prices, func(a, b P) int { return from(a).Compare(from(b)) })
	return prices
}

func (r priceReader) whatsApp(v value) campaign.WhatsAppPrice {
	p := campaign.WhatsAppPrice{ByCategory: map[string]campaign.Money{}}
	known := []field{{"from", day(&p.From, r.zone)}}
	for _, c := range categories {
		known = append(known, field{c, func(v value) {
			m := campaign.Money(-1)
			if money(&m)(v); m >= 0 {
				p.ByCategory[c] = m
			}
		}})
	}
	if there, ok := v.mapping(known...); ok {
		v.must(there, "from")
		if len(there) == 1 && !p.From.IsZero() {
			v.fail("has no price", "add marketing, utility, authentication or service")
		}
	}
	return p
}

func (r priceReader) sms(v value) campaign.SMSPrice {
	p := campaign.SMSPrice{Charged: "accepted"}
	if there, ok := v.mapping(
		field{"from", day(&p.From, r.zone)},
		field{"part", money(&p.Part)},
		field{"charged", oneOf(&p.Charged, "accepted", "delivered")},
	); ok {
		v.must(there, "from", "part")
	}
	return p
}
