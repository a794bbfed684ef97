package campaign

import "time"

// An Action is something a person or a schedule did.
type Action struct {
	At      time.Time // zero: now
	Who     string
	Host    string // empty: this one
	What    Deed
	Run     string // empty if it was about none
	Options string // how, as JSON or words; no credential
	Why     string
}

// By returns who did it where: who@host.
func (a Action) By() string { return a.Who + "@" + a.Host }

// A Deed is what was done, in one word.
type Deed string

// The deeds.
const (
	DeedPlan     Deed = "plan"
	DeedSend     Deed = "send" // an unfinished run was gone on with
	DeedConduct  Deed = "conduct"
	DeedExpire   Deed = "expire"
	DeedSettle   Deed = "settle"
	DeedSuppress Deed = "suppress"
	DeedImport   Deed = "import"
	DeedAdopt    Deed = "adopt"
	DeedBackup   Deed = "backup"
)
