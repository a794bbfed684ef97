package sandeza

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"siaran/campaign"
)

// A signer makes time and signature of one attempt: lower-case hex of SHA-256 over username, password
// and time, one after the other (page "Description Parameter": "Encrypted (Username+Password+Time)").
// It is a function so that nothing that prints a Gateway can print the password.
type signer func(now time.Time) (unix, signature string)

func newSigner(username string, password campaign.Secret) signer {
	return func(now time.Time) (string, string) {
		unix := strconv.FormatInt(now.Unix(), 10)
		var buf [128]byte
		text := append(append(append(buf[:0], username...), string(password)...), unix...)
		sum := sha256.Sum256(text)
		var digits [2 * sha256.Size]byte
		hex.Encode(digits[:], sum[:])
		return unix, string(digits[:])
	}
}
