package sandeza

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	"siaran/campaign"
	"siaran/campaign/gateway"
	"siaran/campaign/template"
)

// whatsApp writes a WhatsApp message: a template in one of its two forms, or one without a template.
func (ch *channel) whatsApp() {
	ch.slot("msisdn", ch.address)
	switch {
	case ch.Template == "" && ch.Session == nil:
		ch.problemf("whatsapp: it needs a template, or a message to people who wrote within the last 24 hours")
	case ch.Template == "":
		ch.unused("attachment without a template", len(ch.Attachment) > 0)
		if ch.backup {
			ch.problemf("whatsapp: without a template it has no backup_on at Sandeza: put it after the other channels")
		}
		(&sessionMessage{channel: ch, said: ch.Session}).write()
	default:
		if ch.Session != nil {
			ch.problemf("whatsapp message: with a template there is body instead")
		}
		ch.template()
	}
}

func (ch *channel) template() {
	ch.templateID()
	t := &templated{channel: ch}
	switch ch.Format {
	case "delimiter", "":
		(&delimiterForm{t}).write()
	case "json":
		(&jsonForm{t}).write()
	default:
		ch.problemf("whatsapp format: %q is neither delimiter nor json", ch.Format)
	}
	t.read()
	ch.attachments()
	ch.backups()
	t.check()
}

// A templated message is a WhatsApp template while it is compiled, whatever its form.
type templated struct {
	*channel
	head    []passage
	body    []*gateway.Field
	buttons []passage
	codes   []*gateway.Field // the values of url and otp buttons
	cards   []passage
}

// paramRules are what every value of a template must keep to: WhatsApp refuses line breaks, tabs and more
// than four blanks in a row.
func paramRules(most int, more ...gateway.Rule) []gateway.Rule {
	return append([]gateway.Rule{gateway.Filled, gateway.OneLine, fewBlanks, gateway.AtMost(most)}, more...)
}

func fewBlanks(v []byte) string {
	run := 0
	for _, c := range v {
		if c != ' ' {
			run = 0
			continue
		}
		if run++; run > maxBlanks {
			return fmt.Sprintf("has more than %d blanks in a row, which WhatsApp refuses: trim the value", maxBlanks)
		}
	}
	return ""
}

// read tells the message as its recipient sees it.
func (t *templated) read() {
	t.channel.lines = append(t.channel.lines, t.head...)
	switch {
	case t.Text != "":
		t.channel.read(passage{approved: t.Text, fields: t.body})
	case len(t.body) > 0:
		t.channel.read(passage{before: "[" + t.Template + ": ", between: " | ", after: "]", fields: t.body})
	default:
		t.channel.read(passage{before: "[" + t.Template, after: "]"})
	}
	t.channel.lines = append(t.channel.lines, t.buttons...)
	t.channel.lines = append(t.channel.lines, t.cards...)
}

// check holds body, approved text and buttons against each other.
func (t *templated) check() {
	t.checkApproved()
	for i, b := range t.Buttons {
		switch {
		case b.Index < 0 || b.Index > maxIndex:
			t.problemf("whatsapp button %d: index %d is not between 0 and %d", i+1, b.Index, maxIndex)
		case slices.ContainsFunc(t.Buttons[:i], func(o campaign.Button) bool { return o.Index == b.Index }):
			t.problemf("whatsapp button %d: another button has index %d, too", i+1, b.Index)
		}
	}
	otp := slices.ContainsFunc(t.Buttons, func(b campaign.Button) bool { return b.Kind == "otp" })
	switch {
	case t.Category == "authentication":
		t.checkCode()
	case otp:
		t.problemf("whatsapp: an otp button belongs to category: authentication")
	}
}

// checkApproved: the approved text has a {{n}} for every value, and is not too long when filled in.
func (t *templated) checkApproved() {
	if t.Text == "" {
		return
	}
	n, err := template.Slots(t.Text)
	switch {
	case err != nil:
		t.Problem(gateway.Explain("whatsapp text", err))
		return
	case n != len(t.Body):
		t.problemf("whatsapp text: it has %d places {{1}} …, and body has %d values: they must be as many", n, len(t.Body))
		return
	}
	approved := passage{approved: t.Text, fields: t.body}
	t.checks = append(t.checks, func(row campaign.Row) error {
		s, err := approved.render(row)
		if err != nil {
			return err
		}
		if got := utf8.RuneCountInString(s); got > maxTemplateText {
			return &campaign.RowError{Row: row.Number, Problem: fmt.Sprintf("whatsapp text: filled in it has %d characters, %d is the most: shorten a value", got, maxTemplateText)}
		}
		return nil
	})
}

// checkCode: an authentication template's body is its code, and its button has the same ("the text value
// of the message must match the value of 'value_otp' on the button", page "Description Parameter").
func (t *templated) checkCode() {
	if len(t.Body) != 1 || len(t.Buttons) != 1 || len(t.codes) != 1 {
		t.problemf("whatsapp: an authentication template has one value in body, the code, and one otp button with the same code")
		return
	}
	body, button := t.body[0], t.codes[0]
	if t.Body[0] == t.Buttons[0].Value {
		return // one text, one value
	}
	t.checks = append(t.checks, func(row campaign.Row) error {
		a, err := body.Append(nil, row)
		if err != nil {
			return err
		}
		b, err := button.Append(nil, row)
		if err != nil {
			return err
		}
		if !bytes.Equal(a, b) {
			return button.Problem(row, "the code in the button is not the one in the body: use the same column")
		}
		return nil
	})
}
