package main

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
	"siaran/campaign/gateway"
)

const (
	askTimeout = 5 * time.Second
	// clockSkew is what a signature's time may well be off; the header's second and the way there are added.
	clockSkew = 5 * time.Second
)

// A support is what a gateway's people ask for when receipts don't come or requests are refused.
type support struct {
	Type       string `json:"type"`
	Account    string `json:"account"`
	Gateway    string `json:"gateway"`
	User       string `json:"user"`
	Address    string `json:"address"`     // ours, as this computer sees it; empty: not known
	ReceiptURL string `json:"receipt_url"` // the secret is ***; empty: nobody listens
}

func (s support) addressWords() string {
	if s.Address == "" {
		return "not known: the gateway was not reached"
	}
	return s.Address + " as this computer sees it; behind a router the gateway sees the router's"
}

func (s support) receiptWords() string {
	if s.ReceiptURL == "" {
		return "none: siaran.yaml has no listen.secret"
	}
	u, err := url.Parse(s.ReceiptURL)
	if ip, bad := netip.ParseAddr(u.Hostname()); err == nil && bad == nil && ip.IsLoopback() {
		return s.ReceiptURL + " (*** is listen.secret; only this computer reaches it: give the address of the proxy before it)"
	}
	return s.ReceiptURL + " (*** is listen.secret)"
}

// gateways asks every account's gateway for its time, and notes what its support may ask us.
func (d *doctor) gateways(ctx context.Context, offline bool) error {
	for _, name := range slices.Sorted(maps.Keys(d.settings.Accounts)) {
		account := d.settings.Accounts[name]
		s := support{Type: "support", Account: name, Gateway: account.Gateway, User: account.Username}
		if !offline {
			s.Address = d.clock(ctx, account)
		}
		s.ReceiptURL = receiptURL(d.settings.Listen, account.Gateway, s.Address)
		d.support = append(d.support, s)
	}
	return ctx.Err()
}

// clock compares this computer's clock with the gateway's, and returns our address as the connection has it.
func (d *doctor) clock(ctx context.Context, account campaign.Account) (address string) {
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
		d.findErr(about, err)
		return ""
	}
	asked := time.Now()
	resp, err := gateway.NewClient(gateway.ClientSettings{Timeout: askTimeout, Workers: 1}).Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		d.find(about, "see whether it runs, whether url: is right and whether a firewall is between; siaran send waits for it as outage: says",
			"%s cannot be reached: %s", account.URL, err)
		return address
	}
	answered := time.Now()
	_ = resp.Body.Close() // an answer to HEAD has none
	theirs, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return address // it does not say
	}
	if off := skew(asked, answered, theirs); off.Abs() > clockSkew {
		way := "ahead of"
		if off < 0 {
			way = "behind"
		}
		d.find(about, "set this computer's clock by NTP: signatures carry the time, and the gateway refuses those of another",
			"this computer's clock is %s %s the gateway's", span(off.Abs()), way)
	}
	return address
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

// receiptURL is where the gateway posts its receipts; address is ours, if known.
func receiptURL(l definition.Listen, gateway, address string) string {
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
			host = hostName()
		}
	}
	return fmt.Sprintf("%s://%s/receipts/%s/***", scheme, net.JoinHostPort(host, port), gateway)
}
