package address

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"siaran/campaign"
)

// Parse brings what a cell holds to the one form in which channel k is addressed: the digits of an
// E.164 number without the + for WhatsApp and SMS, an e-mail address, or a chat id. country is the ISO
// 3166 code by which local numbers (0812…) are read.
//
// An error is what is wrong with the cell and what to do about it: the Problem of a RowError. It never
// shows a whole number or address, and two cells with the same trouble mostly get the same words, so
// that they can be counted together.
func Parse(c campaign.Cell, k campaign.ChannelKind, country string) (string, error) {
	switch c.Kind {
	case campaign.Date:
		return "", errors.New("a date: format the column as text and enter the value again")
	case campaign.Bool:
		return "", fmt.Errorf("%s: not an address", c.Raw)
	case campaign.Error:
		return "", fmt.Errorf("the formula gives %s: mend it, or paste the value instead", c.Raw)
	case campaign.Formula:
		return "", errors.New("a formula without a stored value: open the file in Excel, let it calculate, and save it")
	case campaign.Empty, campaign.Text, campaign.Number:
	}
	switch {
	case k.Phone():
		return phone(c, k, country)
	case k == campaign.Email:
		return email(c)
	default:
		return chatID(c)
	}
}

// Mask shortens an address so that a person who knows it recognises it and nobody else can use it:
// 62812•••••89, b•••••@example.test, U0•••••31. It takes any text, also one that is no good address.
func Mask(address string) string {
	const dots = "•••••"
	address = tidy(address)
	if at := strings.LastIndexByte(address, '@'); at >= 0 {
		name, domain := address[:at], address[at:]
		if utf8.RuneCountInString(name) > 2 {
			_, n := utf8.DecodeRuneInString(name)
			return name[:n] + dots + domain
		}
		return dots + domain
	}
	if digits, ok := digitsOnly(address); ok {
		address = digits
		if len(digits) >= 10 {
			return digits[:5] + dots + digits[len(digits)-2:]
		}
	}
	r := []rune(address)
	switch {
	case len(r) >= 8:
		return string(r[:2]) + dots + string(r[len(r)-2:])
	case len(r) >= 5:
		return dots + string(r[len(r)-2:])
	default:
		return dots
	}
}

// digitsOnly returns the digits of s, and whether s has nothing else but what people put between them.
func digitsOnly(s string) (string, bool) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case !strings.ContainsRune("+-.() /'", r):
			return "", false
		}
	}
	return b.String(), b.Len() > 0
}

// tidy takes out what cannot be seen and makes blanks, hyphens and digits of other scripts plain.
// Line breaks stay: they stand between things.
func tidy(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r < utf8.RuneSelf:
			if r == '\t' || r == '\v' || r == '\f' {
				return ' '
			}
			return r
		case unicode.Is(unicode.Cf, r): // zero-width characters, directions, a byte order mark
			return -1
		case r == '\u2028' || r == '\u2029' || r == '\u0085':
			return '\n'
		case unicode.Is(unicode.Zs, r): // NBSP and its kin
			return ' '
		case unicode.Is(unicode.Pd, r) || r == '\u2212':
			return '-'
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		case r == '＋':
			return '+'
		case r == '＠':
			return '@'
		}
		return r
	}, s))
}

// email checks an e-mail address: one, bare, in ASCII, with a full domain. The domain comes back in
// lower case.
func email(c campaign.Cell) (string, error) {
	s := tidy(c.Raw)
	if rest, ok := cutPrefixFold(s, "mailto:"); ok {
		s = rest
	}
	if s == "" {
		return "", errors.New("no e-mail address: fill it in, or take the row out")
	}
	if several := split(s, ",;|\n "); len(several) > 1 {
		if n := strings.Count(s, "@"); n > 1 {
			return "", severalError("e-mail addresses", several)
		}
		return "", errors.New("not only an e-mail address: leave nothing else in the cell, and no blanks")
	}
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return "", errors.New("not an e-mail address: it has no @")
	}
	local, domain := s[:at], strings.ToLower(s[at+1:])
	if _, err := mail.ParseAddress(local + "@" + domain); err != nil || strings.ContainsAny(s, `"<>()[]\`) || len(local) > 64 || len(s) > 254 || !ascii(s) {
		return "", fmt.Errorf("%s is not a valid e-mail address: correct it", Mask(s))
	}
	if !fullDomain(domain) {
		return "", fmt.Errorf("%s has no valid domain: correct what stands behind the @", Mask(s))
	}
	return local + "@" + domain, nil
}

// fullDomain reports whether s is a host name of at least two labels whose last has letters.
func fullDomain(s string) bool {
	labels := strings.Split(s, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for i := range len(l) {
			if c := l[i]; c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
				return false
			}
		}
	}
	last := labels[len(labels)-1]
	return len(labels) > 1 && len(last) > 1 && (last[0] < '0' || last[0] > '9')
}

// chatID checks the id of a chat: any text without blanks, at most 256 characters. Numbers (also
// negative ones: Telegram's groups) are written out.
func chatID(c campaign.Cell) (string, error) {
	s := tidy(c.Raw)
	if c.Kind == campaign.Number {
		digits, err := integer(strings.TrimPrefix(s, "-"))
		if err != nil {
			return "", err
		}
		if strings.HasPrefix(s, "-") {
			digits = "-" + digits
		}
		return digits, nil
	}
	switch {
	case s == "":
		return "", errors.New("no chat id: fill it in, or take the row out")
	case strings.ContainsFunc(s, unicode.IsSpace):
		return "", errors.New("a chat id has no blanks: leave one id in the cell")
	case strings.ContainsFunc(s, unicode.IsControl) || strings.ContainsRune(s, utf8.RuneError):
		return "", errors.New("the chat id has characters that cannot be seen: type it again")
	case utf8.RuneCountInString(s) > 256:
		return "", errors.New("longer than a chat id can be (256 characters)")
	}
	return s, nil
}

// split cuts s at the characters of seps and drops the empty pieces.
func split(s, seps string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(seps, r) })
}

// severalError says that a cell has more than one address, of which it shows two.
func severalError(what string, all []string) error {
	more := ""
	if n := len(all) - 2; n > 0 {
		more = fmt.Sprintf(", and %d more", n)
	}
	return fmt.Errorf("several %s in one cell (%s and %s%s): keep one, give the other a row of its own", what, Mask(all[0]), Mask(all[1]), more)
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return strings.TrimSpace(s[len(prefix):]), true
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
