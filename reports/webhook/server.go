package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
	"golang.org/x/sync/errgroup"
)

// Limits of the server. A client that sends a byte now and then is cut off by the time-outs, before it
// has the memory of a body; there may be many of them.
const (
	headerWithin   = 5 * time.Second
	requestWithin  = 15 * time.Second
	answerWithin   = 30 * time.Second
	idleWithin     = 75 * time.Second
	drainWithin    = 15 * time.Second
	maxHeaderBytes = 16 << 10
	maxConnections = 8192
)

// Serve answers on listener, over TLS if secure is not nil, until ctx ends; then it takes no more requests,
// answers those that have begun, and returns nil. An error says why it had to stop.
func Serve(ctx context.Context, listener net.Listener, secure *tls.Config, h http.Handler, log *slog.Logger) error {
	listener = netutil.LimitListener(listener, maxConnections)
	if secure != nil {
		listener = tls.NewListener(listener, secure)
	}
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerWithin,
		ReadTimeout:       requestWithin,
		WriteTimeout:      answerWithin,
		IdleTimeout:       idleWithin,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // broken connections are the clients'
		Protocols:         new(http.Protocols),
	}
	server.Protocols.SetHTTP1(true)
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		err := server.Serve(listener)
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return err
	})
	g.Go(func() error {
		<-gctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainWithin)
		defer cancel()
		if err := server.Shutdown(drain); err != nil {
			return errors.Join(err, server.Close())
		}
		return nil
	})
	return g.Wait()
}
