package main

import (
	"io"
	"runtime/debug"
)

// common are the flags of every command.
type common struct {
	Config string `help:"Settings file. Default: siaran.yaml beside the campaign, then in the working directory." placeholder:"FILE"`
	Ledger string `help:"Ledger: a SQLite file or postgres://…. Default: what the settings say." placeholder:"LEDGER"`
	JSON   bool   `name:"json" help:"Print JSON lines on stdout."`
	Quiet  bool   `short:"q" help:"No progress, no notes: results and errors only."`
}

// stdio is what a command reads and prints to.
type stdio struct {
	in       io.Reader
	out, err io.Writer
}

// busyGC lets the heap grow to five times what lives while messages are sent or receipts come in: next to nothing
// does, and collecting it every few megabytes costs a tenth of the rate.
const busyGC = 400

// busy is said by whoever begins to send or to listen. It holds for the whole process, from then on.
func busy() { debug.SetGCPercent(busyGC) }
