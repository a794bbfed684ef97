// Package operation is what siaran does: one use-case a file, values in, a result out.
//
// It prints nothing, asks nothing and reads no environment: clock, person, host and standard input are values
// of a request, and so is an answer that a person gave. The terminal, a service, a worker and a console call
// the same operations. A use-case is a function, or a type with its file; there is no type that all of them
// hang on. Where one takes long, it tells how far it is by an interface of one method that stands beside it.
//
// Whoever calls opens the ledger, once, and hands it in. What a caller decides by the kind of an error is an
// Error, a package's own type (sheet.Error, definition.Error), or one of the ledger's sentinels.
package operation
