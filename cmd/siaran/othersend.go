package main

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
)

// An otherSend is one send of another tool.
type otherSend struct {
	row       campaign.Row
	id        string
	address   string
	gatewayID string
	at        time.Time
	problem   *campaign.RowError // it cannot be told what was sent when
}

// rows reads the file's rows, bad ones with their problem.
func (im *sentImport) rows(ctx context.Context) iter.Seq2[otherSend, error] {
	return func(yield func(otherSend, error) bool) {
		for row, err := range im.file.Rows(ctx) {
			var broken *campaign.RowError
			if err != nil && !errors.As(err, &broken) {
				yield(otherSend{}, err)
				return
			}
			s := otherSend{row: row, problem: broken}
			if broken == nil {
				im.read(&s)
			}
			if !yield(s, nil) {
				return
			}
		}
	}
}

// read fills in what the columns say.
func (im *sentImport) read(s *otherSend) {
	bad := func(key string, err error) {
		if err != nil && s.problem == nil {
			s.problem = &campaign.RowError{Row: s.row.Number, Column: im.def.Columns[key], Problem: err.Error()}
		}
	}
	cell := func(key string) campaign.Cell {
		if i, ok := im.at[key]; ok && i < len(s.row.Cells) {
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
	s.at, err = sentTime(cell(columnTime), im.zone)
	bad(columnTime, err)
	// It was sent, whatever we think of its address: one that we cannot read stays as it stands.
	if s.address, err = address.Parse(cell(columnAddress), im.def.Channel, im.country); err != nil {
		s.address = strings.TrimSpace(cell(columnAddress).Raw)
	}
}

// identity begins the digest by which the same import is known again.
func (im *sentImport) identity() hash.Hash {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "imported\x00%s\x00%s\x00%s\x00", im.account.Name, im.name, im.def.Channel) // never fails
	return h
}

// hash adds what was sent: the same sends under other headings, or saved anew, are the same.
func (s otherSend) hash(h hash.Hash) {
	_, _ = fmt.Fprintf(h, "%d\x00%s\x00%s\x00%s\x00%d\x00%t\x00", s.row.Number, s.id, s.address, s.gatewayID, s.at.UnixMicro(), s.problem != nil)
	_, _ = h.Write(campaign.EncodeCells(s.row.Cells))
}

func (s otherSend) message(run campaign.Run) campaign.Message {
	m := campaign.Message{Run: run.ID, Seq: s.row.Number, RefID: s.id, Address: s.address, Cells: s.row.Cells}
	if s.problem != nil {
		m.RefID, m.Problem = "", &campaign.Problem{Verdict: campaign.VerdictRejected, Column: s.problem.Column, Reason: s.problem.Problem}
	}
	return m
}

// attempt is the one call that the other tool made, as far as we know it.
func (s otherSend) attempt(run campaign.Run) campaign.Attempt {
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
