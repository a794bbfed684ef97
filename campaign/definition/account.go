package definition

import (
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

// An accountReader reads the accounts of siaran.yaml.
type accountReader struct {
	senders []campaign.Gateway // those that an account can be at
	prices  priceReader
}

// all reads every account into accounts, by name.
func (r accountReader) all(v value, accounts map[string]campaign.Account) {
	v.each(func(name string, x value) {
		if !accountName.MatchString(name) {
			x.fail("the name is not one for an account", "letters, digits, hyphens, at most 40")
			return
		}
		accounts[name] = r.account(name, x)
	})
}

func (r accountReader) account(name string, v value) campaign.Account {
	a := campaign.Account{Name: name, Burst: DefaultBurst, Timeout: DefaultTimeout}
	var live *bool
	known := []field{
		{"gateway", oneOf(&a.Gateway, gatewayNames(r.senders)...)},
		{"url", baseURL(&a.URL)},
		{"live", func(v value) { live = new(bool); truth(live)(v) }},
	}
	own := r.own(&a)
	known = append(known, own...)
	there, ok := v.mapping(append(known,
		field{"rate", rate(&a.Rate)},
		field{"burst", whole(&a.Burst, 1, maxBurst)},
		field{"timeout", span(&a.Timeout, time.Millisecond, maxTimeout)},
		field{"prices", func(v value) { a.Prices = r.prices.read(v) }},
	)...)
	if !ok {
		return a
	}
	v.must(there, "gateway", "url")
	r.check(v, there, own, a.Gateway)
	near := loopback(a.URL)
	a.Live = !near
	if live != nil {
		a.Live = *live
	}
	switch {
	case a.Rate != 0:
	case near:
		a.Rate = campaign.Unlimited
		if l, ok := there["live"]; ok && a.Live {
			l.warn("the gateway is real, and there is no rate: on loopback that means unlimited", "add rate:")
		}
	default:
		a.Rate = DefaultRate
	}
	for _, key := range []string{"password", "token"} {
		if p, ok := there[key]; ok && a.URL != "" && !near && !variable.MatchString(p.node.Value) {
			p.warn("is in clear", "write ${env:NAME} or ${file:PATH} instead")
		}
	}
	return a
}

// senders are those of gateways that an account can be at.
func senders(gateways []campaign.Gateway) []campaign.Gateway {
	return slices.DeleteFunc(slices.Clone(gateways), func(g campaign.Gateway) bool { return g.Account == nil })
}

func gatewayNames(gateways []campaign.Gateway) []string {
	names := make([]string, len(gateways))
	for i, g := range gateways {
		names[i] = g.Name
	}
	return names
}

// own are the keys that accounts at any of the senders have beside those that all have.
func (r accountReader) own(a *campaign.Account) []field {
	own := []field{
		{"username", text(&a.Username)},
		{"password", secret(&a.Password)},
		{"token", secret(&a.Token)},
		{"sender_id", text(&a.SenderID)},
		{"originator", text(&a.Originator)},
		{"api", text(&a.API)},
		{"auth_url", baseURL(&a.AuthURL)},
	}
	return slices.DeleteFunc(own, func(f field) bool {
		return !slices.ContainsFunc(r.senders, func(g campaign.Gateway) bool { return slices.Contains(g.Account.Takes, f.name) })
	})
}

// check notes which of a gateway's own keys are missing in v, and which are another's. If nobody knows the gateway,
// it may be any: then a key is missing if all must have it.
func (r accountReader) check(v value, there fields, own []field, gateway string) {
	senders := r.senders
	if g, known := campaign.FindGateway(senders, gateway); known {
		senders = []campaign.Gateway{g}
	}
	for _, f := range own {
		x, given := there[f.name]
		optional := slices.ContainsFunc(senders, func(g campaign.Gateway) bool { return !slices.Contains(g.Account.Must, f.name) })
		switch {
		case !given && !optional:
			v.must(there, f.name)
		case given && len(senders) == 1 && !slices.Contains(senders[0].Account.Takes, f.name):
			x.fail("is not for accounts at "+gateway, "they have "+strings.Join(senders[0].Account.Takes, ", "))
		}
	}
}

// baseURL reads an http or https URL, without a slash at its end. Its value is in no message: somebody
// may have put a password into it.
func baseURL(p *string) func(value) {
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
			v.warn("is not https: passwords and messages go over the network in clear", "write https:// unless the gateway has none")
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

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
