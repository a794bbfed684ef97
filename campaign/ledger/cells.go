package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"siaran/campaign"
)

// kindKeys are the keys of the typed JSON form, by Kind. They are on disk: never change one.
var kindKeys = [...]string{campaign.Number: "n", campaign.Date: "d", campaign.Bool: "b", campaign.Error: "e", campaign.Formula: "f"}

// EncodeCells writes cells as typed JSON, the form the ledger keeps: a JSON array in which text is a
// string, an empty cell is null, and anything else an object such as {"n":"1250","t":"1.250","s":"#,##0"}
// (t where the shown text differs from the value, s where there is a number format).
func EncodeCells(cells []campaign.Cell) []byte {
	var b bytes.Buffer
	b.Grow(24 * len(cells))
	b.WriteByte('[')
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		switch c.Kind {
		case campaign.Empty:
			b.WriteString("null")
		case campaign.Text:
			writeJSONString(&b, c.Raw)
		case campaign.Number, campaign.Date, campaign.Bool, campaign.Error, campaign.Formula:
			fmt.Fprintf(&b, `{"%s":`, kindKeys[c.Kind])
			writeJSONString(&b, c.Raw)
			if c.Text != c.Raw {
				b.WriteString(`,"t":`)
				writeJSONString(&b, c.Text)
			}
			if c.Format != "" {
				b.WriteString(`,"s":`)
				writeJSONString(&b, c.Format)
			}
			b.WriteByte('}')
		}
	}
	b.WriteByte(']')
	return b.Bytes()
}

// writeJSONString writes s as a JSON string; bytes that are not UTF-8 become U+FFFD.
func writeJSONString(b *bytes.Buffer, s string) {
	if plainJSON(s) {
		b.WriteByte('"')
		b.WriteString(s)
		b.WriteByte('"')
		return
	}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always encodes
	b.Truncate(b.Len() - 1)
}

func plainJSON(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// DecodeCells reads what EncodeCells wrote.
func DecodeCells(data []byte) ([]campaign.Cell, error) {
	if cells, ok := plainCells(string(data)); ok {
		return cells, nil
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("cells: %w", err)
	}
	cells := make([]campaign.Cell, len(raw))
	for i, r := range raw {
		c, err := decodeCell(r)
		if err != nil {
			return nil, fmt.Errorf("cell %d: %w", i+1, err)
		}
		cells[i] = c
	}
	return cells, nil
}

// plainCells is DecodeCells for rows of plain texts alone, as nearly all are; ok is false for others.
func plainCells(s string) (cells []campaign.Cell, ok bool) {
	if len(s) < 4 || s[0] != '[' || s[len(s)-1] != ']' {
		return nil, false
	}
	cells = make([]campaign.Cell, 0, 1+strings.Count(s, `","`))
	for rest := s[1 : len(s)-1]; ; rest = rest[1:] { // after the comma
		if rest == "" || rest[0] != '"' {
			return nil, false
		}
		text, after, closed := strings.Cut(rest[1:], `"`)
		if !closed || !plainJSON(text) || after != "" && after[0] != ',' {
			return nil, false
		}
		cells = append(cells, campaign.Cell{Kind: campaign.Text, Raw: text, Text: text})
		if rest = after; rest == "" {
			return cells, true
		}
	}
}

func decodeCell(r json.RawMessage) (campaign.Cell, error) {
	switch r[0] {
	case 'n':
		return campaign.Cell{}, nil
	case '"':
		if s := string(r[1 : len(r)-1]); plainJSON(s) {
			return campaign.Cell{Kind: campaign.Text, Raw: s, Text: s}, nil
		}
		var s string
		err := json.Unmarshal(r, &s)
		return campaign.Cell{Kind: campaign.Text, Raw: s, Text: s}, err
	}
	var m map[string]string
	if err := json.Unmarshal(r, &m); err != nil {
		return campaign.Cell{}, err
	}
	for k := campaign.Number; k <= campaign.Formula; k++ {
		v, ok := m[kindKeys[k]]
		if !ok {
			continue
		}
		c := campaign.Cell{Kind: k, Raw: v, Text: v, Format: m["s"]}
		if t, ok := m["t"]; ok {
			c.Text = t
		}
		return c, nil
	}
	return campaign.Cell{}, fmt.Errorf("unknown form %q", r)
}
