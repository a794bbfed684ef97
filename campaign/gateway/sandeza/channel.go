package sandeza

import (
	"fmt"
	"regexp"

	"siaran/campaign"
	"siaran/campaign/gateway"
)

// A channel is one channel while it is compiled into the body.
type channel struct {
	campaign.Channel
	*writer
	address int    // the slot of its address
	backup  bool   // has backup_on and backup_exp: the primary
	codes   string // backup_on
	minutes string // backup_exp

	lines  []passage // as the recipient reads it
	checks []check
}

// A check is something about a row that concerns more than one value.
type check func(row campaign.Row) error

// at names a place in the channel for people.
func (ch *channel) at(format string, args ...any) string {
	return string(ch.Kind) + " " + fmt.Sprintf(format, args...)
}

// write writes the channel's object.
func (ch *channel) write() {
	ch.object(func() {
		switch ch.Kind {
		case campaign.SMS:
			ch.sms()
		case campaign.Email:
			ch.email()
		case campaign.Line, campaign.Telegram, campaign.Facebook:
			ch.chat()
		case campaign.WhatsApp:
			ch.whatsApp()
		default:
			ch.problemf("%s is not a channel of Sandeza", ch.Kind)
		}
	})
}

func (ch *channel) sms() {
	ch.unused("attachment", len(ch.Attachment) > 0)
	ch.read(text(ch.message("message", ch.at("message"), ch.Message, gateway.Filled, gateway.Printable)))
	ch.slot("msisdn", ch.address)
	ch.backups()
	if ch.BackupSender {
		ch.key("use_backup_sender")
		ch.Raw("true")
	}
}

// tag is what HTML looks like in a text.
var tag = regexp.MustCompile(`</?[A-Za-z][A-Za-z0-9]*(\s[^<>]*)?/?>`)

// noHTML: these channels take "non-HTML" only (page "Description Parameter").
func noHTML(v []byte) string {
	if tag.Match(v) {
		return "has an HTML tag, which would be shown as it is: write plain text"
	}
	return ""
}

func (ch *channel) chat() {
	ch.read(text(ch.message("message", ch.at("message"), ch.Message, gateway.Filled, gateway.Printable, noHTML)))
	ch.slot("chat_id", ch.address)
	ch.attachments()
	ch.backups()
}

// emailSeparators cannot be escaped in the values of an e-mail template.
var emailSeparators = []gateway.Rule{gateway.OneLine, gateway.Without("it separates values there and cannot be escaped: take it out", pairSep, listSep)}

func (ch *channel) email() {
	switch {
	case ch.Template == "":
		if len(ch.Values) > 0 {
			ch.problemf("email values: they belong to a template: name it with template")
		}
		ch.read(text(ch.message("message", ch.at("message"), ch.Message, gateway.Filled, gateway.Printable)))
	case ch.Message != "":
		ch.problemf("email message: a template has values instead")
	default:
		ch.emailValues()
	}
	ch.slot("email", ch.address)
	if ch.Template != "" {
		ch.templateID()
	}
	ch.attachments()
	ch.backups()
}

// emailValues writes key:value;key:value; nothing for a template without values.
func (ch *channel) emailValues() {
	ch.key("message")
	ch.Raw(`"`)
	shown := passage{before: "[" + ch.Template, after: "]"}
	if len(ch.Values) == 0 {
		ch.read(shown)
	}
	for i, v := range ch.Values {
		if i > 0 {
			ch.Const(listSep)
		}
		for _, rule := range append([]gateway.Rule{gateway.Filled}, emailSeparators...) {
			if problem := rule([]byte(v.Name)); problem != "" {
				ch.problemf("email values: the name %q %s", v.Name, problem)
				break
			}
		}
		ch.Const(v.Name + pairSep)
		f := ch.Value(ch.at("value %q", v.Name), v.Value, append([]gateway.Rule{gateway.Filled}, emailSeparators...)...)
		ch.read(passage{before: "[" + ch.Template + " " + v.Name + ": ", after: "]", fields: []*gateway.Field{f}})
	}
	ch.Raw(`"`)
}

func (ch *channel) templateID() {
	ch.value("template_id", ch.at("template"), ch.Template, gateway.Filled, gateway.NoBlanks)
}

// attachmentEndings are the files that a channel takes (page "Description Parameter").
func attachmentEndings(k campaign.ChannelKind) []string {
	switch k {
	case campaign.Line:
		return []string{".jpg", ".png"}
	case campaign.Telegram:
		return []string{".jpg", ".png", ".pdf", ".mp4"}
	case campaign.Email, campaign.Facebook, campaign.WhatsApp, campaign.SMS:
	}
	return []string{".jpg", ".png", ".xls", ".xlsx", ".pdf", ".ppt", ".pptx", ".doc", ".docx", ".wav", ".mp4", ".txt"}
}

// attachments writes the links with ; between them.
func (ch *channel) attachments() {
	if len(ch.Attachment) == 0 {
		return
	}
	ch.key("attachment")
	ch.Raw(`"`)
	for i, link := range ch.Attachment {
		if i > 0 {
			ch.Const(listSep)
		}
		f := ch.Value(ch.at("attachment %d", i+1), link,
			gateway.Without("it separates links there: give the file another name", listSep), gateway.LinkTo(attachmentEndings(ch.Kind)...))
		ch.read(named("attachment", f))
	}
	ch.Raw(`"`)
}

func (ch *channel) backups() {
	if ch.backup {
		ch.pair("backup_on", ch.codes)
		ch.pair("backup_exp", ch.minutes)
	}
}

func (ch *channel) read(p passage) { ch.lines = append(ch.lines, p) }

// unused notes what the channel has no place for.
func (ch *channel) unused(key string, given bool) {
	if given {
		ch.problemf("%s has no %s at Sandeza: leave it out", ch.Kind, key)
	}
}
