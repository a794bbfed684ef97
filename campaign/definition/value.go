package definition

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxValues bounds how many values are looked at, so that aliases of aliases cannot keep us busy.
const maxValues = 100_000

// A reader gathers what is wrong or unwise while a file is walked. Reading goes on after a problem, so that
// several are told at once.
type reader struct {
	file     string
	problems []*Error
	warnings []*Error
	values   int
	// expand replaces ${env:NAME} and ${file:PATH}; nil in a campaign, where they mean nothing.
	expand func(v value) (string, bool)
}

// A value is one node of the file and the key it stands under.
type value struct {
	r    *reader
	node *yaml.Node
	key  string
}

// root returns the whole document as a value.
func (r *reader) root(n *yaml.Node) value { return r.value(n, "") }

func (r *reader) value(n *yaml.Node, key string) value {
	if r.values++; r.values == maxValues {
		r.fail(n.Line, key, "the file has too many values", "write lists out instead of repeating them with *")
	}
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return value{r, n, key}
}

func (r *reader) full() bool { return r.values >= maxValues }

func (r *reader) fail(line int, key, problem, hint string) {
	r.problems = append(r.problems, &Error{File: r.file, Line: line, Key: key, Problem: problem, Hint: hint})
}

// fail notes a problem at v.
func (v value) fail(problem, hint string) { v.r.fail(v.node.Line, v.key, problem, hint) }

// warn notes what works at v and is unwise.
func (v value) warn(problem, hint string) {
	v.r.warnings = append(v.r.warnings, &Error{File: v.r.file, Line: v.node.Line, Key: v.key, Problem: problem, Hint: hint})
}

// under returns the key of a part of v.
func (v value) under(name string) string {
	if v.key == "" {
		return name
	}
	return v.key + "." + name
}

// is says what v is, for messages.
func (v value) is() string {
	switch {
	case v.node.Kind == yaml.MappingNode:
		return "has keys of its own"
	case v.node.Kind == yaml.SequenceNode:
		return "is a list"
	case v.empty():
		return "has no value"
	default:
		return "is " + v.shown()
	}
}

// shown is v's text as it was written, in quotes and shortened. A variable's value is never in it.
func (v value) shown() string { return fmt.Sprintf("%q", shorten(v.node.Value, 60)) }

func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// empty reports whether nothing was written, or only null.
func (v value) empty() bool {
	return v.node.Kind == 0 || v.node.Kind == yaml.ScalarNode && v.node.Tag == "!!null"
}

// template reports whether v is what YAML makes of {{column}} without quotes.
func (v value) template() bool {
	n := v.node
	return n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle != 0 && len(n.Content) > 0 && n.Content[0].Kind == yaml.MappingNode
}

// A field is a key that a mapping may have, and what reads its value.
type field struct {
	name string
	read func(value)
}

// fields are the values of a mapping by key, as far as they are there.
type fields map[string]value

// mapping reads v's keys in the order of known, which need not be the file's. It reports whether v is a
// mapping at all; what was wrong was noted.
func (v value) mapping(known ...field) (fields, bool) {
	there, ok := v.keys()
	if !ok {
		return nil, false
	}
	names := make([]string, len(known))
	for i, f := range known {
		names[i] = f.name
	}
	told := false
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		k := v.node.Content[i]
		if _, ours := there[k.Value]; ours && !slices.Contains(names, k.Value) {
			told = v.unknown(k, names, told)
			delete(there, k.Value)
		}
	}
	for _, f := range known {
		if x, ok := there[f.name]; ok && f.read != nil && !v.r.full() {
			f.read(x)
		}
	}
	return there, true
}

// keys returns v's values by key.
func (v value) keys() (fields, bool) {
	switch {
	case v.template():
		v.fail("text with {{ }} needs quotes", quoteHint)
		return nil, false
	case v.node.Kind != yaml.MappingNode:
		v.fail(v.is()+", but keys of its own were meant", "")
		return nil, false
	case v.tagged():
		return nil, false
	}
	there := make(fields, len(v.node.Content)/2)
	for i := 0; i+1 < len(v.node.Content) && !v.r.full(); i += 2 {
		k, n := v.node.Content[i], v.node.Content[i+1]
		switch {
		case k.Kind != yaml.ScalarNode:
			v.r.fail(k.Line, v.key, "a key must be a word", quoteHint)
			continue
		case k.Tag == "!!merge":
			v.r.fail(k.Line, v.key, "keys cannot be merged with <<", "write them out")
			continue
		}
		if first, twice := there[k.Value]; twice {
			v.r.fail(k.Line, v.under(k.Value), fmt.Sprintf("is there twice, first in line %d", first.node.Line), "leave one of them")
			continue
		}
		there[k.Value] = v.r.value(n, v.under(k.Value))
	}
	return there, true
}

// each calls f with every key and value of a mapping with free keys, in the file's order.
func (v value) each(f func(name string, x value)) {
	there, _ := v.keys()
	for i := 0; i+1 < len(v.node.Content) && len(there) > 0; i += 2 {
		name := v.node.Content[i].Value
		if x, ok := there[name]; ok {
			f(name, x)
			delete(there, name)
		}
	}
}

// unknown notes a key that is not in names, and what was meant: the nearest, or once all there are.
func (v value) unknown(k *yaml.Node, names []string, told bool) bool {
	hint := ""
	near, ok := nearest(k.Value, names)
	switch {
	case ok:
		hint = fmt.Sprintf("did you mean %s?", near)
	case !told:
		hint, told = "known here: "+strings.Join(names, ", "), true
	}
	v.r.fail(k.Line, v.key, fmt.Sprintf("unknown key %q", shorten(k.Value, 60)), hint)
	return told
}

// must notes the names that are not in f.
func (v value) must(f fields, names ...string) {
	for _, name := range names {
		if _, ok := f[name]; !ok {
			v.r.fail(v.node.Line, v.under(name), "is missing", "")
		}
	}
}

// list returns the parts of a list.
func (v value) list() ([]value, bool) {
	if v.node.Kind != yaml.SequenceNode {
		if v.template() {
			v.fail("text with {{ }} needs quotes", quoteHint)
		} else {
			v.fail(v.is()+", but a list was meant", "write [ … ], or a line that begins with - for each")
		}
		return nil, false
	}
	if v.tagged() {
		return nil, false
	}
	parts := make([]value, 0, len(v.node.Content))
	for i, n := range v.node.Content {
		if v.r.full() {
			break
		}
		parts = append(parts, v.r.value(n, fmt.Sprintf("%s[%d]", v.key, i)))
	}
	return parts, true
}

// tagged notes a tag such as !!binary: none means anything here.
func (v value) tagged() bool {
	if v.node.Style&yaml.TaggedStyle == 0 {
		return false
	}
	v.fail("tags that begin with ! are not understood", "leave it out, or put the text in quotes")
	return true
}

// text returns v's text as it was written ("007" stays so), with its variables filled in; false if it is
// none. It may not be blank.
func (v value) text() (string, bool) {
	switch {
	case v.template():
		v.fail("text with {{ }} needs quotes", quoteHint)
		return "", false
	case v.node.Kind != yaml.ScalarNode && !v.empty():
		v.fail(v.is()+", but a text was meant", "")
		return "", false
	case v.tagged():
		return "", false
	case v.empty():
		v.fail("has no value", "write one, or leave the key out")
		return "", false
	}
	s, ok := v.node.Value, true
	if v.r.expand != nil {
		s, ok = v.r.expand(v)
	}
	if ok && strings.TrimSpace(s) == "" {
		v.fail("is blank", "write a value, or leave the key out")
		return "", false
	}
	return s, ok
}
