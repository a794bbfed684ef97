package simulator

import (
	"net/netip"
	"slices"
	"strings"
	"sync"
)

// An Account is one of the gateway's customers. Its zero value has an empty password and may do
// everything in Indonesia.
type Account struct {
	Password  string
	SenderIDs []string // nil: any
	// Templates are the ids there are, each with its category (marketing, utility, authentication,
	// service; empty: not known). WhatsApp's and e-mail's together. nil: any.
	Templates map[string]string
	// Credit is how many tokens there are: one a channel, for SMS one a part. 0: no end of them; below
	// 0: none.
	Credit    int
	Allow     []netip.Prefix // addresses it may call from; nil: any
	OptedOut  []string       // recipients that want no more: digits without +, e-mail address or chat id
	Countries []string       // calling codes; nil: 62
}

// A customer is an account at work.
type customer struct {
	Account
	known   bool // false: any username is taken, and the password is not known
	out     map[string]bool
	limited bool
	mu      sync.Mutex
	credit  int
}

func newCustomer(a Account) *customer {
	c := &customer{Account: a, known: true, limited: a.Credit != 0, credit: max(a.Credit, 0), out: map[string]bool{}}
	for _, address := range a.OptedOut {
		c.out[strings.ToLower(strings.TrimPrefix(address, "+"))] = true
	}
	return c
}

// spend takes tokens; false if there are not enough.
func (c *customer) spend(tokens int) bool {
	if !c.limited {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.credit < tokens {
		return false
	}
	c.credit -= tokens
	return true
}

func (c *customer) allows(remote string) bool {
	if c.Allow == nil {
		return true
	}
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(c.Allow, func(p netip.Prefix) bool { return p.Contains(ap.Addr().Unmap()) })
}

// template looks up a template id and tells its category.
func (c *customer) template(id string) (category string, ok bool) {
	if id == "sim_missing" {
		return "", false
	}
	if c.Templates != nil {
		category, ok = c.Templates[id]
		if !ok {
			return "", false
		}
	}
	if category == "" && (strings.HasPrefix(id, "otp_") || strings.HasPrefix(id, "auth_")) {
		category = "authentication"
	}
	return category, true
}

// serves reports whether numbers of the country are open to the account.
func (c *customer) serves(e164 string) bool {
	if c.Countries == nil {
		return strings.HasPrefix(e164, "62")
	}
	return slices.ContainsFunc(c.Countries, func(code string) bool { return strings.HasPrefix(e164, code) })
}
