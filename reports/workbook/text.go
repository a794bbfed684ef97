package workbook

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/reports"
)

// writeCSV writes the lines of Deliveries as CSV.
//
// It is UTF-8 with a byte order mark: Excel takes a file without one for Windows-1252, and pandas and
// csvkit read past it. The separator is a comma, lines end in CR LF (RFC 4180), times are RFC 3339, and the
// uploader's cells are their exact values.
//
// Why some values get an apostrophe: a spreadsheet runs what begins with = + - @ in a CSV file, whatever
// its quotes. Only changing the value prevents it, so it is changed in a way that can be undone (drop one
// apostrophe before such a value) and that Excel itself uses, and the report says how many were. Numbers
// such as -5 or +62812 are left alone.
func writeCSV(ctx context.Context, r *report, f file) error {
	buf := bufio.NewWriterSize(f, 256<<10)
	if _, err := buf.WriteString("\ufeff"); err != nil {
		return err
	}
	w := csv.NewWriter(buf)
	w.UseCRLF = true
	columns := len(r.Run.Header.Columns)
	row := make([]string, 0, columns+len(ourColumns))
	for _, c := range r.Run.Header.Columns {
		row = append(row, r.guard(c.Name))
	}
	if err := w.Write(append(row, ourHeadings(r.Run.Header)...)); err != nil {
		return err
	}
	err := r.lines(ctx, func(l reports.Line) error {
		row = row[:0]
		for i := range columns {
			v := ""
			if i < len(l.Cells) {
				if v = l.Cells[i].Raw; l.Cells[i].Kind != campaign.Number {
					v = r.guard(v)
				}
			}
			row = append(row, v)
		}
		amount := ""
		if l.Settled {
			amount = l.Amount.String()
		}
		return w.Write(append(
			row,
			strconv.Itoa(l.Row), l.RefID, r.guard(l.Recipient), string(l.Channel), string(l.Group), string(l.Verdict),
			r.stamp(l.SentAt), r.stamp(l.DeliveredAt), r.stamp(l.ReadAt), string(l.Billing), r.guard(l.Category),
			zeroEmpty(l.Parts), amount, strconv.Itoa(l.Attempts), r.guard(l.GatewayID), r.guard(l.Code), r.guard(l.Remark()),
		))
	})
	if err != nil {
		return err
	}
	if w.Flush(); w.Error() != nil {
		return w.Error()
	}
	r.prove()
	return buf.Flush()
}

// guard puts an apostrophe before what a spreadsheet would run.
func (r *report) guard(v string) string {
	bare := strings.TrimLeft(v, "'")
	if bare == "" || !strings.ContainsRune("=+-@\t\r", rune(bare[0])) || plainNumber(bare) {
		return v
	}
	r.guarded++
	return "'" + v
}

// plainNumber reports whether v is digits with signs and separators that no spreadsheet runs.
func plainNumber(v string) bool {
	v = strings.TrimLeft(v, "+-")
	return v != "" && strings.Trim(v, "0123456789.,") == "" && v[0] >= '0' && v[0] <= '9'
}

func (r *report) stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(r.zone()).Format(time.RFC3339)
}

func zeroEmpty(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// A jsonLine is one line of a .jsonl report. Amounts are exact decimals; times are RFC 3339.
type jsonLine struct {
	Row         int                  `json:"row"`
	RefID       string               `json:"ref_id"`
	Recipient   string               `json:"recipient"`
	Channel     campaign.ChannelKind `json:"channel"`
	Group       campaign.Group       `json:"group"`
	Verdict     campaign.Verdict     `json:"verdict"`
	SentAt      string               `json:"sent_at,omitempty"`
	DeliveredAt string               `json:"delivered_at,omitempty"`
	ReadAt      string               `json:"read_at,omitempty"`
	Billing     campaign.Billing     `json:"billing,omitempty"`
	Category    string               `json:"category,omitempty"`
	Parts       int                  `json:"parts,omitempty"`
	Amount      json.Number          `json:"amount,omitempty"`
	Attempts    int                  `json:"attempts"`
	GatewayID   string               `json:"gateway_id,omitempty"`
	Code        string               `json:"code,omitempty"`
	Reason      string               `json:"reason,omitempty"`
	Flags       []string             `json:"flags,omitempty"`
	BudgetCode  string               `json:"budget_code,omitempty"`
	Channels    []jsonCharge         `json:"channels,omitempty"`
	Cells       json.RawMessage      `json:"cells"`
}

type jsonCharge struct {
	Channel   campaign.ChannelKind `json:"channel"`
	Recipient string               `json:"recipient"`
	Verdict   string               `json:"verdict,omitempty"`
	Billing   campaign.Billing     `json:"billing,omitempty"`
	Category  string               `json:"category,omitempty"`
	Parts     int                  `json:"parts,omitempty"`
	UnitPrice json.Number          `json:"unit_price,omitempty"`
	Amount    json.Number          `json:"amount,omitempty"`
	IfPaid    json.Number          `json:"if_paid,omitempty"`
}

// writeJSONLines writes a JSON object a line, with everything Deliveries and Channels have. "cells" holds
// the uploader's cells by heading (a heading that comes twice gets " (2)"): text as strings, numbers as
// numbers, dates in ISO 8601, empty ones as null.
func writeJSONLines(ctx context.Context, r *report, f file) error {
	buf := bufio.NewWriterSize(f, 256<<10)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	keys := cellKeys(r.Run.Header)
	var cells []byte
	err := r.lines(ctx, func(l reports.Line) error {
		cells = appendCells(cells[:0], keys, l.Cells)
		j := jsonLine{
			Row: l.Row, RefID: l.RefID, Recipient: l.Recipient, Channel: l.Channel, Group: l.Group, Verdict: l.Verdict,
			SentAt: r.stamp(l.SentAt), DeliveredAt: r.stamp(l.DeliveredAt), ReadAt: r.stamp(l.ReadAt),
			Billing: l.Billing, Category: l.Category, Parts: l.Parts, Attempts: l.Attempts,
			GatewayID: l.GatewayID, Code: l.Code, Reason: l.Reason, BudgetCode: l.BudgetCode, Cells: cells,
		}
		if l.Settled {
			j.Amount = json.Number(l.Amount.String())
		}
		for flag := range l.Flags.All() {
			j.Flags = append(j.Flags, flag.String())
		}
		for i := range l.Charges {
			j.Channels = append(j.Channels, charge(&l.Charges[i]))
		}
		return enc.Encode(j)
	})
	if err != nil {
		return err
	}
	r.prove()
	return buf.Flush()
}

func charge(c *reports.Charge) jsonCharge {
	j := jsonCharge{Channel: c.Channel, Recipient: c.Address, Verdict: string(c.Verdict), Billing: c.Billing, Category: c.Category, Parts: c.Parts}
	if c.Unused {
		j.Verdict = "unused"
	}
	if c.Priced {
		j.UnitPrice, j.IfPaid = json.Number(c.Price.String()), json.Number(c.IfPaid.String())
	}
	if c.Settled() {
		j.Amount = json.Number(c.Amount.String())
	}
	return j
}

// cellKeys returns the headings as JSON strings with a colon, no two the same.
func cellKeys(h campaign.Header) [][]byte {
	taken := make(map[string]bool, len(h.Columns))
	keys := make([][]byte, len(h.Columns))
	for i, c := range h.Columns {
		name := c.Name
		for n := 2; taken[name]; n++ {
			name = c.Name + " (" + strconv.Itoa(n) + ")"
		}
		taken[name] = true
		keys[i] = append(appendString(nil, name), ':')
	}
	return keys
}

func appendCells(b []byte, keys [][]byte, cells []campaign.Cell) []byte {
	b = append(b, '{')
	for i, key := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, key...)
		var c campaign.Cell
		if i < len(cells) {
			c = cells[i]
		}
		switch {
		case c.Kind == campaign.Empty:
			b = append(b, "null"...)
		case c.Kind == campaign.Bool && (c.Raw == "TRUE" || c.Raw == "FALSE"):
			b = append(b, strings.ToLower(c.Raw)...)
		case c.Kind == campaign.Number && json.Valid([]byte(c.Raw)):
			b = append(b, c.Raw...)
		default:
			b = appendString(b, c.Raw)
		}
	}
	return append(b, '}')
}

func appendString(b []byte, s string) []byte {
	quoted, err := json.Marshal(s)
	if err != nil {
		return append(b, `""`...) // a string always encodes
	}
	return append(b, quoted...)
}
