package sandeza

import (
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"strings"
	"sync/atomic"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway"
)

// A Gateway is one campaign compiled for one account at Sandeza and one heading. It is a
// gateway.Compiled.
type Gateway struct {
	gateway.Targets
	payload  *gateway.Payload
	readings []reading
	checks   []check
	sms      *gateway.Field         // the text of the SMS; nil: the campaign has none
	kinds    []campaign.ChannelKind // in the campaign's order
	backup   bool                   // send: primary-backup

	name    string // the account's
	url     string
	timeout time.Duration
	client  *http.Client
	now     func() time.Time
	sign    signer
	private []string // credentials, to be kept out of what the gateway says

	size   atomic.Int64 // of a body, about
	skewed atomic.Int32 // rc 11 answers in a row
}

// What every attempt fills in.
const (
	slotSignature = iota
	slotTime
	slotRefID
	slotAddress // the first channel's; the others follow
	slotCount   = slotAddress + 6
)

// masked stands in a body shown to people for what differs between two attempts.
const masked = "***"

// New compiles c for account a and heading h. client may be nil if nothing is sent; it should come from
// gateway.NewClient. now is the clock that signatures carry.
//
// The error lists, a line each, what the campaign cannot do at Sandeza, whatever the row, and what to
// change.
func New(a campaign.Account, c *campaign.Campaign, h campaign.Header, client *http.Client, now func() time.Time) (*Gateway, error) {
	g := &Gateway{
		name: a.Name, url: strings.TrimRight(a.URL, "/") + path, timeout: a.Timeout, client: client, now: now,
		sign:    newSigner(a.Username, a.Password),
		private: []string{string(a.Password), a.Username},
		backup:  c.Send == campaign.SendPrimaryBackup,
	}
	if g.timeout <= 0 {
		g.timeout = gateway.DefaultTimeout
	}
	settings := gateway.Settings(c, h)
	targets, err := gateway.CompileTargets(c, settings)
	g.Targets = targets
	w := &writer{Builder: gateway.NewBuilder(settings)}
	w.Problem(err)
	if a.Username == "" || a.Password == "" {
		w.problemf("account %s: username and password are needed", a.Name)
	}
	w.Problem(modeProblem(c))
	g.compile(w, a, c)
	g.payload, err = w.Build()
	if err != nil {
		return nil, err
	}
	return g, nil
}

// modeProblem: how many channels a mode of sending has, and which of them have a backup.
func modeProblem(c *campaign.Campaign) error {
	var errs []error
	n := len(c.Channels)
	switch {
	case c.Send == campaign.SendSingle && n != 1:
		errs = append(errs, fmt.Errorf("send: single takes one channel, there are %d: use primary-backup or all", n))
	case c.Send != campaign.SendSingle && n < 2:
		errs = append(errs, fmt.Errorf("send: %s needs two channels or more", c.Send))
	}
	seen := make(map[campaign.ChannelKind]bool)
	for i, ch := range c.Channels {
		if seen[ch.Kind] {
			errs = append(errs, fmt.Errorf("%s comes twice: Sandeza takes each channel once", ch.Kind))
		}
		seen[ch.Kind] = true
		primary := c.Send == campaign.SendPrimaryBackup && i == 0
		switch {
		case primary && len(ch.BackupOn) == 0:
			errs = append(errs, fmt.Errorf("%s backup_on: say on what Sandeza turns to the backup, such as backup_on: [undelivered, {pending: 10m}]", ch.Kind))
		case !primary && len(ch.BackupOn) > 0:
			errs = append(errs, fmt.Errorf("%s backup_on: only the first channel of send: primary-backup has it", ch.Kind))
		}
	}
	return errors.Join(errs...)
}

// compile writes the envelope (page "Description Parameter") and the channels, which stay in the
// campaign's order: how Sandeza tells the primary from the backup is not stated, so the primary comes
// first, and it alone has backup_on.
func (g *Gateway) compile(w *writer, a campaign.Account, c *campaign.Campaign) {
	w.object(func() {
		w.slot("signature", slotSignature)
		w.slot("time", slotTime)
		w.pair("type", wireType(c.Send))
		w.pair("username", a.Username)
		w.slot("ref_id", slotRefID)
		w.value("subject", "subject", c.Subject, gateway.Filled, gateway.Only(subjectSigns), gateway.AtMost(maxSubject))
		sender := c.SenderID
		if sender == "" {
			sender = a.SenderID
		}
		w.value(keySender, "sender_id", sender, gateway.Filled, gateway.Only(senderSigns))
		if c.BudgetCode != "" {
			w.value("budget_code", "budget_code", c.BudgetCode, gateway.Only(budgetSigns), gateway.AtMost(maxBudget))
		}
		w.key("channel")
		w.object(func() {
			for i, ch := range c.Channels {
				g.kinds = append(g.kinds, ch.Kind)
				w.key(string(ch.Kind))
				g.compileChannel(w, ch, min(slotAddress+i, slotCount-1), g.backup && i == 0)
			}
		})
	})
}

func (g *Gateway) compileChannel(w *writer, ch campaign.Channel, address int, backup bool) {
	compiled := &channel{Channel: ch, writer: w, address: address, backup: backup}
	if backup {
		var err error
		compiled.codes, compiled.minutes, err = backupLists(ch.Kind, ch.BackupOn)
		w.Problem(err)
	}
	compiled.write()
	g.readings = append(g.readings, reading{kind: ch.Kind, lines: compiled.lines})
	g.checks = append(g.checks, compiled.checks...)
	if ch.Kind == campaign.SMS {
		g.sms = compiled.lines[0].fields[0] // an SMS is its text and nothing else
	}
}

func wireType(m campaign.SendMode) string {
	if m == campaign.SendPrimaryBackup {
		return typeBackup
	}
	return typeOther
}

// String keeps printing a Gateway from showing what is in it.
func (g *Gateway) String() string { return "sandeza:" + g.name }

// GoString keeps %#v from showing it.
func (g *Gateway) GoString() string { return g.String() }

// Check renders m and checks every value against template and gateway. sms is the text of its SMS, "" if the
// campaign has none. An error is a *campaign.RowError, the first thing wrong.
func (g *Gateway) Check(m campaign.Message) (sms string, err error) {
	row := m.Row()
	if sms, err = g.payload.Check(row, g.sms); err != nil {
		return "", err
	}
	for _, c := range g.checks {
		if err := c(row); err != nil {
			return "", err
		}
	}
	if problem := refProblem(m.RefID); problem != "" {
		return "", &campaign.RowError{Row: m.Seq, Problem: problem}
	}
	return sms, g.checkAddresses(m)
}

// refProblem: a ref_id has at most 50 characters in lower case (page "Description Parameter"). Before a
// run is planned there is none.
func refProblem(id string) string {
	if len(id) > maxRefID {
		return fmt.Sprintf("ref_id has %d characters, %d is the most", len(id), maxRefID)
	}
	for _, c := range []byte(id) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return "ref_id must have lower-case letters, digits and hyphens only"
		}
	}
	return ""
}

// checkAddresses holds what planning made of the addresses against what Sandeza takes.
func (g *Gateway) checkAddresses(m campaign.Message) error {
	for i, k := range g.kinds {
		problem := addressProblem(k, m.To(k, g.kinds[0]))
		if problem == "" {
			continue
		}
		_, column, _ := g.To(m.Row(), i) // an error has been told before
		return &campaign.RowError{Row: m.Seq, Column: column, Problem: problem}
	}
	return nil
}

func addressProblem(k campaign.ChannelKind, to string) string {
	problem := gateway.NoBlanks([]byte(to))
	switch {
	case to == "":
		return fmt.Sprintf("has no address for %s: fill in the cell", k)
	case problem != "":
		return fmt.Sprintf("the address for %s %s", k, problem)
	case k.Phone() && (strings.Trim(to, "0123456789") != "" || len(to) < 8 || len(to) > 15):
		return fmt.Sprintf("the number for %s must have 8 to 15 digits, country code first", k)
	case k == campaign.Email && !isEmail(to):
		return "is no e-mail address: it must look like name@host.example"
	}
	return ""
}

func isEmail(to string) bool {
	a, err := mail.ParseAddress(to)
	return err == nil && a.Address == to && strings.Contains(to[strings.LastIndexByte(to, '@'):], ".")
}

// Body returns the bytes that Send would send for m. With mask, signature, time and ref_id are "***".
// An error is a *campaign.RowError.
func (g *Gateway) Body(m campaign.Message, mask bool) ([]byte, error) {
	unix, signature, ref := masked, masked, masked
	if !mask {
		unix, signature = g.sign(g.now())
		ref = wireRef(m.RefID)
	}
	return g.appendBody(nil, m, unix, signature, ref)
}

func (g *Gateway) appendBody(dst []byte, m campaign.Message, unix, signature, ref string) ([]byte, error) {
	var slots [slotCount]string
	slots[slotSignature], slots[slotTime], slots[slotRefID] = signature, unix, ref
	for i, k := range g.kinds {
		slots[slotAddress+i] = m.To(k, g.kinds[0])
	}
	return g.payload.Append(dst, m.Row(), slots[:])
}

// Text returns m as its recipient reads it. Of several channels each has its name above it. An error is
// a *campaign.RowError.
func (g *Gateway) Text(m campaign.Message) (string, error) {
	var parts []string
	for i, r := range g.readings {
		part, err := r.render(m.Row())
		if err != nil {
			return "", err
		}
		if len(g.readings) > 1 {
			head := string(r.kind)
			if g.backup && i > 0 {
				head += ", if that fails"
			}
			part = head + ":\n" + part
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "\n\n"), nil
}

// SMSText returns the text of m's SMS, by which its parts are counted; "" if the campaign has none. An
// error is a *campaign.RowError.
func (g *Gateway) SMSText(m campaign.Message) (string, error) {
	if g.sms == nil {
		return "", nil
	}
	text, err := g.sms.Append(nil, m.Row())
	return string(text), err
}

// wireRef is a ref_id as Sandeza gets it.
func wireRef(id string) string {
	if refHyphens {
		return id
	}
	return strings.ReplaceAll(id, "-", "")
}
