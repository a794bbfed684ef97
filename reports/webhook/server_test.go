package webhook

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(listenerDir); dir != "" {
		listenUntilKilled(dir)
	}
	if os.Getenv(bareListener) != "" {
		listenBarely()
	}
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

func serve(t *testing.T, store Store, secure *tls.Config) (address string, stop func() error) {
	t.Helper()
	h, err := New(Settings{Answers: map[string]Answer{"d7": nil}, Secret: secret, Store: store, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, listener, secure, h, slog.New(slog.DiscardHandler)) }()
	return listener.Addr().String(), func() error { cancel(); return <-done }
}

func TestWhatHasBegunIsAnsweredWhenTheListenerStops(t *testing.T) {
	store := &shelf{hold: make(chan struct{}), has: make(chan struct{}, 1)}
	address, stop := serve(t, store, nil)
	answered := make(chan string, 1)
	go func() {
		answer, err := http.Post("http://"+address+"/receipts/d7/"+secret, "application/json", strings.NewReader(`{}`)) //nolint:noctx // ends with the server
		if err != nil {
			answered <- err.Error()
			return
		}
		_ = answer.Body.Close()
		answered <- answer.Status
	}()
	stopped := make(chan error, 1)
	<-store.has
	go func() { stopped <- stop() }()
	listens := func() bool {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}
	for listens() {
		time.Sleep(time.Millisecond)
	}
	close(store.hold)
	if got := <-answered; got != "200 OK" {
		t.Errorf("got %s", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestReceiptsComeOverTLSWhereThatIsWanted(t *testing.T) {
	certified := httptest.NewTLSServer(nil)
	defer certified.Close()
	store := &shelf{}
	address, stop := serve(t, store, certified.TLS)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+address+"/receipts/d7/"+secret, strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := certified.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK || len(store.bodies) != 1 {
		t.Errorf("got %s", answer.Status)
	}
	certified.Client().CloseIdleConnections()
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestClientsThatTrickleAreCutOffAndHoldUpNobody(t *testing.T) {
	t.Parallel()
	store := &shelf{}
	address, stop := serve(t, store, nil)
	defer func() { _ = stop() }()
	var slow []net.Conn
	for range 500 {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		_, _ = io.WriteString(c, "POST /receipts/d7/x HTTP/1.1\r\nHost: x\r\nX-Slow: ")
		slow = append(slow, c)
	}
	begun := time.Now()
	if status, _ := ask(t, http.MethodPost, "http://"+address+"/receipts/d7/"+secret, `{}`); status != http.StatusOK {
		t.Errorf("got %d", status)
	}
	if took := time.Since(begun); took >= headerWithin {
		t.Errorf("an honest client waited %v: for those that trickle", took)
	}
	_ = slow[0].SetReadDeadline(begun.Add(headerWithin + time.Minute))
	if _, err := io.ReadAll(slow[0]); err != nil {
		t.Errorf("a slow client was not cut off in time: %v", err)
	}
}

// A pair of net.Pipe's ends under a fake clock: a body that trickles is cut off too.
func TestABodyThatTricklesIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &shelf{}
		h, err := New(Settings{Answers: map[string]Answer{"d7": nil}, Secret: secret, Store: store, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		client, server := net.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- Serve(ctx, &oneConn{conn: server, closed: make(chan struct{})}, nil, h, slog.New(slog.DiscardHandler))
		}()
		go func() {
			_, _ = io.WriteString(client, "POST /receipts/d7/"+secret+" HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
			for range 1000 {
				time.Sleep(time.Second)
				if _, err := io.WriteString(client, " "); err != nil {
					return
				}
			}
		}()
		begun := time.Now()
		answer, _ := io.ReadAll(client)
		if took := time.Since(begun); took > requestWithin+time.Second {
			t.Errorf("it was cut off after %v", took)
		}
		if !strings.HasPrefix(string(answer), "HTTP/1.1 408") || len(store.bodies) != 0 {
			t.Errorf("answered %q, stored %q", answer, store.bodies)
		}
		_ = client.Close()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		time.Sleep(2 * time.Second) // the client sees it
	})
}

// oneConn is a listener with one connection.
type oneConn struct {
	conn   net.Conn
	closed chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	if c := l.conn; c != nil {
		l.conn = nil
		return c, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}

func (l *oneConn) Close() error   { close(l.closed); return nil }
func (l *oneConn) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
