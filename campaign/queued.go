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
