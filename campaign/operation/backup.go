package operation

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
)

// MayBackUp says why the ledger of the settings cannot be copied to file; nil if it can. It needs no ledger.
func MayBackUp(s *definition.Settings, file string) error {
	if onServer(s) {
		return usage(errors.New("a PostgreSQL ledger is backed up with PostgreSQL's own tools"),
			fmt.Sprintf("pg_dump --format=custom --file %s %q; restored with pg_restore into an empty database, then: siaran doctor --adopt", file, ShowDSN(s.Ledger)))
	}
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return usage(fmt.Errorf("%s is there already; nothing was written", file), "name another file: a backup is never written over anything")
	}
	return nil
}

// Backup copies the ledger of this moment to file, safe while messages are sent, and returns its size in bytes.
func Backup(ctx context.Context, book *ledger.Ledger, file string, by campaign.Person) (int64, error) {
	if err := book.Actions.Add(ctx, by.Did(campaign.DeedBackup, "", file, "")); err != nil {
		return 0, err
	}
	if err := book.Health.Backup(ctx, file); err != nil {
		return 0, errors.Join(err, ctx.Err())
	}
	info, err := os.Stat(file)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// onServer reports whether the ledger is a database server's.
func onServer(s *definition.Settings) bool { return strings.HasPrefix(s.Ledger, "postgres") }

// ShowDSN is the ledger's place without a password.
func ShowDSN(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil || u.User == nil {
		return dsn
	}
	return u.Redacted()
}
