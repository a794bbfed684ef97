package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/lmittmann/tint"
	"golang.org/x/sync/errgroup"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
	"siaran/reports/receiptlog"
	"siaran/reports/webhook"
)

// listenCmd is siaran listen.
type listenCmd struct {
	Address string `help:"Where to listen, instead of listen.address." placeholder:"HOST:PORT"`
}

// Run collects receipts until it is told to stop.
func (cmd *listenCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	settings, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	if cmd.Address != "" {
		settings.Listen.Address = cmd.Address
	}
	if settings.Listen.Secret == "" {
		return usage(fmt.Errorf("%s has no listen.secret: anybody could post receipts", settings.Path), "listen: {secret: ${env:SIARAN_LISTEN_SECRET}}; then gateways post to /receipts/GATEWAY/SECRET")
	}
	if t := settings.Listen.TLS; t.Cert != "" {
		if _, err := tls.LoadX509KeyPair(t.Cert, t.Key); err != nil {
			return usage(err, "listen.tls names a certificate and its key, both PEM")
		}
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", settings.Listen.Address)
	if err != nil {
		return usage(err, "another program uses that address, or it is not this host's; listen.address names another")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(busyGC))
	ui.Note("listening on %s, receipts go to %s; stop with Ctrl-C", l.Addr(), settings.Listen.Log)
	return collect(ctx, settings, book, l, ui.logger())
}

// logger writes to stderr: in colour on a terminal.
func (u *ui) logger() *slog.Logger {
	level := slog.LevelInfo
	if u.quiet {
		level = slog.LevelWarn
	}
	if u.terminal {
		return slog.New(tint.NewTextHandler(u.err, &tint.Options{Level: level, TimeFormat: time.TimeOnly}))
	}
	return slog.New(slog.NewTextHandler(u.err, &slog.HandlerOptions{Level: level}))
}

// collect answers gateways on l and brings what they say into the ledger, until ctx ends.
func collect(ctx context.Context, s *definition.Settings, book *ledger.Ledger, l net.Listener, log *slog.Logger) error {
	parse, custom, err := parser(s)
	if err != nil {
		_ = l.Close()
		return err
	}
	metrics := webhook.NewMetrics()
	store, err := receiptlog.Open(receiptlog.Settings{Dir: s.Listen.Log, Host: hostName(), Synced: metrics.Synced})
	if err != nil {
		_ = l.Close()
		return usage(fmt.Errorf("the receipt log: %w", err), "listen.log must be a folder that can be written")
	}
	gateways := map[string]string{"sandeza": "sandeza", "sinchindia": "sinchindia", "d7": "d7", "meta": "meta"}
	for name := range custom {
		gateways[name] = name
	}
	handler, err := webhook.New(webhook.Settings{
		Gateways: gateways, Secret: s.Listen.Secret, Allow: s.Listen.Allow,
		Store: store, Healthy: store.Check, Metrics: metrics, Log: log,
	})
	if err != nil {
		_ = l.Close()
		return usage(err, "")
	}
	// Everything around the handler ends after it: what it stored on its way out is fed, too.
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var around errgroup.Group
	feed := &receiptlog.Feeder{Dir: s.Listen.Log, Parse: parse, Sink: book.Receipts, Fed: watch(metrics), All: true}
	around.Go(func() error {
		feed.Run(background, time.Second, func(err error) { log.Error("reading the receipt log", "error", err) })
		return nil
	})
	around.Go(func() error { store.KeepAlive(background, l.Addr().String()); return nil })
	if s.Listen.Forward != "" {
		f, err := receiptlog.OpenForwarder(receiptlog.ForwardSettings{
			Dir: s.Listen.Log, Host: hostName(), URL: s.Listen.Forward, Parse: parse,
			Client:  &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
			Trouble: func(err error) { log.Warn("forwarding a receipt", "error", err) },
		})
		if err != nil {
			stop()
			return errors.Join(err, around.Wait(), store.Close(), l.Close())
		}
		around.Go(func() error { f.Run(background, time.Second); return nil })
	}
	err = webhook.Serve(ctx, l, tlsConfig(s.Listen.TLS), handler, log)
	stop()
	err = errors.Join(err, around.Wait(), store.Close())
	if _, last := feed.CatchUp(context.WithoutCancel(ctx)); last != nil {
		err = errors.Join(err, fmt.Errorf("reading the receipt log: %w", last))
	}
	return err
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
		for kind, n := range map[string]int{"orphan": t.Orphan, "forged": t.Forged, "foreign": t.Foreign, "reply": t.Reply, "quarantined": t.Quarantined} {
			m.Stray(kind, n)
		}
	}
}

// quietLogger is for servers inside another command: warnings and errors only.
func quietLogger(u *ui) *slog.Logger {
	return slog.New(slog.NewTextHandler(u.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
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
