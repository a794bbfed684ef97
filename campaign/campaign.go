package campaign

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// A Campaign is the definition: what to send, to whom, how. Package definition reads it from a file
// and fills in every default, so the zero values below are what the file said, not "unset".
//
// Texts marked "template" may contain {{column | filter}}; package template compiles them.
type Campaign struct {
	Name    string // [a-z0-9-], at most 40
	Account string
	Source  string // the campaign file's path, for messages
	Text    []byte // the campaign file's text

	// The file.
	File       string // path, made absolute; "-" is standard input
	Tab        string // empty: the first visible one
	HeaderRow  int    // 0: found
	Encoding   string // text files: "" is UTF-8 (UTF-16 by its BOM)
	Country    string // ISO 3166, how local numbers are read
	Numbers    string // "", "id" or "en": how amounts in text are read; "" rejects them where a number is wanted
	Language   string // month names, and the template's language where a gateway wants one
	Columns    map[string]string
	HiddenRows HiddenRows
	Duplicates Duplicates

	// What is sent.
	Subject    string // template
	SenderID   string // template; empty: the account's
	BudgetCode string // template
	Send       SendMode
	Channels   []Channel // in order; the first's address decides duplicates

	// Conduct: may change while a run goes on.
	Purpose      Purpose
	Expect       Expect
	Unfinished   string // refuse, finish-first, expire
	Repeat       string // ask, skip, allow
	RepeatWithin time.Duration
	Rate         Rate // zero: the account's
	Workers      int  // 0: from the rate
	Retry        Retry
	OnUnknown    OnUnknown
	Outage       time.Duration // how long to probe a gateway that is down; ProbeOn: until the end
	ValidFor     time.Duration // 0: for ever

	// Content is the canonical JSON of everything that is not conduct. Two definitions with equal
	// Content send the same.
	Content []byte
}

// ContentDigest returns SHA-256 over Content, hex.
func (c *Campaign) ContentDigest() string {
	sum := sha256.Sum256(c.Content)
	return hex.EncodeToString(sum[:])
}

// ProbeOn as Campaign.Outage means: probe until valid_for ends, or 12 hours.
const ProbeOn time.Duration = -1

// HiddenRows is the policy for hidden rows.
type HiddenRows string

// The policies for hidden rows.
const (
	HiddenRefuse  HiddenRows = "refuse"
	HiddenSkip    HiddenRows = "skip"
	HiddenInclude HiddenRows = "include"
)

// Duplicates says which rows are the same recipient, and which of them is kept.
type Duplicates struct {
	Same []string // short names or headings; "address" is the first channel's normalised address
	Keep string   // first, last, all, refuse
}

// SendMode says how several channels of one message work together.
type SendMode string

// The send modes.
const (
	SendSingle        SendMode = "single"
	SendPrimaryBackup SendMode = "primary-backup"
	SendAll           SendMode = "all"
)

// Purpose decides which suppressions apply: those for marketing, or only those for all.
type Purpose string

// The purposes. PurposeAll is only used for suppressions.
const (
	PurposeMarketing Purpose = "marketing"
	PurposeService   Purpose = "service"
	PurposeAll       Purpose = "all"
)

// OnUnknown says what to do with a row whose attempt ended unknown.
type OnUnknown string

// The policies for unknown attempts.
const (
	UnknownHold   OnUnknown = "hold"
	UnknownResend OnUnknown = "resend"
)

// Expect are the limits past which a run needs a person. Zero values do not limit.
type Expect struct {
	RowsMin, RowsMax int
	Rejected         Share // more than this is exit 5; up to it is no fault
	Cost             Money // the dearest estimate, in the account's currency
	FileAge          time.Duration
}

// Share is a part of the rows, as a count or in per cent; Set is false if none was given.
type Share struct {
	Set     bool
	Count   int     // used if PerMille is 0
	Percent float64 // 1 for 1%
	IsPct   bool
}

// Allows reports whether n of total is within s.
func (s Share) Allows(n, total int) bool {
	switch {
	case !s.Set:
		return n == 0
	case s.IsPct:
		return float64(n)*100 <= s.Percent*float64(total)
	default:
		return n <= s.Count
	}
}

// Kinds are the channels that a message of c uses, in order.
func (c *Campaign) Kinds() []ChannelKind {
	kinds := make([]ChannelKind, len(c.Channels))
	for i, ch := range c.Channels {
		kinds[i] = ch.Kind
	}
	return kinds
}
