package operation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/english"
	"siaran/campaign/gateway"
)

const (
	askTimeout = 5 * time.Second
	// clockSkew is what a signature's time may well be off; the header's second and the way there are added.
	clockSkew = 5 * time.Second
)

// A Support is what a gateway's people ask for when receipts don't come or requests are refused.
type Support struct {
	Type       string `json:"type"` // support
	Account    string `json:"account"`
	Gateway    string `json:"gateway"`
	User       string `json:"user"`
	Address    string `json:"address"`     // ours, as this computer sees it; empty: not known
	ReceiptURL string `json:"receipt_url"` // the secret is ***; empty: nobody listens
}

// AddressWords are the address for people.
func (s Support) AddressWords() string {
	if s.Address == "" {
		return "not known: the gateway was not reached"
	}
	return s.Address + " as this computer sees it; behind a router the gateway sees the router's"
}

// ReceiptWords are the receipt URL for people.
func (s Support) ReceiptWords() string {
	if s.ReceiptURL == "" {
		return "none: siaran.yaml has no listen.secret"
	}
	u, err := url.Parse(s.ReceiptURL)
	if err == nil {
		if ip, err := netip.ParseAddr(u.Hostname()); err == nil && ip.IsLoopback() {
			return s.ReceiptURL + " (*** is listen.secret; only this computer reaches it: give the address of the proxy before it)"
		}
	}
	return s.ReceiptURL + " (*** is listen.secret)"
}

// gatewayFindings asks every account's gateway for its time, and notes what its support may ask us.
func gatewayFindings(ctx context.Context, r DoctorRequest) (all []Finding, notes []Support) {
	for _, name := range slices.Sorted(maps.Keys(r.Settings.Accounts)) {
		account := r.Settings.Accounts[name]
		s := Support{Type: "support", Account: name, Gateway: account.Gateway, User: account.Username}
		if !r.Offline {
			var wrong []Finding
			s.Address, wrong = clockFindings(ctx, account, r.Now)
			all = append(all, wrong...)
		}
		s.ReceiptURL = receiptURL(r.Settings.Listen, account.Gateway, s.Address, r.Host)
		notes = append(notes, s)
	}
	return all, notes
}

// clockFindings compares this computer's clock with the gateway's, and returns our address as the connection
// has it.
func clockFindings(ctx context.Context, account campaign.Account, now func() time.Time) (address string, all []Finding) {
	about := "account " + account.Name
	ctx, stop := context.WithTimeout(ctx, askTimeout)
	defer stop()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) {
		if host, _, err := net.SplitHostPort(i.Conn.LocalAddr().String()); err == nil {
			address = host
		}
	}})
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, account.URL, nil)
	if err != nil {
		return "", []Finding{foundError(about, err)}
	}
	asked := now()
	resp, err := gateway.NewClient(gateway.ClientSettings{Timeout: askTimeout, Workers: 1}).Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return address, []Finding{found(about, "see whether it runs, whether url: is right and whether a firewall is between; siaran send waits for it as outage: says",
			"%s cannot be reached: %s", account.URL, err)}
	}
	answered := now()
	_ = resp.Body.Close() // an answer to HEAD has none
	theirs, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return address, nil // it does not say
	}
	off := skew(asked, answered, theirs)
	if off.Abs() <= clockSkew {
		return address, nil
	}
	way := "ahead of"
	if off < 0 {
		way = "behind"
	}
	return address, []Finding{found(about, "set this computer's clock by NTP: signatures carry the time, and the gateway refuses those of another",
		"this computer's clock is %s %s the gateway's", english.Span(off.Abs()), way)}
}

// skew is how far our clock is ahead of theirs, which was read to the second somewhere between asked and
// answered; 0 if it may be right.
func skew(asked, answered, theirs time.Time) time.Duration {
	switch {
	case asked.After(theirs.Add(time.Second)):
		return asked.Sub(theirs.Add(time.Second))
	case answered.Before(theirs):
		return answered.Sub(theirs)
	}
	return 0
}

// receiptURL is where the gateway posts its receipts; address is ours, if known, else this host's name.
func receiptURL(l definition.Listen, gateway, address, hostName string) string {
	if l.Secret == "" {
		return ""
	}
	scheme := "http"
	if l.TLS.Cert != "" {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(l.Address)
	if err != nil {
		return ""
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		if host = address; host == "" {
			host = hostName
		}
	}
	return fmt.Sprintf("%s://%s/receipts/%s/***", scheme, net.JoinHostPort(host, port), gateway)
}
