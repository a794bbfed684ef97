// Package receiptlog keeps our own append-only log of receipts, and reads it.
//
// # The log
//
// One file a day and host, HOST-2026-11-21.jsonl (the day in UTC), JSON lines:
//
//	{"at":"2026-11-21T13:00:00.123456Z","gateway":"sandeza","body":{…}}
//	{"at":"2026-11-21T13:00:00.123461Z","gateway":"sandeza","text":"…"}
//
// body is the receipt as it came, byte for byte but for line breaks between its tokens; text is what
// came instead of JSON.
//
// # The crash argument
//
// Append returns after a sync that began after its whole line was written. So every line whose Append
// returned nil is complete on disk, whatever is killed afterwards. A line that was cut off (a crash, a
// full disk) was never acknowledged. It has no line feed at its end, and nothing is ever appended to it:
// it is cut away while its writer lives, and ended with a line feed by the next one. Complete lines are
// never taken back, even when their sync failed, because a reader may have read them: the gateway comes
// again, and a repeated receipt changes nothing. Readers take complete lines only; empty lines mean
// nothing.
//
// # Reading
//
// A Folder yields complete lines from any place on; a Feeder brings what is new to the ledger, each line
// once. What a line says is package receiptline's to tell, and anybody else's files are read by package
// receiptfile.
package receiptlog
