package definition

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"siaran/campaign"
)

// channel reads one item of channels: and returns its backup_on beside it, nil if there is none.
func channel(v value) (c campaign.Channel, backup *value, ok bool) {
	if v.node.Kind == yaml.ScalarNode && slices.Contains(kindNames(), v.node.Value) {
		v.fail("has no keys", "write - "+v.node.Value+": and its keys below, indented")
		return c, nil, false
	}
	if v.node.Kind == yaml.MappingNode && len(v.node.Content) > 2 && !v.template() {
		v.fail("has several keys", "a channel's own keys stand below its name, indented further")
		return c, nil, false
	}
	known := make([]field, len(channelKinds))
	for i, k := range channelKinds {
		known[i] = field{string(k), nil}
	}
	there, ok := v.mapping(known...)
	if !ok {
		return c, nil, false
	}
	for _, k := range channelKinds {
		x, named := there[string(k)]
		if !named {
			continue
		}
		x.key = string(k) // a channel is there once: whatsapp.to says more than channels[0].whatsapp.to
		c.Kind = k
		backup, ok = channelKeys(x, &c)
		return c, backup, ok
	}
	return c, nil, false
}

// channelKeys reads the keys of a channel into c.
func channelKeys(v value, c *campaign.Channel) (*value, bool) {
	before := len(v.r.problems)
	var there fields
	var ok bool
	switch c.Kind {
	case campaign.WhatsApp:
		there, ok = whatsApp(v, c)
	case campaign.SMS:
		there, ok = v.mapping(
			field{"to", text(&c.To)},
			field{"message", text(&c.Message)},
			field{"backup_sender", truth(&c.BackupSender)},
			field{"backup_on", nil},
		)
		if ok {
			v.must(there, "to", "message")
		}
	case campaign.Email:
		there, ok = email(v, c)
	case campaign.Line, campaign.Telegram, campaign.Facebook:
		there, ok = v.mapping(
			field{"chat_id", text(&c.To)},
			field{"message", text(&c.Message)},
			field{"attachment", texts(&c.Attachment)},
			field{"backup_on", nil},
		)
		if ok {
			v.must(there, "chat_id", "message")
		}
	}
	if !ok {
		return nil, false
	}
	b, named := there["backup_on"]
	if !named {
		return nil, len(v.r.problems) == before
	}
	c.BackupOn = backupOn(b, c)
	return &b, len(v.r.problems) == before
}

func email(v value, c *campaign.Channel) (fields, bool) {
	there, ok := v.mapping(
		field{"to", text(&c.To)},
		field{"message", text(&c.Message)},
		field{"template", text(&c.Template)},
		field{"values", pairs(&c.Values)},
		field{"attachment", texts(&c.Attachment)},
		field{"backup_on", nil},
	)
	if !ok {
		return nil, false
	}
	v.must(there, "to")
	_, message := there["message"]
	_, template := there["template"]
	values, hasValues := there["values"]
	switch {
	case message && template:
		v.fail("has both message and template", "leave one of them; a template's values stand under values:")
	case !message && !template:
		v.fail("has neither message nor template", "add message: or template:")
	case hasValues && !template:
		values.fail("belongs to a template", "add template:, or write the text under message:")
	}
	return there, true
}

// pairs reads names and their texts, in the file's order.
func pairs(p *[]campaign.Pair) func(value) {
	return func(v value) {
		v.each(func(name string, x value) {
			pair := campaign.Pair{Name: name}
			text(&pair.Value)(x)
			*p = append(*p, pair)
		})
	}
}

// backupStates are the states on which each channel can hand over to the backup: Sprint's page
// "Description Parameter", field backup_on. A WhatsApp message without a template has none.
var backupStates = map[campaign.ChannelKind][]string{
	campaign.WhatsApp: {"unsent", "undelivered", "pending", "failed", "delivered"},
	campaign.SMS:      {"unsent", "undelivered", "pending", "failed"},
	campaign.Email:    {"unsent", "undelivered", "pending", "spam", "bounced", "blacklist"},
	campaign.Line:     {"unsent", "pending", "failed"},
	campaign.Telegram: {"unsent", "pending", "failed"},
	campaign.Facebook: {"unsent", "pending", "failed"},
}

const pending = "pending"

// maxPending is the longest time that a backup waits for a pending message.
const maxPending = 7 * 24 * time.Hour

// backupOn reads [undelivered, {pending: 10m}].
func backupOn(v value, c *campaign.Channel) []campaign.BackupOn {
	if c.Session != nil {
		v.fail("a WhatsApp message without a template has no backup", "use a template, or leave it out")
		return nil
	}
	parts, ok := v.list()
	if !ok {
		return nil
	}
	if len(parts) == 0 {
		v.fail("is empty", "such as [undelivered, {pending: 10m}]")
	}
	var all []campaign.BackupOn
	for _, x := range parts {
		b, ok := backupState(x, backupStates[c.Kind], c.Kind)
		switch {
		case !ok:
		case slices.ContainsFunc(all, func(o campaign.BackupOn) bool { return o.Word == b.Word }):
			x.fail(b.Word+" is there twice", "leave one of them")
		default:
			all = append(all, b)
		}
	}
	return all
}

func backupState(v value, states []string, kind campaign.ChannelKind) (b campaign.BackupOn, ok bool) {
	word, after := v, (*value)(nil)
	if v.node.Kind == yaml.MappingNode && len(v.node.Content) == 2 && !v.template() {
		word = v.r.value(v.node.Content[0], v.key)
		x := v.r.value(v.node.Content[1], v.under(word.node.Value))
		after = &x
	}
	b.Word, ok = word.text()
	switch {
	case !ok:
		return b, false
	case !slices.Contains(states, b.Word):
		hint := fmt.Sprintf("with %s: %s", kind, strings.Join(states, ", "))
		word.fail("cannot be "+word.shown(), hint)
		return b, false
	case b.Word == pending && after == nil:
		v.fail("pending needs a time", "how long to wait: {pending: 10m}")
		return b, false
	case b.Word == pending:
		span(&b.After, time.Minute, maxPending)(*after)
		if b.After%time.Minute != 0 {
			after.fail("cannot be "+after.shown(), "whole minutes, such as 10m")
		}
		return b, b.After > 0
	case after != nil:
		after.fail(b.Word+" takes no time", "only pending waits; write "+b.Word+" alone")
		return b, false
	}
	return b, true
}

var parameter = regexp.MustCompile(`\{\{\s*([0-9]{1,3})\s*\}\}`)

// parameters returns the highest {{n}} in an approved text.
func parameters(s string) int {
	most := 0
	for _, m := range parameter.FindAllStringSubmatch(s, -1) {
		n, _ := strconv.Atoi(m[1])
		most = max(most, n)
	}
	return most
}
