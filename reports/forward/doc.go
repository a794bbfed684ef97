// Package forward passes other systems' receipts on. Several systems often share one webhook at a gateway:
// what is not ours goes where it went before.
//
// It works from the receipt log and imports no reader of it: whoever wires the program hands in the log.
package forward
