package campaign

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"strings"
)

// crockford is Crockford's base32 in lower case: no i, l, o, u.
const crockford = "0123456789abcdefghjkmnpqrstvwxyz"

const (
	runLen     = 6
	seqLen     = 5
	macLen     = 8
	maxNameLen = 16
)

// A RefKey is the ledger's key: it makes ref_ids unguessable, for no gateway signs its receipts.
type RefKey []byte

// A RefID is what a ref_id says: <campaign>-<run>-<seq>-<mac>, lower case, at most 50 characters.
// It decodes to (Run, Seq), so that joining a receipt is arithmetic.
type RefID struct {
	Campaign string // at most 16 characters of the name
	Run      string
	Seq      int
	mac      string
}

// NewRunID returns six random characters of base32.
func NewRunID() string {
	b := make([]byte, runLen)
	_, _ = rand.Read(b) // never fails
	for i := range b {
		b[i] = crockford[b[i]%32]
	}
	return string(b)
}

// RefID makes the ref_id of row seq of a run. It depends on nothing else: two processes with the same
// ledger make the same one.
func (k RefKey) RefID(campaign, run string, seq int) string {
	name := strings.Trim(campaign[:min(len(campaign), maxNameLen)], "-")
	rest := name + "-" + run + "-" + encodeSeq(seq)
	return rest + "-" + k.mac(rest)
}

// mac is over the letters and digits alone, so that a gateway that drops hyphens does not break it. It is
// HMAC-SHA-256 (RFC 2104) written out, for hmac.New would cost every receipt four times as much.
func (k RefKey) mac(rest string) string {
	if len(k) > sha256.BlockSize {
		sum := sha256.Sum256(k)
		k = sum[:]
	}
	var in [sha256.BlockSize + 64]byte
	var outer [sha256.BlockSize + sha256.Size]byte
	for i := range sha256.BlockSize {
		var b byte
		if i < len(k) {
			b = k[i]
		}
		in[i], outer[i] = b^0x36, b^0x5c
	}
	msg := in[:sha256.BlockSize]
	for i := range len(rest) {
		if rest[i] != '-' {
			msg = append(msg, rest[i])
		}
	}
	inner := sha256.Sum256(msg)
	copy(outer[sha256.BlockSize:], inner[:])
	sum := sha256.Sum256(outer[:])
	var n uint64
	for _, b := range sum[:5] { // 40 bits
		n = n<<8 | uint64(b)
	}
	out := make([]byte, macLen)
	for i := macLen - 1; i >= 0; i-- {
		out[i] = crockford[n%32]
		n /= 32
	}
	return string(out)
}

// Genuine reports whether r was made with k.
func (k RefKey) Genuine(r RefID) bool {
	return hmac.Equal([]byte(r.mac), []byte(k.mac(r.Campaign+"-"+r.Run+"-"+encodeSeq(r.Seq))))
}

// ParseRefID reads a ref_id of our form; false if s has another form. Callers try the text as it came,
// then case-folded. Whether the id is ours or forged is Genuine's to say.
func ParseRefID(s string) (RefID, bool) {
	rest, mac, ok := cutLast(s)
	if !ok || len(mac) != macLen || !isBase32(mac) {
		return RefID{}, false
	}
	rest, seqText, ok := cutLast(rest)
	if !ok || len(seqText) < seqLen || len(seqText) > 10 || !isBase32(seqText) {
		return RefID{}, false
	}
	name, run, ok := cutLast(rest)
	if !ok || len(run) != runLen || !isBase32(run) || name == "" || name != strings.Trim(name, "-") || len(name) > maxNameLen {
		return RefID{}, false
	}
	seq := 0
	for i := range len(seqText) {
		seq = seq*32 + strings.IndexByte(crockford, seqText[i])
	}
	if encodeSeq(seq) != seqText { // 000017 is not 00017: one row, one id
		return RefID{}, false
	}
	return RefID{Campaign: name, Run: run, Seq: seq, mac: mac}, true
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '-')
	if i < 0 {
		return "", "", false
	}
	return s[:i], s[i+1:], true
}

func encodeSeq(seq int) string {
	var b [13]byte
	i := len(b)
	for n := uint64(seq); n > 0 || i > len(b)-seqLen; n /= 32 {
		i--
		b[i] = crockford[n%32]
	}
	return string(b[i:])
}

func isBase32(s string) bool {
	for i := range len(s) {
		if strings.IndexByte(crockford, s[i]) < 0 {
			return false
		}
	}
	return true
}
