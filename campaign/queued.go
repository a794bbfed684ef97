package campaign

import "time"

// A Queued message waits for its next attempt.
type Queued struct {
	Message
	Past
	NotTill time.Time // back-off; zero: at once
}
