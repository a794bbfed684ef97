package operation

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
	"siaran/campaign/english"
	"siaran/campaign/sheet"
)

// lowDisk is less than what a night's sends and receipts may need.
const lowDisk = 512 << 20

// renewBefore is how long before its end a certificate should have been renewed.
const renewBefore = 14 * 24 * time.Hour

// permissionFindings are secrets and customers' numbers that everybody on this computer can read.
func permissionFindings(s *definition.Settings) (all []Finding) {
	if runtime.GOOS == "windows" {
		return nil // its permissions are not in a file's mode
	}
	look := func(path, cure, problem string) {
		if path != "" && openToAll(path) {
			all = append(all, found("permissions", "chmod 600 "+path+cure, "%s "+problem, path))
		}
	}
	if inClear(s) {
		look(s.Path, ", or write the password as ${env:NAME}", "has a password in clear and everybody on this computer can read it")
	}
	for _, path := range s.SecretFiles {
		look(path, "", "is a secret and everybody on this computer can read it")
	}
	if !onServer(s) {
		look(s.Ledger, "", "has names and numbers of customers, and everybody on this computer can read it")
	}
	look(s.Listen.TLS.Key, "", "is the key of listen.tls, and everybody on this computer can read it")
	return all
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

// receiptFindings looks at the folder of the receipt log and at who listens.
func receiptFindings(s *definition.Settings, now time.Time) []Finding {
	probe := s.Listen.Log
	if _, err := os.Stat(probe); errors.Is(err, fs.ErrNotExist) {
		if s.Listen.Secret == "" {
			return nil // nobody listens here
		}
		probe = filepath.Dir(probe)
	}
	f, err := os.CreateTemp(probe, ".siaran-doctor-*")
	if err != nil {
		return []Finding{found("receipts", "listen.log must be a folder that this user can write; until then receipts are answered with 503", "%s", err)}
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return []Finding{foundError("receipts", err)}
	}
	listeners, err := Listeners(s, now)
	if err != nil {
		return []Finding{foundError("receipts", err)}
	}
	var all []Finding
	for _, l := range listeners {
		if l.Gone > 0 {
			all = append(all, found("receipts", "start it: siaran listen. Gateways come again with what was not taken, but not for ever",
				"the listener on %s was last alive %s ago (%s)", l.Host, english.Span(l.Gone), l.At.In(s.Zone).Format("2 Jan 15:04")))
		}
	}
	return all
}

// certificateFindings looks at listen.tls: gateways post to nobody whose certificate is over.
func certificateFindings(s *definition.Settings, now time.Time) []Finding {
	t := s.Listen.TLS
	if t.Cert == "" {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(t.Cert, t.Key)
	if err != nil {
		return []Finding{found("receipts", "listen.tls names a certificate and its key, both PEM", "%s", err)}
	}
	if pair.Leaf.NotAfter.Sub(now) >= renewBefore {
		return nil
	}
	return []Finding{found("receipts", "renew it; siaran listen takes the new files up without a restart",
		"the certificate %s ends on %s", t.Cert, pair.Leaf.NotAfter.In(s.Zone).Format("2 Jan 2006 15:04"))}
}

// diskFindings looks for space where the ledger and the receipt log grow.
func diskFindings(s *definition.Settings) (all []Finding) {
	dirs := []string{filepath.Dir(s.Listen.Log)}
	if dir := filepath.Dir(s.Ledger); !onServer(s) && dir != dirs[0] {
		dirs = []string{dir, dirs[0]}
	}
	for _, dir := range dirs {
		free, err := sheet.FreeSpace(dir)
		if err == nil && free < lowDisk {
			all = append(all, found("disk", "free some space: a full disk stops every send, and receipts are answered with 503", "%s has %s left", dir, humanize.IBytes(uint64(free))))
		}
	}
	return all
}
