package dispatch

import "siaran/campaign"

// The workers of a campaign that does not say how many.
const (
	leastWorkers = 4
	mostWorkers  = 256
	freeWorkers  = 64 // without a rate
)

// Workers returns how many messages are under way at once: the campaign's word, else as many as begin in half a
// second, between 4 and 256; 64 without a rate.
func Workers(a campaign.Account, c *campaign.Campaign) int {
	if c.Workers > 0 {
		return c.Workers
	}
	rate := a.Rate.Min(c.Rate)
	if rate <= 0 {
		return freeWorkers
	}
	return int(min(max(float64(rate)/2, leastWorkers), mostWorkers))
}

// Ahead returns how many attempts begin before a worker is free. Without a rate everybody waits for the disk: as
// many again. With one there are none, for an attempt that has its slot leaves at it.
func Ahead(a campaign.Account, c *campaign.Campaign) int {
	if a.Rate.Min(c.Rate) > 0 {
		return 0
	}
	return Workers(a, c)
}
