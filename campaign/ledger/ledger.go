package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/ratelimit"
)

// Settings say which ledger, and who we are.
type Settings struct {
	DSN      string             // a path (SQLite), or postgres://…
	Host     string             // this machine's name, for attempts and actions; empty: the system's
	ReadOnly bool               // nothing will be written: works in a folder that may not be
	Gateways []campaign.Gateway // by whose IDs receipts without our ref_id are joined; those of others are not
}

// A Ledger is an open account book, in views: each is one noun with what can be asked of it and done to it. All of
// them may be used from several goroutines.
type Ledger struct {
	*core

	Runs         Runs
	Plans        Plans
	Owners       Owners
	Doubts       Doubts
	Histories    Histories
	Receipts     Receipts
	Aliases      Aliases
	Strays       Strays
	Suppressions Suppressions
	Actions      Actions
	Original     Original
	Health       Health
}

// inViews shows c as a Ledger.
func inViews(c *core) *Ledger {
	return &Ledger{
		core: c, Runs: Runs{c}, Plans: Plans{c}, Owners: Owners{c}, Doubts: Doubts{c}, Histories: Histories{c}, Receipts: Receipts{c}, Aliases: Aliases{c},
		Strays: Strays{c}, Suppressions: Suppressions{c}, Actions: Actions{c}, Original: Original{c}, Health: Health{c},
	}
}

// Create makes a new ledger and opens it; one that exists already is kept and opened. A file's folder
// must exist. Errors are those of Open, but for ErrMissing.
func Create(ctx context.Context, s Settings) (*Ledger, error) {
	return open(ctx, s, true)
}

// Open opens a ledger that exists, and brings an older schema up to date unless s.ReadOnly. Errors:
// ErrMissing, ErrReadOnly, ErrNewer, ErrDamaged, ErrFull, ErrServer.
func Open(ctx context.Context, s Settings) (*Ledger, error) {
	return open(ctx, s, false)
}

func open(ctx context.Context, s Settings, create bool) (*Ledger, error) {
	l, err := openCore(ctx, s, create)
	if err != nil {
		return nil, err
	}
	return inViews(l), nil
}

func openCore(ctx context.Context, s Settings, create bool) (l *core, err error) {
	if s.Host == "" {
		if s.Host, err = os.Hostname(); err != nil {
			return nil, fmt.Errorf("ledger: this machine has no name: %w", err)
		}
	}
	l = &core{name: s.DSN, dsn: s.DSN, host: s.Host, readOnly: s.ReadOnly, ids: map[string]campaign.ReceiptIDs{}, known: map[string]runFacts{}, owned: map[*Ownership]struct{}{}}
	for _, g := range s.Gateways {
		l.ids[g.Name] = g.IDs
	}
	l.postgres = strings.HasPrefix(s.DSN, "postgres://") || strings.HasPrefix(s.DSN, "postgresql://")
	defer func() {
		if err != nil {
			err = errors.Join(l.named(err), l.closePools())
			l = nil
		}
	}()
	if l.postgres {
		err = openPostgres(ctx, l)
	} else {
		err = openSQLite(ctx, l, create)
	}
	if err != nil {
		return l, err
	}
	if err := migrate(ctx, l, create); err != nil {
		return l, err
	}
	if err := readMeta(ctx, l, create); err != nil {
		return l, err
	}
	if !s.ReadOnly {
		l.w = startWriter(context.WithoutCancel(ctx), l)
	}
	return l, nil
}

// Close waits until everything that was handed over is on disk, gives up the runs that are still owned,
// and closes the ledger.
func (l *Ledger) Close() error {
	if l.w != nil {
		l.w.close()
	}
	l.mu.Lock()
	owned := slices.Collect(maps.Keys(l.owned))
	l.mu.Unlock()
	var errs []error
	for _, o := range owned {
		errs = append(errs, o.Release())
	}
	return errors.Join(append(errs, l.closePools())...)
}

// Key returns the key that ref_ids are made with: 32 random bytes from when the ledger was made.
func (l *Ledger) Key() campaign.RefKey { return l.key }

// Host returns the name of this machine as attempts and actions carry it.
func (l *Ledger) Host() string { return l.host }

// Name returns the ledger's path, or its URL without password.
func (l *Ledger) Name() string { return l.name }

// Attempts begins and ends the attempts of one run, which goes by terms.
func (l *Ledger) Attempts(ctx context.Context, terms Terms) (*Attempts, error) {
	if len(terms.Run.Channels) == 0 {
		return nil, errors.New("ledger: a run without channels cannot be sent")
	}
	s := &Attempts{l: l.core, terms: terms, start: time.Now(), due: (terms.Account.Timeout + certainlyOver).Microseconds()}
	s.every = ratelimit.Every(float64(terms.Account.Rate))
	err := l.change(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO rate (account, tat) VALUES ($1, 0) ON CONFLICT DO NOTHING`, terms.Account.Name)
		return err
	})
	return s, err
}

// Queue returns the messages of a run that are not settled: first those whose last attempt met a systemic answer,
// then all in the order of their rows. Left out are messages with a problem, with a receipt, with an attempt
// that settled them or is open, with no try left, and unknown ones unless o says to send them again.
//
// What it returns was true when its page was read; Begin looks again.
func (l *Ledger) Queue(ctx context.Context, run string, o campaign.Policy) iter.Seq2[campaign.Queued, error] {
	return func(yield func(campaign.Queued, error) bool) {
		var first []campaign.Queued
		err := l.reading(ctx, func() (err error) {
			first, err = queueReader{l.core}.systemicFirst(ctx, run, o)
			return err
		})
		if err != nil {
			yield(campaign.Queued{}, l.named(err))
			return
		}
		seen := map[int]bool{}
		for _, q := range first {
			seen[q.Seq] = true
			if !yield(q, nil) {
				return
			}
		}
		pages, stop := queueReader{l.core}.pages(ctx, run, o)
		defer stop()
		for {
			var p page
			select {
			case p = <-pages:
			case <-ctx.Done():
				p.err = ctx.Err()
			}
			for _, q := range p.queued {
				if !seen[q.Seq] && !yield(q, nil) {
					return
				}
			}
			if p.err != nil {
				yield(campaign.Queued{}, l.named(p.err))
				return
			}
			if p.end < 0 {
				return
			}
		}
	}
}

// readMeta reads, or makes, what identifies the ledger.
func readMeta(ctx context.Context, l *core, create bool) error {
	meta, err := l.meta(ctx)
	if err != nil {
		return err
	}
	if len(meta["key"]) != 32 && create {
		if err := makeMeta(ctx, l); err != nil {
			return err
		}
		if meta, err = l.meta(ctx); err != nil {
			return err
		}
	}
	if len(meta["key"]) != 32 || len(meta["id"]) == 0 {
		return fmt.Errorf("ledger %s: %w: it has no key", l.name, ErrDamaged)
	}
	l.key, l.id = campaign.RefKey(meta["key"]), string(meta["id"])
	return nil
}

// makeMeta gives a new ledger its key, id and counter. Of two that create it together one wins.
func makeMeta(ctx context.Context, l *core) error {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	tx, err := l.out.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	server, err := serverOf(ctx, l, tx)
	if err != nil {
		return err
	}
	for name, value := range map[string][]byte{
		"key": key, "id": []byte(rand.Text()), "counter": []byte("0"), "ready": []byte("0"), "server": []byte(server),
	} {
		if _, err := tx.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, name, value); err != nil {
			return err
		}
	}
	return tx.Commit()
}
