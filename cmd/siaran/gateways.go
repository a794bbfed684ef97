package main

import (
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway"
	"siaran/campaign/operation"
)

// newGateway picks the gateway that serves the account. It opens no connection.
func newGateway(a campaign.Account, c *campaign.Campaign, h campaign.Header) (gateway.Compiled, error) {
	return operation.Compile(a, c, h, time.Now)
}

func workers(a campaign.Account, c *campaign.Campaign) int { return operation.Workers(a, c) }

// ahead is how many attempts begin before a worker is free: as many again without a rate, when the disk is what
// everybody waits for; none with one, for who has a slot leaves at it.
func ahead(a campaign.Account, c *campaign.Campaign) int {
	if a.Rate.Min(c.Rate) > 0 {
		return 0
	}
	return workers(a, c)
}
