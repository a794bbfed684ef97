package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"siaran/campaign/definition"
	"siaran/campaign/ledger"
	"siaran/campaign/operation"
)

// initCmd is siaran init.
type initCmd struct {
	Dir      string `arg:"" optional:"" default:"." help:"The folder." placeholder:"DIR"`
	Timezone string `help:"Zone in which times are shown and months are cut." default:"Asia/Jakarta"`
	Account  string `help:"Name of the first account." default:"sprint"`
	URL      string `name:"url" help:"The gateway's base URL, as the provider gave it." default:"http://127.0.0.1:8085"`
	Username string `help:"The account's user name at the gateway." default:"demo"`
}

func (cmd *initCmd) Run(ctx context.Context, c *common, ui *ui) error {
	if ui.terminal {
		if err := cmd.ask(ctx, ui); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(cmd.Dir, 0o755); err != nil {
		return usage(err, "")
	}
	path := filepath.Join(cmd.Dir, "siaran.yaml")
	text := definition.InitSettings(definition.InitOptions{Zone: cmd.Timezone, Account: cmd.Account, URL: cmd.URL, Username: cmd.Username})
	switch err := writeNew(path, text); {
	case errors.Is(err, fs.ErrExist):
		ui.Say("%s is there already: kept", path)
	case err != nil:
		return usage(err, "")
	default:
		ui.Say("%s written: look at it, and put the password where it says", path)
	}
	// A password that is not in the environment yet must not keep the ledger from being made.
	s, err := definition.ReadSettings(path, func(key string) (string, bool) {
		if v, ok := os.LookupEnv(key); ok {
			return v, true
		}
		return "not-set-yet", true
	}, operation.KnownGateways())
	if err != nil {
		return usage(err, "")
	}
	if c.Ledger != "" {
		s.Ledger = c.Ledger
	}
	book, err := openLedger(ctx, s)
	if err == nil {
		ui.Say("ledger %s is there already: kept", operation.ShowDSN(s.Ledger))
		return book.Close()
	}
	if !errors.Is(err, ledger.ErrMissing) {
		return err
	}
	if book, err = ledger.Create(ctx, ledgerSettings(s)); err != nil {
		return err
	}
	ui.Say("ledger %s made: every send is written down there before it leaves", operation.ShowDSN(s.Ledger))
	ui.Say("\nNext: siaran new FILE writes a campaign for a recipient file; then: siaran check CAMPAIGN")
	return book.Close()
}

// ask lets a person at a terminal change what is written.
func (cmd *initCmd) ask(ctx context.Context, ui *ui) error {
	for _, q := range []struct {
		words string
		value *string
	}{
		{"Time zone", &cmd.Timezone},
		{"Name of the account", &cmd.Account},
		{"Base URL of the gateway", &cmd.URL},
		{"User name there", &cmd.Username},
	} {
		answer, err := ui.Ask(ctx, fmt.Sprintf("%s [%s]:", q.words, *q.value))
		if err != nil {
			return err
		}
		if answer != "" {
			*q.value = answer
		}
	}
	return nil
}

// writeNew writes a file that does not exist yet.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
