package simulator

import (
	"strconv"
	"strings"
)

// A kind is a channel's key.
type kind string

const (
	sms      kind = "sms"
	email    kind = "email"
	line     kind = "line"
	telegram kind = "telegram"
	facebook kind = "facebook"
	whatsapp kind = "whatsapp"
)

// A block is one channel of a message that was understood.
type block struct {
	kind     kind
	address  string // digits without +, e-mail address or chat id
	parts    int    // SMS
	backupOn []backupOn
}

// readBlocks reads what stands under channel. Type 1 wants several channels, of which all but the
// last say when the next takes over; which one is the primary, the pages do not say, so the order and
// backup_on have to agree.
func readBlocks(c *customer, e envelope) ([]block, *refusal) {
	kids := e.channel.kids
	if len(kids) == 0 {
		return nil, refuse(1, "", "must not be empty")
	}
	blocks := make([]block, 0, len(kids))
	for i := range kids {
		b, no := readBlock(c, kids[i])
		if no != nil {
			return nil, no.in(clip(kids[i].key))
		}
		blocks = append(blocks, b)
	}
	if !e.primaryBackup {
		return blocks, nil
	}
	if len(blocks) < 2 {
		return nil, refuse(1, "", "type 1 needs a primary and a backup")
	}
	for i, b := range blocks {
		switch last := i == len(blocks)-1; {
		case i == 0 && b.backupOn == nil:
			return nil, refuse(1, string(b.kind)+".backup_on", "type 1 needs it on the primary")
		case last && b.backupOn != nil:
			return nil, refuse(1, string(b.kind)+".backup_on", "the last channel has no backup")
		}
	}
	return blocks, nil
}

func readBlock(c *customer, n node) (b block, no *refusal) {
	b.kind = kind(n.key)
	switch b.kind {
	case sms:
		b.address, b.parts, no = readSMS(c, n)
	case email:
		b.address, no = readEmail(c, n)
	case line, telegram, facebook:
		b.address, no = readChat(c, n, b.kind)
	case whatsapp:
		b.address, no = readWhatsApp(c, n)
	default:
		return b, &refusal{rc: 2, reason: "Channel Not Found", why: "there is no such channel"}
	}
	if no != nil {
		return b, no
	}
	b.backupOn, no = readBackupOn(n, b.kind)
	return b, no
}

func readSMS(c *customer, n node) (address string, parts int, no *refusal) {
	if no = n.only("message", "msisdn", "backup_on", "backup_exp", "use_backup_sender"); no != nil {
		return "", 0, no
	}
	text, no := n.mustText("message")
	if no != nil {
		return "", 0, no
	}
	if n.has("use_backup_sender") {
		if _, no = n.must("use_backup_sender", boolNode); no != nil {
			return "", 0, no
		}
	}
	address, no = c.msisdn(n)
	return address, countParts(text), no
}

func readEmail(c *customer, n node) (address string, no *refusal) {
	if no = n.only("message", "email", "attachment", "template_id", "backup_on", "backup_exp"); no != nil {
		return "", no
	}
	text, no := n.mayText("message")
	if no != nil {
		return "", no
	}
	id, no := n.mayText("template_id")
	switch {
	case no != nil:
		return "", no
	case id == "" && n.has("template_id"):
		return "", refuse(1, "template_id", "must not be empty")
	case id == "" && text == "":
		return "", refuse(1, "message", "must not be empty without a template")
	case id != "":
		if no = firstOf(made(1, "template_id", id, "-_"), c.hasTemplate(id), readValues(text)); no != nil {
			return "", no
		}
	}
	if no = readAttachment(n, attachments[email]); no != nil {
		return "", no
	}
	address, no = n.mustText("email")
	if no != nil {
		return "", no
	}
	if !isEmail(address) {
		return "", refuse(3, "email", "is no e-mail address")
	}
	return address, c.wanted("email", address)
}

// readValues checks a dynamic template's values: name:value;name:value, or nothing for a static one.
// No escape is documented, so neither sign may stand in a value.
func readValues(text string) *refusal {
	if text == "" {
		return nil
	}
	for i, pair := range strings.Split(text, ";") {
		name, value, ok := strings.Cut(pair, ":")
		if !ok || strings.TrimSpace(name) == "" || strings.ContainsAny(value, ":\r\n") {
			return refuse(1, "message", "value "+strconv.Itoa(i+1)+" of the template must be name:value")
		}
	}
	return nil
}

func readChat(c *customer, n node, k kind) (address string, no *refusal) {
	if no = n.only("message", "chat_id", "attachment", "backup_on", "backup_exp"); no != nil {
		return "", no
	}
	text, no := n.mustText("message")
	if no != nil {
		return "", no
	}
	if hasHTML(text) {
		return "", refuse(22, "message", "must not be HTML")
	}
	if no = readAttachment(n, attachments[k]); no != nil {
		return "", no
	}
	address, no = n.mustText("chat_id")
	if no != nil {
		return "", no
	}
	if made(3, "chat_id", address, "-_") != nil {
		return "", refuse(3, "chat_id", "is no chat id")
	}
	return address, c.wanted("chat_id", address)
}

// hasHTML finds what looks like a tag.
func hasHTML(s string) bool {
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 || i+1 == len(s) {
			return false
		}
		s = s[i+1:]
		if c := s[0]; (c == '/' || c|0x20 >= 'a' && c|0x20 <= 'z') && strings.IndexByte(s, '>') > 0 {
			return true
		}
	}
}

// hasTemplate refuses a template that the account does not have.
func (c *customer) hasTemplate(id string) *refusal {
	if _, ok := c.template(id); !ok {
		return &refusal{rc: 2, reason: "Template Not Found", where: "template_id", why: "the account has no such template"}
	}
	return nil
}
