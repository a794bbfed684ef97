package simulator

import (
	"strconv"
	"strings"
	"time"
)

// The statuses of receipts, from Sprint's page "Delivery Status".
const (
	delivered   = 1
	undelivered = 2
	pending     = 3
	unsent      = 4
	failed      = 5
	unknown     = 6
	opened      = 7
	clicked     = 8
	read        = 9
	spam        = 10
	bounced     = 11
	blacklisted = 12
	unused      = 14
)

// The prices of WhatsApp receipts, from the same page.
const (
	paid      = "PAID"
	free      = "FREE"
	onProcess = "ON PROCESS"
)

// backupMinute is how long a minute of backup_exp takes here.
const backupMinute = 50 * time.Millisecond

// An event is something that happens to a message on a channel, and is told in a receipt.
type event struct {
	kind   kind
	status int
	price  string // WhatsApp
	parts  int    // SMS
	after  time.Duration
}

// A chance is a word for what becomes of a message, and how many in a thousand meet it.
type chance struct {
	word  string
	share int
}

// What becomes of messages, in a thousand of each channel.
var chances = map[kind][]chance{
	whatsapp: {{"delivered", 351}, {"read", 429}, {"undelivered", 80}, {"failed", 20}, {"unsent", 20}, {"pending", 50}, {"unknown", 10}, {"silent", 40}},
	sms:      {{"delivered", 900}, {"undelivered", 45}, {"failed", 10}, {"unsent", 10}, {"pending", 20}, {"silent", 15}},
	email:    {{"delivered", 500}, {"opened", 300}, {"clicked", 110}, {"bounced", 40}, {"spam", 5}, {"blacklisted", 5}, {"unsent", 10}, {"pending", 15}, {"silent", 15}},
	line:     {{"delivered", 900}, {"failed", 40}, {"unsent", 20}, {"pending", 20}, {"silent", 20}},
}

// testFates are what the test numbers 62812999000NN ask for.
var testFates = map[string]string{
	"01": "read PAID", "02": "delivered FREE", "03": "delivered ON PROCESS PAID", "04": "delivered ON PROCESS",
	"05": "undelivered", "06": "failed", "07": "unsent", "08": "pending ON PROCESS", "09": "silent",
	"10": "recovered PAID", "11": "backwards PAID", "12": "delivered PAID FREE", "13": "odd",
}

// fate says what becomes of a message: everything its receipts will tell, in the order it happens.
func fate(seed uint64, m message) []event {
	var all []event
	fired, from := true, time.Duration(0)
	for _, b := range m.blocks {
		if m.backup && !fired {
			from += backupMinute
			all = append(all, event{kind: b.kind, status: unused, after: from})
			continue
		}
		d := newDice(seed, b.address, string(b.kind))
		events := b.events(b.word(&d), &d)
		for i := range events {
			events[i].after += from
		}
		all = append(all, events...)
		if m.backup {
			fired, from = b.fires(events, from)
		}
	}
	return all
}

// word chooses what becomes of the message on this channel.
func (b block) word(d *dice) string {
	if nn, ok := strings.CutPrefix(b.address, testFate); ok && testFates[nn] != "" {
		return testFates[nn]
	}
	if rest, ok := strings.CutPrefix(b.address, testWord); ok {
		word, _, _ := strings.Cut(rest, "@")
		if _, known := b.statuses(word); known {
			return word
		}
	}
	mix, ok := chances[b.kind]
	if !ok {
		mix = chances[line]
	}
	n := d.below(1000)
	for _, c := range mix {
		if n -= c.share; n < 0 {
			return c.word
		}
	}
	return "silent"
}

// statuses are what happens under a word; false if there is no such word.
func (b block) statuses(word string) ([]int, bool) {
	switch word {
	case "delivered":
		return []int{delivered}, true
	case "read":
		if b.kind != whatsapp {
			return []int{delivered}, true
		}
		return []int{delivered, read}, true
	case "opened":
		return []int{delivered, opened}, true
	case "clicked":
		return []int{delivered, opened, clicked}, true
	case "undelivered":
		return []int{undelivered}, true
	case "failed":
		return []int{failed}, true
	case "unsent":
		return []int{unsent}, true
	case "pending":
		return []int{pending}, true
	case "unknown":
		return []int{unknown}, true
	case "silent":
		return nil, true
	case "bounced":
		return []int{bounced}, true
	case "spam":
		return []int{delivered, spam}, true
	case "blacklisted":
		return []int{blacklisted}, true
	case "recovered":
		return []int{undelivered, delivered}, true
	case "backwards":
		return []int{read, delivered}, true
	case "odd":
		return []int{99}, true
	}
	return nil, false
}

// events dates what happens under a word: "delivered", or with prices "delivered ON PROCESS PAID".
func (b block) events(word string, d *dice) []event {
	word, prices, _ := strings.Cut(word, " ")
	statuses, _ := b.statuses(word)
	first, settled := readPrices(prices, d)
	events := make([]event, 0, len(statuses)+2)
	if len(statuses) > 0 && statuses[0] == delivered && prices == "" && d.below(20) == 0 {
		events = append(events, b.event(pending, onProcess, d.between(20*time.Millisecond, 60*time.Millisecond)))
	}
	at := d.between(60*time.Millisecond, 400*time.Millisecond)
	for _, s := range statuses {
		events = append(events, b.event(s, first, at))
		at += d.between(100*time.Millisecond, 900*time.Millisecond)
	}
	if n := len(events); b.kind == whatsapp && settled != "" && n > 0 && (events[n-1].status == delivered || events[n-1].status == read) {
		events = append(events, b.event(events[n-1].status, settled, at+d.between(200*time.Millisecond, time.Second)))
	}
	return events
}

// readPrices splits "ON PROCESS PAID" into the price now and the one that settles it; without prices
// it throws the dice.
func readPrices(s string, d *dice) (now, later string) {
	if s == "" {
		switch n := d.below(100); {
		case n < 60:
			return paid, ""
		case n < 78:
			return free, ""
		case n < 90:
			return onProcess, paid
		case n < 95:
			return onProcess, free
		}
		return onProcess, ""
	}
	for _, p := range []string{onProcess, paid, free} {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return p, strings.TrimSpace(rest)
		}
	}
	return "", ""
}

// event is one event of b; what is not delivered is not charged.
func (b block) event(status int, price string, after time.Duration) event {
	e := event{kind: b.kind, status: status, after: after, parts: b.parts}
	if b.kind != whatsapp {
		return e
	}
	switch status {
	case delivered, read, pending:
		e.price = price
	default:
		e.price = free
	}
	return e
}

// fires reports whether what happened on b turns to the backup, and when that is known.
func (b block) fires(events []event, from time.Duration) (bool, time.Duration) {
	last, at := pending, from
	if n := len(events); n > 0 {
		last, at = events[n-1].status, events[n-1].after
	}
	for _, o := range b.backupOn {
		if o.code == onDelivered {
			for _, e := range events {
				if e.status == delivered || e.status == read {
					return true, e.after
				}
			}
		}
		if o.code == backupCode(last) {
			return true, at + time.Duration(o.minutes)*backupMinute
		}
	}
	return false, at
}

// backupCode is the code of backup_on for a receipt's status: two lists with different numbers.
func backupCode(status int) int {
	switch status {
	case unsent:
		return onUnsent
	case undelivered:
		return onUndelivered
	case pending, unknown:
		return onPending
	case failed:
		return onFailed
	case spam:
		return onSpam
	case bounced:
		return onBounced
	case blacklisted:
		return onBlacklist
	}
	return 0
}

// codeSMS is the gateway's own id of a message.
func codeSMS(seed uint64, refID string) string {
	d := newDice(seed, refID)
	return strings.ToLower("c" + strconv.FormatUint(d.next(), 36))
}
