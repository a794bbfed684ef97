package main

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"siaran/campaign/definition"
	"siaran/campaign/sheet"
	"siaran/reports/receiptlog"
)

// lowDisk is less than what a night's sends and receipts may need.
const lowDisk = 512 << 20

// renewBefore is how long before its end a certificate should have been renewed.
const renewBefore = 14 * 24 * time.Hour

// listenerGone is how old a listener's sign of life may be.
const listenerGone = 30 * time.Second

// permissions looks for secrets and customers' numbers that everybody on this computer can read.
func (d *doctor) permissions() {
	if runtime.GOOS == "windows" {
		return // its permissions are not in a file's mode
	}
	s := d.settings
	if inClear(s) && openToAll(s.Path) {
		d.find("permissions", "chmod 600 "+s.Path+", or write the password as ${env:NAME}", "%s has a password in clear and everybody on this computer can read it", s.Path)
	}
	for _, path := range s.SecretFiles {
		if openToAll(path) {
			d.find("permissions", "chmod 600 "+path, "%s is a secret and everybody on this computer can read it", path)
		}
	}
	if !onServer(s) && openToAll(s.Ledger) {
		d.find("permissions", "chmod 600 "+s.Ledger, "%s has names and numbers of customers, and everybody on this computer can read it", s.Ledger)
	}
	if s.Listen.TLS.Key != "" && openToAll(s.Listen.TLS.Key) {
		d.find("permissions", "chmod 600 "+s.Listen.TLS.Key, "%s is the key of listen.tls, and everybody on this computer can read it", s.Listen.TLS.Key)
	}
}

// inClear reports whether the settings file itself holds a password that is worth something.
func inClear(s *definition.Settings) bool {
	for _, w := range s.Warnings {
		if strings.HasSuffix(w.Key, "password") || w.Key == "ledger" {
			return true
		}
	}
	return false
}

// openToAll reports whether others than owner and group may read or write path.
func openToAll(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&0o006 != 0
}

// onServer reports whether the ledger is a database server's.
func onServer(s *definition.Settings) bool { return strings.HasPrefix(s.Ledger, "postgres") }

// receipts looks at the folder of the receipt log and at who listens.
func (d *doctor) receipts() {
	dir := d.settings.Listen.Log
	probe := dir
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if d.settings.Listen.Secret == "" {
			return // nobody listens here
		}
		probe = filepath.Dir(dir)
	}
	f, err := os.CreateTemp(probe, ".siaran-doctor-*")
	if err != nil {
		d.find("receipts", "listen.log must be a folder that this user can write; until then receipts are answered with 503", "%s", err)
		return
	}
	_ = f.Close() // it is empty
	_ = os.Remove(f.Name())
	marks, err := receiptlog.LastAlive(dir)
	if err != nil {
		d.findErr("receipts", err)
		return
	}
	for _, m := range marks {
		if ago := time.Since(m.At); ago > listenerGone {
			d.find("receipts", "start it: siaran listen. Gateways come again with what was not taken, but not for ever",
				"the listener on %s was last alive %s ago (%s)", m.Host, span(ago), m.At.In(d.settings.Zone).Format("2 Jan 15:04"))
		}
	}
}

// certificate looks at listen.tls: gateways post to nobody whose certificate is over.
func (d *doctor) certificate() {
	t := d.settings.Listen.TLS
	if t.Cert == "" {
		return
	}
	pair, err := tls.LoadX509KeyPair(t.Cert, t.Key)
	if err != nil {
		d.find("receipts", "listen.tls names a certificate and its key, both PEM", "%s", err)
		return
	}
	if left := time.Until(pair.Leaf.NotAfter); left < renewBefore {
		d.find("receipts", "renew it; siaran listen takes the new files up without a restart", "the certificate %s ends on %s", t.Cert,
			pair.Leaf.NotAfter.In(d.settings.Zone).Format("2 Jan 2006 15:04"))
	}
}

// disk looks for space where the ledger and the receipt log grow.
func (d *doctor) disk() {
	seen := map[string]bool{}
	for _, path := range []string{d.settings.Ledger, d.settings.Listen.Log} {
		dir := filepath.Dir(path)
		if seen[dir] || path == d.settings.Ledger && onServer(d.settings) {
			continue
		}
		seen[dir] = true
		free, err := sheet.FreeSpace(dir)
		if err == nil && free < lowDisk {
			d.find("disk", "free some space: a full disk stops every send, and receipts are answered with 503", "%s has %s left", dir, humanize.IBytes(uint64(free)))
		}
	}
}
