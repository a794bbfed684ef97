// Package webhook takes receipts over HTTP.
//
// Three things happen to a receipt here: it is limited, appended to the log with a shared sync, and
// answered. Nothing is read out of it before it is stored, so no body, however odd, can be lost to a
// parser; the log is read by others, later.
//
//	POST /receipts/NAME/SECRET   NAME is a gateway or a custom format
//	200  it is safely stored
//	400  it is not JSON; stored all the same, for a person to look at
//	404  wrong path or secret, or an address that is not allowed; nothing is stored
//	405  another method
//	408  the body did not come whole; nothing is stored
//	413  over 1 MiB; nothing is stored
//	503  it cannot be stored now: come again
//
// None of the gateways signs its receipts. What keeps strangers out is the secret in the path, compared in
// constant time, and the networks in listen.allow; what they could do with both is made visible by the
// code in every ref_id that only we can make.
package webhook
