package campaign

import "time"

// A Person is who did something, or the timer that did it for them, and where.
type Person struct {
	Who  string // the operating system's account
	Host string // empty: the ledger's own
}

// By returns who did it where: who@host.
func (p Person) By() string { return p.Who + "@" + p.Host }

// Did is the action of p that is about run, or about none.
func (p Person) Did(what Deed, run, options, why string) Action {
	return Action{Person: p, What: what, Run: run, Options: options, Why: why}
}

// An Action is something a person or a schedule did.
type Action struct {
	Person
	At      time.Time // zero: now
	What    Deed
	Run     string // empty if it was about none
	Options string // how, as JSON or words; no credential
	Why     string
}

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
