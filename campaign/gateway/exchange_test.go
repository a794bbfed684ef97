package gateway

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A counter is a bare HTTP server that counts whole requests by their id, whatever it does with the
// connection after that.
type counter struct {
	url  string
	mu   sync.Mutex
	seen map[string]int
}

// newCounter serves connections with answer, which gets every request and says whether the connection goes on.
func newCounter(t *testing.T, answer func(conn net.Conn, n int) bool) *counter {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{url: "http://" + l.Addr().String(), seen: map[string]int{}}
	var wg sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { c.serve(conn, answer) })
		}
	})
	return c
}

func (c *counter) serve(conn net.Conn, answer func(net.Conn, int) bool) {
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	r := bufio.NewReader(conn)
	for n := 1; ; n++ {
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		id, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		c.mu.Lock()
		c.seen[string(id)]++
		c.mu.Unlock()
		if !answer(conn, n) {
			return
		}
	}
}

func yes(conn net.Conn) {
	_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
}

// TestNoCallIsEverRepeatedOnADeadIdleConnection is the proof that net/http does not send our POSTs twice:
// under load, the gateway ends connections just as they are used again, in every way it can.
func TestNoCallIsEverRepeatedOnADeadIdleConnection(t *testing.T) {
	t.Parallel()
	ends := map[string]func(conn net.Conn, n int) bool{
		"closed after the answer":        func(conn net.Conn, _ int) bool { yes(conn); return false },
		"reset after the answer":         func(conn net.Conn, _ int) bool { yes(conn); reset(conn); return false },
		"closed at the second request":   func(conn net.Conn, n int) bool { return n < 2 && answered(conn) },
		"reset at the second request":    func(conn net.Conn, n int) bool { return n < 2 && answered(conn) || reset(conn) },
		"closed a moment after the yes":  func(conn net.Conn, _ int) bool { yes(conn); time.Sleep(200 * time.Microsecond); return false },
		"closed at every tenth request":  func(conn net.Conn, n int) bool { return n%10 != 0 && answered(conn) },
		"half an answer, then the end":   func(conn net.Conn, n int) bool { return n < 3 && answered(conn) || half(conn) },
		"nothing wrong with connections": func(conn net.Conn, _ int) bool { return answered(conn) },
	}
	for name, answer := range ends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const workers, calls = 8, 1500
			c := newCounter(t, answer)
			client := NewClient(ClientSettings{Workers: workers, Timeout: 10 * time.Second})
			t.Cleanup(client.CloseIdleConnections)
			var next atomic.Int64
			var wg sync.WaitGroup
			var mu sync.Mutex
			outcomes := map[string]Exchange{}
			for range workers {
				wg.Go(func() {
					for i := next.Add(1); i <= calls; i = next.Add(1) {
						id := strconv.FormatInt(i, 10)
						x := Post(t.Context(), client, c.url, nil, []byte(id), 10*time.Second, nil)
						mu.Lock()
						outcomes[id] = x
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			c.mu.Lock()
			defer c.mu.Unlock()
			answeredCalls := 0
			for id, x := range outcomes {
				n := c.seen[id]
				switch {
				case n > 1:
					t.Fatalf("call %s came %d times", id, n)
				case x.Status == 200 && n != 1:
					t.Errorf("call %s was answered and never came", id)
				case !x.Written && n != 0:
					t.Errorf("call %s is said not to have left, and came: %v", id, x.Err)
				case x.Status == 200:
					answeredCalls++
				}
			}
			if len(outcomes) != calls || answeredCalls == 0 {
				t.Errorf("%d outcomes, %d answered", len(outcomes), answeredCalls)
			}
		})
	}
}

func answered(conn net.Conn) bool { yes(conn); return true }

func reset(conn net.Conn) bool {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	return false
}

func half(conn net.Conn) bool {
	_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Le")
	return false
}

// TestARequestHasNothingThatMakesItRepeatable holds the two conditions that the proof rests on, and shows
// that the test above would notice: with them, net/http does repeat a POST.
func TestARequestHasNothingThatMakesItRepeatable(t *testing.T) {
	t.Parallel()
	var got *http.Request
	client := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		got = r
		return nil, errors.New("seen")
	})}
	Post(t.Context(), client, "http://gateway.example.test", nil, []byte("x"), time.Second, nil)
	if got.GetBody != nil || got.Header.Get("Idempotency-Key") != "" || got.Header.Get("X-Idempotency-Key") != "" {
		t.Errorf("the request can be repeated: GetBody is set: %v, header %v", got.GetBody != nil, got.Header)
	}

	c := newCounter(t, func(conn net.Conn, n int) bool { return n < 2 && answered(conn) })
	bare := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(bare.CloseIdleConnections)
	for i := range 20 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url, strings.NewReader(strconv.Itoa(i)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Idempotency-Key", "x")
		if resp, err := bare.Do(req); err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range c.seen {
		if n > 1 {
			return
		}
	}
	t.Error("net/http repeats nothing even with an Idempotency-Key: the test of dead connections proves nothing")
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAConnectionThatDiedBeforeAnythingWasWrittenIsNotTaken(t *testing.T) {
	t.Parallel()
	conn := &brokenConn{}
	counting := &countingConn{Conn: conn}
	if _, err := counting.Write([]byte("x")); err == nil || counting.writes.Load() != 0 {
		t.Errorf("a write that put nothing out counts: %d", counting.writes.Load())
	}
	conn.some = 1
	if _, err := counting.Write([]byte("xy")); err == nil || counting.writes.Load() != 1 {
		t.Errorf("a write that put a byte out does not count: %d", counting.writes.Load())
	}
}

type brokenConn struct {
	net.Conn
	some int
}

func (c *brokenConn) Write([]byte) (int, error) { return c.some, io.ErrClosedPipe }

func TestAnUnknownClientsConnectionsCountAsWritten(t *testing.T) {
	t.Parallel()
	c := newCounter(t, func(net.Conn, int) bool { return false })
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	if x := Post(t.Context(), client, c.url, nil, []byte("1"), time.Second, nil); !x.Written || x.Status != 0 {
		t.Errorf("got %+v", x)
	}
}

func TestACallThatWaitsForAConnectionStopsWithItsContext(t *testing.T) {
	t.Parallel()
	release, arrived := make(chan struct{}), make(chan struct{}, 2)
	sv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived <- struct{}{}
		<-release
		_, _ = fmt.Fprint(w, "ok")
	}))
	t.Cleanup(sv.Close)
	client := NewClient(ClientSettings{Workers: 1, Timeout: time.Minute})
	t.Cleanup(client.CloseIdleConnections)
	ctx, stop := context.WithCancel(t.Context())
	first := make(chan Exchange, 1)
	go func() { first <- Post(t.Context(), client, sv.URL, nil, []byte("1"), time.Minute, nil) }()
	second := make(chan Exchange, 1)
	<-arrived // the first holds the only connection
	go func() { second <- Post(ctx, client, sv.URL, nil, []byte("2"), time.Minute, nil) }()
	time.Sleep(50 * time.Millisecond)
	stop()
	if x := <-second; !x.Stopped || x.Written || x.Status != 0 {
		t.Errorf("the waiting call: %+v", x)
	}
	close(release)
	if x := <-first; x.Status != 200 {
		t.Errorf("the call that had begun: %+v", x)
	}
}

func TestTheEnvironmentsProxyIsNotUsed(t *testing.T) {
	t.Parallel()
	tr, ok := NewClient(ClientSettings{}).Transport.(*http.Transport)
	if !ok || tr.Proxy != nil {
		t.Error("the client asks for a proxy")
	}
	if tr.MaxConnsPerHost != 1 || tr.MaxIdleConnsPerHost != 1 {
		t.Errorf("got %d connections, %d idle", tr.MaxConnsPerHost, tr.MaxIdleConnsPerHost)
	}
}

func TestOnlyTheBeginningOfALongAnswerIsRead(t *testing.T) {
	t.Parallel()
	sv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 100 {
			_, _ = w.Write(make([]byte, 10<<10))
		}
	}))
	t.Cleanup(sv.Close)
	client := NewClient(ClientSettings{Timeout: 5 * time.Second})
	t.Cleanup(client.CloseIdleConnections)
	x := Post(t.Context(), client, sv.URL, nil, []byte("1"), 5*time.Second, nil)
	if len(x.Body) != maxAnswer || x.Err == nil || x.Status != 200 {
		t.Errorf("read %d bytes, %v", len(x.Body), x.Err)
	}
}

func TestOverTLSTooItIsKnownWhatWasWritten(t *testing.T) {
	t.Parallel()
	sv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err != nil || string(body) == "break" {
			panic(http.ErrAbortHandler)
		}
		_, _ = fmt.Fprint(w, "ok")
	}))
	t.Cleanup(sv.Close)
	client := NewClient(ClientSettings{Workers: 1, Timeout: 10 * time.Second})
	t.Cleanup(client.CloseIdleConnections)
	trusting, ok := sv.Client().Transport.(*http.Transport)
	own, okToo := client.Transport.(*http.Transport)
	if !ok || !okToo {
		t.Fatal("other transports")
	}
	if x := Post(t.Context(), client, sv.URL, nil, []byte("1"), 10*time.Second, nil); x.Written || x.Err == nil {
		t.Errorf("with a certificate that nobody knows: %+v", x)
	}
	own.TLSClientConfig = trusting.TLSClientConfig
	for range 3 {
		if x := Post(t.Context(), client, sv.URL, nil, []byte("1"), 10*time.Second, nil); x.Status != 200 || x.Err != nil {
			t.Errorf("got %+v", x)
		}
	}
	if x := Post(t.Context(), client, sv.URL, nil, []byte("break"), 10*time.Second, nil); !x.Written || x.Status != 0 {
		t.Errorf("broken after the request: %+v", x)
	}
}

// BenchmarkPost is one call to a server that does nothing, beside bare net/http.
func BenchmarkPost(b *testing.B) {
	sv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = fmt.Fprint(w, "ok")
	}))
	defer sv.Close()
	body := []byte(strings.Repeat("x", 500))
	b.Run("by=siaran", func(b *testing.B) {
		client := NewClient(ClientSettings{Workers: 16, Timeout: 10 * time.Second})
		b.ReportAllocs()
		b.SetParallelism(8)
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				if x := Post(b.Context(), client, sv.URL, nil, body, 10*time.Second, nil); x.Status != 200 {
					b.Error(x.Err)
				}
			}
		})
	})
	b.Run("by=net-http", func(b *testing.B) {
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16, MaxConnsPerHost: 16}}
		b.ReportAllocs()
		b.SetParallelism(8)
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, sv.URL, strings.NewReader(string(body)))
				if err != nil {
					b.Error(err)
					return
				}
				resp, err := client.Do(req)
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
		})
	})
}

// TestARequestGoesOutWhenItMayLeaveAndNotBeforeItHasAConnection: leave is asked once, with the connection there
// and nothing written, and not at all when there is none.
func TestARequestGoesOutWhenItMayLeaveAndNotBeforeItHasAConnection(t *testing.T) {
	var arrived atomic.Int32
	sv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { arrived.Add(1) }))
	client := NewClient(ClientSettings{Workers: 1})
	for range 3 {
		asked, before := 0, arrived.Load()
		x := Post(t.Context(), client, sv.URL, nil, []byte("x"), 10*time.Second, func(context.Context) error {
			asked++
			time.Sleep(5 * time.Millisecond)
			if arrived.Load() != before {
				t.Error("it went out before it might leave")
			}
			return nil
		})
		if x.Status != 200 || asked != 1 || arrived.Load() != before+1 {
			t.Fatalf("status %d, %v, asked %d times, %d arrived", x.Status, x.Err, asked, arrived.Load()-before)
		}
	}
	late := func(context.Context) error { return context.DeadlineExceeded }
	if x := Post(t.Context(), client, sv.URL, nil, []byte("x"), 10*time.Second, late); x.Written || x.Err == nil || arrived.Load() != 3 {
		t.Errorf("it was too late, and it went out: %+v", x)
	}
	sv.Close()
	client.CloseIdleConnections()
	if x := Post(t.Context(), client, sv.URL, nil, []byte("x"), 10*time.Second, func(context.Context) error { t.Error("leave was asked without a connection"); return nil }); x.Written || x.Err == nil {
		t.Errorf("nobody listens: %+v", x)
	}
}
