package pattern

import (
	"fmt"
	"strings"
)

// A section is one of up to four parts of a pattern: positive; negative; zero; text.
type section struct {
	tokens  []token
	dated   bool // has a part of a date or time
	elapsed bool // [h], [m] or [s]: a duration
	digits  bool // has a placeholder
	text    bool // has @

	cond     string // "", or one of < <= = <> >= >
	limit    decimal
	language string // of month names, if the pattern names one

	group    bool
	scale    int // how many times a thousand is left off
	percent  int
	slots    int // placeholders before the point
	places   int // placeholders after it
	exponent int // placeholders of the exponent; 0 without one
	fraction int // index of the token /, or -1
	subsec   int // digits of a second's fraction
	ampm     bool
}

type kind uint8

const (
	tokLiteral kind = iota
	tokPadding      // _x: a blank, dropped at both ends
	tokDigit        // 0 # ?
	tokPoint
	tokSlash
	tokExponent // E+ E-
	tokPercent
	tokGeneral
	tokText
	tokPart      // y m d h s, n times
	tokElapsed   // [h] [m] [s]
	tokMeridiem  // AM/PM, A/P
	tokSubsecond // .000 after seconds
)

type token struct {
	kind kind
	text string // of a literal; the letter of a part; the placeholder
	n    int
}

func compileSection(code string) (section, error) {
	s := scanner{section{fraction: -1}}
	for i := 0; i < len(code); {
		n, err := s.scan(code, i)
		if err != nil {
			return s.section, err
		}
		i += n
	}
	if s.dated && s.digits {
		return s.section, fmt.Errorf("mixes digits and dates: put text in quotes")
	}
	s.settle()
	return s.section, nil
}

func (s *section) has(k kind) bool {
	for _, t := range s.tokens {
		if t.kind == k {
			return true
		}
	}
	return false
}

// holds reports whether d meets the condition of s.
func (s *section) holds(d *decimal) bool {
	c := d.compare(&s.limit)
	switch s.cond {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	case "<>":
		return c != 0
	}
	return c == 0
}

// settle decides what depends on neighbours: minutes or months, grouping or scaling.
func (s *section) settle() {
	s.settleMinutes()
	if s.dated {
		return
	}
	last := -1 // of the placeholders before the point
	first := -1
	for i, t := range s.tokens {
		if t.kind == tokPoint || t.kind == tokExponent {
			break
		}
		if t.kind == tokDigit && t.text != "," {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	stage := tokPoint - 1 // before the point
	kept := s.tokens[:0]
	for i, t := range s.tokens {
		switch {
		case t.kind == tokDigit && t.text == ",":
			switch {
			case stage != tokPoint-1 || first < 0:
				if i > last && last >= 0 && commaEndsDigits(s.tokens, i) {
					s.scale++
				}
				continue
			case i > first && i < last:
				s.group = true
				continue
			case i > last && commaEndsDigits(s.tokens, i):
				s.scale++
				continue
			}
			t = token{kind: tokLiteral, text: ","}
		case t.kind == tokDigit:
			switch {
			case stage == tokPoint:
				s.places++
			case stage == tokExponent:
				s.exponent++
			default:
				s.slots++
			}
		case t.kind == tokPoint && stage == tokPoint-1:
			stage = tokPoint
		case t.kind == tokPoint:
			t = token{kind: tokLiteral, text: "."}
		case t.kind == tokExponent:
			stage = tokExponent
		case t.kind == tokSlash && s.digits && s.fraction < 0:
			s.fraction = len(kept)
		case t.kind == tokSlash:
			t = token{kind: tokLiteral, text: "/"}
		}
		kept = append(kept, t)
	}
	s.tokens = kept
}

// commaEndsDigits reports whether only commas stand between token i and the placeholder before it.
func commaEndsDigits(tokens []token, i int) bool {
	for j := i - 1; j >= 0; j-- {
		t := tokens[j]
		if t.kind != tokDigit {
			return false
		}
		if t.text != "," {
			return true
		}
	}
	return false
}

// settleMinutes marks months as M: an m is minutes after hours or before seconds.
func (s *section) settleMinutes() {
	if !s.dated {
		return
	}
	before := ""
	for i := range s.tokens {
		t := &s.tokens[i]
		if t.kind != tokPart && t.kind != tokElapsed {
			switch {
			case t.kind == tokSlash:
				*t = token{kind: tokLiteral, text: "/"}
			case t.kind == tokPoint:
				*t = token{kind: tokLiteral, text: "."}
			case t.kind == tokDigit:
				*t = token{kind: tokLiteral, text: t.text}
			}
			continue
		}
		if t.kind == tokPart && t.text == "m" && (t.n > 2 || (before != "h" && nextPart(s.tokens, i) != "s")) {
			t.text = "M"
		}
		before = t.text
	}
}

// nextPart returns the letter of the first part of a date after token i.
func nextPart(tokens []token, i int) string {
	for _, t := range tokens[i+1:] {
		if t.kind == tokPart || t.kind == tokElapsed {
			return t.text
		}
	}
	return ""
}

// trimPadding drops the blanks that only align.
func trimPadding(dst []byte, start int, s *section) []byte {
	if !s.has(tokPadding) {
		return dst
	}
	return append(dst[:start], strings.Trim(string(dst[start:]), " ")...)
}
