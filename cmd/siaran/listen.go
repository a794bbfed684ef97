package main

import (
	"context"
	"log/slog"
	"net"
	"runtime/debug"
	"time"

	"github.com/lmittmann/tint"

	"siaran/campaign/operation"
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
	if err := operation.MayListen(settings); err != nil {
		return err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", settings.Listen.Address)
	if err != nil {
		return usage(err, "another program uses that address, or it is not this host's; listen.address names another")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(busyGC)) // a choice for the process, so a command's
	ui.Note("listening on %s, receipts go to %s; stop with Ctrl-C", l.Addr(), settings.Listen.Log)
	return operation.Listen(ctx, operation.ListenRequest{Settings: settings, Book: book, Listener: l, Host: hostName(), Log: logger(ui)})
}

// logger writes to stderr: in colour on a terminal.
func logger(u *ui) *slog.Logger {
	level := slog.LevelInfo
	if u.quiet {
		level = slog.LevelWarn
	}
	if u.terminal {
		return slog.New(tint.NewTextHandler(u.err, &tint.Options{Level: level, TimeFormat: time.TimeOnly}))
	}
	return slog.New(slog.NewTextHandler(u.err, &slog.HandlerOptions{Level: level}))
}

// quietLogger is for servers inside another command: warnings and errors only.
func quietLogger(u *ui) *slog.Logger {
	return slog.New(slog.NewTextHandler(u.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
