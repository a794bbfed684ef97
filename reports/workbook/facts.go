package workbook

import (
	"fmt"
	"time"

	"siaran/campaign"
)

// writeFacts say what was sent, by whom and to whom.
func writeFacts(s *summary) error {
	if err := s.section("Campaign"); err != nil {
		return err
	}
	run := fmt.Sprintf("%s (%s, %s)", s.Run.ID, s.Run.Kind, s.Run.State)
	if s.Run.Parent != "" {
		run += ", rows of run " + s.Run.Parent
	}
	if s.Run.Reason != "" {
		run += ": " + s.Run.Reason
	}
	facts := []struct{ what, is string }{
		{"Run", run},
		{"Campaign", s.Run.Campaign},
	}
	add := func(what, is string) {
		if is != "" {
			facts = append(facts, struct{ what, is string }{what, is})
		}
	}
	add("Account", s.Run.Account+" at "+s.Run.Gateway)
	add("Sender", sender(s.report))
	if c := s.Settings.Campaign; c != nil {
		for i := range c.Channels {
			ch := &c.Channels[i]
			name := string(ch.Kind)
			if i > 0 && c.Send == campaign.SendPrimaryBackup {
				name += " (backup)"
			}
			if ch.Template != "" {
				name += ", template " + ch.Template
			}
			if ch.Category != "" {
				name += ", " + ch.Category
			}
			add("Channel", name)
			add("Text", channelText(ch))
		}
		add("Budget code", c.BudgetCode)
	}
	file := s.Run.FileName
	if s.Run.Tab != "" {
		file += ", tab " + s.Run.Tab
	}
	add("File", file)
	add("Planned", clock(s.Run, s.zone()))
	add("Who", s.Who)
	add("Approved", s.Approval)
	for _, f := range facts {
		if err := s.wide(f.what, f.is); err != nil {
			return err
		}
	}
	return nil
}

func sender(s *report) string {
	if s.Sender == "" && s.Settings.Campaign != nil {
		return s.Settings.Campaign.SenderID
	}
	return s.Sender
}

func clock(r campaign.Run, zone *time.Location) string {
	if r.CreatedAt.IsZero() {
		return ""
	}
	const layout = "2 January 2006 15:04 MST"
	text := r.CreatedAt.In(zone).Format(layout)
	if !r.DoneAt.IsZero() {
		text += ", ended " + r.DoneAt.In(zone).Format(layout)
	}
	return text
}

// channelText is what the recipient reads, with its {{…}}.
func channelText(c *campaign.Channel) string {
	switch {
	case c.Text != "":
		return c.Text
	case c.Message != "":
		return c.Message
	case c.Session != nil:
		return c.Session.Text
	}
	return ""
}
