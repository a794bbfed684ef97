package definition

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"siaran/campaign"
)

// whatsApp reads a WhatsApp channel: a template, or a message without one.
func whatsApp(v value, c *campaign.Channel) (fields, bool) {
	if v.node.Kind == yaml.MappingNode && hasKey(v.node, "message") && !hasKey(v.node, "template") {
		there, ok := v.mapping(
			field{"to", text(&c.To)},
			field{"message", func(v value) { c.Session = session(v) }},
			field{"backup_on", nil},
		)
		if ok {
			v.must(there, "to")
		}
		return there, ok
	}
	c.Format = "delimiter"
	there, ok := v.mapping(
		field{"to", text(&c.To)},
		field{"template", text(&c.Template)},
		field{"category", oneOf(&c.Category, categories[:]...)},
		field{"text", text(&c.Text)},
		field{"format", oneOf(&c.Format, "delimiter", "json")},
		field{"language", text(&c.Language)},
		field{"header", func(v value) { c.Header = header(v) }},
		field{"body", texts(&c.Body)},
		field{"buttons", func(v value) { c.Buttons = buttons(v) }},
		field{"carousel", func(v value) { c.Carousel = carousel(v) }},
		field{"attachment", texts(&c.Attachment)},
		field{"message", func(v value) {
			v.fail("a template has no message", "leave message: or template: out; a template's values stand under body:")
		}},
		field{"backup_on", nil},
	)
	if !ok {
		return nil, false
	}
	if _, template := there["template"]; !template {
		v.fail("has neither template nor message", "add template: and category:, or message: to who wrote to you within 24 hours")
		v.must(there, "to")
		return there, true
	}
	v.must(there, "to", "category")
	if x, ok := there["text"]; ok {
		if n := parameters(c.Text); n != len(c.Body) {
			x.fail(fmt.Sprintf("has %s, but body has %s", count(n, "parameter"), count(len(c.Body), "value")), "body: takes one value for each {{n}} of the approved text")
		}
	}
	return there, true
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func hasKey(n *yaml.Node, key string) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return true
		}
	}
	return false
}

// single reads a mapping with exactly one of known, and the keys beside it that may stand anywhere.
func single(v value, known []field, beside ...field) (word string) {
	there, ok := v.mapping(append(append([]field(nil), known...), beside...)...)
	if !ok {
		return ""
	}
	names := ""
	for i, f := range known {
		if i > 0 {
			names += ", "
		}
		names += f.name
		if _, named := there[f.name]; !named {
			continue
		}
		if word != "" {
			v.fail(fmt.Sprintf("has both %s and %s", word, f.name), "leave one of them")
			return ""
		}
		word = f.name
	}
	if word == "" {
		v.fail("has nothing to show", "one of "+names)
	}
	return word
}

// header reads what stands above a template's text.
func header(v value) *campaign.Media {
	m := &campaign.Media{}
	m.Kind = single(v, []field{
		{"text", text(&m.Text)},
		{"image", text(&m.Link)},
		{"video", text(&m.Link)},
		{"document", func(v value) {
			if there, ok := v.mapping(field{"link", text(&m.Link)}, field{"filename", text(&m.Filename)}); ok {
				v.must(there, "link")
			}
		}},
		{"location", func(v value) { m.Location = location(v) }},
	})
	return m
}

func location(v value) *campaign.Location {
	l := &campaign.Location{}
	if there, ok := v.mapping(
		field{"latitude", text(&l.Latitude)},
		field{"longitude", text(&l.Longitude)},
		field{"name", text(&l.Name)},
		field{"address", text(&l.Address)},
	); ok {
		v.must(there, "latitude", "longitude")
	}
	return l
}

// maxIndex is the highest place of a button: Sprint's page "Description Parameter".
const maxIndex = 9

// buttons reads a template's buttons. One without an index has its place in the list.
func buttons(v value) []campaign.Button {
	parts, _ := v.list()
	all := make([]campaign.Button, 0, len(parts))
	lines := map[int]int{}
	for i, x := range parts {
		b := campaign.Button{Index: i}
		b.Kind = single(x, []field{
			{"url", text(&b.Value)},
			{"otp", text(&b.Value)},
			{"catalog", func(v value) {
				if there, ok := v.mapping(field{"thumbnail", text(&b.Thumbnail)}); ok {
					v.must(there, "thumbnail")
				}
			}},
			{"mpm", func(v value) {
				if there, ok := v.mapping(field{"thumbnail", text(&b.Thumbnail)}, field{"sections", func(v value) { b.Sections = sections(v) }}); ok {
					v.must(there, "thumbnail", "sections")
				}
			}},
			{"quick_reply", text(&b.Value)},
		}, field{"index", whole(&b.Index, 0, maxIndex)})
		switch line, twice := lines[b.Index]; {
		case b.Index > maxIndex:
			x.fail(fmt.Sprintf("is button %d", b.Index+1), "a template has at most 10 buttons")
		case twice:
			x.fail(fmt.Sprintf("has the index %d, which the one in line %d has, too", b.Index, line), "give each its own index: from 0 to 9")
		}
		lines[b.Index] = x.node.Line
		all = append(all, b)
	}
	return all
}

func sections(v value) []campaign.Section {
	parts, _ := v.list()
	all := make([]campaign.Section, len(parts))
	for i, x := range parts {
		s := &all[i]
		if there, ok := x.mapping(field{"title", text(&s.Title)}, field{"products", texts(&s.Products)}); ok {
			x.must(there, "title", "products")
		}
	}
	return all
}

func carousel(v value) []campaign.Card {
	parts, _ := v.list()
	all := make([]campaign.Card, len(parts))
	for i, x := range parts {
		c := &all[i]
		c.Media.Kind = single(x,
			[]field{{"image", text(&c.Media.Link)}, {"video", text(&c.Media.Link)}},
			field{"body", texts(&c.Body)},
			field{"buttons", func(v value) { c.Buttons = buttons(v) }},
		)
	}
	return all
}
