package operation

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"siaran/campaign"
)

// The keys of SentRequest.Columns that mean something.
const (
	columnID        = "id"
	columnAddress   = "address"
	columnTime      = "time"
	columnGatewayID = "gateway_id"
)

// A sentDefinition is what an imported run goes by in place of a campaign file.
type sentDefinition struct {
	Channel campaign.ChannelKind `yaml:"channel"`
	Columns map[string]string    `yaml:"columns"`
}

// sentCampaign is the definition of an imported run: its channel is all that is known of it.
func sentCampaign(run campaign.Run) (*campaign.Campaign, error) {
	var d sentDefinition
	if err := yaml.Unmarshal(run.Definition, &d); err != nil {
		return nil, fmt.Errorf("run %s: its definition: %w", run.ID, err)
	}
	return &campaign.Campaign{
		Name: run.Campaign, Account: run.Account, Text: run.Definition, Send: campaign.SendSingle,
		Channels: []campaign.Channel{{Kind: d.Channel}}, Retry: campaign.DefaultRetry,
	}, nil
}

// sentColumns reads id=…,address=…,time=…. A part without = belongs to the heading before it, which has a comma.
func sentColumns(text string) (map[string]string, error) {
	columns := map[string]string{}
	last := ""
	for _, part := range strings.Split(text, ",") {
		key, heading, ok := strings.Cut(part, "=")
		key = strings.TrimSpace(key)
		switch {
		case !ok && last != "":
			columns[last] += "," + part
			continue
		case !ok || key == "" || strings.TrimSpace(heading) == "":
			return nil, fmt.Errorf("--columns %q: write key=heading, with commas between", text)
		}
		if _, twice := columns[key]; twice {
			return nil, fmt.Errorf("--columns: %s is there twice", key)
		}
		columns[key], last = strings.TrimSpace(heading), key
	}
	for _, key := range []string{columnID, columnAddress, columnTime} {
		if columns[key] == "" {
			return nil, fmt.Errorf("--columns: %s= is missing: the heading of the column that holds it", key)
		}
	}
	return columns, nil
}
