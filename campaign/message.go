package campaign

import "time"

// A Message is what one recipient is to get: the row's cells and a ref_id. There is one for every data
// row, also for those that are not sent (Problem says why), so that every row is accounted for.
type Message struct {
	Run     string
	Seq     int    // the row's number in the file, the same in a resend
	RefID   string // fixed at planning, the same in every attempt
	Address string // the first channel's, normalised: E.164 digits without +, or an e-mail address or chat id
	Others  map[ChannelKind]string
	Cells   []Cell
	Digest  []byte // over addresses and cells: "the same message again"
	Problem *Problem
}

// To returns the address of the message on channel k; first is the campaign's first channel.
func (m Message) To(k, first ChannelKind) string {
	if k == first {
		return m.Address
	}
	return m.Others[k]
}

// Row returns the message's row as it was in the file.
func (m Message) Row() Row { return Row{Number: m.Seq, Cells: m.Cells} }

// A Problem is why a row was not to be sent, known at planning.
type Problem struct {
	Verdict Verdict `json:"verdict"` // VerdictRejected or VerdictDuplicate
	Column  string  `json:"column,omitempty"`
	Reason  string  `json:"reason"`
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

// A Run is one execution of one campaign over one file.
type Run struct {
	ID         string // six characters of Crockford base32, lower case
	Kind       RunKind
	Parent     string // the run this one re-sends rows of
	Campaign   string
	Account    string
	Gateway    string
	Live       bool // false: against a simulator; stays out of months, invoices and repeat guards
	FileName   string
	FileDigest string // SHA-256 of the file's bytes, hex: for people; identity is Digest
	Tab        string
	Digest     string // identity: name, content of the definition, account, content of the rows, --new-run's number
	Definition []byte // the campaign file's text as it was at planning
	Header     Header
	Rows       int // data rows, each of which has a message
	Hidden     int // hidden rows left out by policy
	Empty      int // empty rows
	State      RunState
	Reason     string // why it is paused, or waits
	PausedBy   string // who paused it; empty if the run paused itself
	CreatedAt  time.Time
	DoneAt     time.Time // zero until done or cancelled
	ExpiresAt  time.Time // valid_for's end; zero if none
}
