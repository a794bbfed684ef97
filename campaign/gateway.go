package campaign

import "slices"

// A Gateway is what must be known of a provider's API by those who never speak to it: plain data, by which
// siaran.yaml is checked and receipts find their messages.
type Gateway struct {
	Name    string       // as accounts, receipts and paths name it
	Account *AccountKeys // nil: it only reports, and no account can be at it
	Zone    string       // of its receipts' times that name none: +07:00, or a name; empty is UTC
	IDs     ReceiptIDs
}

// AccountKeys are the keys that a gateway's accounts have in siaran.yaml beside those that all have: username,
// password, token, sender_id, originator, api and auth_url are known. A sender_id may be the campaign's instead.
type AccountKeys struct {
	Takes []string // all of them, in the order in which they are told
	Must  []string // those of Takes that may not be left out
}

// ReceiptIDs say what the gateway's own ids in receipts are good for, where our ref_id is missing.
type ReceiptIDs string

// The kinds of ids in receipts.
const (
	IDsUnknown   ReceiptIDs = ""         // they join nothing
	IDsOfAnswers ReceiptIDs = "answers"  // the id is the one that the gateway gave in its answer when the message was sent
	IDsOfOthers  ReceiptIDs = "receipts" // the id is another, which is known once a receipt brought it together with our ref_id
)

// FindGateway returns the gateway of that name.
func FindGateway(all []Gateway, name string) (Gateway, bool) {
	i := slices.IndexFunc(all, func(g Gateway) bool { return g.Name == name })
	if i < 0 {
		return Gateway{}, false
	}
	return all[i], true
}
