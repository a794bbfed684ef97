package sandeza

import (
	"bytes"
	"fmt"

	"siaran/campaign/gateway"
)

// A delimiterForm writes a template's parts as text: type:=:value, || between parameters.
type delimiterForm struct{ *templated }

// write writes header, message and button.
func (f *delimiterForm) write() {
	f.header()
	if len(f.Body) > 0 {
		f.key("message")
		f.Raw(`"`)
		for i, v := range f.Body {
			if i > 0 {
				f.Const(paramSep)
			}
			f.Const("text" + typeSep)
			f.body = append(f.body, f.Value(f.at("body %d", i+1), v, paramRules(maxTemplateText, delimited)...))
		}
		f.Raw(`"`)
	}
	f.button()
	if len(f.Carousel) > 0 {
		f.onlyJSON("carousel")
	}
}

func (f *delimiterForm) header() {
	h := f.Header
	if h == nil {
		return
	}
	switch h.Kind {
	case "text", "image", "video", "document":
	case "location":
		f.onlyJSON("header location") // its value's form is not stated
		return
	default:
		f.problemf("whatsapp header: %q is not one of text, image, video, document, location", h.Kind)
		return
	}
	if h.Filename != "" {
		f.onlyJSON("the name of a document")
	}
	f.key("header")
	f.Raw(`"`)
	defer f.Raw(`"`)
	f.Const(h.Kind + typeSep)
	if h.Kind == "text" {
		f.head = append(f.head, text(f.Value(f.at("header"), h.Text, paramRules(maxHeaderText, delimited)...)))
		return
	}
	link := f.Value(f.at("header %s", h.Kind), h.Link, delimited, gateway.LinkTo(headerEndings(h.Kind)...))
	f.head = append(f.head, named(h.Kind, link))
}

// button writes "button:=:url:=:value", for a link's last part and for a code.
func (f *delimiterForm) button() {
	if len(f.Buttons) > 1 {
		f.onlyJSON("more than one button")
		return
	}
	for _, b := range f.Buttons {
		if b.Kind != "url" && b.Kind != "otp" {
			f.onlyJSON("a " + b.Kind + " button")
			return
		}
		if b.Index != 0 {
			f.onlyJSON("the index of a button")
		}
		f.key("button")
		f.Raw(`"`)
		f.Const("button" + typeSep + "url" + typeSep)
		code := f.Value(f.at("%s button", b.Kind), b.Value, gateway.Filled, gateway.NoBlanks, gateway.AtMost(maxURLValue), delimited)
		f.Raw(`"`)
		f.codes = append(f.codes, code)
		f.buttons = append(f.buttons, named("button "+b.Kind, code))
	}
}

func (f *delimiterForm) onlyJSON(what string) {
	f.problemf("whatsapp: the delimiter form cannot say %s: use format: json", what)
}

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
