package sandeza

import (
	"siaran/campaign"
	"siaran/campaign/gateway"
)

// json writes header, message, button and carousel as components.
func (t *templated) json() {
	if t.Header != nil {
		t.key("header")
		t.component(typeHeader, func() { t.head = append(t.head, t.media(t.at("header"), *t.Header)) })
	}
	if len(t.Body) > 0 {
		t.key("message")
		t.object(func() {
			t.pair("type", typeBody)
			t.key(keyParameter)
			t.body = t.params("body", t.Body)
		})
	}
	t.jsonButtons()
	if len(t.Carousel) > 0 {
		t.carousel()
	}
}

// component writes {"type": …, "parameter": [one]}.
func (t *templated) component(kind string, one func()) {
	t.object(func() {
		t.pair("type", kind)
		t.key(keyParameter)
		t.array(1, func(int) { one() })
	})
}

// params writes the values of a body.
func (t *templated) params(where string, values []string) []*gateway.Field {
	var fields []*gateway.Field
	t.array(len(values), func(i int) {
		t.object(func() {
			t.pair("type", "text")
			fields = append(fields, t.value("text", t.at("%s %d", where, i+1), values[i], paramRules(maxTemplateText)...))
		})
	})
	return fields
}

// media writes the parameter of a header.
func (t *templated) media(where string, m campaign.Media) passage {
	var shown passage
	t.object(func() {
		t.pair("type", m.Kind)
		switch m.Kind {
		case "text":
			shown = text(t.value("text", where, m.Text, paramRules(maxHeaderText)...))
		case "image", "video", "document":
			t.key(m.Kind)
			t.object(func() {
				fields := []*gateway.Field{t.value("link", where+" "+m.Kind, m.Link, gateway.LinkTo(headerEndings(m.Kind)...))}
				if m.Filename != "" {
					if m.Kind != "document" {
						t.problemf("%s: only a document has a filename", where)
					}
					fields = append(fields, t.value("filename", where+" filename", m.Filename, gateway.Filled, gateway.OneLine))
				}
				shown = named(m.Kind, fields...)
			})
		case "location":
			t.key("location")
			shown = t.location(where, m.Location)
		default:
			t.problemf("%s: %q is not one of text, image, video, document, location", where, m.Kind)
		}
	})
	return shown
}

func (t *templated) location(where string, l *campaign.Location) (shown passage) {
	if l == nil {
		t.problemf("%s: a location needs latitude and longitude", where)
		t.Raw("{}")
		return passage{}
	}
	t.object(func() {
		lat := t.number("latitude", where+" latitude", l.Latitude, -90, 90)
		long := t.number("longitude", where+" longitude", l.Longitude, -180, 180)
		shown = named("location", lat, long)
		if l.Name != "" {
			shown.fields = append(shown.fields, t.value("name", where+" name", l.Name, gateway.Filled, gateway.OneLine))
		}
		if l.Address != "" {
			shown.fields = append(shown.fields, t.value("address", where+" address", l.Address, gateway.Filled, gateway.OneLine))
		}
	})
	return shown
}

// jsonButtons writes one button as an object, several as an array.
func (t *templated) jsonButtons() {
	switch len(t.Buttons) {
	case 0:
	case 1:
		t.key("button")
		t.button(t.at("button"), typeButton, keyParameter, t.Buttons[0])
	default:
		t.key("button")
		t.array(len(t.Buttons), func(i int) { t.button(t.at("button %d", i+1), typeButton, keyParameter, t.Buttons[i]) })
	}
}

// subTypes are the sub_types of buttons by their words in a campaign.
func subType(kind string) (string, bool) {
	switch kind {
	case "url", "otp":
		return subURL, true
	case "catalog":
		return subCatalog, true
	case "mpm":
		return subMPM, true
	case "quick_reply":
		return subQuickReply, true
	default:
		return "", false
	}
}

func (t *templated) button(where, kind, params string, b campaign.Button) {
	sub, ok := subType(b.Kind)
	if !ok {
		t.problemf("%s: %q is not one of url, otp, catalog, mpm, quick_reply", where, b.Kind)
		t.Raw("{}")
		return
	}
	t.object(func() {
		t.pair("type", kind)
		t.pair("sub_type", sub)
		t.integer("index", b.Index)
		t.key(params)
		t.array(1, func(int) {
			t.object(func() { t.buttons = append(t.buttons, t.buttonParam(where, b)) })
		})
	})
}

func (t *templated) buttonParam(where string, b campaign.Button) passage {
	name := "button " + b.Kind
	switch b.Kind {
	case "quick_reply":
		t.pair("type", paramPayload)
		return named(name, t.value("payload", where+" payload", b.Value, gateway.Filled, gateway.OneLine))
	case "catalog", "mpm":
		t.pair("type", paramAction)
		t.key("action")
		var shown passage
		t.object(func() {
			shown = named(name, t.value(keyThumbnail, where+" thumbnail", b.Thumbnail, gateway.Filled, gateway.NoBlanks))
			if b.Kind == "mpm" {
				t.sections(where, b.Sections)
			}
		})
		return shown
	default: // url, otp
		t.pair("type", paramText)
		f := t.value("text", where+" "+b.Kind, b.Value, gateway.Filled, gateway.NoBlanks, gateway.AtMost(maxURLValue))
		t.codes = append(t.codes, f)
		return named(name, f)
	}
}

// noMarkdown: "Markdown is not supported" in a section's title (page "Description Parameter").
func noMarkdown() gateway.Rule {
	return gateway.Without("markdown is not shown there", "*", "_", "~", "`")
}

func (t *templated) sections(where string, sections []campaign.Section) {
	products := 0
	for _, s := range sections {
		products += len(s.Products)
	}
	switch {
	case len(sections) == 0 || len(sections) > maxSections:
		t.problemf("%s: an mpm button has 1 to %d sections, not %d", where, maxSections, len(sections))
	case products > maxProducts:
		t.problemf("%s: all sections together have %d products, %d is the most", where, products, maxProducts)
	}
	t.key("sections")
	t.array(len(sections), func(i int) {
		s := sections[i]
		if len(s.Products) == 0 {
			t.problemf("%s section %d: it has no products", where, i+1)
		}
		t.object(func() {
			t.value("title", where+" section title", s.Title, gateway.Filled, gateway.OneLine, gateway.AtMost(maxTitle), noMarkdown())
			t.key("product_items")
			t.array(len(s.Products), func(j int) {
				t.object(func() {
					t.value("product_retailer_id", where+" product", s.Products[j], gateway.Filled, gateway.NoBlanks)
				})
			})
		})
	})
}
