// Package operation is siaran's use-cases: values in, a result out. It prints nothing, asks nothing and reads no
// environment; a terminal, a service and a worker call the same operations.
package operation
