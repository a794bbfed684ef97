// Package gateway is what gateways share: the HTTP call and what it came to, request bodies compiled from
// a campaign, and the shape of Meta's receipts, which more than one gateway passes on.
//
// # How to add a gateway
//
// A gateway is a package below this one, named as accounts name it (gateway: NAME). It speaks to the vendor
// both ways and to nobody else: it may import campaign, campaign/template and this package.
//
//  1. spelling.go: the vendor's spellings and limits as constants, each with the page that it comes from. Where
//     the vendor is silent, a decision stands here, and why. A vendor's code lists become types of their
//     own; its words never leave the package but as Code, Reason and Word.
//  2. New returns a Compiled: Settings and CompileTargets for the addresses (embed Targets, and its To is
//     there), a Builder for the body. What is the same for every row is checked in New; its error says all that
//     is wrong, each with what to change. What a row brings is checked by the rules of its Field, as a
//     *campaign.RowError with the column and a way out.
//  3. Check is Payload.Check, and what concerns more than one value. Body and Text show a message: the request
//     (with "***" for what differs between attempts), and what its recipient reads.
//  4. Send renders, signs and calls Post, once. It reads the vendor's own answer from x.Body with
//     ParseObject; a readable answer decides, whatever the HTTP status. A yes needs our ref_id. For everything
//     else it returns Classify. What the vendor says goes through Redact before it becomes a Reason.
//  5. ParseReceipts reads one webhook body into receipts and keeps what it does not know as
//     campaign.DeliveryOther; a *NotOursError says that the body is somebody else's.
//  6. A test runs gatewaytest.Run: the table that all gateways pass. Golden files of request bodies are
//     written by hand from the vendor's pages, never by the encoder.
//  7. Descriptor tells the rest of the program all of this, and what settings and ledger must know of it as
//     plain data (campaign.Gateway). It is a line in operation.Gateways; no other file knows the name.
//  8. The simulator gets a strict imitation, written from the vendor's pages and not from the package.
//
// A gateway that only reports has neither New nor what belongs to it: see Meta.
//
// # Why unknown is the answer to doubt
//
// A message that is sent twice cannot be taken back, and one that is not sent can be sent later. So only what
// surely did not reach the gateway is "not taken": the call ended before a byte of it was written, or the
// gateway says so (429, 503, its own word). Whatever else goes wrong is unknown, and is not sent again by
// itself.
package gateway
