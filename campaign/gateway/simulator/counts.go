package simulator

import (
	"maps"
	"sync"
)

// Counts are what the simulator saw since it began.
type Counts struct {
	Requests   int            `json:"requests"`   // to the send path, faults included
	Taken      int            `json:"taken"`      // messages that would be delivered
	Tokens     int            `json:"tokens"`     // what these cost: one a channel, for SMS one a part
	RC         map[string]int `json:"rc"`         // rc → requests so decided, whether or not the answer left; HTTP faults decide none
	Faults     map[string]int `json:"faults"`     // fault → requests it met
	Duplicates int            `json:"duplicates"` // requests with a ref_id that had been taken
	Repeated   map[string]int `json:"repeated"`   // ref_id → requests, for those that came more than once
	Receipts   ReceiptCounts  `json:"receipts"`
}

// ReceiptCounts are what became of the receipts. Due = Posted + Failed + those still to come.
type ReceiptCounts struct {
	Due    int `json:"due"`    // posted or to be posted
	Posted int `json:"posted"` // answered 200
	Failed int `json:"failed"` // given up
}

// A tally is the counts at work.
type tally struct {
	mu sync.Mutex
	Counts
}

func (t *tally) add(v *visit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Requests++
	if v.took {
		t.Taken++
		t.Tokens += v.tokens
	}
	if v.rc != "" {
		t.RC[v.rc]++
	}
	if v.fault.Kind != "" {
		t.Faults[v.fault.String()]++
	}
	if v.duplicate {
		t.Duplicates++
	}
}

func (t *tally) counts() Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.Counts
	c.RC, c.Faults = maps.Clone(c.RC), maps.Clone(c.Faults)
	return c
}
