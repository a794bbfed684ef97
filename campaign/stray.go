package campaign

import "time"

// A StrayKind says why a receipt, or a text that should have been one, belongs to no message.
type StrayKind string

// The kinds of stray, in the order in which they are shown.
const (
	StrayOrphan      StrayKind = "orphan"      // our id, or a plausible match, but no message here
	StrayForged      StrayKind = "forged"      // our form and run, not our making
	StrayForeign     StrayKind = "foreign"     // somebody else's traffic
	StrayReply       StrayKind = "reply"       // a person's answer
	StrayQuarantined StrayKind = "quarantined" // could not be read
)

// StrayKinds are all of them.
var StrayKinds = []StrayKind{StrayOrphan, StrayForged, StrayForeign, StrayReply, StrayQuarantined}

// A Stray is a receipt that belongs to no message, or a text that is none.
type Stray struct {
	Kind    StrayKind
	Run     string // the run its id names, if any
	Receipt Receipt
	Raw     []byte
	Why     string
	SeenAt  time.Time
}

// StrayCounts says how many strays of each kind there are.
type StrayCounts map[StrayKind]int
