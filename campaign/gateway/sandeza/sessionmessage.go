package sandeza

import (
	"siaran/campaign"
	"siaran/campaign/gateway"
)

// A sessionMessage is a WhatsApp message without a template while it is compiled. WhatsApp takes it for
// people who wrote within the last 24 hours.
type sessionMessage struct {
	*channel
	said *campaign.SessionMessage
}

// write writes the message.
func (s *sessionMessage) write() {
	s.key("message")
	s.object(func() {
		switch s.said.Kind {
		case "text":
			s.pair("type", "text")
			s.key("body")
			s.object(func() {
				s.read(text(s.words("message", s.said.Text, maxSessionText)))
			})
		case "image", "video", "audio", "document":
			s.pair("type", s.said.Kind)
			s.key("body")
			s.object(func() { s.media() })
		case "location":
			s.pair("type", "location")
			s.key("body")
			s.object(func() { s.location(s.said.Location) })
		case "buttons":
			s.pair("type", sessionButton)
			s.interactive(s.replies)
		case "list":
			s.pair("type", sessionList)
			s.interactive(s.list)
		default:
			s.problemf("whatsapp message: %q is not one of text, image, video, audio, document, location, buttons, list", s.said.Kind)
		}
	})
}

func (s *sessionMessage) words(where, value string, most int) *gateway.Field {
	return s.message("text", s.at("%s", where), value, gateway.Filled, gateway.Printable, gateway.AtMost(most))
}

func (s *sessionMessage) media() {
	if s.said.Media == nil {
		s.problemf("whatsapp message: %s needs a url", s.said.Kind)
		return
	}
	s.key("media")
	s.object(func() {
		shown := named(s.said.Kind, s.value("url", s.at("%s", s.said.Kind), s.said.Media.URL, gateway.Link))
		if s.said.Media.Name != "" {
			shown.fields = append(shown.fields, s.value("name", s.at("%s name", s.said.Kind), s.said.Media.Name, gateway.Filled, gateway.OneLine))
		}
		s.read(shown)
	})
}

func (s *sessionMessage) location(l *campaign.Location) {
	switch {
	case l == nil:
		s.problemf("whatsapp message: a location needs latitude and longitude")
		return
	case l.Name != "" || l.Address != "":
		s.problemf("whatsapp message: without a template a location has no name and no address at Sandeza: leave them out")
	}
	s.key("location")
	s.object(func() {
		s.read(named("location", s.number("latitude", s.at("latitude"), l.Latitude, -90, 90), s.number("longitude", s.at("longitude"), l.Longitude, -180, 180)))
	})
}

// interactive writes header, body and footer of a message with choices.
func (s *sessionMessage) interactive(choices func()) {
	s.header()
	s.key("body")
	var after []passage
	s.object(func() {
		s.read(text(s.words("body", s.said.Text, maxButtonText)))
		n := len(s.lines)
		choices()
		after = append(after, s.lines[n:]...)
		s.lines = s.lines[:n]
	})
	if s.said.Footer != "" {
		s.key("footer")
		s.object(func() { s.read(text(s.words("footer", s.said.Footer, maxFooter))) })
	}
	s.lines = append(s.lines, after...) // people see the choices below the footer
}

// header writes the header. Its text is mandatory by the page "Description Parameter", also beside a
// picture: then it is empty unless the campaign has one.
func (s *sessionMessage) header() {
	switch s.said.HeaderKind {
	case "":
		return
	case "text":
		s.key("header")
		s.object(func() {
			s.pair("type", "text")
			s.read(text(s.words("header", s.said.Header, maxHeaderText)))
		})
		return
	case "image", "video", "document":
	default:
		s.problemf("whatsapp header: %q is not one of text, image, video, document", s.said.HeaderKind)
		return
	}
	if s.said.Kind == "list" || s.said.HeaderURL == nil {
		s.problemf("whatsapp header: a list takes text only, and %s needs a url", s.said.HeaderKind)
		return
	}
	s.key("header")
	s.object(func() {
		s.pair("type", s.said.HeaderKind)
		s.message("text", s.at("header"), s.said.Header, gateway.Printable, gateway.AtMost(maxHeaderText))
		shown := named(s.said.HeaderKind, s.value("media_url", s.at("header %s", s.said.HeaderKind), s.said.HeaderURL.URL, gateway.LinkTo(headerEndings(s.said.HeaderKind)...)))
		if s.said.HeaderURL.Name != "" {
			shown.fields = append(shown.fields, s.value("name", s.at("header name"), s.said.HeaderURL.Name, gateway.Filled, gateway.OneLine))
		}
		s.read(shown)
	})
}

func (s *sessionMessage) replies() {
	s.countChoices(maxChoices)
	s.key("button")
	s.array(len(s.said.Choices), func(i int) { s.choice("button", choiceReply, s.said.Choices[i], maxChoiceTitle) })
}

func (s *sessionMessage) list() {
	s.countChoices(maxListChoices)
	s.key("list")
	s.object(func() {
		s.read(named("list", s.value("title", s.at("list title"), s.said.Title, gateway.Filled, gateway.OneLine, gateway.AtMost(maxChoiceTitle))))
		s.key("section")
		s.object(func() {
			s.value("title", s.at("section title"), s.said.Section, gateway.Filled, gateway.OneLine, gateway.AtMost(maxTitle))
			s.value("description", s.at("section description"), s.said.About, gateway.Filled, gateway.OneLine)
			s.key("actions")
			s.array(len(s.said.Choices), func(i int) { s.choice("choice", choiceList, s.said.Choices[i], maxTitle) })
		})
	})
}

func (s *sessionMessage) countChoices(most int) {
	if n := len(s.said.Choices); n == 0 || n > most {
		s.problemf("whatsapp %s: it has %d choices, 1 to %d are possible", s.said.Kind, n, most)
	}
}

func (s *sessionMessage) choice(what, kind string, c campaign.Choice, most int) {
	s.object(func() {
		s.pair("type", kind)
		s.value("key", s.at("%s key", what), c.Key, gateway.Filled, gateway.OneLine)
		s.read(named(what, s.value("title", s.at("%s title", what), c.Title, gateway.Filled, gateway.OneLine, gateway.AtMost(most))))
	})
}
