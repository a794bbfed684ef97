package template

import (
	"fmt"
	"strings"
)

// A piece is a text's literal part, or one {{…}} in it.
type piece struct {
	literal string
	slot    bool
	name    string
	calls   []call
}

// A call is a filter as it is written.
type call struct {
	name string
	arg  string
	has  bool // an argument is given
}

// parse cuts a text into its pieces.
func parse(text string) ([]piece, error) {
	var pieces []piece
	for text != "" {
		i := strings.Index(text, "{{")
		if i < 0 {
			return append(pieces, piece{literal: text}), nil
		}
		if i > 0 {
			pieces = append(pieces, piece{literal: text[:i]})
		}
		p, rest, err := parseSlot(text[i+2:])
		if err != nil {
			return nil, err
		}
		pieces = append(pieces, p)
		text = rest
	}
	return pieces, nil
}

// parseSlot reads what follows {{, and returns what follows }}.
func parseSlot(text string) (piece, string, error) {
	p := piece{slot: true}
	parts, rest, err := splitSlot(text)
	if err != nil {
		return p, "", err
	}
	if p.name = parts[0]; isQuoted(p.name) {
		if p.name, err = unquote(p.name); err != nil {
			return p, "", err
		}
	}
	if p.name == "" {
		return p, "", &Error{Problem: "{{ }} names no column", Hint: "write {{column}}"}
	}
	for _, part := range parts[1:] {
		c, err := parseCall(part)
		if err != nil {
			return p, "", err
		}
		p.calls = append(p.calls, c)
	}
	return p, rest, nil
}

// splitSlot cuts up to }} at the pipes; neither counts within quotes, which open where a name or a
// filter's text begins.
func splitSlot(text string) (parts []string, rest string, err error) {
	start, quoted, opens := 0, false, true
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted && c == '\\':
			i++
		case c == '"' && (quoted || opens):
			quoted, opens = !quoted, false
		case quoted:
		case c == '|':
			parts = append(parts, strings.TrimSpace(text[start:i]))
			start, opens = i+1, true
		case c == '}' && strings.HasPrefix(text[i:], "}}"):
			return append(parts, strings.TrimSpace(text[start:i])), text[i+2:], nil
		case c == ':':
			opens = true
		case c != ' ':
			opens = false
		}
	}
	if quoted {
		return nil, "", &Error{Problem: `a quote (") in {{…}} is not closed`, Hint: `a filter's text stands in quotes: {{column | date:"d mmmm yyyy"}}`}
	}
	return nil, "", &Error{Problem: "{{ is not closed", Hint: "write {{column}}"}
}

func isQuoted(s string) bool { return len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' }

func unquote(s string) (string, error) {
	var b strings.Builder
	in := s[1 : len(s)-1]
	for i := 0; i < len(in); i++ {
		if in[i] == '\\' && i+1 < len(in) {
			i++
		} else if in[i] == '"' {
			return "", &Error{Problem: "something follows the closing quote in " + s, Hint: `a quote within a text is written \"`}
		}
		b.WriteByte(in[i])
	}
	return b.String(), nil
}

func parseCall(text string) (call, error) {
	name, arg, has := strings.Cut(text, ":")
	c := call{name: strings.TrimSpace(name), has: has}
	if !has {
		return c, nil
	}
	arg = strings.TrimSpace(arg)
	if !isQuoted(arg) {
		return c, &Error{Name: c.name, Problem: fmt.Sprintf("the text of the filter %s: is not in quotes", c.name), Hint: c.name + `:"…"`}
	}
	var err error
	c.arg, err = unquote(arg)
	return c, err
}
