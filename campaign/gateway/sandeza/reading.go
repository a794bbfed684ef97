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

// Text returns m as its recipient reads it. Of several channels each has its name above it. An error is
// a *campaign.RowError.
func (g *Gateway) Text(m campaign.Message) (string, error) {
	var parts []string
	for i, r := range g.readings {
		part, err := r.render(m.Row())
		if err != nil {
			return "", err
		}
		if len(g.readings) > 1 {
			head := string(r.kind)
			if g.backup && i > 0 {
				head += ", if that fails"
			}
			part = head + ":\n" + part
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "\n\n"), nil
}

// SMSText returns the text of m's SMS, by which its parts are counted; "" if the campaign has none. An
// error is a *campaign.RowError.
func (g *Gateway) SMSText(m campaign.Message) (string, error) {
	if g.sms == nil {
		return "", nil
	}
	text, err := g.sms.Append(nil, m.Row())
	return string(text), err
}
