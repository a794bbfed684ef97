package definition

import (
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"siaran/campaign"
)

// The defaults of an account.
const (
	DefaultRate    campaign.Rate = 10 // a second; on loopback unlimited
	DefaultBurst                 = 1
	DefaultTimeout               = 30 * time.Second
)

const (
	maxBurst   = 1_000_000
	maxTimeout = 10 * time.Minute
)

var accountName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$`)

func (r *settingsReader) accounts(v value) {
	v.each(func(name string, x value) {
		if !accountName.MatchString(name) {
			x.fail("the name is not one for an account", "letters, digits, hyphens, at most 40")
			return
		}
		r.settings.Accounts[name] = r.account(name, x)
	})
}

func (r *settingsReader) account(name string, v value) campaign.Account {
	a := campaign.Account{Name: name, Burst: DefaultBurst, Timeout: DefaultTimeout}
	var live *bool
	there, ok := v.mapping(
		field{"gateway", oneOf(&a.Gateway, "sandeza")},
		field{"url", r.baseURL(&a.URL)},
		field{"live", func(v value) { live = new(bool); truth(live)(v) }},
		field{"username", text(&a.Username)},
		field{"password", secret(&a.Password)},
		field{"sender_id", text(&a.SenderID)},
		field{"rate", rate(&a.Rate)},
		field{"burst", whole(&a.Burst, 1, maxBurst)},
		field{"timeout", span(&a.Timeout, time.Millisecond, maxTimeout)},
		field{"prices", func(v value) { a.Prices = r.prices(v) }},
	)
	if !ok {
		return a
	}
	v.must(there, "gateway", "url", "username", "password")
	near := loopback(a.URL)
	a.Live = !near
	if live != nil {
		a.Live = *live
	}
	switch {
	case a.Rate != 0:
	case near:
		a.Rate = campaign.Unlimited
	default:
		a.Rate = DefaultRate
	}
	if p, ok := there["password"]; ok && a.URL != "" && !near && !variable.MatchString(p.node.Value) {
		r.warn(p, "is in clear", "write ${env:NAME} or ${file:PATH} instead")
	}
	return a
}

// baseURL reads an http or https URL, without a slash at its end. Its value is in no message: somebody
// may have put a password into it.
func (r *settingsReader) baseURL(p *string) func(value) {
	return func(v value) {
		s, ok := v.text()
		if !ok {
			return
		}
		u, err := url.Parse(s)
		switch {
		case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
			v.fail("is not an http or https URL", "such as https://gateway.example.test")
			return
		case u.User != nil:
			v.fail("has a user or password in it", "they belong under username: and password:")
			return
		case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
			v.fail("has a ? or # in it", "give the base URL alone")
			return
		}
		if u.Scheme == "http" && !loopback(s) {
			r.warn(v, "is not https: passwords and messages go over the network in clear", "write https:// unless the gateway has none")
		}
		*p = strings.TrimRight(s, "/")
	}
}

// loopback reports whether a URL is this machine's own.
func loopback(s string) bool {
	u, err := url.Parse(s)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

var (
	currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)
	perCent      = regexp.MustCompile(`^(100|[0-9]{1,2}(\.[0-9]{1,6})?) ?%$`)
)

// The categories of WhatsApp messages, which have prices of their own.
var categories = [...]string{"marketing", "utility", "authentication", "service"}

func (r *settingsReader) prices(v value) *campaign.Prices {
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
		field{"whatsapp", func(v value) { p.WhatsApp = dated(v, r.whatsAppPrice, whatsAppFrom) }},
		field{"sms", func(v value) { p.SMS = dated(v, r.smsPrice, smsFrom) }},
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

func (r *settingsReader) whatsAppPrice(v value) campaign.WhatsAppPrice {
	p := campaign.WhatsAppPrice{ByCategory: map[string]campaign.Money{}}
	known := []field{{"from", day(&p.From, r.settings.Zone)}}
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

func (r *settingsReader) smsPrice(v value) campaign.SMSPrice {
	p := campaign.SMSPrice{Charged: "accepted"}
	if there, ok := v.mapping(
		field{"from", day(&p.From, r.settings.Zone)},
		field{"part", money(&p.Part)},
		field{"charged", oneOf(&p.Charged, "accepted", "delivered")},
	); ok {
		v.must(there, "from", "part")
	}
	return p
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
