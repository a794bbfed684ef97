package main

import (
	"context"
	"time"

	"github.com/dustin/go-humanize"

	"siaran/campaign/operation"
)

// backupCmd is siaran backup.
type backupCmd struct {
	File string `arg:"" help:"Where to; there must be nothing yet." placeholder:"FILE"`
}

// Run writes a copy of the ledger, safe while messages are being sent.
func (cmd *backupCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	settings, err := readSettings(c, ".")
	if err != nil {
		return err
	}
	if err := operation.MayBackUp(settings, cmd.File); err != nil {
		return err
	}
	book, err := openLedger(ctx, settings)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	began := time.Now()
	size, err := operation.Backup(ctx, book, cmd.File, me())
	if err != nil {
		return err
	}
	ui.Say("%s written: the ledger of this moment, %s, in %s.", cmd.File, humanize.Bytes(uint64(size)), span(time.Since(began)))
	ui.Say("To restore it: put it at %s, then say so with: siaran doctor --adopt", settings.Ledger)
	ui.JSON(struct {
		Type   string `json:"type"`
		File   string `json:"file"`
		Ledger string `json:"ledger"`
		Bytes  int64  `json:"bytes"`
	}{"backup", cmd.File, settings.Ledger, size})
	return nil
}
