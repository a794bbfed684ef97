package definition

import (
	"go.yaml.in/yaml/v3"

	"siaran/campaign"
)

// session reads a WhatsApp message without a template, which only goes to who wrote within 24 hours.
func session(v value) *campaign.SessionMessage {
	m := &campaign.SessionMessage{}
	if v.node.Kind == yaml.ScalarNode && !v.empty() {
		v.fail("is a text, but keys of its own were meant", `write message: {text: "…"}`)
		return m
	}
	media := func(v value) { m.Media = attached(v) }
	m.Kind = single(v, []field{
		{"text", text(&m.Text)},
		{"image", media},
		{"video", media},
		{"audio", media},
		{"document", media},
		{"location", func(v value) { m.Location = location(v) }},
		{"buttons", func(v value) { choiceButtons(v, m) }},
		{"list", func(v value) { choiceList(v, m) }},
	})
	return m
}

func attached(v value) *campaign.Attached {
	a := &campaign.Attached{}
	if there, ok := v.mapping(field{"url", text(&a.URL)}, field{"name", text(&a.Name)}); ok {
		v.must(there, "url")
	}
	return a
}

func choiceButtons(v value, m *campaign.SessionMessage) {
	if there, ok := v.mapping(
		field{"header", func(v value) { choiceHeader(v, m) }},
		field{"body", text(&m.Text)},
		field{"footer", text(&m.Footer)},
		field{"choices", func(v value) { m.Choices = choices(v) }},
	); ok {
		v.must(there, "body", "choices")
	}
}

// choiceHeader reads a text, or one of text, image, video and document: {url, name}.
func choiceHeader(v value, m *campaign.SessionMessage) {
	if v.node.Kind == yaml.ScalarNode {
		m.HeaderKind = "text"
		text(&m.Header)(v)
		return
	}
	media := func(v value) { m.HeaderURL = attached(v) }
	m.HeaderKind = single(v, []field{{"text", text(&m.Header)}, {"image", media}, {"video", media}, {"document", media}})
}

func choiceList(v value, m *campaign.SessionMessage) {
	there, ok := v.mapping(
		field{"header", func(v value) { m.HeaderKind = "text"; text(&m.Header)(v) }},
		field{"body", text(&m.Text)},
		field{"footer", text(&m.Footer)},
		field{"title", text(&m.Title)},
		field{"section", func(v value) {
			if there, ok := v.mapping(
				field{"title", text(&m.Section)},
				field{"description", text(&m.About)},
				field{"choices", func(v value) { m.Choices = choices(v) }},
			); ok {
				v.must(there, "title", "choices")
			}
		}},
	)
	if ok {
		v.must(there, "body", "title", "section")
	}
}

func choices(v value) []campaign.Choice {
	parts, ok := v.list()
	if ok && len(parts) == 0 {
		v.fail("is empty", "such as [{key: ya, title: Ya}]")
	}
	all := make([]campaign.Choice, len(parts))
	for i, x := range parts {
		c := &all[i]
		if there, ok := x.mapping(field{"key", text(&c.Key)}, field{"title", text(&c.Title)}); ok {
			x.must(there, "key", "title")
		}
	}
	return all
}
