package campaign

import "time"

// A Queued message waits for its next attempt.
type Queued struct {
	Message
	Attempts int       // how many there were; the next has this number plus one
	Tries    int       // those of them that counted
	Unknown  bool      // an earlier one ended unknown (on_unknown: resend): rc 9 may mean "already here"
	Systemic string    // the code of its last attempt, if that was systemic: it is first in line on resume
	NotTill  time.Time // back-off; zero: at once
}

// waitHeap holds the messages that wait for their back-off, the next due first.
type waitHeap []Queued

func (h waitHeap) Len() int           { return len(h) }
func (h waitHeap) Less(i, j int) bool { return h[i].NotTill.Before(h[j].NotTill) }
func (h waitHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *waitHeap) Push(x any)        { *h = append(*h, x.(Queued)) }
func (h *waitHeap) Pop() any {
	old := *h
	q := old[len(old)-1]
	*h = old[:len(old)-1]
	return q
}
