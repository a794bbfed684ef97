package receiptfile

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"siaran/campaign"
	"siaran/reports/receiptline"
)

// A Format is a custom form of receipts, as somebody set it up in a gateway's portal or as a portal
// exports it: our key → theirs. It reads JSON bodies, and tables by their headings.
type Format struct {
	Gateway string // whose receipts these are
	Channel string // whatsapp, sms …; empty if that is the run's only channel
	ID      string // the key or heading with our ref_id; empty if GatewayID or Recipient has to do. A key in an inner object is written outer.inner
	Status  string // … with the gateway's word
	Time    string // … with the time; empty if there is none
	Layout  string // in Excel's patterns: dd/mm/yyyy hh:mm:ss; unix, unix_ms; empty is RFC 3339
	Zone    string // +05:30 or Asia/Jakarta; empty is UTC
	Words   map[string]string

	// Keys that may be there or not.
	Recipient string // … with the number or address
	Reason    string // … with the gateway's words on a failure
	GatewayID string // … with the gateway's own id
	Parts     string // … with the number of SMS parts
}

// A Reader reads receipts of a Format. It may be used from several goroutines.
type Reader struct {
	Format
	time timeForm
	word map[string]campaign.Delivery // by the word in lower case
}

// Compile checks f, once. Its errors name the key of f.
func (f Format) Compile() (*Reader, error) {
	if f.ID == "" && f.GatewayID == "" && f.Recipient == "" || f.Status == "" {
		return nil, errors.New("id and status are needed: name the keys that hold them (gateway_id or recipient may stand for id)")
	}
	r := &Reader{Format: f, word: map[string]campaign.Delivery{}}
	var err error
	if r.time, err = newTimeForm(f.Layout, f.Zone); err != nil {
		return nil, err
	}
	known := []campaign.Delivery{
		campaign.DeliveryPending, campaign.DeliverySent, campaign.DeliveryDelivered, campaign.DeliveryRead,
		campaign.DeliveryClicked, campaign.DeliveryUndelivered, campaign.DeliveryUnused, campaign.DeliveryOther,
	}
	for _, d := range known {
		r.word[string(d)] = d
	}
	for theirs, ours := range f.Words {
		if !slices.Contains(known, campaign.Delivery(ours)) {
			return nil, fmt.Errorf("words: %s: %q is none of pending, sent, delivered, read, clicked, undelivered, unused, other", theirs, ours)
		}
		r.word[strings.ToLower(theirs)] = campaign.Delivery(ours)
	}
	return r, nil
}

// Keys are those by which a body is recognised as one of r's.
func (r *Reader) Keys() [][]string {
	top := func(key string) string { before, _, _ := strings.Cut(key, "."); return before }
	return [][]string{{top(cmp.Or(r.ID, r.GatewayID, r.Recipient)), top(r.Status)}}
}

// ParseReceipts reads one JSON object with r's keys, spelled as in the format. A word that the format
// does not have is kept as other, unless it is one of ours. Other keys are ignored; the same key twice
// is an error, for nobody can say which of them counts.
func (r *Reader) ParseReceipts(body []byte) ([]campaign.Receipt, error) {
	var row tableRow
	for i, key := range r.columns() {
		if key == "" {
			continue
		}
		said, err := lookup(body, key)
		if err != nil {
			return nil, err
		}
		*row.cells()[i] = said
	}
	if err := r.complete(row); err != nil {
		return nil, err
	}
	out := campaign.Receipt{
		RefID: row.ID, Gateway: r.Gateway, Channel: campaign.ChannelKind(r.Channel),
		Word: row.Status, Delivery: campaign.DeliveryOther, Reason: row.Reason, GatewayID: row.GatewayID,
		Recipient: strings.TrimPrefix(strings.TrimSpace(row.Recipient), "+"),
	}
	if d, ok := r.word[strings.ToLower(strings.TrimSpace(row.Status))]; ok {
		out.Delivery = d
	}
	if n, err := strconv.Atoi(row.Parts); err == nil && n > 0 && n <= maxParts {
		out.Parts = n
	}
	if row.Time != "" {
		at, err := r.time.parse(row.Time)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Time, err)
		}
		out.At = at
	}
	return []campaign.Receipt{out}, nil
}

// maxParts is how many parts one SMS can have.
const maxParts = 255

// columns are the keys in the order of a tableRow's cells; empty for what the format does not have.
func (r *Reader) columns() [7]string {
	return [...]string{r.ID, r.Status, r.Time, r.Recipient, r.Reason, r.GatewayID, r.Parts}
}

// complete is an error if row does not say whose message it is about, or what became of it.
func (r *Reader) complete(row tableRow) error {
	blank := func(s string) bool { return strings.TrimSpace(s) == "" }
	if blank(row.Status) || blank(row.ID) && blank(row.GatewayID) && blank(row.Recipient) {
		return fmt.Errorf("%s or %s is missing or empty", cmp.Or(r.ID, r.GatewayID, r.Recipient), r.Status)
	}
	return nil
}

// lookup returns a text, or a number with the digits it was written with; empty if there is no such key
// or it is null. A key that is there as written comes before a path.
func lookup(body []byte, key string) (string, error) {
	v, err := receiptline.Member(body, key)
	if err != nil {
		return "", err
	}
	if outer, inner, ok := strings.Cut(key, "."); v == nil && ok {
		if v, err = receiptline.Member(body, outer); err != nil || len(v) == 0 {
			return "", err
		}
		if v[0] != '{' {
			return "", nil
		}
		return lookup(v, inner)
	}
	switch {
	case v == nil || v[0] == 'n':
		return "", nil
	case v[0] == '"':
		s, ok := receiptline.Unquote(v)
		if !ok {
			return "", fmt.Errorf("%s is no text", key)
		}
		return s, nil
	case v[0] == '{' || v[0] == '[':
		return "", fmt.Errorf("%s is neither text nor number", key)
	}
	return string(v), nil
}
