package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"time"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
	"siaran/campaign/operation"
)

// load reads settings and campaign. file, if not empty, is read in place of the campaign's own.
func load(c *common, ui *ui, path, file string) (operation.Material, error) {
	settings, err := readSettings(c, filepath.Dir(path))
	if err != nil {
		return operation.Material{}, err
	}
	for _, w := range settings.Warnings {
		ui.Note("warning: %s", w)
	}
	def, err := definition.ReadCampaign(path, definition.Options{Now: time.Now(), Zone: settings.Zone, File: file})
	if err != nil {
		return operation.Material{}, usage(err, "")
	}
	account, err := settings.AccountOf(def)
	if err != nil {
		return operation.Material{}, usage(err, "")
	}
	return operation.Material{Settings: settings, Campaign: def, Account: account, Input: ui.in, Now: time.Now}, nil
}

// lookIn opens the ledger for a command that only looks, and can do without: then it says so.
func lookIn(ctx context.Context, ui *ui, m *operation.Material) error {
	s := ledgerSettings(m.Settings)
	s.ReadOnly = true
	book, err := ledger.Open(ctx, s)
	if errors.Is(err, ledger.ErrMissing) || errors.Is(err, ledger.ErrServer) {
		ui.Note("not looked up: who opted out, what was sent before, unfinished runs (%v)", err)
		return nil
	}
	m.Ledger = book
	return err
}

// closeLedger closes the ledger that m looks things up in, if there is one.
func closeLedger(m operation.Material, err *error) {
	if m.Ledger != nil {
		closing(m.Ledger, err)
	}
}

// readSettings finds and reads siaran.yaml: --config, else beside the campaign, else here.
func readSettings(c *common, beside string) (*definition.Settings, error) {
	path := c.Config
	if path == "" {
		for _, dir := range []string{beside, "."} {
			path = filepath.Join(dir, "siaran.yaml")
			if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
				break
			}
		}
	}
	s, err := definition.ReadSettings(path, os.LookupEnv, operation.KnownGateways())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usage(fmt.Errorf("there is no %s", path), "siaran init writes one in this folder; --config FILE names another")
	}
	if err != nil {
		return nil, usage(err, "")
	}
	if c.Ledger != "" {
		s.Ledger = c.Ledger
	}
	return s, nil
}

// openHere opens settings and ledger for the commands that have no campaign file.
func openHere(ctx context.Context, c *common) (*definition.Settings, *ledger.Ledger, error) {
	settings, err := readSettings(c, ".")
	if err != nil {
		return nil, nil, err
	}
	book, err := openLedger(ctx, settings)
	return settings, book, err
}

// noteReceipts says how many receipts were new in the receipt log.
func noteReceipts(ui *ui, n int) {
	if n > 0 {
		ui.Note("%s new in the receipt log", plural(n, "receipt"))
	}
}

// catchUp reads what is new in the receipt log; ui is told how much that was.
func catchUp(ctx context.Context, s *definition.Settings, book *ledger.Ledger, ui *ui) error {
	t, err := operation.CatchUp(ctx, s, book)
	if err == nil {
		noteReceipts(ui, t.New)
	}
	return err
}

// openLedger opens the ledger of the settings.
func openLedger(ctx context.Context, s *definition.Settings) (*ledger.Ledger, error) {
	return ledger.Open(ctx, ledgerSettings(s))
}

func ledgerSettings(s *definition.Settings) ledger.Settings {
	return ledger.Settings{DSN: s.Ledger, Host: hostName(), Gateways: s.Gateways}
}

func hostName() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "localhost"
	}
	return name
}

// who is the person or timer that runs this command, for the actions.
func who() string {
	for _, key := range []string{"SUDO_USER", "USER", "LOGNAME", "USERNAME"} {
		if name := os.Getenv(key); name != "" {
			return name
		}
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "unknown"
}

// me is who runs this command, and where.
func me() campaign.Person { return campaign.Person{Who: who(), Host: hostName()} }

// live says in one word whether people are reached.
func live(yes bool) string {
	if yes {
		return "LIVE"
	}
	return "SIMULATED"
}
