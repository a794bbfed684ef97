package sandeza

import (
	"bytes"
	"fmt"

	"siaran/campaign/gateway"
)

// delimited is what the delimiter form asks of a value. No escape is documented, so a value that could be
// taken for a separator, or move one, cannot be said.
func delimited(v []byte) string {
	const out = "the delimiter form cannot say it: take it out, or use format: json"
	switch {
	case bytes.Contains(v, []byte(paramSep)):
		return fmt.Sprintf("has %q: %s", paramSep, out)
	case len(v) > 0 && (v[0] == paramEdge || v[len(v)-1] == paramEdge):
		return fmt.Sprintf("has %q at an end: %s", string(paramEdge), out)
	case bytes.LastIndex(append([]byte(typeSep), v...), []byte(typeSep)) > 0: // "=:" at its beginning makes one, too
		return fmt.Sprintf("has %q: %s", typeSep, out)
	}
	return ""
}

// delimiter writes header, message and button as text: type:=:value, || between parameters.
func (t *templated) delimiter() {
	t.delimiterHeader()
	if len(t.Body) > 0 {
		t.key("message")
		t.Raw(`"`)
		for i, v := range t.Body {
			if i > 0 {
				t.Const(paramSep)
			}
			t.Const("text" + typeSep)
			t.body = append(t.body, t.Value(t.at("body %d", i+1), v, paramRules(maxTemplateText, delimited)...))
		}
		t.Raw(`"`)
	}
	t.delimiterButton()
	if len(t.Carousel) > 0 {
		t.onlyJSON("carousel")
	}
}

func (t *templated) delimiterHeader() {
	h := t.Header
	if h == nil {
		return
	}
	switch h.Kind {
	case "text", "image", "video", "document":
	case "location":
		t.onlyJSON("header location") // its value's form is not stated
		return
	default:
		t.problemf("whatsapp header: %q is not one of text, image, video, document, location", h.Kind)
		return
	}
	if h.Filename != "" {
		t.onlyJSON("the name of a document")
	}
	t.key("header")
	t.Raw(`"`)
	defer t.Raw(`"`)
	t.Const(h.Kind + typeSep)
	if h.Kind == "text" {
		t.head = append(t.head, text(t.Value(t.at("header"), h.Text, paramRules(maxHeaderText, delimited)...)))
		return
	}
	link := t.Value(t.at("header %s", h.Kind), h.Link, delimited, gateway.LinkTo(headerEndings(h.Kind)...))
	t.head = append(t.head, named(h.Kind, link))
}

// delimiterButton writes "button:=:url:=:value", for a link's last part and for a code.
func (t *templated) delimiterButton() {
	if len(t.Buttons) > 1 {
		t.onlyJSON("more than one button")
		return
	}
	for _, b := range t.Buttons {
		if b.Kind != "url" && b.Kind != "otp" {
			t.onlyJSON("a " + b.Kind + " button")
			return
		}
		if b.Index != 0 {
			t.onlyJSON("the index of a button")
		}
		t.key("button")
		t.Raw(`"`)
		t.Const("button" + typeSep + "url" + typeSep)
		f := t.Value(t.at("%s button", b.Kind), b.Value, gateway.Filled, gateway.NoBlanks, gateway.AtMost(maxURLValue), delimited)
		t.Raw(`"`)
		t.codes = append(t.codes, f)
		t.buttons = append(t.buttons, named("button "+b.Kind, f))
	}
}

func (t *templated) onlyJSON(what string) {
	t.problemf("whatsapp: the delimiter form cannot say %s: use format: json", what)
}
