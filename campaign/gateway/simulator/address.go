package simulator

import (
	"strconv"
	"strings"
)

// Test addresses: doc.go says what they do.
const (
	testFate = "62812999000"
	testRC   = "62812999100"
	testWord = "sim-"
)

// msisdn reads a phone number: digits that begin with 0 or 62, or + and a country. It must be a mobile
// number where we know (Indonesia).
func (c *customer) msisdn(n node) (string, *refusal) {
	s, no := n.mustText("msisdn")
	if no != nil {
		return "", no
	}
	e164 := s
	switch {
	case strings.HasPrefix(s, "+"):
		e164 = s[1:]
	case strings.HasPrefix(s, "0"):
		e164 = "62" + s[1:]
	}
	if !digits(e164) || len(e164) > 15 || len(e164) < 8 || e164[0] == '0' {
		return "", refuse(3, "msisdn", "must be digits with 0, 62 or + before them")
	}
	if !c.serves(e164) {
		return "", refuse(23, "msisdn", "the country is not open to the account")
	}
	if strings.HasPrefix(e164, "62") && (len(e164) < 10 || e164[2] != '8') {
		return "", refuse(3, "msisdn", "is no mobile number")
	}
	return e164, c.wanted("msisdn", e164)
}

// wanted refuses those who opted out, and plays the answers that test addresses ask for.
func (c *customer) wanted(key, address string) *refusal {
	if len(c.out) > 0 && c.out[strings.ToLower(address)] {
		return refuse(21, key, "opted out")
	}
	rest, ok := strings.CutPrefix(address, testRC)
	if !ok {
		rest, ok = strings.CutPrefix(address, testWord+"rc")
	}
	if !ok {
		return nil
	}
	rest, _, _ = strings.Cut(rest, "@")
	if rc, err := strconv.Atoi(rest); err == nil && rc > 0 && len(rest) <= 2 {
		return refuse(rc, key, "a test address that asks for this answer")
	}
	return nil
}

// isEmail is the syntax that every mail server takes: no quotes, no comments, a domain with a dot.
func isEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || len(local) > 64 || len(s) > 254 || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") ||
		strings.Contains(local, "..") || made(3, "", local, ".!#$%&'*+-/=?^_`{|}~") != nil || !strings.Contains(domain, ".") {
		return false
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || made(3, "", label, "-") != nil {
			return false
		}
	}
	return true
}
