package operation

import (
	"fmt"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway"
	"siaran/campaign/gateway/d7"
	"siaran/campaign/gateway/sandeza"
	"siaran/campaign/gateway/sinchindia"
	"siaran/reports/receiptlog"
)

// receiptSources read the receipts of every gateway there is.
func receiptSources() []receiptlog.Source {
	return []receiptlog.Source{
		{Name: "sandeza", Keys: sandeza.ReceiptKeys(), Parse: sandeza.ParseReceipts},
		{Name: "meta", Keys: gateway.MetaKeys(), Parse: gateway.ParseMeta},
		{Name: "d7", Keys: d7.ReceiptKeys(), Parse: d7.ParseReceipts},
		{Name: "sinchindia", Keys: sinchindia.ReceiptKeys(), Parse: sinchindia.ParseReceipts},
	}
}

// receiptZone is the zone of a gateway's times that do not name theirs; empty is UTC.
func receiptZone(name string) string {
	switch name {
	case "sandeza":
		return "+07:00"
	case "sinchindia":
		return "+05:30"
	}
	return ""
}

// Compile compiles c for the gateway of the account and the heading h; now is the clock of its requests. It opens
// no connection.
func Compile(a campaign.Account, c *campaign.Campaign, h campaign.Header, now func() time.Time) (gateway.Compiled, error) {
	switch a.Gateway {
	case "sandeza":
		client := gateway.NewClient(gateway.ClientSettings{Timeout: a.Timeout, Workers: Workers(a, c)})
		return sandeza.New(a, c, h, client, now)
	default:
		return nil, fmt.Errorf("account %s: unknown gateway %q", a.Name, a.Gateway)
	}
}

// Workers is how many messages are under way at once: the campaign's word, else rate × 0.5 s between 4
// and 256, 64 without a limit.
func Workers(a campaign.Account, c *campaign.Campaign) int {
	if c.Workers > 0 {
		return c.Workers
	}
	rate := a.Rate.Min(c.Rate)
	if rate <= 0 {
		return 64
	}
	return int(min(max(float64(rate)/2, 4), 256))
}
