package definition

import (
	"fmt"
	"strconv"
	"time"

	"siaran/campaign"
)

// content is everything of c that decides what is sent and to whom.
func content(c *campaign.Campaign) tree {
	channels := make([]any, len(c.Channels))
	for i := range c.Channels {
		channels[i] = tree{{string(c.Channels[i].Kind), channelTree(&c.Channels[i])}}
	}
	return tree{
		{"name", c.Name},
		{"account", c.Account},
		{"tab", c.Tab},
		{"header_row", c.HeaderRow},
		{"encoding", c.Encoding},
		{"country", c.Country},
		{"numbers", c.Numbers},
		{"language", c.Language},
		{"columns", names(c.Columns)},
		{"hidden_rows", string(c.HiddenRows)},
		{"duplicates", tree{{"same", list(c.Duplicates.Same)}, {"keep", c.Duplicates.Keep}}},
		{"purpose", string(c.Purpose)},
		{"subject", c.Subject},
		{"sender_id", c.SenderID},
		{"budget_code", c.BudgetCode},
		{"send", string(c.Send)},
		{"channels", channels},
	}
}

// conduct is everything else, which may change while a run goes on; file is as it was written.
func conduct(c *campaign.Campaign, file string) tree {
	e := tree{{"rows", rowsText(c.Expect)}, {"rejected", shareText(c.Expect.Rejected)}, {"cost", ""}, {"file_age", spanText(c.Expect.FileAge)}}
	if c.Expect.Cost != 0 {
		e[2].value = c.Expect.Cost.String()
	}
	outage := plain(c.Outage)
	if c.Outage == campaign.ProbeOn {
		outage = "probe"
	}
	return tree{
		{"file", file},
		{"expect", e},
		{"unfinished", c.Unfinished},
		{"repeat", c.Repeat},
		{"repeat_within", spanText(c.RepeatWithin)},
		{"valid_for", spanText(c.ValidFor)},
		{"rate", rateText(c.Rate)},
		{"workers", c.Workers},
		{"retry", tree{{"attempts", c.Retry.Attempts}, {"first", spanText(c.Retry.First)}, {"most", spanText(c.Retry.Most)}}},
		{"outage", outage},
		{"on_unknown", string(c.OnUnknown)},
	}
}

func rowsText(e campaign.Expect) string {
	switch {
	case e.RowsMin == 0 && e.RowsMax == 0:
		return ""
	case e.RowsMin == e.RowsMax:
		return strconv.Itoa(e.RowsMin)
	case e.RowsMax == 0:
		return fmt.Sprintf("%d..", e.RowsMin)
	default:
		return fmt.Sprintf("%d..%d", e.RowsMin, e.RowsMax)
	}
}

func shareText(s campaign.Share) string {
	switch {
	case !s.Set:
		return ""
	case s.IsPct:
		return strconv.FormatFloat(s.Percent, 'f', -1, 64) + "%"
	default:
		return strconv.Itoa(s.Count)
	}
}

func spanText(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return plain(d)
}

func rateText(r campaign.Rate) string {
	switch {
	case r == 0:
		return ""
	case r == campaign.Unlimited:
		return "unlimited"
	case r < 1:
		return strconv.FormatFloat(float64(r)*60, 'f', -1, 64) + "/m"
	default:
		return strconv.FormatFloat(float64(r), 'f', -1, 64) + "/s"
	}
}

func channelTree(c *campaign.Channel) tree {
	to := "to"
	if c.Kind == campaign.Line || c.Kind == campaign.Telegram || c.Kind == campaign.Facebook {
		to = "chat_id"
	}
	t := tree{
		{to, c.To},
		{"template", c.Template},
		{"category", c.Category},
		{"text", c.Text},
		{"format", c.Format},
		{"language", c.Language},
		{"body", list(c.Body)},
		{"buttons", buttonList(c.Buttons)},
		{"carousel", cardList(c.Carousel)},
		{"attachment", list(c.Attachment)},
		{"message", c.Message},
		{"values", pairTree(c.Values)},
		{"backup_sender", c.BackupSender},
		{"backup_on", backupList(c.BackupOn)},
	}
	if c.Header != nil {
		t = append(t, branch{"header", mediaTree(c.Header)})
	}
	if c.Session != nil {
		t = append(t, branch{"message", sessionTree(c.Session)})
	}
	return t
}

func mediaTree(m *campaign.Media) tree {
	switch m.Kind {
	case "text":
		return tree{{m.Kind, m.Text}}
	case "document":
		return tree{{m.Kind, tree{{"link", m.Link}, {"filename", m.Filename}}}}
	case "location":
		return tree{{m.Kind, locationTree(m.Location)}}
	default:
		return tree{{m.Kind, m.Link}}
	}
}

func locationTree(l *campaign.Location) tree {
	return tree{{"latitude", l.Latitude}, {"longitude", l.Longitude}, {"name", l.Name}, {"address", l.Address}}
}

func attachedTree(a *campaign.Attached) tree { return tree{{"url", a.URL}, {"name", a.Name}} }

func buttonList(buttons []campaign.Button) []any {
	all := make([]any, len(buttons))
	for i, b := range buttons {
		var value any = b.Value
		switch b.Kind {
		case "catalog":
			value = tree{{"thumbnail", b.Thumbnail}}
		case "mpm":
			sections := make([]any, len(b.Sections))
			for j, s := range b.Sections {
				sections[j] = tree{{"title", s.Title}, {"products", list(s.Products)}}
			}
			value = tree{{"thumbnail", b.Thumbnail}, {"sections", sections}}
		}
		// Index zero is left out like any empty value; the other indexes are there.
		all[i] = tree{{b.Kind, value}, {"index", b.Index}}
	}
	return all
}

func cardList(cards []campaign.Card) []any {
	all := make([]any, len(cards))
	for i, c := range cards {
		all[i] = append(mediaTree(&c.Media), branch{"body", list(c.Body)}, branch{"buttons", buttonList(c.Buttons)})
	}
	return all
}

func pairTree(pairs []campaign.Pair) tree {
	t := make(tree, len(pairs))
	for i, p := range pairs {
		t[i] = branch{p.Name, p.Value}
	}
	return t
}

func backupList(backups []campaign.BackupOn) []any {
	all := make([]any, len(backups))
	for i, b := range backups {
		if all[i] = b.Word; b.After > 0 {
			all[i] = tree{{b.Word, plain(b.After)}}
		}
	}
	return all
}

func sessionTree(m *campaign.SessionMessage) tree {
	choices := make([]any, len(m.Choices))
	for i, c := range m.Choices {
		choices[i] = tree{{"key", c.Key}, {"title", c.Title}}
	}
	switch m.Kind {
	case "text":
		return tree{{m.Kind, m.Text}}
	case "location":
		return tree{{m.Kind, locationTree(m.Location)}}
	case "buttons":
		var head any = tree{{m.HeaderKind, m.Header}}
		if m.HeaderURL != nil {
			head = tree{{m.HeaderKind, attachedTree(m.HeaderURL)}}
		}
		return tree{{m.Kind, tree{{"header", head}, {"body", m.Text}, {"footer", m.Footer}, {"choices", choices}}}}
	case "list":
		section := tree{{"title", m.Section}, {"description", m.About}, {"choices", choices}}
		return tree{{m.Kind, tree{{"header", m.Header}, {"body", m.Text}, {"footer", m.Footer}, {"title", m.Title}, {"section", section}}}}
	default:
		return tree{{m.Kind, attachedTree(m.Media)}}
	}
}

func list(texts []string) []any {
	all := make([]any, len(texts))
	for i, s := range texts {
		all[i] = s
	}
	return all
}

func names(m map[string]string) tree {
	t := make(tree, 0, len(m))
	for _, k := range sortedKeys(m) {
		t = append(t, branch{k, m[k]})
	}
	return t
}
