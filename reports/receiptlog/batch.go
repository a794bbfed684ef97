package receiptlog

import (
	"bytes"
	"context"
	"time"

	"siaran/campaign"
)

// Bounds on a batch: what one transaction takes in a few hundredths of a second.
const (
	batchReceipts = 1000
	batchBytes    = 4 << 20
)

// A Sink keeps receipts: the ledger does, in one transaction a batch with the position that follows it.
type Sink interface {
	// Receive stores b, and what a repeated receipt says only once. b is not used afterwards.
	Receive(ctx context.Context, b Batch) (Tally, error)
	// Position returns how far a host's file was read; 0 if it never was.
	Position(ctx context.Context, host, file string) (int64, error)
}

// A Batch is what a stretch of log says.
type Batch struct {
	Receipts []Received
	Unread   []Unread // to be kept in quarantine
	Lines    int      // bodies and broken lines
	Broken   int      // places that could not be read at all
	Position Position // where the next batch begins; its File is empty if the log is not our own
}

// A Received is a receipt and where it stands.
type Received struct {
	campaign.Receipt
	Raw    []byte // the body, which may hold several; for those that turn out strays
	Source string // FILE:LINE
}

// An Unread is a body that was not understood.
type Unread struct {
	Gateway string // empty if the log does not say
	At      time.Time
	Raw     []byte
	Problem string
	Source  string
}

// A Position is how far our own log was read: Offset is after the last line taken.
type Position struct {
	Host, File string
	Offset     int64
}

// A Tally is what became of receipts.
type Tally struct {
	Lines       int // bodies and broken lines
	Receipts    int
	New         int
	Repeated    int
	Weak        int
	Orphan      int
	Forged      int
	Foreign     int
	Reply       int
	Quarantined int
	Broken      int
}

// Add adds o to t.
func (t *Tally) Add(o Tally) {
	t.Lines += o.Lines
	t.Receipts += o.Receipts
	t.New += o.New
	t.Repeated += o.Repeated
	t.Weak += o.Weak
	t.Orphan += o.Orphan
	t.Forged += o.Forged
	t.Foreign += o.Foreign
	t.Reply += o.Reply
	t.Quarantined += o.Quarantined
	t.Broken += o.Broken
}

// add parses e into b. now is when we got it, if the log does not say.
func (b *Batch) add(parse Parse, e Entry, now time.Time) {
	b.Lines++
	if e.At.IsZero() {
		e.At = now
	}
	raw := bytes.Clone(e.Body)
	if e.Text {
		b.unread(e, raw, "it is not JSON")
		return
	}
	if len(raw) == 0 || raw[0] != '[' {
		b.body(parse, e, raw)
		return
	}
	// Several bodies in one: what is wrong with one is not held against the others.
	none := true
	_, _ = skipArray(raw, 0, 1, func(one []byte) error { // it was read before
		none = false
		b.body(parse, e, one)
		return nil
	})
	if none {
		b.unread(e, raw, ErrNoReceipt.Error())
	}
}

func (b *Batch) body(parse Parse, e Entry, raw []byte) {
	receipts, err := parse(e.Gateway, raw)
	if err != nil {
		b.unread(e, raw, err.Error())
		return
	}
	source := e.Source()
	for _, r := range receipts {
		r.ReceivedAt = e.At
		b.Receipts = append(b.Receipts, Received{Receipt: r, Raw: raw, Source: source})
	}
}

func (b *Batch) unread(e Entry, raw []byte, problem string) {
	b.Unread = append(b.Unread, Unread{Gateway: e.Gateway, At: e.At, Raw: raw, Problem: problem, Source: e.Source()})
}

func (b *Batch) full(bytes int) bool {
	return len(b.Receipts)+len(b.Unread) >= batchReceipts || bytes >= batchBytes
}

// tally completes what the sink counted with what it cannot know.
func (b *Batch) tally(t Tally) Tally {
	t.Lines, t.Broken, t.Receipts = b.Lines, b.Broken, len(b.Receipts)
	return t
}
