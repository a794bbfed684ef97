package pattern

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A scanner takes a section's code apart; what a token alone says of its section it notes at once.
type scanner struct{ section }

// scan takes one token from code[i:] and returns how many bytes it took.
func (s *scanner) scan(code string, i int) (int, error) {
	rest := code[i:]
	c := rest[0]
	switch c {
	case '"':
		end := skipTo(rest, 0, '"')
		s.add(token{kind: tokLiteral, text: strings.Trim(rest[:end+1], `"`)})
		return end + 1, nil
	case '\\', '_', '*':
		_, n := utf8.DecodeRuneInString(rest[1:])
		switch c {
		case '\\':
			s.add(token{kind: tokLiteral, text: rest[1 : 1+n]})
		case '_':
			s.add(token{kind: tokPadding, text: " "})
		}
		return 1 + n, nil
	case '[':
		end := skipTo(rest, 0, ']')
		return end + 1, s.bracket(strings.Trim(rest[:end+1], "[]"))
	case '0', '#', '?':
		s.digits = true
		s.add(token{kind: tokDigit, text: rest[:1]})
		return 1, nil
	case '.':
		if n := s.fractionOfSecond(rest); n > 0 {
			return n, nil
		}
		s.add(token{kind: tokPoint})
		return 1, nil
	case ',':
		s.add(token{kind: tokDigit, text: ","})
		return 1, nil
	case '%':
		s.percent++
		s.add(token{kind: tokPercent})
		return 1, nil
	case '@':
		s.text = true
		s.add(token{kind: tokText})
		return 1, nil
	case '/':
		s.add(token{kind: tokSlash})
		return 1, nil
	}
	return s.letters(rest), nil
}

func (s *scanner) add(t token) { s.tokens = append(s.tokens, t) }

// fractionOfSecond takes .000 after seconds.
func (s *scanner) fractionOfSecond(rest string) int {
	if len(s.tokens) == 0 {
		return 0
	}
	last := s.tokens[len(s.tokens)-1]
	n := len(rest[1:]) - len(strings.TrimLeft(rest[1:], "0"))
	if n == 0 || (last.kind != tokPart && last.kind != tokElapsed) || last.text != "s" {
		return 0
	}
	s.subsec = min(n, 3)
	s.add(token{kind: tokSubsecond, n: s.subsec})
	return 1 + n
}

// letters takes a part of a date, General, AM/PM, an exponent, or one literal character.
func (s *scanner) letters(rest string) int {
	lower := strings.ToLower(rest[:min(len(rest), 7)])
	for _, word := range []string{"am/pm", "a/p"} {
		if strings.HasPrefix(lower, word) {
			s.dated, s.ampm = true, true
			s.add(token{kind: tokMeridiem, n: len(word)})
			return len(word)
		}
	}
	if lower == "general" {
		s.add(token{kind: tokGeneral})
		return 7
	}
	c := lower[0]
	switch {
	case c == 'e' && len(rest) > 1 && (rest[1] == '+' || rest[1] == '-') && s.digits:
		s.add(token{kind: tokExponent, text: rest[1:2]})
		return 2
	case strings.IndexByte("ymdhse", c) >= 0:
		n := 1
		for n < len(rest) && rest[n]|0x20 == c {
			n++
		}
		if c == 'e' { // the year of the calendar in use
			s.add(token{kind: tokPart, text: "y", n: 4})
		} else {
			s.add(token{kind: tokPart, text: string(c), n: n})
		}
		s.dated = true
		return n
	}
	_, n := utf8.DecodeRuneInString(rest)
	s.add(token{kind: tokLiteral, text: rest[:n]})
	return n
}

// bracket takes what stands in [ ]: a condition, a currency, a duration; colours are ignored.
func (s *scanner) bracket(in string) error {
	lower := strings.ToLower(in)
	switch {
	case lower != "" && strings.Trim(lower, lower[:1]) == "" && strings.Contains("hms", lower[:1]):
		s.dated, s.elapsed = true, true
		s.add(token{kind: tokElapsed, text: lower[:1], n: len(lower)})
	case strings.HasPrefix(in, "$"):
		symbol, lcid, _ := strings.Cut(in[1:], "-")
		if symbol != "" {
			s.add(token{kind: tokLiteral, text: symbol})
		}
		s.language = languageOf(lcid)
	case in != "" && strings.IndexByte("<>=", in[0]) >= 0:
		limit := strings.TrimLeft(in, "<>=")
		d, err := parseDecimal(limit)
		if err != nil {
			return fmt.Errorf("condition [%s] has no number", in)
		}
		s.cond, s.limit = in[:len(in)-len(limit)], d
	}
	return nil
}

// languageOf returns the language of a Windows locale id in hexadecimal, if we have its names.
func languageOf(lcid string) string {
	lcid = strings.ToUpper(strings.TrimLeft(lcid, "0"))
	if len(lcid) > 4 {
		lcid = strings.TrimLeft(lcid[len(lcid)-4:], "0")
	}
	switch lcid {
	case "421", "21":
		return "id"
	case "409", "809", "9", "C09", "1009", "4009", "4809":
		return "en"
	}
	return ""
}
