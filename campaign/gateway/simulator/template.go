package simulator

import (
	"strconv"
	"strings"
)

// readWhatsApp reads a template message in either form, or a message without a template.
func readWhatsApp(c *customer, n node) (address string, no *refusal) {
	if n.has("template_id") {
		no = readTemplate(c, n)
	} else {
		no = readSession(n)
	}
	if no != nil {
		return "", no
	}
	return c.msisdn(n)
}

// A filled is what a template's message and button say, to compare the OTP in them.
type filled struct {
	texts  int    // how many values the message has
	text   string // the last of them
	button string
}

func readTemplate(c *customer, n node) *refusal {
	if no := n.only("msisdn", "template_id", "header", "message", "button", "carousel", "attachment", "backup_on", "backup_exp"); no != nil {
		return no
	}
	id, no := n.mustText("template_id")
	if no != nil {
		return no
	}
	if no = firstOf(made(1, "template_id", id, "-_"), c.hasTemplate(id), readAttachment(n, attachments[whatsapp])); no != nil {
		return no
	}
	asText, no := form(n)
	if no != nil {
		return no
	}
	var f filled
	if asText {
		f, no = readDelimiter(n)
	} else {
		f, no = readComponents(n)
	}
	if no != nil {
		return no
	}
	if category, _ := c.template(id); category == "authentication" && (f.texts != 1 || f.button != f.text) {
		return refuse(10, "button", "the OTP must be the one in the message")
	}
	return nil
}

// form tells the delimiter form from the JSON form, which are not mixed.
func form(n node) (asText bool, no *refusal) {
	first := ""
	for _, k := range n.kids {
		switch k.key {
		case "header", "message", "button", "carousel":
		default:
			continue
		}
		switch {
		case k.key == "carousel" && k.kind == textNode:
			return false, refuse(1, k.key, "must be an object")
		case first == "":
			first, asText = k.key, k.kind == textNode
		case asText != (k.kind == textNode):
			return false, refuse(1, k.key, "is in another form than "+first)
		}
	}
	return asText, nil
}

// readDelimiter reads the delimiter form: type:=:value, with || between the values of the message.
func readDelimiter(n node) (f filled, no *refusal) {
	if h, ok := n.get("header"); ok {
		if no = readDelimiterHeader(h.text).in("header"); no != nil {
			return f, no
		}
	}
	if m, ok := n.get("message"); ok {
		for piece := range strings.SplitSeq(m.text, "||") {
			f.texts++
			typ, value, no := splitTyped(strings.Trim(piece, " "))
			if no == nil && typ != "text" {
				no = refuse(1, "", "the type must be text")
			}
			if no = firstOf(no, parameter("", value)); no != nil {
				return f, no.in("value " + strconv.Itoa(f.texts)).in("message")
			}
			f.text = value
		}
	}
	if b, ok := n.get("button"); ok {
		rest, ok := strings.CutPrefix(b.text, "button:=:")
		typ, value, no := splitTyped(rest)
		if !ok || no != nil || typ != "url" {
			return f, refuse(1, "button", "must be button:=:url:=:value")
		}
		if no = parameter("button", value); no != nil {
			return f, no
		}
		f.button = value
	}
	return f, nil
}

func readDelimiterHeader(s string) *refusal {
	typ, value, no := splitTyped(s)
	if no != nil {
		return no
	}
	switch typ {
	case "text":
		return parameter("", value)
	case "image", "video", "document":
		return checkLink("", value, headerMedia[typ])
	case "location":
		return refuse(1, "", "how a location is written in this form is not documented")
	}
	return refuse(1, "", "the type must be text, image, video, document or location")
}

// splitTyped splits type:=:value. No escape is documented, so neither separator may stand in a value,
// nor a bar at its ends, which would run into the separator.
func splitTyped(s string) (typ, value string, no *refusal) {
	typ, value, ok := strings.Cut(s, ":=:")
	switch {
	case !ok:
		return "", "", refuse(1, "", "must be type:=:value")
	case strings.Contains(value, ":=:") || strings.Contains(value, "||") || strings.HasPrefix(value, "|") || strings.HasSuffix(value, "|"):
		return "", "", refuse(1, "", "the value has a separator in it")
	}
	return typ, value, nil
}

// parameter checks a value that WhatsApp puts into a template: not empty, on one line, no tab, no more
// than four blanks in a row.
func parameter(key, s string) *refusal {
	if s == "" {
		return refuse(1, key, "must not be empty")
	}
	if strings.ContainsAny(s, "\n\r\t") || strings.Contains(s, "     ") {
		return refuse(22, key, "must not have line breaks, tabs or more than four blanks in a row")
	}
	return nil
}
