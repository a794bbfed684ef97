package sandeza

import (
	"siaran/campaign"
	"siaran/campaign/gateway"
)

// A jsonForm writes a template's parts as components.
type jsonForm struct{ *templated }

// write writes header, message, button and carousel.
func (f *jsonForm) write() {
	if f.Header != nil {
		f.key("header")
		f.component(typeHeader, func() { f.head = append(f.head, f.media(f.at("header"), *f.Header)) })
	}
	if len(f.Body) > 0 {
		f.key("message")
		f.object(func() {
			f.pair("type", typeBody)
			f.key(keyParameter)
			f.body = f.params("body", f.Body)
		})
	}
	f.allButtons()
	if len(f.Carousel) > 0 {
		(&carousel{f}).write()
	}
}

// component writes {"type": …, "parameter": [one]}.
func (f *jsonForm) component(kind string, one func()) {
	f.object(func() {
		f.pair("type", kind)
		f.key(keyParameter)
		f.array(1, func(int) { one() })
	})
}

// params writes the values of a body.
func (f *jsonForm) params(where string, values []string) []*gateway.Field {
	var fields []*gateway.Field
	f.array(len(values), func(i int) {
		f.object(func() {
			f.pair("type", "text")
			fields = append(fields, f.value("text", f.at("%s %d", where, i+1), values[i], paramRules(maxTemplateText)...))
		})
	})
	return fields
}

// media writes the parameter of a header.
func (f *jsonForm) media(where string, m campaign.Media) passage {
	var shown passage
	f.object(func() {
		f.pair("type", m.Kind)
		switch m.Kind {
		case "text":
			shown = text(f.value("text", where, m.Text, paramRules(maxHeaderText)...))
		case "image", "video", "document":
			f.key(m.Kind)
			f.object(func() {
				fields := []*gateway.Field{f.value("link", where+" "+m.Kind, m.Link, gateway.LinkTo(headerEndings(m.Kind)...))}
				if m.Filename != "" {
					if m.Kind != "document" {
						f.problemf("%s: only a document has a filename", where)
					}
					fields = append(fields, f.value("filename", where+" filename", m.Filename, gateway.Filled, gateway.OneLine))
				}
				shown = named(m.Kind, fields...)
			})
		case "location":
			f.key("location")
			shown = f.location(where, m.Location)
		default:
			f.problemf("%s: %q is not one of text, image, video, document, location", where, m.Kind)
		}
	})
	return shown
}

func (f *jsonForm) location(where string, l *campaign.Location) (shown passage) {
	if l == nil {
		f.problemf("%s: a location needs latitude and longitude", where)
		f.Raw("{}")
		return passage{}
	}
	f.object(func() {
		lat := f.number("latitude", where+" latitude", l.Latitude, -90, 90)
		long := f.number("longitude", where+" longitude", l.Longitude, -180, 180)
		shown = named("location", lat, long)
		if l.Name != "" {
			shown.fields = append(shown.fields, f.value("name", where+" name", l.Name, gateway.Filled, gateway.OneLine))
		}
		if l.Address != "" {
			shown.fields = append(shown.fields, f.value("address", where+" address", l.Address, gateway.Filled, gateway.OneLine))
		}
	})
	return shown
}

// allButtons writes one button as an object, several as an array.
func (f *jsonForm) allButtons() {
	switch len(f.Buttons) {
	case 0:
	case 1:
		f.key("button")
		f.button(f.at("button"), typeButton, keyParameter, f.Buttons[0])
	default:
		f.key("button")
		f.array(len(f.Buttons), func(i int) { f.button(f.at("button %d", i+1), typeButton, keyParameter, f.Buttons[i]) })
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

func (f *jsonForm) button(where, kind, params string, b campaign.Button) {
	sub, ok := subType(b.Kind)
	if !ok {
		f.problemf("%s: %q is not one of url, otp, catalog, mpm, quick_reply", where, b.Kind)
		f.Raw("{}")
		return
	}
	f.object(func() {
		f.pair("type", kind)
		f.pair("sub_type", sub)
		f.integer("index", b.Index)
		f.key(params)
		f.array(1, func(int) {
			f.object(func() { f.buttons = append(f.buttons, f.buttonParam(where, b)) })
		})
	})
}

func (f *jsonForm) buttonParam(where string, b campaign.Button) passage {
	name := "button " + b.Kind
	switch b.Kind {
	case "quick_reply":
		f.pair("type", paramPayload)
		return named(name, f.value("payload", where+" payload", b.Value, gateway.Filled, gateway.OneLine))
	case "catalog", "mpm":
		f.pair("type", paramAction)
		f.key("action")
		var shown passage
		f.object(func() {
			shown = named(name, f.value(keyThumbnail, where+" thumbnail", b.Thumbnail, gateway.Filled, gateway.NoBlanks))
			if b.Kind == "mpm" {
				f.sections(where, b.Sections)
			}
		})
		return shown
	default: // url, otp
		f.pair("type", paramText)
		code := f.value("text", where+" "+b.Kind, b.Value, gateway.Filled, gateway.NoBlanks, gateway.AtMost(maxURLValue))
		f.codes = append(f.codes, code)
		return named(name, code)
	}
}

// noMarkdown: "Markdown is not supported" in a section's title (page "Description Parameter").
func noMarkdown() gateway.Rule {
	return gateway.Without("markdown is not shown there", "*", "_", "~", "`")
}

func (f *jsonForm) sections(where string, sections []campaign.Section) {
	products := 0
	for _, s := range sections {
		products += len(s.Products)
	}
	switch {
	case len(sections) == 0 || len(sections) > maxSections:
		f.problemf("%s: an mpm button has 1 to %d sections, not %d", where, maxSections, len(sections))
	case products > maxProducts:
		f.problemf("%s: all sections together have %d products, %d is the most", where, products, maxProducts)
	}
	f.key("sections")
	f.array(len(sections), func(i int) {
		s := sections[i]
		if len(s.Products) == 0 {
			f.problemf("%s section %d: it has no products", where, i+1)
		}
		f.object(func() {
			f.value("title", where+" section title", s.Title, gateway.Filled, gateway.OneLine, gateway.AtMost(maxTitle), noMarkdown())
			f.key("product_items")
			f.array(len(s.Products), func(j int) {
				f.object(func() {
					f.value("product_retailer_id", where+" product", s.Products[j], gateway.Filled, gateway.NoBlanks)
				})
			})
		})
	})
}
