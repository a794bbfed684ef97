package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Filled wants something other than blanks.
func Filled(v []byte) string {
	if len(bytes.TrimSpace(v)) == 0 {
		return `is empty: fill in the cell, or give it a default, {{column | default:"…"}}`
	}
	return ""
}

// Printable refuses control characters other than line feed and tab: no phone shows them.
func Printable(v []byte) string {
	for _, c := range v {
		if (c < ' ' && c != '\n' && c != '\t') || c == 0x7f {
			return fmt.Sprintf("has an invisible control character (U+%04X): type the value again", c)
		}
	}
	return ""
}

// OneLine refuses every control character, line breaks and tabs among them.
func OneLine(v []byte) string {
	for _, c := range v {
		switch {
		case c == '\n' || c == '\r':
			return "has a line break: put it on one line"
		case c == '\t':
			return "has a tab: put a blank there"
		}
	}
	return Printable(v)
}

// AtMost wants no more than n characters.
func AtMost(n int) Rule {
	return func(v []byte) string {
		if len(v) <= n {
			return ""
		}
		if got := utf8.RuneCount(v); got > n {
			return fmt.Sprintf("has %d characters, %d is the most: shorten it", got, n)
		}
		return ""
	}
}

// Without refuses any of the texts.
func Without(why string, texts ...string) Rule {
	return func(v []byte) string {
		for _, t := range texts {
			if bytes.Contains(v, []byte(t)) {
				return fmt.Sprintf("has %q: %s", t, why)
			}
		}
		return ""
	}
}

// NoBlanks refuses blanks and everything that cannot be seen.
func NoBlanks(v []byte) string {
	if bytes.ContainsFunc(v, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
		return "has a blank or an invisible character: take it out"
	}
	return ""
}

// Only wants ASCII letters and digits, and the signs given.
func Only(signs string) Rule {
	allowed := "letters and digits"
	if signs == " " {
		allowed = "letters, digits and blanks"
	} else if signs != "" {
		allowed += " and " + strconv.Quote(signs)
	}
	return func(v []byte) string {
		for _, r := range string(v) {
			if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune(signs, r) {
				return fmt.Sprintf("has %q: only %s are allowed there", r, allowed)
			}
		}
		return ""
	}
}

// Decimal wants a JSON number within bounds.
func Decimal(lowest, highest float64) Rule {
	return func(v []byte) string {
		n, err := strconv.ParseFloat(string(v), 64)
		number := len(v) > 0 && (v[0] == '-' || (v[0] >= '0' && v[0] <= '9')) && json.Valid(v) && !bytes.ContainsAny(v, " \n\r\t")
		switch {
		case !number || err != nil:
			return "is not a number with a decimal point, such as -6.2: correct it, or take the cell's exact value with {{column | raw}}"
		case n < lowest || n > highest:
			return fmt.Sprintf("is not between %g and %g", lowest, highest)
		}
		return ""
	}
}

// Link wants an https address.
func Link(v []byte) string {
	_, problem := parseLink(v)
	return problem
}

// LinkTo wants an https address of a file with one of the endings, which are in lower case with their dots.
func LinkTo(endings ...string) Rule {
	return func(v []byte) string {
		u, problem := parseLink(v)
		if problem != "" {
			return problem
		}
		if got := strings.ToLower(path.Ext(u.Path)); !slices.Contains(endings, got) {
			return "the link must end in " + Names(endings...)
		}
		return ""
	}
}

func parseLink(v []byte) (*url.URL, string) {
	if problem := NoBlanks(v); problem != "" {
		return nil, "a link " + problem
	}
	u, err := url.Parse(string(v))
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return nil, "is not a link: it must look like https://host/path"
	case u.Scheme != "https":
		return nil, "the link must begin with https://"
	case u.User != nil:
		return nil, "the link has a user name in it: the gateway must be able to fetch it without"
	}
	return u, ""
}
