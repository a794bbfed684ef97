package definition

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"siaran/campaign"
)

// channelKinds are the channels, in the order in which they are named to people.
var channelKinds = [...]campaign.ChannelKind{
	campaign.WhatsApp, campaign.SMS, campaign.Email, campaign.Line, campaign.Telegram, campaign.Facebook,
}

func kindNames() []string {
	names := make([]string, len(channelKinds))
	for i, k := range channelKinds {
		names[i] = string(k)
	}
	return names
}

// channels reads the list of channels into c, whose send: was read before.
func channels(v value, c *campaign.Campaign) {
	if v.node.Kind == yaml.MappingNode && !v.template() {
		v.fail("has keys of its own, but a list was meant", "begin each channel with a hyphen: - whatsapp:")
		return
	}
	parts, ok := v.list()
	if !ok {
		return
	}
	if len(parts) == 0 {
		v.fail("is empty", "give at least one of "+strings.Join(kindNames(), ", "))
		return
	}
	backups := make([]*value, 0, len(parts))
	for _, x := range parts {
		one, backup, ok := channel(x)
		if !ok {
			continue
		}
		if slices.ContainsFunc(c.Channels, func(o campaign.Channel) bool { return o.Kind == one.Kind }) {
			x.fail(string(one.Kind)+" is there twice", "a message goes out once on each channel")
			continue
		}
		c.Channels = append(c.Channels, one)
		backups = append(backups, backup)
	}
	if len(c.Channels) == len(parts) {
		together(v, c, backups)
	}
}

// together checks how the channels of c go with its send:. backups are their backup_on, nil where there is none.
func together(v value, c *campaign.Campaign, backups []*value) {
	switch n := len(c.Channels); {
	case c.Send == campaign.SendSingle && n > 1:
		v.fail(fmt.Sprintf("has %d channels, but send: single takes one", n), "write send: primary-backup or send: all")
		return
	case c.Send == campaign.SendPrimaryBackup && n == 1:
		v.fail("has one channel, but send: primary-backup needs a backup", "add it, or write send: single")
		return
	}
	for i, b := range backups {
		kind := c.Channels[i].Kind
		switch {
		case c.Send == campaign.SendPrimaryBackup && i == 0 && b == nil:
			v.fail(fmt.Sprintf("the first channel, %s, says not when the backup takes over", kind), "add backup_on: to it, such as backup_on: [undelivered]")
		case c.Send == campaign.SendPrimaryBackup && i > 0 && b != nil:
			b.fail("only the first channel has a backup", "leave it out")
		case c.Send != campaign.SendPrimaryBackup && b != nil:
			b.fail(fmt.Sprintf("there is no backup with send: %s", c.Send), "leave it out, or write send: primary-backup")
		}
	}
}
