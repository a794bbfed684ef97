package campaign

import (
	"time"
)

// A Batch is what a stretch of log says.
type Batch struct {
	Receipts []Receipt
	Raw      [][]byte // the body of each, which may hold several; for those that turn out strays
	Unread   []Unread // to be kept in quarantine
	Lines    int      // bodies and broken lines
	Broken   int      // places that could not be read at all
	Source   string   // the file, for people
	Position Position // where the next batch begins; its File is empty if the log is not our own
}

// An Unread is a body that was not understood.
type Unread struct {
	Gateway    string // empty if the log does not say
	Raw        []byte
	Why        string
	ReceivedAt time.Time
}

// A Position is how far our own log was read: Offset is after the last line taken.
type Position struct {
	Host, File string
	Offset     int64
}

// A Tally is what became of receipts.
type Tally struct {
	Lines, Broken int // bodies and broken lines; the latter alone
	Receipts      int // the rest but Weak and Quarantined adds up to it; Weak are those of New that were joined by recipient and time

	New, Repeated, Weak, Orphan, Forged, Foreign, Reply, Quarantined int
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
