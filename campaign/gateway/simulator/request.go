package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// maxSkew is how far a request's time may be from ours. The gateway's own figure is not documented;
// that there is one, its rc 11 says.
const maxSkew = 15 * time.Minute

// A message is a request that was understood.
type message struct {
	refID    string
	username string
	backup   bool // type 1: the first block, and the next only where backup_on says so
	blocks   []block
	tokens   int
}

// envelope are the keys around the channels.
type envelope struct {
	signature, time, username, refID, senderID string
	primaryBackup                              bool
	channel                                    node
}

// readEnvelope reads the keys around the channels, after Sprint's page "Description Parameter"
// (sender_id is spelt as on "Single Channels", which alone has created_by).
func readEnvelope(n node) (e envelope, no *refusal) {
	if no := n.only("signature", "time", "type", "created_by", "username", "ref_id", "subject", "sender_id", "budget_code", "channel"); no != nil {
		return e, no
	}
	var subject, budget string
	for _, f := range [...]struct {
		key  string
		into *string
	}{
		{"ref_id", &e.refID},
		{"signature", &e.signature},
		{"time", &e.time},
		{"username", &e.username},
		{"subject", &subject},
		{"sender_id", &e.senderID},
	} {
		if *f.into, no = n.mustText(f.key); no != nil {
			return e, no
		}
	}
	if budget, no = n.mayText("budget_code"); no != nil {
		return e, no
	}
	if _, no = n.mayText("created_by"); no != nil {
		return e, no
	}
	if e.primaryBackup, no = readType(n); no != nil {
		return e, no
	}
	if e.channel, no = n.must("channel", objectNode); no != nil {
		return e, no
	}
	return e, firstOf(
		short("subject", subject, 99),
		short("budget_code", budget, 180),
		short("ref_id", e.refID, 50),
		made(22, "subject", subject, " "),
		made(22, "sender_id", e.senderID, " "),
		made(22, "budget_code", budget, " -_./"),
		checkRefID(e.refID),
	)
}

// readType takes 1 and "1", 2 and "2": which of them is meant, the page leaves open.
func readType(n node) (primaryBackup bool, no *refusal) {
	v, ok := n.get("type")
	switch {
	case !ok:
		return false, refuse(1, "type", "missing")
	case (v.kind != textNode && v.kind != numberNode) || (v.text != "1" && v.text != "2"):
		return false, refuse(1, "type", "must be 1 or 2")
	}
	return v.text == "1", nil
}

func firstOf(all ...*refusal) *refusal {
	for _, no := range all {
		if no != nil {
			return no
		}
	}
	return nil
}

// checkRefID wants lower case. The page says alphanumeric; its own samples have hyphens.
func checkRefID(s string) *refusal {
	if s != strings.ToLower(s) {
		return refuse(9, "ref_id", "must be lower case")
	}
	return made(9, "ref_id", s, "-")
}

// identify finds the account and checks that it is who it says it is.
func (s *Server) identify(e envelope, remote string) (*customer, *refusal) {
	c := s.customer(e.username)
	if c == nil || e.username == "sim-unknown" {
		return nil, refuse(5, "username", "unknown")
	}
	if len(e.signature) != 64 || strings.Trim(e.signature, "0123456789abcdef") != "" {
		return nil, refuse(4, "signature", "must be 64 lower-case hex digits")
	}
	if c.known && !signed(e.signature, e.username, c.Password, e.time) {
		return nil, refuse(4, "signature", "is not that of username, password and time")
	}
	sec, err := strconv.ParseInt(e.time, 10, 64)
	if err != nil || !digits(e.time) {
		return nil, refuse(1, "time", "must be Unix seconds")
	}
	if skew := s.now().Sub(time.Unix(sec, 0)); skew > maxSkew || skew < -maxSkew {
		return nil, refuse(11, "time", "is more than 15 minutes off")
	}
	if !c.allows(remote) || e.username == "sim-blocked" {
		return nil, refuse(6, "", "the caller's address is not allowed")
	}
	if (c.SenderIDs != nil && !contains(c.SenderIDs, e.senderID)) || e.senderID == "SIM UNKNOWN" {
		return nil, refuse(8, "sender_id", "unknown")
	}
	return c, nil
}

// signed reports whether the signature is lower-case hex of SHA-256 over the three.
func signed(signature, username, password, t string) bool {
	var three [128]byte
	sum := sha256.Sum256(append(append(append(three[:0], username...), password...), t...))
	var text [2 * sha256.Size]byte
	hex.Encode(text[:], sum[:])
	return signature == string(text[:])
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// check reads a request and says what is wrong with it. The message has its ref_id and channels
// wherever they could be read. Nothing is taken yet.
func (s *Server) check(body, remote string) (message, *customer, *refusal) {
	r, ok := s.readers.Get().(*reader)
	if !ok {
		r = new(reader)
	}
	defer s.readers.Put(r)
	n, err := r.parse(body)
	if err != nil {
		return message{}, nil, &refusal{rc: 1, reason: notJSON, why: err.Error()}
	}
	e, no := readEnvelope(n)
	if no != nil {
		return glimpse(n), nil, no
	}
	c, no := s.identify(e, remote)
	if no != nil {
		return glimpse(n), nil, no
	}
	m := message{refID: e.refID, username: e.username, backup: e.primaryBackup}
	if m.blocks, no = readBlocks(c, e); no != nil {
		return glimpse(n), nil, no.in("channel")
	}
	for _, b := range m.blocks {
		m.tokens += max(1, b.parts)
	}
	return m, c, nil
}

// glimpse is what the record says of a request that was refused.
func glimpse(n node) message {
	var m message
	if v, ok := n.get("ref_id"); ok && v.kind == textNode {
		m.refID = v.text
	}
	if v, ok := n.get("channel"); ok && v.kind == objectNode {
		for _, k := range v.kids {
			m.blocks = append(m.blocks, block{kind: kind(k.key)})
		}
	}
	return m
}
