package operation

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/gocarina/gocsv"

	"siaran/campaign"
	"siaran/campaign/ledger"
)

// A SuppressImport is a list of people who must not get messages.
type SuppressImport struct {
	Input io.Reader      // a .csv with a heading
	Name  string         // of the file, for people
	Terms SuppressTerms  // where a line does not say
	Why   string         // where a line does not say
	Zone  *time.Location // of times that name none
	By    campaign.Person
}

// A SuppressWatcher is told of every line that cannot be read. The terminal shows some of them.
type SuppressWatcher interface {
	Unread(line int, err error)
}

// A suppressedRow is one line of the .csv: only address must be there, the flags fill the rest in.
type suppressedRow struct {
	Address string `csv:"address"`
	Channel string `csv:"channel"`
	For     string `csv:"for"`
	Because string `csv:"because"`
	Since   string `csv:"since"`
}

// suppressBatch is how many go into the ledger at a time.
const suppressBatch = 1000

// ImportSuppressions adds every line that can be read, and counts the others.
func ImportSuppressions(ctx context.Context, book *ledger.Ledger, im SuppressImport, watch SuppressWatcher) (SuppressResult, error) {
	result := SuppressResult{Type: "summary"}
	lines, rows, err := suppressedRows(im.Input)
	if err != nil {
		return result, usage(fmt.Errorf("%s: %w", im.Name, err), "its first line must be the headings: address, and as you like channel, for, because, since")
	}
	var batch []ledger.Suppression
	flush := func() error {
		err := book.Suppressions.Add(ctx, batch...)
		if err == nil {
			result.Added += len(batch)
		}
		batch = batch[:0]
		return err
	}
	for row, err := range rows {
		var s ledger.Suppression
		if err == nil {
			s, err = im.read(row)
		}
		if err != nil {
			result.Broken++
			watch.Unread(lines(), err)
			continue
		}
		if batch = append(batch, s); len(batch) == suppressBatch {
			if err := flush(); err != nil {
				return result, err
			}
		}
	}
	if err := flush(); err != nil {
		return result, err
	}
	return result, actSuppressed(ctx, book, im.By, fmt.Sprintf("import %d", result.Added), im.Why)
}

// read makes a suppression of a line.
func (im SuppressImport) read(row suppressedRow) (ledger.Suppression, error) {
	t := im.Terms
	t.For = cmp.Or(campaign.Purpose(strings.ToLower(strings.TrimSpace(row.For))), t.For)
	t.Channel = cmp.Or(campaign.ChannelKind(strings.ToLower(strings.TrimSpace(row.Channel))), t.Channel)
	if t.For != campaign.PurposeMarketing && t.For != campaign.PurposeAll {
		return ledger.Suppression{}, fmt.Errorf("for is %q: marketing or all", t.For)
	}
	if t.Channel != "" && !slices.Contains(channelKinds, t.Channel) {
		return ledger.Suppression{}, fmt.Errorf("channel is %q: whatsapp, sms, email, line, telegram, facebook, or nothing for all", t.Channel)
	}
	s, err := t.suppression(row.Address)
	if err != nil {
		return s, err
	}
	s.Why = cmp.Or(strings.TrimSpace(row.Because), im.Why)
	if since := strings.TrimSpace(row.Since); since != "" {
		s.Since, err = sinceTime(since, im.Zone)
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
