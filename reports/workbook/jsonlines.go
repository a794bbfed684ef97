package workbook

import (
	"bufio"
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"siaran/campaign"
	"siaran/reports"
	"siaran/reports/cells"
)

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
func writeJSONLines(ctx context.Context, r *report, f cells.File) error {
	buf := bufio.NewWriterSize(f, 256<<10)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	keys := cellKeys(r.Run.Header)
	var cells []byte
	err := r.lines(ctx, func(_ campaign.History, l reports.Line) error {
		cells = appendCells(cells[:0], keys, l.Cells)
		j := jsonLine{
			Row: l.Row, RefID: l.RefID, Recipient: l.Recipient, Channel: l.Channel, Group: l.Group, Verdict: l.Verdict,
			SentAt: stamp(l.SentAt, r.zone()), DeliveredAt: stamp(l.DeliveredAt, r.zone()), ReadAt: stamp(l.ReadAt, r.zone()),
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
