package gateway

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"siaran/campaign"
	"siaran/campaign/address"
)

const (
	mostSaid   = 160
	maxID      = 200
	phoneLen   = 7 // digits in a row that may be a phone number
	leastCell  = 4 // shorter cells are in every text
	secretDots = "***"
)

// Redact makes what a gateway said fit for reports and logs: one line, at most 160 characters, no control
// characters, phone numbers and e-mail addresses shortened. Every one of secrets is taken out wherever it
// stands.
func Redact(said string, secrets ...string) string {
	for _, s := range secrets {
		if s != "" {
			said = strings.ReplaceAll(said, s, secretDots)
		}
	}
	said = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError:
			return -1
		default:
			return r
		}
	}, said)
	parts := strings.Fields(said)
	for i, w := range parts {
		if strings.Contains(w, "@") {
			parts[i] = address.Mask(w)
			continue
		}
		parts[i] = maskDigits(w)
	}
	return cut(strings.Join(parts, " "), mostSaid)
}

// ID makes a gateway's id of a message fit for reports: nothing that cannot be seen, at most 200 characters.
// Its digits stay: by them it is found again.
func ID(said string) string {
	return cut(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, said), maxID)
}

// Private are the values of a message that a gateway might echo and nobody should find in a log.
func Private(m campaign.Message) []string {
	var all []string
	for _, c := range m.Cells {
		for _, s := range []string{c.Raw, c.Text} {
			if utf8.RuneCountInString(s) >= leastCell {
				all = append(all, s)
			}
		}
	}
	return all
}

func maskDigits(w string) string {
	var b strings.Builder
	for w != "" {
		n := strings.IndexFunc(w, isDigit)
		if n < 0 {
			break
		}
		b.WriteString(w[:n])
		w = w[n:]
		n = strings.IndexFunc(w, func(r rune) bool { return !isDigit(r) })
		if n < 0 {
			n = len(w)
		}
		if n >= phoneLen {
			b.WriteString(address.Mask(w[:n]))
		} else {
			b.WriteString(w[:n])
		}
		w = w[n:]
	}
	b.WriteString(w)
	return b.String()
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// cut shortens s to n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:n-1]) + "…"
}

// Digits leaves the digits of a phone number, which gateways write with and without a plus.
func Digits(number string) string {
	return strings.Map(func(r rune) rune {
		if isDigit(r) {
			return r
		}
		return -1
	}, number)
}
