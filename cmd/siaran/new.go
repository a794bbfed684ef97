package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"siaran/campaign"
	"siaran/campaign/address"
	"siaran/campaign/definition"
	"siaran/campaign/operation"
	"siaran/campaign/sheet"
)

// newCmd is siaran new.
type newCmd struct {
	File      string `arg:"" help:"The recipient file." placeholder:"FILE"`
	Output    string `short:"o" help:"Campaign file to write. Default: NAME.yaml here, by the recipient file's name. Never over one." placeholder:"FILE"`
	Tab       string `help:"Tab of the workbook. Default: the first that is not hidden."`
	HeaderRow int    `help:"Row with the headings, as Excel numbers it. Default: found." placeholder:"N"`
	Encoding  string `help:"Encoding of a text file without a byte order mark, such as windows-1252. Default: UTF-8."`
	Country   string `help:"Country by which local phone numbers are read." default:"ID"`
	Account   string `help:"Account of siaran.yaml to send by. Default: the only one."`
}

// sampleRows is how many rows are read to see what the columns look like.
const sampleRows = 200

// Run shows what is in the file and writes a campaign for it.
func (cmd *newCmd) Run(ctx context.Context, c *common, ui *ui) error {
	if cmd.File == "-" {
		return usage(errors.New("siaran new reads a file, not standard input"), "name the file; its campaign may then say file: -")
	}
	f, err := sheet.Open(ctx, sheet.Settings{Path: cmd.File, Tab: cmd.Tab, HeaderRow: cmd.HeaderRow, Encoding: cmd.Encoding})
	if err != nil {
		return err
	}
	defer f.Close()
	rows, bad, err := sampleOf(ctx, f)
	if err != nil {
		return err
	}
	guesses := definition.GuessColumns(f.Header(), rows, cmd.Country)
	cmd.show(ui, f, guesses, bad)
	account, notes := cmd.account(c)
	path, err := cmd.write(f, guesses, account)
	if err != nil {
		return err
	}
	for _, note := range notes {
		ui.Note("%s", note)
	}
	if !slices.ContainsFunc(guesses, func(g definition.Guess) bool {
		return g.Kind == definition.GuessPhone || g.Kind == definition.GuessEmail
	}) {
		ui.Note("no column looks like phone numbers or e-mail addresses: put the right one at to:")
	}
	if ui.json {
		ui.Line(struct {
			Type     string `json:"type"`
			Campaign string `json:"campaign"`
		}{"new", path})
		return nil
	}
	ui.Say("\n%s written: look at every line of it, then: siaran check %s", path, path)
	return nil
}

// sampleOf reads the first rows; bad is how many of them cannot be relied on.
func sampleOf(ctx context.Context, f *sheet.File) (rows []campaign.Row, bad int, err error) {
	for row, err := range f.Rows(ctx) {
		var e *campaign.RowError
		switch {
		case errors.As(err, &e):
			bad++
		case err != nil:
			return nil, bad, err
		default:
			rows = append(rows, row)
		}
		if len(rows)+bad == sampleRows {
			break
		}
	}
	return rows, bad, nil
}

// show prints tabs, headings and samples.
func (cmd *newCmd) show(ui *ui, f *sheet.File, guesses []definition.Guess, bad int) {
	if ui.json {
		cmd.lines(ui, f, guesses)
		return
	}
	ui.Say("%s", filepath.Base(cmd.File))
	for _, t := range f.Tabs() {
		words := ""
		if t.Name == f.Tab() {
			words = "   read"
		}
		if t.Hidden {
			words += "   hidden"
		}
		ui.Say("  tab %s%s", t.Name, words)
	}
	if d := f.Delimiter(); d != "" {
		ui.Say("  text, %s, values between %s", f.Encoding(), delimiterWord(d))
	}
	if row := f.Header().Row; row > 0 {
		ui.Say("  headings in row %d", row)
	}
	if bad > 0 {
		ui.Say("  %s of the first %d cannot be read as they are: siaran check will name them", plural(bad, "row"), sampleRows)
	}
	ui.Say("")
	for _, g := range guesses {
		c := f.Header().Columns[g.Column]
		words := string(g.Kind)
		if g.Kind == definition.GuessText {
			words = ""
		}
		ui.Say("  %-3s %-28s %-7s %s", c.Letter, c.Name, words, strings.Join(shownSamples(g, cmd.Country), " | "))
	}
}

// lines are the same as JSON.
func (cmd *newCmd) lines(ui *ui, f *sheet.File, guesses []definition.Guess) {
	for _, g := range guesses {
		c := f.Header().Columns[g.Column]
		ui.Line(struct {
			Type    string               `json:"type"`
			Column  string               `json:"column"`
			Heading string               `json:"heading"`
			Kind    definition.GuessKind `json:"kind"`
			Samples []string             `json:"samples"`
		}{"column", c.Letter, c.Name, g.Kind, shownSamples(g, cmd.Country)})
	}
}

// shownSamples are a column's sample values, cut to a glance; whatever may be somebody's address is masked.
func shownSamples(g definition.Guess, country string) []string {
	out := make([]string, 0, len(g.Samples))
	for _, s := range g.Samples {
		s = strings.Join(strings.Fields(s), " ")
		if mustMask(g.Kind, s, country) {
			out = append(out, address.Mask(s))
			continue
		}
		if r := []rune(s); len(r) > 30 {
			s = string(r[:29]) + "…"
		}
		out = append(out, s)
	}
	return out
}

func mustMask(kind definition.GuessKind, s, country string) bool {
	switch kind {
	case definition.GuessPhone, definition.GuessEmail:
		return true
	case definition.GuessName, definition.GuessText:
		_, phone := address.Parse(campaign.TextCell(s), campaign.SMS, country)
		return phone == nil || strings.Contains(s, "@")
	case definition.GuessAmount, definition.GuessDate:
	}
	return false
}

// account picks the account, and says what is to be done about it.
func (cmd *newCmd) account(c *common) (name string, notes []string) {
	if cmd.Account != "" {
		return cmd.Account, nil
	}
	const fallback = "sprint"
	path := cmp.Or(c.Config, "siaran.yaml")
	// A password that is not in the environment yet is no obstacle here.
	s, err := definition.ReadSettings(path, func(key string) (string, bool) {
		if v, ok := os.LookupEnv(key); ok {
			return v, true
		}
		return "not-set-yet", true
	}, operation.KnownGateways())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fallback, []string{fmt.Sprintf("there is no %s yet: siaran init writes one; the campaign's account is called %s until then", path, fallback)}
	case err != nil:
		return fallback, []string{fmt.Sprintf("the account is called %s, for the settings cannot be read: %v", fallback, err)}
	case len(s.Accounts) == 0:
		return fallback, []string{path + " has no account: add one under accounts:"}
	}
	var names []string
	for n := range s.Accounts {
		names = append(names, n)
	}
	slices.Sort(names)
	if len(names) > 1 {
		notes = append(notes, fmt.Sprintf("%s has several accounts (%s): see account: in the campaign, or give --account", path, strings.Join(names, ", ")))
	}
	if s.Accounts[names[0]].SenderID == "" {
		notes = append(notes, fmt.Sprintf("account %s has no sender_id: write it there, or sender_id: in the campaign", names[0]))
	}
	return names[0], notes
}

// write writes the campaign beside nothing of its name.
func (cmd *newCmd) write(f *sheet.File, guesses []definition.Guess, account string) (string, error) {
	name := fileStem(cmd.File)
	path := cmd.Output
	if path == "" {
		path = cmp.Or(definition.Name(name), "campaign") + ".yaml"
	} else {
		name = fileStem(path)
	}
	d := definition.Draft{
		Name: name, Account: account, HeaderRow: cmd.HeaderRow, Encoding: cmd.Encoding, Header: f.Header(), Guesses: guesses,
		File: relativeTo(filepath.Dir(path), cmd.File), Tab: cmd.Tab,
	}
	if d.Tab == "" && visibleTabs(f) > 1 {
		d.Tab = f.Tab()
	}
	err := writeNew(path, definition.Skeleton(d))
	if errors.Is(err, fs.ErrExist) {
		return path, usage(fmt.Errorf("%s is there already: kept, nothing was written", path), "siaran check "+path+" checks it; -o OTHER.yaml writes another")
	}
	if err != nil {
		return path, usage(err, "")
	}
	return path, nil
}

func visibleTabs(f *sheet.File) int {
	n := 0
	for _, t := range f.Tabs() {
		if !t.Hidden {
			n++
		}
	}
	return n
}

// fileStem is a file's name without its endings.
func fileStem(path string) string {
	name := filepath.Base(path)
	for _, packed := range []string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, packed)
	}
	return strings.TrimSuffix(name, filepath.Ext(name))
}

// relativeTo is path as a file in dir names it.
func relativeTo(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	from, err := filepath.Abs(dir)
	if err != nil {
		return path
	}
	to, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(from, to)
	if err != nil {
		return to
	}
	return filepath.ToSlash(rel)
}

func delimiterWord(d string) string {
	return map[string]string{",": "commas", ";": "semicolons", "|": "bars", "\t": "tabs"}[d]
}
