package pattern

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Pattern is one of Excel's number formats, compiled: #,##0.00 or d mmmm yyyy. It writes an exact
// decimal or a time as Excel shows it, without passing amounts through floating point.
//
// What only aligns a cell is left out: the blanks of _x and *x at both ends, and those that ? puts in
// place of a missing digit. Colours are ignored.
type Pattern struct {
	sections []section
}

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

// maxPattern is Excel's 255 characters, in bytes.
const longest = 4 * 255

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

// Compile reads one of Excel's patterns, in the English notation that workbooks store
// (point, comma, d m y h s). It is an error if the pattern says nothing that can be shown.
func Compile(code string) (*Pattern, error) {
	if len(code) > longest {
		return nil, fmt.Errorf("a pattern has at most 255 characters, and this one has more")
	}
	p := &Pattern{}
	for _, part := range splitSections(code) {
		s, err := compileSection(part)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", code, err)
		}
		p.sections = append(p.sections, s)
	}
	if len(p.sections) > 4 {
		return nil, fmt.Errorf("pattern %q: has more than four parts", code)
	}
	return p, nil
}

// IsDate reports whether p shows dates or times of day.
func (p *Pattern) IsDate() bool { return p.sections[0].dated && !p.sections[0].elapsed }

// IsNumber reports whether p has a place for a number.
func (p *Pattern) IsNumber() bool {
	s := &p.sections[0]
	return !s.dated && (s.digits || s.has(tokGeneral))
}

// ShowsDay reports whether p shows a day, month or year: false for a time alone.
func (p *Pattern) ShowsDay() bool {
	for _, t := range p.sections[0].tokens {
		if t.kind == tokPart && (t.text == "y" || t.text == "d" || t.text == "M") {
			return true
		}
	}
	return false
}

func (s *section) has(k kind) bool {
	for _, t := range s.tokens {
		if t.kind == k {
			return true
		}
	}
	return false
}

// splitSections cuts at semicolons that are not quoted.
func splitSections(code string) []string {
	var parts []string
	start := 0
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '\\', '_', '*':
			i++
		case '"':
			i = skipTo(code, i, '"')
		case '[':
			i = skipTo(code, i, ']')
		case ';':
			parts = append(parts, code[start:i])
			start = i + 1
		}
	}
	return append(parts, code[min(start, len(code)):])
}

// skipTo returns the index of the next end after i, or the last index.
func skipTo(s string, i int, end byte) int {
	if j := strings.IndexByte(s[i+1:], end); j >= 0 {
		return i + 1 + j
	}
	return len(s) - 1
}

func compileSection(code string) (section, error) {
	s := section{fraction: -1}
	for i := 0; i < len(code); {
		n, err := s.scan(code, i)
		if err != nil {
			return s, err
		}
		i += n
	}
	if s.dated && s.digits {
		return s, fmt.Errorf("mixes digits and dates: put text in quotes")
	}
	s.settle()
	return s, nil
}

// scan takes one token from code[i:] and returns how many bytes it took.
func (s *section) scan(code string, i int) (int, error) {
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

func (s *section) add(t token) { s.tokens = append(s.tokens, t) }

// fractionOfSecond takes .000 after seconds.
func (s *section) fractionOfSecond(rest string) int {
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
func (s *section) letters(rest string) int {
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
func (s *section) bracket(in string) error {
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
				if i > last && last >= 0 && s.commaEndsDigits(i) {
					s.scale++
				}
				continue
			case i > first && i < last:
				s.group = true
				continue
			case i > last && s.commaEndsDigits(i):
				s.scale++
				continue
			}
			t = token{kind: tokLiteral, text: ","}
		case t.kind == tokDigit && stage == tokPoint:
			s.places++
		case t.kind == tokDigit && stage == tokExponent:
			s.exponent++
		case t.kind == tokDigit:
			s.slots++
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
func (s *section) commaEndsDigits(i int) bool {
	for j := i - 1; j >= 0; j-- {
		t := s.tokens[j]
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
		if t.kind == tokPart && t.text == "m" && (t.n > 2 || (before != "h" && s.nextPart(i) != "s")) {
			t.text = "M"
		}
		before = t.text
	}
}

func (s *section) nextPart(i int) string {
	for _, t := range s.tokens[i+1:] {
		if t.kind == tokPart || t.kind == tokElapsed {
			return t.text
		}
	}
	return ""
}
