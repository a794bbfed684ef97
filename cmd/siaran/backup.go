package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"siaran/campaign"

	"github.com/dustin/go-humanize"
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
	if onServer(settings) {
		return usage(errors.New("a PostgreSQL ledger is backed up with PostgreSQL's own tools"),
			fmt.Sprintf("pg_dump --format=custom --file %s %q; restored with pg_restore into an empty database, then: siaran doctor --adopt", cmd.File, showDSN(settings.Ledger)))
	}
	if _, err := os.Lstat(cmd.File); !errors.Is(err, fs.ErrNotExist) {
		return usage(fmt.Errorf("%s is there already; nothing was written", cmd.File), "name another file: a backup is never written over anything")
	}
	book, err := openLedger(ctx, settings)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	if err := book.Actions.Add(ctx, campaign.Action{Who: who(), Host: hostName(), What: campaign.DeedBackup, Options: cmd.File}); err != nil {
		return err
	}
	began := time.Now()
	if err := book.Health.Backup(ctx, cmd.File); err != nil {
		return errors.Join(err, ctx.Err())
	}
	info, err := os.Stat(cmd.File)
	if err != nil {
		return err
	}
	ui.Say("%s written: the ledger of this moment, %s, in %s.", cmd.File, humanize.Bytes(uint64(info.Size())), span(time.Since(began)))
	ui.Say("To restore it: put it at %s, then say so with: siaran doctor --adopt", settings.Ledger)
	ui.JSON(struct {
		Type   string `json:"type"`
		File   string `json:"file"`
		Ledger string `json:"ledger"`
		Bytes  int64  `json:"bytes"`
	}{"backup", cmd.File, settings.Ledger, info.Size()})
	return nil
}
