// Command siaran sends a recipient file through a messaging gateway and hands back an Excel workbook
// in which every row is accounted for.
//
// A command is a terminal's view of an operation: its flags, the operation called, the result in words. What a
// command does is in campaign/operation; ui.go is the only place that prints, exit.go makes exit codes of errors.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // zones work on hosts without a zone database

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go leaveAtOnce(ctx)
	os.Exit(execute(ctx, os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr}))
}

// sameSignal is how long after a signal another one is the same: timeout(1) and terminals send theirs
// to the process and again to its group.
const sameSignal = time.Second

// leaveAtOnce ends the program at the second signal.
func leaveAtOnce(ctx context.Context) {
	<-ctx.Done()
	time.Sleep(sameSignal)
	second := make(chan os.Signal, 1)
	signal.Notify(second, os.Interrupt, syscall.SIGTERM)
	<-second
	os.Exit(exitInterrupted)
}

// cli is the command line. Every command embeds nothing: the common flags are in common.
type cli struct {
	common

	Demo     demoCmd     `cmd:"" help:"The whole job on invented samples: simulator, send, receipts, report. No arguments, no network, under a minute."`
	Init     initCmd     `cmd:"" help:"Write a commented siaran.yaml and an empty ledger in this folder."`
	New      newCmd      `cmd:"" help:"Look into a recipient file, and write a commented campaign for it."`
	Check    checkCmd    `cmd:"" help:"Preflight: what would be sent, what is wrong. Sends nothing, connects to no gateway."`
	Preview  previewCmd  `cmd:"" help:"Print requests as they would be sent, and the text as the recipient reads it."`
	Send     sendCmd     `cmd:"" help:"Plan a campaign, or find its unfinished run, and send it."`
	Status   statusCmd   `cmd:"" help:"Show runs and their counts."`
	Listen   listenCmd   `cmd:"" help:"Collect receipts over HTTP."`
	Import   importCmd   `cmd:"" help:"Read receipts from log files into the ledger."`
	Tail     tailCmd     `cmd:"" help:"Show receipts as they come in, masked."`
	Report   reportCmd   `cmd:"" help:"Write the workbook of a run."`
	Settle   settleCmd   `cmd:"" help:"Say what became of unknown rows, as a person who asked the gateway."`
	Backup   backupCmd   `cmd:"" help:"Copy the ledger, safe while sending."`
	Doctor   doctorCmd   `cmd:"" help:"Look settings, ledger, disk, clock and runs over: findings with cures."`
	Suppress suppressCmd `cmd:"" help:"Who must not get messages: add, remove, list, import."`
	Simulate simulateCmd `cmd:"" help:"Run the gateways on loopback: strict about the protocol, with faults, reporting back."`
	Version  versionCmd  `cmd:"" help:"Print version, commit and Go version."`
}

// execute parses args, runs the command and returns the exit code. It never exits itself.
func execute(ctx context.Context, args []string, io stdio) (code int) {
	return new(cli).execute(ctx, args, io)
}

func (c *cli) execute(ctx context.Context, args []string, io stdio) (code int) {
	ui := newUI(io)
	exited := -1
	parser, err := kong.New(c,
		kong.Name("siaran"),
		kong.Description("Send a recipient file through a messaging gateway, and report every row.\n\nFirst time here: `siaran demo`. Then: `siaran init`, `siaran check CAMPAIGN`, `siaran send CAMPAIGN`, `siaran report RUN`."),
		kong.Writers(io.out, io.err),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Help(help),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		ui.Error(err)
		return exitError
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		var parse *kong.ParseError
		hint := "see siaran --help"
		if errors.As(err, &parse) && parse.Context != nil && parse.Context.Command() != "" {
			hint = "see siaran " + strings.Fields(parse.Context.Command())[0] + " --help"
		}
		return ui.fail(usage(err, hint))
	}
	ui.setup(c.common)
	err = k.Run(&c.common, ui)
	if err == nil {
		return exitOK
	}
	return ui.fail(err)
}
