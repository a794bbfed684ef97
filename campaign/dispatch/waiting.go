package dispatch

import "siaran/campaign"

// waitHeap holds the messages that wait for their back-off, the next due first.
type waitHeap []campaign.Queued

func (h waitHeap) Len() int           { return len(h) }
func (h waitHeap) Less(i, j int) bool { return h[i].NotTill.Before(h[j].NotTill) }
func (h waitHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *waitHeap) Push(x any)        { *h = append(*h, x.(campaign.Queued)) }
func (h *waitHeap) Pop() any {
	old := *h
	q := old[len(old)-1]
	*h = old[:len(old)-1]
	return q
}
