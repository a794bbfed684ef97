package operation

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
	"siaran/reports/forward"
	"siaran/reports/receiptlog"
	"siaran/reports/webhook"
)

// A ListenRequest is where receipts come in, and where they go.
type ListenRequest struct {
	Settings *definition.Settings
	Book     *ledger.Ledger
	Listener net.Listener // closed when Listen returns
	Host     string       // this one: it names the log's files
	Log      *slog.Logger
}

// MayListen says why the settings do not do to listen with; nil if they do.
func MayListen(s *definition.Settings) error {
	if s.Listen.Secret == "" {
		return usage(fmt.Errorf("%s has no listen.secret: anybody could post receipts", s.Path), "listen: {secret: ${env:SIARAN_LISTEN_SECRET}}; then gateways post to /receipts/GATEWAY/SECRET")
	}
	if t := s.Listen.TLS; t.Cert != "" {
		if _, err := tls.LoadX509KeyPair(t.Cert, t.Key); err != nil {
			return usage(err, "listen.tls names a certificate and its key, both PEM")
		}
	}
	return nil
}

// Listen answers gateways and brings what they say into the ledger, until ctx ends. What was answered 200 is on
// disk by then, and in the ledger when Listen returns without an error.
func Listen(ctx context.Context, r ListenRequest) error {
	in, err := newIntake(r)
	if err != nil {
		return errors.Join(err, r.Listener.Close())
	}
	// Everything around the handler ends after it: what it stored on its way out is fed, too.
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var around errgroup.Group
	around.Go(func() error {
		in.feed.Run(background, time.Second, func(err error) { r.Log.Error("reading the receipt log", "error", err) })
		return nil
	})
	around.Go(func() error { in.store.KeepAlive(background, r.Listener.Addr().String()); return nil })
	if in.forward != nil {
		around.Go(func() error {
			in.forward.Run(background, time.Second)
			r.Log.Info("passed on to listen.forward", "passed", in.forward.Passed(), "dropped", in.forward.Dropped())
			return nil
		})
	}
	err = webhook.Serve(ctx, r.Listener, tlsConfig(r.Settings.Listen.TLS), in.handler, r.Log)
	stop()
	err = errors.Join(err, around.Wait(), in.store.Close())
	if _, last := in.feed.CatchUp(context.WithoutCancel(ctx)); last != nil {
		err = errors.Join(err, fmt.Errorf("reading the receipt log: %w", last))
	}
	return err
}

// An intake is the way of a receipt: handler, log, feed into the ledger, and forward.
type intake struct {
	handler http.Handler
	store   *receiptlog.Log
	feed    *receiptlog.Feeder
	forward *forward.Forwarder // nil: nowhere
}

func newIntake(r ListenRequest) (in intake, err error) {
	s := r.Settings
	reader, err := NewReceiptReader(s)
	if err != nil {
		return in, err
	}
	metrics := webhook.NewMetrics()
	in.store, err = receiptlog.Open(receiptlog.Settings{Dir: s.Listen.Log, Host: r.Host, Synced: metrics.Synced})
	if err != nil {
		return in, usage(fmt.Errorf("the receipt log: %w", err), "listen.log must be a folder that can be written")
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, in.store.Close())
		}
	}()
	in.feed = &receiptlog.Feeder{Dir: s.Listen.Log, Parse: reader.Parse, Sink: r.Book.Receipts, Fed: watch(metrics), All: true}
	answers := make(map[string]webhook.Answer)
	for _, g := range Gateways() {
		answers[g.Name] = g.Answer
	}
	for name := range reader.Custom {
		answers[name] = nil
	}
	in.handler, err = webhook.New(webhook.Settings{
		Answers: answers, Secret: s.Listen.Secret, Allow: s.Listen.Allow,
		Store: in.store, Healthy: in.store.Check, Metrics: metrics, Log: r.Log,
	})
	if err != nil {
		return in, usage(err, "")
	}
	if s.Listen.Forward != "" {
		in.forward, err = forward.Open(forward.Settings{
			Log: receiptlog.Folder(s.Listen.Log),
			Dir: s.Listen.Log, Host: in.store.Host, URL: s.Listen.Forward, Parse: reader.Parse,
			Client:  &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
			Trouble: func(err error) { r.Log.Warn("forwarding a receipt", "error", err) },
		})
	}
	return in, err
}

// watch counts what was fed.
func watch(m *webhook.Metrics) func(campaign.Batch, campaign.Tally) {
	return func(b campaign.Batch, t campaign.Tally) {
		var oldest time.Time
		for _, r := range b.Receipts {
			m.Receipt(r.Gateway, r.Word)
			if !r.ReceivedAt.IsZero() && (oldest.IsZero() || r.ReceivedAt.Before(oldest)) {
				oldest = r.ReceivedAt
			}
		}
		if !oldest.IsZero() {
			m.Lag(time.Since(oldest))
		}
		for kind, n := range map[campaign.StrayKind]int{
			campaign.StrayOrphan: t.Orphan, campaign.StrayForged: t.Forged, campaign.StrayForeign: t.Foreign, campaign.StrayReply: t.Reply, campaign.StrayQuarantined: t.Quarantined,
		} {
			m.Stray(string(kind), n)
		}
	}
}

// tlsConfig reads the certificate anew at every handshake, so that a renewed one needs no restart; nil is
// plain HTTP.
func tlsConfig(t definition.TLS) *tls.Config {
	if t.Cert == "" {
		return nil
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		cert, err := tls.LoadX509KeyPair(t.Cert, t.Key)
		return &cert, err
	}}
}
