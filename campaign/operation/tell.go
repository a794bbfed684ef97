package operation

import (
	"time"

	"siaran/campaign"
)

// A Teller is told how far an operation is: the terminal shows it, a service logs it.
type Teller interface{ Tell(e Event) }

// An Event is what an operation tells: one of the types below.
type Event interface{ event() }

type (
	// ReceiptsRead says how many receipts were new in the receipt log.
	ReceiptsRead struct{ New int }
	// Finishes says that an older run of the campaign is finished first.
	Finishes struct{ Run campaign.Run }
	// Finished says what that came to.
	Finished struct{ Result Result }
	// Expired says that an older run's unsent rows were given up.
	Expired struct {
		Run  campaign.Run
		Rows int
	}
	// LeftOut says how many rows are left out because they were sent before.
	LeftOut struct {
		Rows   int
		Within time.Duration
	}
	// ConductChanged says how the campaign's conduct changed since the run was planned.
	ConductChanged struct{ Changes []string }
	// GoesOn says that an unfinished run goes on.
	GoesOn struct{ Run campaign.Run }
	// Began says that sending begins, with so many messages left.
	Began struct {
		Run    campaign.Run
		Queued int
	}
	// AttemptEnded says how one attempt ended. It comes for every attempt, when that is on disk.
	AttemptEnded struct{ Answer campaign.Answer }
	// Slowed says that the gateway slowed the run down, or with no words that it no longer does.
	Slowed struct{ Words string }
	// WaitsForDead says that attempts of a sender that may have died are waited for.
	WaitsForDead struct{ For time.Duration }
	// Ended says that nothing more is sent.
	Ended struct{}
)

func (ReceiptsRead) event()   {}
func (Finishes) event()       {}
func (Finished) event()       {}
func (Expired) event()        {}
func (LeftOut) event()        {}
func (ConductChanged) event() {}
func (GoesOn) event()         {}
func (Began) event()          {}
func (AttemptEnded) event()   {}
func (Slowed) event()         {}
func (WaitsForDead) event()   {}
func (Ended) event()          {}
