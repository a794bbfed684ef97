package gateway

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// maxAnswer bounds what is read of an answer: gateways say yes or no in a few hundred bytes.
const maxAnswer = 64 << 10

// An Exchange is what came of one call: an answer, or how far it got.
type Exchange struct {
	Status  int // 0: no answer
	Header  http.Header
	Body    []byte // at most 64 KiB; what there is of it if Err is set
	Err     error  // why there is no answer, or not all of it
	Written bool   // a byte of the request may have left: the gateway may have taken it
	Stopped bool   // ctx ended before anything was written
}

// Post makes one call, with body as application/json unless header says otherwise. It never repeats it.
// When it has a connection it calls leave, and writes once that returns, unless it returns an error; nil is to write
// at once.
//
// When ctx ends before a byte was written, nothing is sent and Stopped is true. After that the call goes
// on, whatever happens to ctx, until it is answered or timeout (from the beginning) is over.
//
// client should be NewClient's: only its connections know whether anything was written. With another,
// whatever fails after a connection was there counts as written.
func Post(ctx context.Context, client *http.Client, url string, header http.Header, body []byte, timeout time.Duration, leave func(context.Context) error) Exchange {
	if ctx.Err() != nil {
		return Exchange{Err: context.Cause(ctx), Stopped: true}
	}
	callCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	w := watch{}
	defer context.AfterFunc(ctx, func() { w.stop(cancel) })()

	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(callCtx, &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { w.gotConn(callCtx, i, leave) }}),
		http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return Exchange{Err: err}
	}
	req.GetBody = nil // see NewClient
	req.Header.Set("Content-Type", "application/json")
	for k, v := range header {
		req.Header[k] = v
	}
	resp, err := client.Do(req)
	if err != nil {
		return Exchange{Err: err, Written: w.written(), Stopped: w.state.Load() == stopped && !w.written()}
	}
	defer func() { _ = resp.Body.Close() }()
	x := Exchange{Status: resp.StatusCode, Header: resp.Header, Written: true}
	x.Body, x.Err = readAnswer(resp)
	return x
}

// readAnswer reads what there is of a body, at most 64 KiB.
func readAnswer(resp *http.Response) ([]byte, error) {
	if size := resp.ContentLength; size >= 0 && size <= maxAnswer {
		body := make([]byte, size)
		n, err := io.ReadFull(resp.Body, body)
		return body[:n], err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if len(body) > maxAnswer {
		return body[:maxAnswer], errTooLong
	}
	return body, err
}

var errTooLong = errors.New("the answer is longer than 64 KiB")

// A watch follows one call: who is first, the end of the caller's ctx or the connection.
type watch struct {
	state  atomic.Int32
	conn   *countingConn // nil: none yet, or not one of NewClient's
	before int64         // its writes before this call
	other  bool          // a connection that does not count
}

// The states of a watch. It leaves waiting once.
const (
	waiting int32 = iota
	running       // a connection is there: the call is not stopped any more
	stopped
)

func (w *watch) stop(cancel context.CancelFunc) {
	if w.state.CompareAndSwap(waiting, stopped) {
		cancel()
	}
}

// gotConn is called at most once a call: nothing is repeated, and no redirect followed. A request that may not go
// out any more finds its connection closed.
func (w *watch) gotConn(ctx context.Context, info httptrace.GotConnInfo, leave func(context.Context) error) {
	c := info.Conn
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if w.conn, _ = c.(*countingConn); w.conn != nil {
		w.before = w.conn.writes.Load()
	} else {
		w.other = true
	}
	if w.state.CompareAndSwap(waiting, running) && leave != nil && leave(ctx) != nil {
		_ = info.Conn.Close()
	}
}

// written may be asked when client.Do has returned an error: the connection is closed then, so that what
// has not been counted never leaves.
func (w *watch) written() bool {
	return w.other || (w.conn != nil && w.conn.writes.Load() != w.before)
}

// isTimeout tells a call that got no answer in time from one that broke.
func isTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &n) && n.Timeout())
}
