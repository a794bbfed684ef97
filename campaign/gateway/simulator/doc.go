// Package simulator holds gateways to run against on loopback: strict about the protocol, with
// faults, and reporting back. It sends nothing to anybody.
//
// It is a second reading of the gateways' documents. It shares no code with the packages that speak
// to the gateways, so that a mistake in one of them is not repeated here.
//
// # Sandeza
//
// POST /json/send/cgw takes one message as Sprint's pages "Description Parameter", "Single
// Channels", "Send All Channel" and "Send Primary Backup" describe it, and answers as "JSON
// Response" does: always HTTP 200 with rc, ref_id, code_sms and reason_status. Receipts follow as on
// "Delivery Status". GET /counts tells what was seen so far, as JSON.
//
// A request is looked at in this order; the first thing wrong decides:
//
//	rc 1   not JSON, a key twice, an unknown key, a missing one, a wrong type or value
//	rc 24  subject over 99, budget_code over 180, ref_id over 50 characters; more sections,
//	       products, cards or buttons than allowed; a section title over 24 characters
//	rc 22  subject or sender_id beyond letters, digits and blanks; budget_code beyond these and
//	       - _ . / ; a line break, a tab or five blanks in a WhatsApp parameter; HTML in a chat message
//	rc 9   a ref_id beyond a-z, 0-9 and hyphens
//	rc 5   unknown username
//	rc 4   signature is not the lower-case hex of SHA-256 over username, password and time
//	rc 11  time more than 15 minutes from ours
//	rc 6   the caller's address is not on the account's list
//	rc 8   sender_id is not the account's
//	rc 2   a channel that does not exist; a template_id that is not the account's
//	rc 10  authentication template: the OTP in the message differs from the one in the button
//	rc 3   a recipient that is no mobile number, e-mail address or chat id
//	rc 23  a number of a country that is not open to the account
//	rc 21  the recipient opted out
//	rc 9   a ref_id that was taken before
//	rc 7   credit is used up: one token a channel, for SMS one a part
//
// With no accounts in the settings any username is taken, signatures are checked only for their
// form, and senders, templates and credit are unlimited; time is always checked. Without accounts
// and with them, these names stand for trouble: username "sim-unknown" (rc 5), "sim-blocked" (rc 6),
// "sim-broke" (rc 7), sender_id "SIM UNKNOWN" (rc 8), template_id "sim_missing" (rc 2). A template_id
// that begins with "otp_" or "auth_" is an authentication template.
//
// # What becomes of a message
//
// It follows from the seed, the recipient and the channel alone, so that a second run of the same file
// tells the same story. Of WhatsApp messages 78 % are delivered and 55 % of these read; 12 % are
// undelivered, failed or unsent; 6 % stay pending or unknown; of 4 % nothing is ever heard. A
// delivered one is PAID, FREE, or ON PROCESS and mostly settled by a later receipt. SMS carry
// counter_message. E-mails are opened, clicked, bounced, spam, blacklisted. Type 1 turns to the
// backup where backup_on names what became of the primary (a minute of backup_exp takes 50 ms here);
// a backup that was not needed gets status 14.
//
// Test numbers end otherwise, whatever the seed. 62812999000NN:
//
//	01 delivered, read, PAID         08 pending for ever
//	02 delivered, FREE               09 silent: no receipt
//	03 ON PROCESS, later PAID        10 undelivered, later delivered
//	04 ON PROCESS for ever           11 read, then a late delivered
//	05 undelivered                   12 delivered PAID, later the same FREE
//	06 failed                        13 a status that does not exist (99)
//	07 unsent
//
// A number 62812999100NN is answered with rc NN. An e-mail address or chat id that begins with
// "sim-" and one of delivered, read, opened, clicked, undelivered, failed, unsent, pending, silent,
// bounced, spam, blacklisted, recovered ends so: sim-bounced@example.test; sim-rc21 is answered with
// rc 21.
//
// # Faults
//
// ParseFaults has the grammar. At most one fault meets a request; which one follows from the seed and
// the request's number. Latency is beside that. A message counts as taken when it would be
// delivered, whatever its sender was told.
//
// # The record
//
// One line of JSON a request, written before its answer leaves:
//
//	at       when it arrived, UTC with microseconds
//	n        1, 2, … in the order of arrival
//	ref_id   empty where none could be read
//	times    which request with this ref_id it is
//	channel  the keys under channel, in their order
//	rc       as decided; empty where the fault left nothing to decide
//	http     the status of the answer; 0: no answer
//	took     whether the message counts as taken
//	fault    reset-before, 429, rc=8, …; empty: none
//	why      what was wrong, by key, never by value: channel.sms.txt: unknown key
//	body     the request; text instead where it was not JSON
package simulator
