package gateway

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// ClientSettings are what a gateway's HTTP client depends on.
type ClientSettings struct {
	Workers int           // how many calls go on at once, at most as many connections; at least 1
	Timeout time.Duration // of one call, from its beginning to the last byte of the answer; 0 is 30 s
}

// DefaultTimeout is how long a call may take if the account says nothing.
const DefaultTimeout = 30 * time.Second

const (
	dialTimeout = 10 * time.Second
	// idleTimeout is shorter than most servers' own (60 or 75 s), so that they seldom close a connection
	// just as a request goes out on it.
	idleTimeout = 30 * time.Second
	maxHeader   = 64 << 10
)

// NewClient returns a client that makes each call once and tells Post what of it went out.
//
// It speaks HTTP/1.1, one call a connection at a time, so that a broken connection leaves one call
// unknown and not many. It follows no redirects (they would repeat a POST elsewhere), uses no proxy from
// the environment, and keeps no cookies.
//
// # Why net/http does not repeat our calls
//
// When an idle connection turns out to be dead, net/http sends a request again if it holds it for
// idempotent (an Idempotency-Key header, which makes a POST so), or if nothing of it was written and it
// can get the body anew (Request.GetBody). Ours have neither, and nothing else in net/http repeats a POST.
func NewClient(s ClientSettings) *http.Client {
	timeout := s.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	workers := max(s.Workers, 1)
	dialer := &net.Dialer{Timeout: min(timeout, dialTimeout), KeepAlive: 15 * time.Second}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Client{
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				c, err := dialer.DialContext(ctx, network, address)
				if err != nil {
					return nil, err
				}
				return &countingConn{Conn: c}, nil
			},
			Protocols:              protocols,
			TLSHandshakeTimeout:    min(timeout, dialTimeout),
			IdleConnTimeout:        idleTimeout,
			MaxIdleConns:           workers,
			MaxIdleConnsPerHost:    workers,
			MaxConnsPerHost:        workers,
			MaxResponseHeaderBytes: maxHeader,
			DisableCompression:     true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// A countingConn knows whether anything may have been written to it.
type countingConn struct {
	net.Conn
	writes atomic.Int64 // writes that were begun, but for those that surely put no byte out
}

// Write counts before it writes: whoever reads the count after the connection was closed has missed no
// byte that left.
func (c *countingConn) Write(b []byte) (int, error) {
	c.writes.Add(1)
	n, err := c.Conn.Write(b)
	if n == 0 && err != nil {
		c.writes.Add(-1)
	}
	return n, err
}
