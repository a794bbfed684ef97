package gateway

// A NotOursError says that a body is no receipt of the gateway: it is kept as it came and can be read
// again by a later version.
type NotOursError struct {
	Gateway string
	Why     string // never a part of the body
}

func (e *NotOursError) Error() string {
	return "no receipt of " + e.Gateway + ": " + e.Why
}
