package template

import (
	"strings"

	"siaran/campaign"
)

// A Target is what to: names: a column, or a text made of several.
type Target struct {
	column int // -1: the template
	name   string
	text   *Template
}

// CompileTarget reads to: or chat_id:: a short name or heading, or a text with {{…}}. The error is an
// *Error.
func CompileTarget(to string, s Settings) (*Target, error) {
	if !strings.Contains(to, "{{") {
		i, err := s.find(strings.TrimSpace(to))
		if err != nil {
			return nil, err
		}
		return &Target{column: i, name: s.Header.Columns[i].Name}, nil
	}
	t, err := Compile(to, s)
	if err != nil {
		return nil, err
	}
	if len(t.parts) == 1 && t.parts[0].column >= 0 {
		p := t.parts[0]
		if len(p.filters) == 0 {
			return &Target{column: p.column, name: p.name}, nil
		}
		return &Target{column: -1, name: p.name, text: t}, nil
	}
	return &Target{column: -1, text: t}, nil
}

// Cell returns the cell with row's address, and the heading it came from: empty if it is text made of
// several. A column's cell is returned as it is, also if it is empty or holds an error. An error is a
// *campaign.RowError.
func (t *Target) Cell(row campaign.Row) (cell campaign.Cell, column string, err error) {
	if t.column >= 0 {
		if t.column < len(row.Cells) {
			cell = row.Cells[t.column]
		}
		return cell, t.name, nil
	}
	text, err := t.text.Render(row)
	if err != nil {
		return campaign.Cell{}, t.name, err
	}
	return campaign.TextCell(text), t.name, nil
}
