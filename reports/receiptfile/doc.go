// Package receiptfile reads anybody's receipt logs and exports, and brings them to a ledger.
//
// Read goes by content: our own log, JSON lines, arrays, bodies one after the other or one to a file,
// tables with mapped columns (.csv, .xlsx), and any of these compressed. A line that is broken is
// told as a *receiptline.BrokenLine, and reading goes on with the next one. Parsers are handed in: this
// package knows no gateway.
package receiptfile
