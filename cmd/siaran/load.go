package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/gateway"
	"siaran/campaign/ledger"
	"siaran/campaign/planning"
	"siaran/campaign/sheet"
)

// loaded is a campaign with all it needs, up to its compiled gateway.
type loaded struct {
	settings *definition.Settings
	campaign *campaign.Campaign
	account  campaign.Account
	file     *sheet.File
	header   campaign.Header // of the rows that are sent
	gateway  gateway.Compiled

	book     *ledger.Ledger // to look things up; nil: there is none
	earlier  earlier
	repairs  *repairs // nil: the rows are the file's own
	repaired repaired
}

// load reads settings, campaign and recipient file, and compiles the campaign for its gateway.
func load(ctx context.Context, c *common, ui *ui, path, file string) (*loaded, error) {
	l, err := loadCampaign(c, ui, path, file)
	if err != nil {
		return nil, err
	}
	if l.file, err = sheet.Open(ctx, sheetSettings(l.campaign, ui)); err != nil {
		return nil, err
	}
	return l, l.compile(l.file.Header())
}

// loadCampaign reads settings and campaign.
func loadCampaign(c *common, ui *ui, path, file string) (*loaded, error) {
	settings, err := readSettings(c, filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	for _, w := range settings.Warnings {
		ui.Note("warning: %s", w)
	}
	def, err := definition.ReadCampaign(path, definition.Options{Now: time.Now(), Zone: settings.Zone, File: file})
	if err != nil {
		return nil, usage(err, "")
	}
	account, err := settings.AccountOf(def)
	if err != nil {
		return nil, usage(err, "")
	}
	return &loaded{settings: settings, campaign: def, account: account}, nil
}

// compile compiles the campaign against the rows' heading. With an error the file is closed.
func (l *loaded) compile(h campaign.Header) error {
	g, err := newGateway(l.account, l.campaign, h)
	if err != nil {
		return errors.Join(usage(fmt.Errorf("%s: %w", l.campaign.Source, err), ""), l.Close())
	}
	l.header, l.gateway = h, g
	return nil
}

func (l *loaded) Close() error { return l.file.Close() }

// planner plans the rows, twice with the same result.
func (l *loaded) planner() (*planning.Planner, error) {
	p, err := planning.NewPlanner(l.campaign, l.header, l.gateway)
	if err != nil {
		return nil, usage(err, "")
	}
	if l.repairs != nil {
		p.Before = l.repairs.before
	}
	return p, nil
}

// describe says which file is read, and how.
func (l *loaded) describe() string {
	words := []string{filepath.Base(l.campaign.File)}
	if tab := l.file.Tab(); tab != "" {
		words = append(words, "tab "+tab)
	}
	if d := l.file.Delimiter(); d != "" {
		words = append(words, l.file.Encoding(), delimiterWord(d))
	}
	if row := l.header.Row; row > 1 {
		words = append(words, fmt.Sprintf("headings in row %d", row))
	}
	return strings.Join(words, ", ")
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
	s, err := definition.ReadSettings(path, os.LookupEnv)
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

// sheetSettings are how the campaign wants its file read.
func sheetSettings(c *campaign.Campaign, ui *ui) sheet.Settings {
	s := sheet.Settings{
		Path: c.File, Tab: c.Tab, HeaderRow: c.HeaderRow, Encoding: c.Encoding, HiddenRows: c.HiddenRows,
		Numbers: c.Numbers, Language: c.Language,
	}
	if c.File == "-" {
		s.Input = ui.in
	}
	for _, heading := range c.Columns {
		s.Need = append(s.Need, heading)
	}
	for _, ch := range c.Channels {
		if _, short := c.Columns[ch.To]; !short && !strings.Contains(ch.To, "{{") {
			s.Need = append(s.Need, ch.To)
		}
	}
	slices.Sort(s.Need)
	return s
}

// openLedger opens the ledger of the settings.
func openLedger(ctx context.Context, s *definition.Settings) (*ledger.Ledger, error) {
	return ledger.Open(ctx, ledgerSettings(s))
}

func ledgerSettings(s *definition.Settings) ledger.Settings {
	return ledger.Settings{DSN: s.Ledger, Host: hostName()}
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

// me is who this command acts for.
func me() campaign.Person { return campaign.Person{Who: who(), Host: hostName()} }

// live says in one word whether people are reached.
func live(yes bool) string {
	if yes {
		return "LIVE"
	}
	return "SIMULATED"
}

// rows reads the file's rows, once for every call.
func (l *loaded) rows(ctx context.Context) func() iter.Seq2[campaign.Row, error] {
	return func() iter.Seq2[campaign.Row, error] { return l.repairs.rows(l.file.Rows(ctx)) }
}
