package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A proxy stands between siaran and the gateway and lies: it does with each request what it is told.
type proxy struct {
	address string
	gateway string
	act     func(n int) mischief // for the n-th request, from 1
	n       atomic.Int64
	quit    chan struct{}
}

// A mischief is what becomes of a request.
type mischief int

const (
	pass         mischief = iota // goes to the gateway, and its answer back
	hangUp                       // reset as soon as the request begins; the gateway never sees it
	resetTaken                   // the gateway has it; reset without an answer
	resetHeader                  // the gateway has it; reset in the middle of the answer's header
	resetBody                    // the gateway has it; reset in the middle of the answer's body
	loris                        // the gateway has it; the answer comes at a byte a quarter of a second
	silent                       // the gateway has it; nothing comes back
	deaf                         // the gateway never sees it, nothing comes back: a half-open connection
	closeAfter                   // answered; the connection is closed as soon as it is idle
	resetAfter                   // answered; the connection is reset as soon as it is idle
	closeShortly                 // answered; the connection is closed when it was idle for a moment
)

// newProxy starts a proxy that ends with the test.
func newProxy(t testing.TB, gateway string, act func(n int) mischief) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed below
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{address: l.Addr().String(), gateway: gateway, act: act, quit: make(chan struct{})}
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns.Go(func() { p.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		close(p.quit)
		conns.Wait()
	})
	return p
}

// serve takes the requests of one connection.
func (p *proxy) serve(client net.Conn) {
	defer func() { _ = client.Close() }()
	ended := make(chan struct{})
	defer close(ended)
	go func() { // a test that ends waits for nobody
		select {
		case <-p.quit:
			_ = client.Close()
		case <-ended:
		}
	}()
	in := bufio.NewReader(client)
	for {
		if _, err := in.Peek(1); err != nil {
			return
		}
		act := p.act(int(p.n.Add(1)))
		if act == hangUp {
			rst(client)
			return
		}
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		if act == deaf {
			p.wait(time.Minute)
			return
		}
		answer, err := p.forward(req)
		if err != nil || !p.answer(client, answer, act) {
			return
		}
	}
}

// answer hands the gateway's answer back as act says, and reports whether the connection goes on.
func (p *proxy) answer(client net.Conn, answer []byte, act mischief) bool {
	half := bytes.Index(answer, []byte("\r\n\r\n")) + 8
	switch act {
	case resetTaken:
		rst(client)
		return false
	case resetHeader:
		_, _ = client.Write(answer[:20])
		p.wait(20 * time.Millisecond) // a reset would overtake it
		rst(client)
		return false
	case resetBody:
		_, _ = client.Write(answer[:half])
		p.wait(20 * time.Millisecond)
		rst(client)
		return false
	case loris:
		for i := range answer {
			if _, err := client.Write(answer[i : i+1]); err != nil || !p.wait(250*time.Millisecond) {
				return false
			}
		}
		return true
	case silent:
		p.wait(time.Minute)
		return false
	case pass, hangUp, deaf, closeAfter, resetAfter, closeShortly:
	}
	if _, err := client.Write(answer); err != nil {
		return false
	}
	if act == resetAfter {
		rst(client)
		return false
	}
	if act == closeShortly {
		p.wait(300 * time.Microsecond)
	}
	return act == pass
}

// forward brings a request to the gateway, on a connection of its own, and returns the answer as bytes.
func (p *proxy) forward(req *http.Request) ([]byte, error) {
	up, err := net.Dial("tcp", p.gateway) //nolint:noctx // loopback
	if err != nil {
		return nil, err
	}
	defer func() { _ = up.Close() }()
	if err := req.Write(up); err != nil {
		return nil, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(up), req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body, resp.ContentLength, resp.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
	var answer bytes.Buffer
	err = resp.Write(&answer)
	return answer.Bytes(), err
}

// wait waits, and reports false if the test ends meanwhile.
func (p *proxy) wait(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-p.quit:
		return false
	}
}

// rst ends a connection as a crashed host would.
func rst(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}
