package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"siaran/campaign"
	"siaran/campaign/ledger"
	"siaran/campaign/sheet"
)

// sentFlags are those of import --sent.
type sentFlags struct {
	Sent     string `help:"Make a run of another tool's sends: a table of what it sent (.xlsx, .csv, …)." placeholder:"FILE"`
	Account  string `help:"With --sent: whose sends they were." placeholder:"NAME"`
	Campaign string `help:"With --sent: what the run is called." placeholder:"NAME"`
	Channel  string `help:"With --sent: whatsapp, sms, email, line, telegram or facebook." placeholder:"CHANNEL"`
	Columns  string `help:"With --sent: which column holds what: id, address, time, and gateway_id if there is one. Every column stays in the report." placeholder:"id=…,address=…,time=…"`
	Country  string `help:"With --sent: the country of numbers without its code." default:"ID" placeholder:"CC"`
}

// The keys of --columns that mean something.
const (
	columnID        = "id"
	columnAddress   = "address"
	columnTime      = "time"
	columnGatewayID = "gateway_id"
)

// A sentDefinition is what an imported run goes by in place of a campaign file.
type sentDefinition struct {
	Channel campaign.ChannelKind `yaml:"channel"`
	Columns map[string]string    `yaml:"columns"`
}

// sentCampaign is the definition of an imported run: its channel is all that is known of it.
func sentCampaign(run campaign.Run) (*campaign.Campaign, error) {
	var d sentDefinition
	if err := yaml.Unmarshal(run.Definition, &d); err != nil {
		return nil, fmt.Errorf("run %s: its definition: %w", run.ID, err)
	}
	return &campaign.Campaign{
		Name: run.Campaign, Account: run.Account, Text: run.Definition, Send: campaign.SendSingle,
		Channels: []campaign.Channel{{Kind: d.Channel}}, Retry: campaign.DefaultRetry,
	}, nil
}

// A sentImport makes one run of one file.
type sentImport struct {
	ui      *ui
	book    *ledger.Ledger
	account campaign.Account
	def     sentDefinition
	country string
	zone    *time.Location
	file    *sheet.File
	at      map[string]int // column by key
	name    string         // of the run's campaign
	path    string         // of the file, for people
}

// importSent is siaran import --sent.
func (cmd *importCmd) importSent(ctx context.Context, c *common, ui *ui) error {
	if len(cmd.Files) > 0 {
		return usage(errors.New("--sent names the file; receipts are imported by another siaran import"), "")
	}
	settings, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	im := &sentImport{ui: ui, book: book, country: cmd.Country, zone: settings.Zone, name: cmd.Campaign, path: cmd.Sent}
	if err := im.choose(cmd.sentFlags, settings.Accounts); err != nil {
		return usage(err, "siaran import --sent FILE --account NAME --campaign NAME --channel whatsapp --columns id=…,address=…,time=…")
	}
	read := sheet.Settings{Path: cmd.Sent, HiddenRows: campaign.HiddenInclude}
	if cmd.Sent == "-" {
		read.Input = ui.in
	}
	for _, heading := range im.def.Columns {
		read.Need = append(read.Need, heading)
	}
	slices.Sort(read.Need)
	if im.file, err = sheet.Open(ctx, read); err != nil {
		return err
	}
	defer im.file.Close()
	im.at = make(map[string]int, len(im.def.Columns))
	for key, heading := range im.def.Columns {
		im.at[key] = im.file.Header().Find(heading)
	}
	if err := catchUp(ctx, settings, book, ui); err != nil { // its receipts may have come already
		return err
	}
	return im.run(ctx)
}

var campaignName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// choose checks the flags.
func (im *sentImport) choose(f sentFlags, accounts map[string]campaign.Account) error {
	account, ok := accounts[f.Account]
	if !ok {
		names := make([]string, 0, len(accounts))
		for name := range accounts {
			names = append(names, name)
		}
		slices.Sort(names)
		return fmt.Errorf("--account %q: the accounts in siaran.yaml are %s", f.Account, strings.Join(names, ", "))
	}
	im.account = account
	if !campaignName.MatchString(f.Campaign) {
		return fmt.Errorf("--campaign %q: small letters, digits and hyphens, at most 40", f.Campaign)
	}
	channels := []campaign.ChannelKind{campaign.WhatsApp, campaign.SMS, campaign.Email, campaign.Line, campaign.Telegram, campaign.Facebook}
	if im.def.Channel = campaign.ChannelKind(f.Channel); !slices.Contains(channels, im.def.Channel) {
		return fmt.Errorf("--channel %q: whatsapp, sms, email, line, telegram or facebook", f.Channel)
	}
	var err error
	im.def.Columns, err = sentColumns(f.Columns)
	return err
}

// sentColumns reads id=…,address=…,time=…. A part without = belongs to the heading before it, which has a comma.
func sentColumns(text string) (map[string]string, error) {
	columns := map[string]string{}
	last := ""
	for _, part := range strings.Split(text, ",") {
		key, heading, ok := strings.Cut(part, "=")
		key = strings.TrimSpace(key)
		switch {
		case !ok && last != "":
			columns[last] += "," + part
			continue
		case !ok || key == "" || strings.TrimSpace(heading) == "":
			return nil, fmt.Errorf("--columns %q: write key=heading, with commas between", text)
		}
		if _, twice := columns[key]; twice {
			return nil, fmt.Errorf("--columns: %s is there twice", key)
		}
		columns[key], last = strings.TrimSpace(heading), key
	}
	for _, key := range []string{columnID, columnAddress, columnTime} {
		if columns[key] == "" {
			return nil, fmt.Errorf("--columns: %s= is missing: the heading of the column that holds it", key)
		}
	}
	return columns, nil
}

// run reads the file twice: to see whether it can be a run, and to write it.
func (im *sentImport) run(ctx context.Context) error {
	path := im.path
	digest, rows, err := im.check(ctx)
	if err != nil {
		return err
	}
	if run, ok, err := im.book.Runs.ByIdentity(ctx, campaign.Identity{Campaign: im.name, Account: im.account.Name, RowsDigest: digest}); err != nil {
		return err
	} else if ok {
		im.ui.Say("These sends were imported already, on %s, as run %s. Nothing to do.", run.CreatedAt.In(im.zone).Format("2 Jan 2006 15:04"), run.ID)
		return im.show(ctx, run)
	}
	if path != "-" {
		if path, err = filepath.Abs(path); err != nil {
			return err
		}
	}
	text, err := yaml.Marshal(im.def)
	if err != nil {
		return err
	}
	run := campaign.Run{
		ID: campaign.NewRunID(), Kind: campaign.KindImported, Campaign: im.name, Account: im.account.Name, Gateway: im.account.Gateway,
		Live: im.account.Live, FileName: path, FileDigest: im.file.Digest(), Tab: im.file.Tab(), RowsDigest: digest, Definition: text,
		Channels: []campaign.ChannelKind{im.def.Channel}, Tries: campaign.DefaultRetry.Attempts,
		Header: im.file.Header(), CreatedAt: time.Now(), Rows: rows,
	}
	before, err := im.waiting(ctx)
	if err != nil {
		return err
	}
	plan, err := im.book.Plans.Start(ctx, run)
	if err != nil {
		return err
	}
	written, err := im.write(ctx, plan, run)
	if err == nil && written != digest {
		err = usage(fmt.Errorf("%s changed while it was read; nothing was imported", path), "run the same command again when nobody is writing the file")
	}
	if err != nil {
		return errors.Join(err, plan.Discard(context.WithoutCancel(ctx)))
	}
	action := campaign.Action{At: time.Now(), Who: who(), Host: hostName(), What: campaign.DeedImport, Options: "--sent " + path}
	if err := plan.Ready(ctx, campaign.Ready{Rows: rows, Empty: im.file.Counts().Empty, Action: action}); err != nil {
		return err
	}
	after, err := im.waiting(ctx)
	if err != nil {
		return err
	}
	im.ui.Say("Run %s of %s: %s of another tool, through %s", run.ID, run.Campaign, plural(rows, "row"), run.Account)
	if before > after {
		im.ui.Say("  %9s that had come before found their messages", plural(before-after, "receipt"))
	}
	if run, err = im.book.Runs.ByID(ctx, run.ID); err != nil {
		return err
	}
	return im.show(ctx, run)
}

// waiting counts receipts that may belong to messages not known yet.
func (im *sentImport) waiting(ctx context.Context) (int, error) {
	counts, err := im.book.Strays.Counts(ctx)
	return counts[campaign.StrayOrphan] + counts[campaign.StrayForeign], err
}

// show prints what the run holds; exit 3 if rows were rejected.
func (im *sentImport) show(ctx context.Context, run campaign.Run) error {
	sum, _, err := summarise(ctx, im.book, run)
	if err != nil {
		return err
	}
	showSummary(im.ui, sum)
	im.ui.Say("Next: siaran import its receipts, then siaran report %s", run.ID)
	im.ui.JSON(sum)
	if sum.Rejected > 0 {
		return quietly(exitRows)
	}
	return nil
}

// check reads the file once: its identity, its rows, and ids that cannot be.
func (im *sentImport) check(ctx context.Context) (digest string, rows int, err error) {
	h := im.identity()
	seen := map[[16]byte]int{} // row by id
	rejected := 0
	var bad idProblems
	for s, err := range im.rows(ctx) {
		if err != nil {
			return "", 0, err
		}
		s.hash(h)
		rows++
		if s.problem != nil {
			if rejected++; rejected <= shownProblems {
				im.ui.Note("rejected: %s", s.problem)
			}
			continue
		}
		key := first16(s.id)
		if first, ok := seen[key]; ok {
			bad.add("row %d: its %s is that of row %d", s.row.Number, im.def.Columns[columnID], first)
			continue
		}
		seen[key] = s.row.Number
		if ref, ok := campaign.ParseRefID(s.id); ok && im.book.Key().Genuine(ref) {
			bad.add("row %d: its %s is that of row %d of run %s, which this ledger sent itself", s.row.Number, im.def.Columns[columnID], ref.Seq, ref.Run)
		}
	}
	if rejected > shownProblems {
		im.ui.Note("%s more rows are rejected", count(rejected-shownProblems))
	}
	if rows == 0 {
		return "", 0, usage(fmt.Errorf("%s has no data row", im.path), "")
	}
	return hex.EncodeToString(h.Sum(nil)), rows, bad.err()
}

// write reads the file into the plan, and returns what it read.
func (im *sentImport) write(ctx context.Context, plan *ledger.Plan, run campaign.Run) (digest string, err error) {
	h := im.identity()
	var bad idProblems
	batch := make([]otherSend, 0, planBatch)
	flush := func() error {
		err := im.add(ctx, plan, run, batch, &bad)
		batch = batch[:0]
		return err
	}
	for s, err := range im.rows(ctx) {
		if err != nil {
			return "", err
		}
		s.hash(h)
		if batch = append(batch, s); len(batch) == planBatch {
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
func (im *sentImport) add(ctx context.Context, plan *ledger.Plan, run campaign.Run, rows []otherSend, bad *idProblems) error {
	ids := make([]string, 0, len(rows))
	for _, s := range rows {
		if s.problem == nil {
			ids = append(ids, s.id)
		}
	}
	known, err := im.book.Aliases.Imported(ctx, run.Account, ids)
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

// An idProblems gathers what keeps a file from becoming a run: ids are unique in an account.
type idProblems struct {
	n     int
	shown []string
}

func (p *idProblems) add(format string, args ...any) {
	if p.n++; p.n <= shownProblems {
		p.shown = append(p.shown, fmt.Sprintf(format, args...))
	}
}

func (p *idProblems) err() error {
	if p.n == 0 {
		return nil
	}
	text := strings.Join(p.shown, "\n")
	if p.n > len(p.shown) {
		text += fmt.Sprintf("\n%s more like these", count(p.n-len(p.shown)))
	}
	return usage(errors.New(text), "every message of an account has an id of its own: take those rows out, or name another column as id=; nothing was imported")
}
