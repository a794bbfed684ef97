package main

import (
	"fmt"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway"
	"siaran/campaign/gateway/sandeza"
)

// newGateway picks the gateway that serves the account. It opens no connection.
func newGateway(a campaign.Account, c *campaign.Campaign, h campaign.Header) (gateway.Compiled, error) {
	switch a.Gateway {
	case "sandeza":
		client := gateway.NewClient(gateway.ClientSettings{Timeout: a.Timeout, Workers: workers(a, c)})
		return sandeza.New(a, c, h, client, time.Now)
	default:
		return nil, fmt.Errorf("account %s: unknown gateway %q", a.Name, a.Gateway)
	}
}

// workers is how many messages are under way at once: the campaign's word, else rate × 0.5 s between 4
// and 256, 64 without a limit.
func workers(a campaign.Account, c *campaign.Campaign) int {
	if c.Workers > 0 {
		return c.Workers
	}
	rate := a.Rate.Min(c.Rate)
	if rate <= 0 {
		return 64
	}
	return int(min(max(float64(rate)/2, 4), 256))
}

// ahead is how many attempts begin before a worker is free: as many again without a rate, when the disk is what
// everybody waits for; none with one, for who has a slot leaves at it.
func ahead(a campaign.Account, c *campaign.Campaign) int {
	if a.Rate.Min(c.Rate) > 0 {
		return 0
	}
	return workers(a, c)
}
