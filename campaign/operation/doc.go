// Package operation is what siaran does, use-case by use-case: values in, a result out. It prints nothing, asks
// nobody and reads no environment, so that a terminal, a service and a worker can call the same operations.
package operation
