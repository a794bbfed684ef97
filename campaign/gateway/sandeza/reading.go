package sandeza

import (
	"strings"

	"siaran/campaign"
	"siaran/campaign/gateway"
	"siaran/campaign/template"
)

// A reading is one channel of a message as its recipient sees it: what is text as text, what is not
// (pictures, buttons) named in brackets.
type reading struct {
	kind  campaign.ChannelKind
	lines []passage
}

// A passage is one part of a reading: fields between two texts, or filled into an approved text.
type passage struct {
	before, between, after string
	approved               string // the template's text with {{1}} …: the fields go there
	fields                 []*gateway.Field
}

// text is a passage that is only a field.
func text(f *gateway.Field) passage { return passage{fields: []*gateway.Field{f}} }

// named is a passage in brackets: "[image https://…]".
func named(name string, fields ...*gateway.Field) passage {
	return passage{before: "[" + name + " ", between: " ", after: "]", fields: fields}
}

// values renders the passage's fields for row.
func (p passage) values(row campaign.Row) ([]string, error) {
	values := make([]string, len(p.fields))
	for i, f := range p.fields {
		v, err := f.Append(nil, row)
		if err != nil {
			return nil, err
		}
		values[i] = string(v)
	}
	return values, nil
}

func (p passage) render(row campaign.Row) (string, error) {
	values, err := p.values(row)
	if err != nil {
		return "", err
	}
	if p.approved != "" {
		return template.Fill(p.approved, values)
	}
	return p.before + strings.Join(values, p.between) + p.after, nil
}

func (r reading) render(row campaign.Row) (string, error) {
	var lines []string
	for _, p := range r.lines {
		line, err := p.render(row)
		if err != nil {
			return "", err
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), nil
}
