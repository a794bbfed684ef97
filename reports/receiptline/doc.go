// Package receiptline reads one line of a receipt log, ours or anybody's: the body of a receipt with what is
// known of its origin. It finds where a body ends, whose it is, and brings what it says to a ledger.
//
// # Why a package of its own
//
// Three packages read such lines and none of them may import another: receiptlog (our own log), receiptfile
// (anybody's files) and forward (passing on what is not ours). "Our own logs and anybody else's are read by
// the same code" holds because that code is here, below all three.
//
// # Why a scanner of our own
//
// A receipt is evidence and has to stay as it came: key order, spelling of numbers, repeated keys. A
// decoder keeps none of these, and most take garbage after the value. The scanner here only finds where
// a value ends, strictly by RFC 8259, and allocates nothing.
package receiptline
