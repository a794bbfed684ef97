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

func (r *campaignReader) channels(v value) {
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
	c := r.campaign
	backups := make([]*value, 0, len(parts))
	for _, x := range parts {
		channel, backup, ok := r.channel(x)
		if !ok {
			continue
		}
		if slices.ContainsFunc(c.Channels, func(o campaign.Channel) bool { return o.Kind == channel.Kind }) {
			x.fail(string(channel.Kind)+" is there twice", "a message goes out once on each channel")
			continue
		}
		c.Channels = append(c.Channels, channel)
		backups = append(backups, backup)
	}
	if len(c.Channels) == len(parts) {
		r.together(v, backups)
	}
}

// together checks how the channels go with send:. backups are their backup_on, nil where there is none.
func (r *campaignReader) together(v value, backups []*value) {
	c := r.campaign
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
