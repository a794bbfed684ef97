// Package campaign holds siaran's nouns and folds: what a row, a message, an attempt, a receipt, a history
// and a run is, and what follows from it. It does nothing and imports nothing else of siaran's: everything
// else points here.
//
// # The way of a row
//
//	 1  sheet.Rows            a Row is read, once
//	 2  planning.Planner      addresses normalised, values checked against template and gateway, duplicates and
//	                          what was sent before out: a Message, with a Problem if it is not to be sent
//	 3  ledger.Plan           messages and ref_ids are on disk, under state planning
//	 4  planning.Objections   the guards say what speaks against the plan; who runs the command answers
//	 5  ledger.Ready          makes the plan ready, if nothing that matters became ready meanwhile
//	 6  dispatch              hands unsettled messages to workers, the first one alone (the canary)
//	 7  ratelimit             waits for a token; nothing has begun
//	 8  ledger.Begin          the attempt is on disk as open before the call
//	 9  gateway               renders, signs, waits with a connection for its slot, POSTs; its Answer decides
//	10  ledger.End            the outcome is on disk
//	11  webhook, receiptlog   hours later: a receipt's body is appended and synced, then answered
//	12  ledger.Receive        parsed, joined by ref_id, stored once
//	13  History.Verdict       one word for the row
//	14  reports, workbook     the row again, with what became of it
//
// A bad row is a line in the report, never the end of the run. A row's path goes one way.
//
// # The states of a run
//
//	planning → ready ⇄ paused → done | cancelled
//
// A run that is planning has sent nothing and is discarded when its process is gone. Ready means "may
// be worked on": being interrupted, or waiting, is ready with a reason. A run that paused itself (the
// gateway refuses everything) has an empty paused_by, and the next send resumes it; what a person
// paused, only a person resumes. Done and cancelled are final.
package campaign
