package main

import (
	"fmt"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/operation"
)

// A sendView is what a terminal shows of a send. It is the operation's Teller.
type sendView struct {
	ui      *ui
	zone    *time.Location
	account campaign.Account
	command string // the campaign's file, as it was given
	bar     *progress
	worst   int // the exit code of the older runs that were finished first
}

// Tell shows what happens.
func (v *sendView) Tell(e operation.Event) {
	ui := v.ui
	switch e := e.(type) {
	case operation.ReceiptsRead:
		noteReceipts(ui, e.New)
	case operation.Finishes:
		ui.Note("run %s of %s is unfinished: it is finished first", e.Run.ID, v.when(e.Run))
	case operation.Finished:
		v.show(e.Result)
		ui.JSON(e.Result.Summary)
		v.worst = max(v.worst, resultExit(e.Result))
	case operation.Expired:
		ui.Note("run %s of %s: %s not sent, expired", e.Run.ID, v.when(e.Run), plural(e.Rows, "row"))
	case operation.LeftOut:
		ui.Note("%s left out: sent already, within %s (repeat: allow in the campaign sends to them again)", plural(e.Rows, "row"), span(e.Within))
	case operation.ConductChanged:
		ui.Note("changed since planning: %s", strings.Join(e.Changes, "; "))
	case operation.GoesOn:
		ui.Note("run %s goes on where it stopped", e.Run.ID)
	case operation.WaitsForDead:
		ui.Note("waiting %s: whether a sender that died had sent some messages is not decided before", span(e.For))
	case operation.Began:
		busy()
		v.bar = newProgress(ui, e.Run, e.Queued)
	case operation.AttemptEnded:
		v.bar.Ended(e.Answer)
	case operation.Slowed:
		v.bar.Slowed(e.Words)
	case operation.Ended:
		v.bar.Close()
	}
}

func (v *sendView) when(run campaign.Run) string {
	return run.CreatedAt.In(v.zone).Format("2 Jan 15:04")
}

// show prints what became of a run.
func (v *sendView) show(r operation.Result) {
	ui, sum := v.ui, r.Summary
	if r.Finished {
		ui.Say("Run %s of this campaign with this file was sent already, on %s. Nothing to do.", r.Run.ID, r.Run.CreatedAt.In(v.zone).Format("2 Jan 2006 15:04"))
		ui.Say("To send it again on purpose, with new ref_ids: siaran send --new-run %s (repeat: says what becomes of rows sent lately)", v.command)
	}
	ui.Say("")
	ui.Say("Run %s, %s: %s", sum.Run, live(r.Run.Live), stateWords(sum))
	showSummary(ui, sum)
	switch campaign.RunState(sum.State) {
	case campaign.StatePaused:
		ui.Hint("the gateway's words: " + sum.Reason + "\nno row was lost: when that is mended, the same siaran send goes on")
	case campaign.StateReady:
		ui.Hint("the same siaran send goes on where this one stopped")
	case campaign.StateDone, campaign.StateCancelled, campaign.StatePlanning:
		ui.Say("Next: siaran report %s", sum.Run)
	}
}

func stateWords(sum operation.Summary) string {
	if sum.Reason == "" {
		return sum.State
	}
	return fmt.Sprintf("%s (%s)", sum.State, sum.Reason)
}
