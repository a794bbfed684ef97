package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gocarina/gocsv"

	"siaran/campaign"
	"siaran/campaign/ledger"
)

// suppressImportCmd is siaran suppress import.
type suppressImportCmd struct {
	File string `arg:"" help:"A .csv with a heading; - is standard input." placeholder:"FILE"`
	suppressTerms
	Because string `help:"Why, where the file does not say." placeholder:"TEXT"`
}

// A suppressedRow is one line of the .csv: only address must be there, the flags fill the rest in.
type suppressedRow struct {
	Address string `csv:"address"`
	Channel string `csv:"channel"`
	For     string `csv:"for"`
	Because string `csv:"because"`
	Since   string `csv:"since"`
}

// importBatch is how many go into the ledger at a time.
const importBatch = 1000

// Run adds every line that can be read. Those that cannot are told, and the exit code is 3.
func (cmd *suppressImportCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	in := ui.in
	if cmd.File != "-" {
		f, err := os.Open(cmd.File)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // only read
		in = f
	}
	settings, book, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	lines, rows, err := suppressedRows(in)
	if err != nil {
		return usage(fmt.Errorf("%s: %w", cmd.File, err), "its first line must be the headings: address, and as you like channel, for, because, since")
	}
	sum := suppressed{Type: "summary"}
	var batch []ledger.Suppression
	flush := func() error {
		err := book.Suppressions.Add(ctx, batch...)
		if err == nil {
			sum.Added += len(batch)
		}
		batch = batch[:0]
		return err
	}
	for row, err := range rows {
		var s ledger.Suppression
		if err == nil {
			s, err = cmd.read(row, settings.Zone)
		}
		if err != nil {
			cmd.tell(ui, lines(), err, &sum)
			continue
		}
		if batch = append(batch, s); len(batch) == importBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	ui.Say("%s suppressed, as the file or the flags say", people(sum.Added))
	ui.JSON(sum)
	if err := actSuppressed(ctx, book, fmt.Sprintf("import %d", sum.Added), cmd.Because); err != nil {
		return err
	}
	if sum.Broken > 0 {
		ui.Note("%s could not be read: correct and import them again", plural(sum.Broken, "line"))
		return quietly(exitRows)
	}
	return nil
}

// tell prints one of the first broken lines; all are counted.
func (cmd *suppressImportCmd) tell(ui *ui, line int, err error, sum *suppressed) {
	if sum.Broken++; sum.Broken > shownProblems {
		return
	}
	ui.Note("%s:%d: %v", cmd.File, line, err)
	ui.JSON(problemLine{Type: "problem", Row: line, Reason: err.Error(), Rows: 1})
}

// read makes a suppression of a line.
func (cmd *suppressImportCmd) read(row suppressedRow, zone *time.Location) (ledger.Suppression, error) {
	t := cmd.suppressTerms
	t.For = cmp.Or(strings.ToLower(strings.TrimSpace(row.For)), t.For)
	t.Channel = cmp.Or(strings.ToLower(strings.TrimSpace(row.Channel)), t.Channel)
	if !slices.Contains([]string{"marketing", "all"}, t.For) {
		return ledger.Suppression{}, fmt.Errorf("for is %q: marketing or all", t.For)
	}
	kinds := []campaign.ChannelKind{"", campaign.WhatsApp, campaign.SMS, campaign.Email, campaign.Line, campaign.Telegram, campaign.Facebook}
	if !slices.Contains(kinds, campaign.ChannelKind(t.Channel)) {
		return ledger.Suppression{}, fmt.Errorf("channel is %q: whatsapp, sms, email, line, telegram, facebook, or nothing for all", t.Channel)
	}
	s, err := t.suppression(row.Address)
	if err != nil {
		return s, err
	}
	s.Why = cmp.Or(strings.TrimSpace(row.Because), cmd.Because)
	if since := strings.TrimSpace(row.Since); since != "" {
		s.Since, err = sinceTime(since, zone)
	}
	return s, err
}

// sinceTime reads a date, with or without a time, in the configured zone.
func sinceTime(s string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("since is %q: write it as 2026-11-21 or 2026-11-21T08:30:00+07:00", s)
}

// suppressedRows reads a .csv with , ; or tabs between values; line is where the last row began.
func suppressedRows(in io.Reader) (line func() int, rows func(yield func(suppressedRow, error) bool), err error) {
	buf := bufio.NewReader(in)
	if bom, _ := buf.Peek(3); string(bom) == "\ufeff" {
		_, _ = buf.Discard(3) // it was just peeked at
	}
	r := csv.NewReader(buf)
	r.FieldsPerRecord = -1
	head, _ := buf.Peek(4096)
	first, _, _ := strings.Cut(string(head), "\n")
	for _, d := range ";\t" {
		if strings.Count(first, string(d)) > strings.Count(first, string(r.Comma)) {
			r.Comma = d
		}
	}
	u, err := gocsv.NewUnmarshaller(r, suppressedRow{})
	if err != nil {
		return nil, nil, err
	}
	if err := u.RenormalizeHeaders(foldHeadings); err != nil {
		return nil, nil, err
	}
	if slices.Contains(u.MismatchedStructFields, "address") {
		return nil, nil, fmt.Errorf("no column address; columns: %s", strings.Join(u.Headers, ", "))
	}
	at := 0
	read := func(yield func(suppressedRow, error) bool) {
		for {
			row, err := u.Read()
			var bad *csv.ParseError
			switch {
			case errors.Is(err, io.EOF):
				return
			case errors.As(err, &bad):
				at = bad.StartLine
				err = bad.Err
			case err == nil:
				at, _ = r.FieldPos(0)
			}
			out, _ := row.(suppressedRow)
			if !yield(out, err) || err != nil && bad == nil {
				return
			}
		}
	}
	return func() int { return at }, read, nil
}

// foldHeadings lets people write Address, or the words that their lists have.
func foldHeadings(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		n = campaign.FoldHeading(n)
		switch n {
		case "phone", "msisdn", "nomor hp", "no hp", "hp", "email", "e-mail":
			n = "address"
		case "purpose":
			n = "for"
		case "reason", "why":
			n = "because"
		case "date":
			n = "since"
		}
		out[i] = n
	}
	return out
}
