// Package dispatch is siaran's one loop: it hands the unsettled messages of a run to workers, the first one
// alone, and judges what comes back, until every message is settled or something says stop. It decides;
// getting things on disk, waiting for a token and calling the gateway are its Attempts, its Limiter and its
// Sender.
//
// # The crash argument
//
// The plan is fixed before the first send; after that only facts are added. The only things changed
// in place are the end of an attempt and the state of a run. A process may die at any of these points;
// what is on disk there decides what the next send does:
//
//	while planning            A run in planning, with some messages. Nothing was sent. The next send
//	                          discards it and plans again under a new id.
//	after ready               Every message and ref_id is on disk, no attempt. The next send finds the
//	                          run by its identity and begins with its first message.
//	while waiting for a token Nothing more is on disk than before. The next send begins the message.
//	in Begin, not committed   As above: the transaction never was.
//	Begin committed, no byte  An open attempt. Nobody can tell it from the next point, so the next owner
//	sent yet                  makes it unknown; it is not sent again unless a person or on_unknown: resend
//	                          says so. This is the price of never sending twice: at most one message a
//	                          worker, and as many that began ahead where no rate is set.
//	bytes sent, no answer     The same. A receipt that comes later proves it taken.
//	answered, End not         The same: the answer is lost with the process, the message is not.
//	committed
//	End committed             The outcome stands. Accepted, refused and suppressed are never begun again;
//	                          not taken is, while tries are left.
//	done not written          Every message is settled and the state is ready. The next send finds
//	                          nothing to begin and writes done.
//
// Three locks hold this up. The primary key of attempt (run, row, number) is the fence: whoever inserts
// it first sends, everybody else has lost. The owner's lock makes a second process on the same run give
// up early, and tells the next owner that open attempts have nobody who will end them. The unique index
// over a run's identity lets one of two plans become ready.
//
// A message that has a receipt is never sent: the gateway has it, whatever our attempts say.
//
// # Why a value and not an error for an answer
//
// What a gateway answers is the normal course of things, recorded for every attempt alike, so Sender
// returns an Answer whose Outcome is always set. Errors are for what stops the run: the disk, the ledger.
package dispatch
