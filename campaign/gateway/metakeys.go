package gateway

// MetaKeys are the sets of keys by which a body is known as Meta's own webhook: the wrapper around
// what it says.
func MetaKeys() [][]string { return [][]string{{"object", "entry"}} }
