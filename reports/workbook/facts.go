package workbook

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"siaran/campaign"
)

// facts say what was sent, by whom and to whom.
func (s *summary) facts() error {
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
	add("Sender", s.sender())
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
	add("Planned", s.clock(s.Run))
	add("Who", s.Who)
	add("Approved", s.Approval)
	for _, f := range facts {
		if err := s.wide(f.what, f.is); err != nil {
			return err
		}
	}
	return nil
}

func (s *summary) sender() string {
	if s.Sender == "" && s.Settings.Campaign != nil {
		return s.Settings.Campaign.SenderID
	}
	return s.Sender
}

func (s *summary) clock(r campaign.Run) string {
	if r.CreatedAt.IsZero() {
		return ""
	}
	const layout = "2 January 2006 15:04 MST"
	text := r.CreatedAt.In(s.zone()).Format(layout)
	if !r.DoneAt.IsZero() {
		text += ", ended " + r.DoneAt.In(s.zone()).Format(layout)
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

// wide writes a label and a text over the rest of the page, as high as the text wants.
func (s *summary) wide(label, value string) error {
	lines := 0
	for l := range strings.Lines(value) {
		lines += 1 + (utf8.RuneCountInString(l)-1)/wideText
	}
	cell := excelize.Cell{StyleID: s.styles.value, Value: s.fit(value)}
	row := []excelize.Cell{{StyleID: s.styles.label, Value: label}, cell}
	for len(row) < len(summaryWidths) {
		row = append(row, excelize.Cell{StyleID: s.styles.value})
	}
	if err := s.tab.Write(row, excelize.RowOpts{Height: float64(min(max(lines, 1), 24))*15 + 2}); err != nil {
		return err
	}
	return s.tab.Merge(fmt.Sprintf("B%d", s.tab.Rows), fmt.Sprintf("G%d", s.tab.Rows))
}
