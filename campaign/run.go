package campaign

import "time"

// Final reports whether nothing more is sent of a run in state s.
func (s RunState) Final() bool { return s == StateDone || s == StateCancelled }

// A Run is one execution of one campaign over one file.
type Run struct {
	ID            string // six characters of Crockford base32, lower case
	Kind          RunKind
	Parent        string // the run this one re-sends rows of
	Campaign      string
	Account       string
	Gateway       string
	Live          bool // false: against a simulator; stays out of months, invoices and repeat guards
	FileName      string
	FileDigest    string // SHA-256 of the file's bytes, hex: a short cut to identity, never identity itself
	Tab           string
	ContentDigest string        // Campaign.ContentDigest
	RowsDigest    string        // over heading and rows' content, hex; empty while that is not known
	Again         int           // counts --new-run
	Ready         int64         // its number in the line of all that became ready; 0 until then
	Definition    []byte        // the campaign file's text as it was at planning
	Channels      []ChannelKind // those a message is to use, in order
	Tries         int           // how many counted tries a message has: Retry.Attempts
	Header        Header
	Rows          int // data rows, each of which has a message
	Hidden        int // hidden rows left out by policy
	Empty         int // empty rows
	State         RunState
	Reason        string // why it is paused, or waits: for people
	PausedBy      string // who paused it; empty if the run paused itself
	CreatedAt     time.Time
	DoneAt        time.Time // zero until done or cancelled
	ExpiresAt     time.Time // valid_for's end; zero if none
}

// A RunKind says why a run exists.
type RunKind string

// The kinds of run.
const (
	KindSend     RunKind = "send"
	KindResend   RunKind = "resend"
	KindTest     RunKind = "test"
	KindImported RunKind = "imported"
)

// A RunState is where a run stands. Done and cancelled are final.
type RunState string

// The states of a run.
const (
	StatePlanning  RunState = "planning"
	StateReady     RunState = "ready"
	StatePaused    RunState = "paused"
	StateDone      RunState = "done"
	StateCancelled RunState = "cancelled"
)

// An Identity is what makes a run the same run. Two identities are compared with ==.
type Identity struct {
	Campaign      string
	Account       string
	ContentDigest string // what is sent: Campaign.ContentDigest
	RowsDigest    string // to whom, with which values
	Again         int    // counts --new-run
	Parent        string // corrected rows are compared within the run that rejected them
}

// Identity returns what r is compared by.
func (r Run) Identity() Identity {
	return Identity{
		Campaign: r.Campaign, Account: r.Account, ContentDigest: r.ContentDigest, RowsDigest: r.RowsDigest, Again: r.Again, Parent: r.Parent,
	}
}

// A FileIdentity is what a run can be known by before its file is read: the same bytes give the same rows.
type FileIdentity struct {
	Campaign      string
	Account       string
	ContentDigest string
	FileDigest    string // SHA-256 of the file's bytes, hex
	Tab           string // empty: any
	Parent        string
}

// A Ready is what is known of a plan once it is whole, and what its guards had seen.
type Ready struct {
	Rows, Hidden, Empty int       // the counts of the file
	RowsDigest          string    // empty: what the run was planned with
	Again               int       // 0: what the run was planned with
	ExpiresAt           time.Time // zero: what the run was planned with
	Action              Action    // who planned it; recorded with it or not at all. Its Run may be left empty
	Seen                int64     // the last number in the line when the guards looked
	Any                 bool      // the guards looked at rows of other campaigns, too
}
