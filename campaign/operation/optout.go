package operation

import (
	"context"

	"siaran/campaign"
	"siaran/campaign/planning"
)

// optOuts finds the messages that Begin would withhold because one of their addresses must not get them.
type optOuts struct {
	Material
	on       bool // there is a list at all
	channels []campaign.ChannelKind
}

func newOptOuts(ctx context.Context, m Material) (optOuts, error) {
	o := optOuts{Material: m, channels: m.Campaign.Kinds()}
	if m.Ledger == nil {
		return o, nil
	}
	for _, err := range m.Ledger.Suppressions.All(ctx) {
		if err != nil {
			return o, err
		}
		o.on = true
		break
	}
	return o, nil
}

// of reports for each message whether an address of it is on the list.
func (o optOuts) of(ctx context.Context, batch []planning.Decided) ([]bool, error) {
	out := make([]bool, len(batch))
	if !o.on || len(batch) == 0 {
		return out, nil
	}
	for _, k := range o.channels {
		list := make([]string, len(batch))
		for i, m := range batch {
			list[i] = m.To(k, o.channels[0])
		}
		found, err := o.Ledger.Suppressions.Among(ctx, list, k, o.Campaign.Purpose)
		if err != nil {
			return nil, err
		}
		for i, address := range list {
			_, is := found[address]
			out[i] = out[i] || is
		}
	}
	return out, nil
}
