package definition

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"siaran/campaign"
)

// Settings are what siaran.yaml says: where the ledger is, how to reach the gateways, and where receipts
// come in.
type Settings struct {
	Path     string // as it was given
	Ledger   string // an absolute path, or postgres://…
	Zone     *time.Location
	Accounts map[string]campaign.Account // by name
	Listen   Listen
	Gateways []campaign.Gateway // those that were known when it was read

	// SecretFiles are the absolute paths of all ${file:…}, for doctor to look at.
	SecretFiles []string
	// Warnings are what works and is unwise, in the order of the lines.
	Warnings []*Error
}

// The defaults of siaran.yaml.
const (
	DefaultLedger = "siaran.db"
	DefaultZone   = "Asia/Jakarta"
)

// ReadSettings reads the settings file at path. env looks up environment variables (os.LookupEnv); gateways are
// those that accounts can be at and receipts can come from. What is wrong comes back as Errors.
func ReadSettings(path string, env func(string) (string, bool), gateways []campaign.Gateway) (*Settings, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return ParseSettings(path, text, env, gateways)
}

// ParseSettings reads text as the settings file at path, which other paths in it are relative to.
func ParseSettings(path string, text []byte, env func(string) (string, bool), gateways []campaign.Gateway) (*Settings, error) {
	doc, err := document(path, text)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, unreadable(path, err)
	}
	zone, err := time.LoadLocation(DefaultZone)
	if err != nil {
		return nil, Errors{{File: path, Problem: "this machine has no time zone database", Hint: "install tzdata", Err: err}}
	}
	x := &expander{dir: dir, env: env}
	r := &settingsReader{
		reader: reader{file: path, expand: x.expand},
		dir:    dir,
		settings: &Settings{
			Path: path, Ledger: filepath.Join(dir, DefaultLedger), Zone: zone,
			Accounts: map[string]campaign.Account{},
			Listen:   Listen{Address: DefaultListen, Log: filepath.Join(dir, DefaultLog)},
			Gateways: gateways,
		},
	}
	r.read(doc)
	if err := inOrder(r.problems); err != nil {
		return nil, err
	}
	r.settings.SecretFiles, r.settings.Warnings = x.files, r.warnings
	return r.settings, nil
}

// A settingsReader walks siaran.yaml.
type settingsReader struct {
	reader
	dir      string
	settings *Settings
}

func (r *settingsReader) read(doc *yaml.Node) {
	s := r.settings
	r.root(doc).mapping(
		field{"ledger", r.ledger},
		field{"timezone", r.zone}, // before the accounts: the days of their prices are in it
		field{"accounts", func(v value) {
			accountReader{senders: senders(s.Gateways), prices: priceReader{s.Zone}}.all(v, s.Accounts)
		}},
		field{"listen", func(v value) { listenReader{dir: r.dir, gateways: gatewayNames(s.Gateways)}.read(v, &s.Listen) }},
	)
}

func (r *settingsReader) zone(v value) {
	s, ok := v.text()
	if !ok {
		return
	}
	zone, err := time.LoadLocation(s)
	if err != nil || s == "Local" {
		v.fail("cannot be "+v.shown(), "the name of a time zone, such as Asia/Jakarta, Asia/Makassar, Asia/Jayapura or UTC")
		return
	}
	r.settings.Zone = zone
}

var hasScheme = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]+://`)

func (r *settingsReader) ledger(v value) {
	s, ok := v.text()
	switch {
	case !ok:
	case strings.HasPrefix(s, "postgres://"), strings.HasPrefix(s, "postgresql://"):
		u, err := url.Parse(s)
		if err != nil {
			v.fail("is not a URL", "postgres://user:password@host/database")
			return
		}
		if _, legible := u.User.Password(); legible && !variable.MatchString(v.node.Value) {
			v.warn("has a password in clear", "write the whole URL into ${env:NAME} or ${file:PATH}")
		}
		r.settings.Ledger = s
	case hasScheme.MatchString(s):
		v.fail("is neither a path nor postgres://…", "a file such as siaran.db, or postgres://user:password@host/database")
	default:
		r.settings.Ledger = absolute(r.dir, s)
	}
}

// absolute makes p, which is relative to dir, absolute.
func absolute(dir, p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(dir, p)
}

// AccountOf returns the account that c names. An error is an Errors that names c's file and line.
func (s *Settings) AccountOf(c *campaign.Campaign) (campaign.Account, error) {
	a, ok := s.Accounts[c.Account]
	if !ok {
		names := sortedKeys(s.Accounts)
		hint := fmt.Sprintf("%s has %s", s.Path, strings.Join(names, ", "))
		if len(names) == 0 {
			hint = "add it under accounts: in " + s.Path
		} else if near, ok := nearest(c.Account, names); ok {
			hint = fmt.Sprintf("did you mean %s?", near)
		}
		return a, Errors{{File: c.Source, Line: keyLine(c.Text, "account"), Key: "account", Problem: fmt.Sprintf("no account %q in %s", c.Account, s.Path), Hint: hint}}
	}
	if g, _ := campaign.FindGateway(s.Gateways, a.Gateway); c.SenderID == "" && a.SenderID == "" && g.Account != nil && slices.Contains(g.Account.Takes, "sender_id") {
		return a, Errors{{File: c.Source, Key: "sender_id", Problem: "is missing, and account " + a.Name + " has none", Hint: "write sender_id: here or there, as Sprint issued it"}}
	}
	return a, nil
}

// keyLine returns the line of a top-level key; 0 if it is not there.
func keyLine(text []byte, key string) int {
	docs, err := parse(text)
	if err != nil || len(docs) == 0 || docs[0].Kind != yaml.MappingNode {
		return 0
	}
	for i := 0; i+1 < len(docs[0].Content); i += 2 {
		if docs[0].Content[i].Value == key {
			return docs[0].Content[i].Line
		}
	}
	return 0
}
