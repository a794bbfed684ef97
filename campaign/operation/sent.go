package operation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
	"siaran/campaign/sheet"
)

// A SentRequest asks for a run of another tool's sends.
type SentRequest struct {
	File     string    // the table of what it sent; - is Input
	Input    io.Reader // standard input
	Account  string    // whose sends they were
	Campaign string    // what the run is called
	Channel  string
	Columns  string // which column holds what: id=…,address=…,time=… and perhaps gateway_id=…
	Country  string // of numbers without its code
}

// A SentResult is what became of it.
type SentResult struct {
	Run     campaign.Run
	Summary Summary
	Already bool // it is an import of before: nothing was done
	Found   int  // receipts that had come before and found their messages
}

// A SentWatcher is told of every row that is rejected. The terminal shows some of them.
type SentWatcher interface {
	Rejected(row *campaign.RowError)
}

// A SentImport makes one run of one file.
type SentImport struct {
	sentReader
	account campaign.Account
	name    string // of the run's campaign
	path    string // of the file, for people
}

// OpenSent checks the request and opens its file, which Close closes.
func OpenSent(ctx context.Context, s *definition.Settings, r SentRequest) (*SentImport, error) {
	im := &SentImport{sentReader: sentReader{country: r.Country, zone: s.Zone}, name: r.Campaign, path: r.File}
	if err := im.choose(r, s.Accounts); err != nil {
		return nil, usage(err, "siaran import --sent FILE --account NAME --campaign NAME --channel whatsapp --columns id=…,address=…,time=…")
	}
	read := sheet.Settings{Path: r.File, HiddenRows: campaign.HiddenInclude}
	if r.File == "-" {
		read.Input = r.Input
	}
	for _, heading := range im.def.Columns {
		read.Need = append(read.Need, heading)
	}
	slices.Sort(read.Need)
	var err error
	if im.file, err = sheet.Open(ctx, read); err != nil {
		return nil, err
	}
	im.at = make(map[string]int, len(im.def.Columns))
	for key, heading := range im.def.Columns {
		im.at[key] = im.file.Header().Find(heading)
	}
	return im, nil
}

// Close closes the file.
func (im *SentImport) Close() error { return im.file.Close() }

var campaignName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// choose takes what the request says of account, name, channel and columns.
func (im *SentImport) choose(r SentRequest, accounts map[string]campaign.Account) error {
	account, ok := accounts[r.Account]
	if !ok {
		names := make([]string, 0, len(accounts))
		for name := range accounts {
			names = append(names, name)
		}
		slices.Sort(names)
		return fmt.Errorf("--account %q: the accounts in siaran.yaml are %s", r.Account, strings.Join(names, ", "))
	}
	im.account = account
	if !campaignName.MatchString(r.Campaign) {
		return fmt.Errorf("--campaign %q: small letters, digits and hyphens, at most 40", r.Campaign)
	}
	if im.def.Channel = campaign.ChannelKind(r.Channel); !slices.Contains(channelKinds, im.def.Channel) {
		return fmt.Errorf("--channel %q: whatsapp, sms, email, line, telegram or facebook", r.Channel)
	}
	var err error
	im.def.Columns, err = sentColumns(r.Columns)
	return err
}

// channelKinds are those there are.
var channelKinds = []campaign.ChannelKind{campaign.WhatsApp, campaign.SMS, campaign.Email, campaign.Line, campaign.Telegram, campaign.Facebook}

// Import reads the file twice: to see whether it can be a run, and to write it. by is who asked for it.
func (im *SentImport) Import(ctx context.Context, book *ledger.Ledger, by campaign.Person, watch SentWatcher) (SentResult, error) {
	digest, rows, err := im.check(ctx, book.Key(), watch)
	if err != nil {
		return SentResult{}, err
	}
	run, already, err := book.Runs.ByIdentity(ctx, campaign.Identity{Campaign: im.name, Account: im.account.Name, RowsDigest: digest})
	if err != nil {
		return SentResult{}, err
	}
	found := 0
	if !already {
		if run, err = im.planned(digest, rows); err != nil {
			return SentResult{}, err
		}
		before, err := waiting(ctx, book)
		if err != nil {
			return SentResult{}, err
		}
		if err := im.write(ctx, book, by, run); err != nil {
			return SentResult{}, err
		}
		after, err := waiting(ctx, book)
		if err != nil {
			return SentResult{}, err
		}
		found = max(before-after, 0)
		if run, err = book.Runs.ByID(ctx, run.ID); err != nil {
			return SentResult{}, err
		}
	}
	sum, err := Summarise(ctx, book, run)
	return SentResult{Run: run, Summary: sum, Already: already, Found: found}, err
}

// identity begins the digest by which the same import is known again.
func (im *SentImport) identity() hash.Hash {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "imported\x00%s\x00%s\x00%s\x00", im.account.Name, im.name, im.def.Channel) // never fails
	return h
}

// waiting counts receipts that may belong to messages not known yet.
func waiting(ctx context.Context, book *ledger.Ledger) (int, error) {
	counts, err := book.Strays.Counts(ctx)
	return counts[campaign.StrayOrphan] + counts[campaign.StrayForeign], err
}

// check reads the file once: its identity, its rows, and ids that cannot be.
func (im *SentImport) check(ctx context.Context, key campaign.RefKey, watch SentWatcher) (digest string, rows int, err error) {
	h := im.identity()
	seen := map[[16]byte]int{} // row by id
	var bad idProblems
	for s, err := range im.rows(ctx) {
		if err != nil {
			return "", 0, err
		}
		s.hash(h)
		rows++
		if s.problem != nil {
			watch.Rejected(s.problem)
			continue
		}
		id := first16(s.id)
		if first, ok := seen[id]; ok {
			bad.add("row %d: its %s is that of row %d", s.row.Number, im.def.Columns[columnID], first)
			continue
		}
		seen[id] = s.row.Number
		if ref, ok := campaign.ParseRefID(s.id); ok && key.Genuine(ref) {
			bad.add("row %d: its %s is that of row %d of run %s, which this ledger sent itself", s.row.Number, im.def.Columns[columnID], ref.Seq, ref.Run)
		}
	}
	if rows == 0 {
		return "", 0, usagef("%s has no data row", im.path)
	}
	return hex.EncodeToString(h.Sum(nil)), rows, bad.err()
}

// planned is the run that the file becomes.
func (im *SentImport) planned(digest string, rows int) (campaign.Run, error) {
	path := im.path
	if path != "-" {
		var err error
		if path, err = filepath.Abs(path); err != nil {
			return campaign.Run{}, err
		}
	}
	text, err := yaml.Marshal(im.def)
	return campaign.Run{
		ID: campaign.NewRunID(), Kind: campaign.KindImported, Campaign: im.name, Account: im.account.Name, Gateway: im.account.Gateway,
		Live: im.account.Live, FileName: path, FileDigest: im.file.Digest(), Tab: im.file.Tab(), RowsDigest: digest, Definition: text,
		Channels: []campaign.ChannelKind{im.def.Channel}, Tries: campaign.DefaultRetry.Attempts,
		Header: im.file.Header(), Rows: rows,
	}, err
}

// write puts the run with all its rows, and the action that made it, into the ledger; or nothing.
func (im *SentImport) write(ctx context.Context, book *ledger.Ledger, by campaign.Person, run campaign.Run) error {
	plan, err := book.Plans.Start(ctx, run)
	if err != nil {
		return err
	}
	written, err := im.fill(ctx, book, plan, run)
	if err == nil && written != run.RowsDigest {
		err = usage(fmt.Errorf("%s changed while it was read; nothing was imported", run.FileName), "run the same command again when nobody is writing the file")
	}
	if err != nil {
		return errors.Join(err, plan.Discard(context.WithoutCancel(ctx)))
	}
	return plan.Ready(ctx, campaign.Ready{
		Rows: run.Rows, Empty: im.file.Counts().Empty,
		Action: by.Did(campaign.DeedImport, run.ID, "--sent "+run.FileName, ""),
	})
}

// sentBatch is how many rows go into the ledger at a time.
const sentBatch = 1000

// fill reads the file into the plan, and returns the digest of what it read.
func (im *SentImport) fill(ctx context.Context, book *ledger.Ledger, plan *ledger.Plan, run campaign.Run) (digest string, err error) {
	h := im.identity()
	var bad idProblems
	batch := make([]sentRow, 0, sentBatch)
	flush := func() error {
		err := im.add(ctx, book, plan, run, batch, &bad)
		batch = batch[:0]
		return err
	}
	for s, err := range im.rows(ctx) {
		if err != nil {
			return "", err
		}
		s.hash(h)
		if batch = append(batch, s); len(batch) == sentBatch {
			if err := flush(); err != nil {
				return "", err
			}
		}
	}
	if err := flush(); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), bad.err()
}

// add puts rows into the plan, each message with its one accepted attempt, as long as no id is known already.
func (im *SentImport) add(ctx context.Context, book *ledger.Ledger, plan *ledger.Plan, run campaign.Run, rows []sentRow, bad *idProblems) error {
	ids := make([]string, 0, len(rows))
	for _, s := range rows {
		if s.problem == nil {
			ids = append(ids, s.id)
		}
	}
	known, err := book.Aliases.Imported(ctx, run.Account, ids)
	if err != nil {
		return err
	}
	messages := make([]campaign.Message, len(rows))
	attempts := make([]campaign.Attempt, 0, len(rows))
	for i, s := range rows {
		messages[i] = s.message(run)
		if s.problem != nil {
			continue
		}
		if other, ok := known[s.id]; ok {
			bad.add("row %d: its %s is in run %s already", s.row.Number, im.def.Columns[columnID], other)
		}
		attempts = append(attempts, s.attempt(run))
	}
	if bad.n > 0 {
		return nil // nothing will come of this plan: the rest is only looked at
	}
	if err := plan.Add(ctx, messages); err != nil {
		return err
	}
	return plan.AddSent(ctx, attempts)
}
