package operation

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"iter"
	"strconv"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/address"
	"siaran/campaign/english"
	"siaran/campaign/ledger"
	"siaran/campaign/sheet"
)

// A sentRow is one send of another tool, as a row of its file.
type sentRow struct {
	row       campaign.Row
	id        string
	address   string
	gatewayID string
	at        time.Time
	problem   *campaign.RowError // it cannot be told what was sent when
}

// A sentReader reads the file by its columns.
type sentReader struct {
	file    *sheet.File
	def     sentDefinition
	at      map[string]int // column by key
	country string         // of numbers without its code
	zone    *time.Location // of times that name none
}

// rows reads the file's rows, bad ones with their problem.
func (r *sentReader) rows(ctx context.Context) iter.Seq2[sentRow, error] {
	return func(yield func(sentRow, error) bool) {
		for row, err := range r.file.Rows(ctx) {
			var broken *campaign.RowError
			if err != nil && !errors.As(err, &broken) {
				yield(sentRow{}, err)
				return
			}
			s := sentRow{row: row, problem: broken}
			if broken == nil {
				r.read(&s)
			}
			if !yield(s, nil) {
				return
			}
		}
	}
}

// read fills in what the columns say.
func (r *sentReader) read(s *sentRow) {
	bad := func(key string, err error) {
		if err != nil && s.problem == nil {
			s.problem = &campaign.RowError{Row: s.row.Number, Column: r.def.Columns[key], Problem: err.Error()}
		}
	}
	cell := func(key string) campaign.Cell {
		if i, ok := r.at[key]; ok && i < len(s.row.Cells) {
			return s.row.Cells[i]
		}
		return campaign.Cell{}
	}
	var err error
	s.id, err = sentID(cell(columnID))
	bad(columnID, err)
	if id := cell(columnGatewayID); id.Kind != campaign.Empty {
		s.gatewayID, err = sentID(id)
		bad(columnGatewayID, err)
	}
	s.at, err = sentTime(cell(columnTime), r.zone)
	bad(columnTime, err)
	// It was sent, whatever we think of its address: one that we cannot read stays as it stands.
	if s.address, err = address.Parse(cell(columnAddress), r.def.Channel, r.country); err != nil {
		s.address = strings.TrimSpace(cell(columnAddress).Raw)
	}
}

// hash adds what was sent: the same sends under other headings, or saved anew, are the same.
func (s sentRow) hash(h hash.Hash) {
	_, _ = fmt.Fprintf(h, "%d\x00%s\x00%s\x00%s\x00%d\x00%t\x00", s.row.Number, s.id, s.address, s.gatewayID, s.at.UnixMicro(), s.problem != nil)
	_, _ = h.Write(ledger.EncodeCells(s.row.Cells))
}

func (s sentRow) message(run campaign.Run) campaign.Message {
	m := campaign.Message{Run: run.ID, Seq: s.row.Number, RefID: s.id, Address: s.address, Cells: s.row.Cells}
	if s.problem != nil {
		m.RefID, m.Problem = "", &campaign.Problem{Verdict: campaign.VerdictRejected, Column: s.problem.Column, Reason: s.problem.Problem}
	}
	return m
}

// attempt is the one call that the other tool made, as far as we know it.
func (s sentRow) attempt(run campaign.Run) campaign.Attempt {
	return campaign.Attempt{
		Run: run.ID, Seq: s.row.Number, N: 1, Account: run.Account, BegunAt: s.at, EndedAt: s.at, Counts: true,
		Answer: campaign.Answer{Outcome: campaign.Accepted, GatewayID: s.gatewayID},
	}
}

// first16 is a key for id that takes little memory.
func first16(id string) [16]byte {
	sum := sha256.Sum256([]byte(id))
	return [16]byte(sum[:16])
}

// exactDigits is how many digits of a number a spreadsheet keeps.
const exactDigits = 15

// sentID reads an id, which is never a number: one that lost digits to a spreadsheet is refused.
func sentID(c campaign.Cell) (string, error) {
	s := strings.TrimSpace(c.Raw)
	switch {
	case s == "":
		return "", errors.New("empty: without its id no receipt can be joined to it")
	case c.Kind == campaign.Text:
		mantissa, exponent, ok := strings.Cut(strings.ToUpper(s), "E+")
		if ok && strings.Trim(mantissa, "0123456789.,") == "" && strings.Trim(exponent, "0123456789") == "" {
			return "", errors.New("a number that lost digits: export the column as text")
		}
		return s, nil
	case c.Kind != campaign.Number:
		return "", fmt.Errorf("%s is no id", s)
	case strings.Trim(s, "0123456789") != "" || len(s) > exactDigits:
		return "", errors.New("a number that lost digits: export the column as text")
	}
	return s, nil
}

// sentLayouts are how other tools write times; without a zone they are on the clocks of ours.
var sentLayouts = [...]string{
	"2006-01-02 15:04:05.999999", "2006-01-02T15:04:05.999999", "2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly,
	"2/1/2006 15:04:05", "2/1/2006 15:04", "2/1/2006", "2-1-2006 15:04:05", "2-1-2006 15:04", "2-1-2006",
}

// sentTime reads a date cell, RFC 3339, the usual forms (the day before the month), and seconds or
// milliseconds since 1970.
func sentTime(c campaign.Cell, zone *time.Location) (time.Time, error) {
	s := strings.TrimSpace(c.Raw)
	if s == "" {
		return time.Time{}, errors.New("empty: it cannot be told when it was sent")
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		switch len(s) {
		case len("1700000000"):
			return time.Unix(n, 0), nil
		case len("1700000000000"):
			return time.UnixMilli(n), nil
		}
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, nil
	}
	for _, layout := range sentLayouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("no time: write 2026-11-21 19:00:05, or format the column as date and time")
}

// shownIDs is how many ids that cannot be are named; all are counted.
const shownIDs = 20

// An idProblems gathers what keeps a file from becoming a run: ids are unique in an account.
type idProblems struct {
	n     int
	shown []string
}

func (p *idProblems) add(format string, args ...any) {
	if p.n++; p.n <= shownIDs {
		p.shown = append(p.shown, fmt.Sprintf(format, args...))
	}
}

func (p *idProblems) err() error {
	if p.n == 0 {
		return nil
	}
	text := strings.Join(p.shown, "\n")
	if p.n > len(p.shown) {
		text += fmt.Sprintf("\n%s more like these", english.Count(p.n-len(p.shown)))
	}
	return usage(errors.New(text), "every message of an account has an id of its own: take those rows out, or name another column as id=; nothing was imported")
}
