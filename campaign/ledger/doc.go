// Package ledger is siaran's own account book of every send: what was planned, tried and answered,
// what the gateways reported later, and who did what. It is SQLite, or PostgreSQL for several hosts,
// with one SQL text for both.
//
// "At most once" and "nothing lost" hang on this package. Everything else may be wrong about what has
// been sent and the fence still holds; everything else may die at any moment and the facts are here.
//
// # What is on disk
//
// A run is one row; its state is the only thing about it that changes. Its messages, one for each row of
// the file, are written before anything is sent and never change: each has its ref_id, which the
// ledger's key makes from run and row number alone. An attempt is one call for one message, numbered
// 1, 2, … within it; it is inserted as open and ended once. A receipt is inserted once, keyed by a
// digest of what it says. Everything a report says is folded from these four.
//
// # The fence
//
// Whoever wants to call a gateway inserts (run, seq, n) into attempt, whose primary key that is. If the
// row is there already, somebody else has it. The same transaction sees to it that
//
//   - the run is ready: after a pause or a cancel committed, nothing begins;
//   - the message has no receipt, no open attempt, and none that settled it;
//   - none of its addresses is suppressed (then the attempt is on disk as suppressed);
//   - the account's shared rate has a slot.
//
// Owners of runs (Own) only keep two processes from getting in each other's way. "At most once" never depends
// on them.
//
// # The line
//
// Guards look at what was sent and what is queued, and a person may think about their answer. So whoever becomes ready
// takes the next number (meta's "ready", whose row PostgreSQL locks), and says up to which number its guards had
// seen. If a run that could matter has a higher one, the plan is kept and the guards look again, outside of any
// transaction. So the one that makes a plan a run is short, whatever the size of the plan.
//
// # Group commit
//
// One goroutine writes. It gathers waiting Begins, Ends and small changes into one transaction, and whoever
// waits shares its sync (synchronous=FULL; PostgreSQL's synchronous_commit as the server has it). Requests
// are taken in the order they came, so a Begin is never durable before an End that was handed over
// earlier by the same process. No transaction is meant to hold the write lock for more than 50 ms:
// planning, receipts and purging go in batches. A locked database and a lost connection mean waiting;
// whoever waits for a Begin may give up by its context, and has begun nothing then. A full disk ends
// everything that waits with ErrFull, at once.
//
// A connection lost during COMMIT leaves open whether the transaction was committed. So on PostgreSQL every
// transaction of a writer leaves its number in a row of meta. After the reconnect the server is asked
// by transaction id until it is over, and the row tells whether it was committed (the id alone would
// not: a server that crashed gives the ids of what it lost to others). Only what was not committed is
// done again, so a Begin never meets its own row and takes it for somebody else's.
//
// SQLite's write-ahead log is copied into the database by another connection while the writer goes on (walLog).
//
// # The crash argument
//
// A process can die between any two of these points. What is on disk then, and what the next owner
// of the run does:
//
//	planning, between two batches     a run in state planning with some messages. Nobody sends from
//	                                  it. Its planner's lock is free: the next Plans.Start discards it.
//	before Ready commits              the same. Its number in the line and its action come with it.
//	after Ready commits               the run is ready and complete: the next send finds it by its
//	                                  identity. The unique index over the identity lets one of
//	                                  two planners be ready; the other discards its plan (ErrTaken).
//	before Begin commits              nothing: the message is still in the queue.
//	after Begin, before the first     an open attempt. Nobody can know that nothing left, so it
//	byte leaves                       becomes unknown: not sent again but by on_unknown or settle.
//	after the first byte, before an   the same, and rightly so.
//	answer is read
//	answer read, End not committed    the same: the answer is lost, a receipt may still tell it.
//	                                  At most the workers' calls and one group of Ends are lost so.
//	after End commits                 the outcome; the message goes on from there.
//	in the middle of a commit         the transaction is there whole or not at all.
//	receipts, between two batches     the position in the log stands before the batch that was not
//	                                  committed: it is read again, and repeated receipts are no-ops.
//
// Open attempts become unknown when a run's ownership is taken. On SQLite that is done at once, for the
// owner's lock on a file beside the ledger is freed by the kernel when the process dies, however it
// dies: who holds it is alone. On PostgreSQL a lost connection frees the lock while its owner may still
// be sending; there an open attempt is left alone until its due time by the database's clock (its begin,
// the account's timeout and 30 s), after which no End of it can be on its way from a living process.
//
// A late End may settle an unknown attempt, and so does a receipt, by the fold. Nothing else but a person's
// word (Settle) does. No run is done while an attempt is open.
//
// # Whose ledger
//
// A restored backup, a copy or a missing file would send again what was sent since. So a ledger has an
// id and a counter. Claim, at every send, raises the counter in the ledger first, then in a
// small file beside it (siaran.db.id). Another id there, no file, or a ledger behind its file is ErrCopied, until a
// person says Adopt. A crash between the two leaves the ledger ahead, which is harmless. PostgreSQL has no
// file beside it; the server's system identifier and the database's oid are compared with what the
// ledger noted when it was made.
//
// # Where addresses stand
//
// message has the addresses of its row, address has each of them once more, and is only looked up in, by address. One
// table would do: without the columns in message, or with a second index over run and row. Measured with 300,000 rows
// that index makes the ledger a fifth larger and a plan about a tenth dearer to write, and the queue and a report
// would join it for every row; while the two cannot disagree, for they are written in one transaction and never
// changed. So what is removed is removed by the messages.
//
// # Why two more columns and a table
//
// attempt.due_at is the due time named above; attempt.systemic marks the rows that are first in line on
// resume. alias holds the ids by which receipts are looked up when they don't carry our ref_id: an index over
// every attempt's gateway id would cost each send an insertion at a random place, and most gateways never
// use it.
package ledger
