package gateway

import (
	"errors"

	"siaran/campaign"
	"siaran/campaign/template"
)

// Settings are those that every text of c is compiled with.
func Settings(c *campaign.Campaign, h campaign.Header) template.Settings {
	return template.Settings{Header: h, Short: c.Columns, Numbers: c.Numbers, Language: c.Language}
}

// Targets are where the addresses of a campaign's channels stand in a row. A gateway embeds them, and so
// has the To of a Compiled.
type Targets struct {
	all []*template.Target
}

// CompileTargets compiles to: and chat_id: of every channel of c. The error names all that are wrong.
func CompileTargets(c *campaign.Campaign, s template.Settings) (Targets, error) {
	var t Targets
	var errs []error
	for _, ch := range c.Channels {
		target, err := template.CompileTarget(ch.To, s)
		if err != nil {
			key := "to"
			switch ch.Kind {
			case campaign.Line, campaign.Telegram, campaign.Facebook:
				key = "chat_id"
			case campaign.WhatsApp, campaign.SMS, campaign.Email:
			}
			errs = append(errs, Explain(string(ch.Kind)+" "+key, err))
		}
		t.all = append(t.all, target)
	}
	return t, errors.Join(errs...)
}

// To returns the cell with the address of row on the i-th channel, and the heading it came from (empty
// if it is text made of several). An error is a *campaign.RowError.
func (t Targets) To(row campaign.Row, i int) (campaign.Cell, string, error) {
	return t.all[i].Cell(row)
}
