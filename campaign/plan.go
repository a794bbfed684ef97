package campaign

// A Composer is a campaign compiled for its gateway and a heading: it knows where a row's addresses
// are and whether the row can be said in the gateway's form. Each gateway package has one. Its
// methods are called from several goroutines.
type Composer interface {
	// To returns the cell with the address of row on the i-th channel, and the heading it came
	// from (empty if it is text made of several). An error is a *RowError.
	To(row Row, i int) (cell Cell, column string, err error)
	// Check renders m and checks every value against template and gateway. An error is a
	// *RowError, the first thing wrong.
	Check(m Message) error
}
