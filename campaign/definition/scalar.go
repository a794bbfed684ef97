package definition

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"siaran/campaign"
)

// The functions of this file make readers for the fields of a mapping: each fills *p, or notes what is
// wrong and leaves it.

// text reads any text. A hashtag that YAML takes for a comment is no comment: a message would lose its end.
func text(p *string) func(value) {
	return func(v value) {
		if v.node.Style == 0 && hashtag.MatchString(v.node.LineComment) {
			v.fail("ends before the #, where YAML begins a comment", "put the text in quotes; a comment has a blank after its #")
			return
		}
		if s, ok := v.text(); ok {
			*p = s
		}
	}
}

var hashtag = regexp.MustCompile(`^#[^\s#]`)

// texts reads a list of texts.
func texts(p *[]string) func(value) {
	return func(v value) {
		parts, ok := v.list()
		if !ok {
			return
		}
		*p = make([]string, len(parts))
		for i, x := range parts {
			text(&(*p)[i])(x)
		}
	}
}

// secret reads a text that must not be shown.
func secret(p *campaign.Secret) func(value) {
	return func(v value) {
		if s, ok := v.text(); ok {
			*p = campaign.Secret(s)
		}
	}
}

// oneOf reads one of choices.
func oneOf[T ~string](p *T, choices ...T) func(value) {
	return func(v value) {
		s, ok := v.text()
		if !ok {
			return
		}
		if slices.Contains(choices, T(s)) {
			*p = T(s)
			return
		}
		names := make([]string, len(choices))
		for i, w := range choices {
			names[i] = string(w)
		}
		hint := "one of " + strings.Join(names, ", ")
		if len(names) == 1 {
			hint = "known: " + names[0]
		}
		if near, ok := nearest(s, names); ok {
			hint = fmt.Sprintf("did you mean %s? It is one of %s", near, strings.Join(names, ", "))
		}
		v.fail("cannot be "+v.shown(), hint)
	}
}

// truth reads true or false.
func truth(p *bool) func(value) {
	return func(v value) {
		s, ok := v.text()
		switch {
		case !ok:
		case s == "true" || s == "false":
			*p = s == "true"
		default:
			v.fail("cannot be "+v.shown(), "true or false")
		}
	}
}

// whole reads a whole number from least to most.
func whole(p *int, least, most int) func(value) {
	return func(v value) {
		s, ok := v.text()
		if !ok {
			return
		}
		n, err := strconv.Atoi(s)
		if err != nil || n < least || n > most || !digits.MatchString(s) {
			v.fail("cannot be "+v.shown(), fmt.Sprintf("a whole number from %d to %d", least, most))
			return
		}
		*p = n
	}
}

var digits = regexp.MustCompile(`^[0-9]+$`)

// span reads a duration such as 30s, 10m or 20h, from least to most.
func span(p *time.Duration, least, most time.Duration) func(value) {
	return func(v value) {
		s, ok := v.text()
		if !ok {
			return
		}
		d, err := time.ParseDuration(s)
		switch {
		case err != nil || !duration.MatchString(s):
			v.fail("cannot be "+v.shown(), spanHint(s))
		case d < least:
			v.fail("cannot be "+v.shown(), "at least "+plain(least))
		case d > most:
			v.fail("cannot be "+v.shown(), "at most "+plain(most))
		default:
			*p = d
		}
	}
}

var (
	duration = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(h|m|s|ms))+$`)
	days     = regexp.MustCompile(`^([0-9]{1,4}) ?d(ays?)?$`)
)

func spanHint(s string) string {
	if m := days.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1])
		return fmt.Sprintf("write %dh", n*24)
	}
	if digits.MatchString(s) && len(s) < 8 {
		return fmt.Sprintf("with its unit: %ss, %sm or %sh", s, s, s)
	}
	return "a duration such as 30s, 10m, 20h or 1h30m"
}

// plain writes a duration as people do: 20h, not 20h0m0s.
func plain(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// year is the longest duration that is believed.
const year = 366 * 24 * time.Hour

var perTime = regexp.MustCompile(`^([0-9]{1,7}(?:\.[0-9]{1,3})?) ?/ ?(s|m)$`)

// rate reads N/s, N/m or unlimited.
func rate(p *campaign.Rate) func(value) {
	return func(v value) {
		s, ok := v.text()
		if !ok {
			return
		}
		if s == "unlimited" {
			*p = campaign.Unlimited
			return
		}
		m := perTime.FindStringSubmatch(s)
		if m == nil {
			hint := "requests per second or minute, such as 50/s or 600/m, or unlimited"
			if digits.MatchString(s) && len(s) < 8 {
				hint = fmt.Sprintf("with its unit: %s/s or %s/m", s, s)
			}
			v.fail("cannot be "+v.shown(), hint)
			return
		}
		n, _ := strconv.ParseFloat(m[1], 64) // the pattern is a number
		switch {
		case n == 0:
			v.fail("cannot be "+v.shown(), "to stop sending, interrupt siaran send (Ctrl-C): the same command goes on later")
		case m[2] == "m":
			*p = campaign.Rate(n / 60)
		default:
			*p = campaign.Rate(n)
		}
	}
}

var decimal = regexp.MustCompile(`^[0-9]{1,12}(\.[0-9]{1,6})?$`)

// money reads an exact decimal amount of at most six places, from its text: it never is a float.
func money(p *campaign.Money) func(value) {
	return func(v value) {
		s, ok := v.text()
		if !ok {
			return
		}
		if !decimal.MatchString(s) {
			v.fail("cannot be "+v.shown(), "an amount such as 45000000 or 586.33: digits, a point before at most six decimals, nothing between thousands")
			return
		}
		*p = amount(s)
	}
}

// amount returns what a text of the form decimal stands for.
func amount(s string) campaign.Money {
	whole, part, _ := strings.Cut(s, ".")
	n, _ := strconv.ParseInt(whole+(part + "000000")[:6], 10, 64) // at most 18 digits
	return campaign.Money(n)
}

// day reads a date such as 2025-07-01, as midnight in zone.
func day(p *time.Time, zone *time.Location) func(value) {
	return func(v value) {
		s, ok := v.text()
		if !ok {
			return
		}
		t, err := time.ParseInLocation(time.DateOnly, s, zone)
		if err != nil {
			v.fail("cannot be "+v.shown(), "a day that exists, such as 2025-07-01")
			return
		}
		*p = t
	}
}
