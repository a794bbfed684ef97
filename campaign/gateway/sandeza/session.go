package sandeza

import (
	"siaran/campaign"
	"siaran/campaign/gateway"
)

// session writes a message without a template, which WhatsApp takes for people who wrote within the last
// 24 hours.
func (ch *channel) session(m *campaign.SessionMessage) {
	ch.key("message")
	ch.object(func() {
		switch m.Kind {
		case "text":
			ch.pair("type", "text")
			ch.key("body")
			ch.object(func() {
				ch.read(text(ch.sessionText("message", m.Text, maxSessionText)))
			})
		case "image", "video", "audio", "document":
			ch.pair("type", m.Kind)
			ch.key("body")
			ch.object(func() { ch.sessionMedia(m) })
		case "location":
			ch.pair("type", "location")
			ch.key("body")
			ch.object(func() { ch.sessionLocation(m.Location) })
		case "buttons":
			ch.pair("type", sessionButton)
			ch.interactive(m, ch.sessionButtons)
		case "list":
			ch.pair("type", sessionList)
			ch.interactive(m, ch.sessionList)
		default:
			ch.problemf("whatsapp message: %q is not one of text, image, video, audio, document, location, buttons, list", m.Kind)
		}
	})
}

func (ch *channel) sessionText(where, value string, most int) *gateway.Field {
	return ch.message("text", ch.at("%s", where), value, gateway.Filled, gateway.Printable, gateway.AtMost(most))
}

func (ch *channel) sessionMedia(m *campaign.SessionMessage) {
	if m.Media == nil {
		ch.problemf("whatsapp message: %s needs a url", m.Kind)
		return
	}
	ch.key("media")
	ch.object(func() {
		shown := named(m.Kind, ch.value("url", ch.at("%s", m.Kind), m.Media.URL, gateway.Link))
		if m.Media.Name != "" {
			shown.fields = append(shown.fields, ch.value("name", ch.at("%s name", m.Kind), m.Media.Name, gateway.Filled, gateway.OneLine))
		}
		ch.read(shown)
	})
}

func (ch *channel) sessionLocation(l *campaign.Location) {
	switch {
	case l == nil:
		ch.problemf("whatsapp message: a location needs latitude and longitude")
		return
	case l.Name != "" || l.Address != "":
		ch.problemf("whatsapp message: without a template a location has no name and no address at Sandeza: leave them out")
	}
	ch.key("location")
	ch.object(func() {
		ch.read(named("location", ch.number("latitude", ch.at("latitude"), l.Latitude, -90, 90), ch.number("longitude", ch.at("longitude"), l.Longitude, -180, 180)))
	})
}

// interactive writes header, body and footer of a message with choices.
func (ch *channel) interactive(m *campaign.SessionMessage, choices func(*campaign.SessionMessage)) {
	ch.sessionHeader(m)
	ch.key("body")
	var after []passage
	ch.object(func() {
		ch.read(text(ch.sessionText("body", m.Text, maxButtonText)))
		n := len(ch.lines)
		choices(m)
		after = append(after, ch.lines[n:]...)
		ch.lines = ch.lines[:n]
	})
	if m.Footer != "" {
		ch.key("footer")
		ch.object(func() { ch.read(text(ch.sessionText("footer", m.Footer, maxFooter))) })
	}
	ch.lines = append(ch.lines, after...) // people see the choices below the footer
}

// sessionHeader writes the header. Its text is mandatory by the page "Description Parameter", also beside
// a picture: then it is empty unless the campaign has one.
func (ch *channel) sessionHeader(m *campaign.SessionMessage) {
	switch m.HeaderKind {
	case "":
		return
	case "text":
		ch.key("header")
		ch.object(func() {
			ch.pair("type", "text")
			ch.read(text(ch.sessionText("header", m.Header, maxHeaderText)))
		})
		return
	case "image", "video", "document":
	default:
		ch.problemf("whatsapp header: %q is not one of text, image, video, document", m.HeaderKind)
		return
	}
	if m.Kind == "list" || m.HeaderURL == nil {
		ch.problemf("whatsapp header: a list takes text only, and %s needs a url", m.HeaderKind)
		return
	}
	ch.key("header")
	ch.object(func() {
		ch.pair("type", m.HeaderKind)
		ch.message("text", ch.at("header"), m.Header, gateway.Printable, gateway.AtMost(maxHeaderText))
		shown := named(m.HeaderKind, ch.value("media_url", ch.at("header %s", m.HeaderKind), m.HeaderURL.URL, gateway.LinkTo(headerEndings(m.HeaderKind)...)))
		if m.HeaderURL.Name != "" {
			shown.fields = append(shown.fields, ch.value("name", ch.at("header name"), m.HeaderURL.Name, gateway.Filled, gateway.OneLine))
		}
		ch.read(shown)
	})
}

func (ch *channel) sessionButtons(m *campaign.SessionMessage) {
	ch.countChoices(m, maxChoices)
	ch.key("button")
	ch.array(len(m.Choices), func(i int) { ch.choice("button", choiceReply, m.Choices[i], maxChoiceTitle) })
}

func (ch *channel) sessionList(m *campaign.SessionMessage) {
	ch.countChoices(m, maxListChoices)
	ch.key("list")
	ch.object(func() {
		ch.read(named("list", ch.value("title", ch.at("list title"), m.Title, gateway.Filled, gateway.OneLine, gateway.AtMost(maxChoiceTitle))))
		ch.key("section")
		ch.object(func() {
			ch.value("title", ch.at("section title"), m.Section, gateway.Filled, gateway.OneLine, gateway.AtMost(maxTitle))
			ch.value("description", ch.at("section description"), m.About, gateway.Filled, gateway.OneLine)
			ch.key("actions")
			ch.array(len(m.Choices), func(i int) { ch.choice("choice", choiceList, m.Choices[i], maxTitle) })
		})
	})
}

func (ch *channel) countChoices(m *campaign.SessionMessage, most int) {
	if n := len(m.Choices); n == 0 || n > most {
		ch.problemf("whatsapp %s: it has %d choices, 1 to %d are possible", m.Kind, n, most)
	}
}

func (ch *channel) choice(what, kind string, c campaign.Choice, most int) {
	ch.object(func() {
		ch.pair("type", kind)
		ch.value("key", ch.at("%s key", what), c.Key, gateway.Filled, gateway.OneLine)
		ch.read(named(what, ch.value("title", ch.at("%s title", what), c.Title, gateway.Filled, gateway.OneLine, gateway.AtMost(most))))
	})
}
