package simulator

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A node is one JSON value of a request.
//
// Why not encoding/json: it loses the order of keys (type 1 means it), takes a key twice and in any
// case, and text that is not UTF-8. A strict gateway must see all of that.
type node struct {
	kind nodeKind
	key  string // its key, inside an object
	text string // of a text: the value; of a number: its digits as written
	kids []node // of an object or a list, in their order
}

type nodeKind uint8

const (
	nullNode nodeKind = iota
	boolNode
	numberNode
	textNode
	listNode
	objectNode
)

// maxDepth is deeper than any request; it keeps a hostile one from using up the stack.
const maxDepth = 32

// errNotJSON is all that a reader of a broken request needs: the answer has no room for more.
var errNotJSON = errors.New("not valid JSON")

// A reader reads documents, one after the other. It keeps the memory of the nodes for the next one.
type reader struct {
	s     string
	pos   int
	open  []node // the kids of the objects and lists that are being read
	nodes []node // those of the ones that were
}

// parse reads a whole document: one value, blanks around it, nothing else. What it returns holds until
// the next call; its texts hold for ever.
func (r *reader) parse(s string) (node, error) {
	if !utf8.ValidString(s) {
		return node{}, fmt.Errorf("%w: not UTF-8", errNotJSON)
	}
	r.s, r.pos, r.open, r.nodes = s, 0, r.open[:0], r.nodes[:0]
	n, err := r.value(0)
	if err != nil {
		return node{}, err
	}
	if r.blank(); r.pos != len(s) {
		return node{}, fmt.Errorf("%w: something follows at byte %d", errNotJSON, r.pos+1)
	}
	return n, nil
}

func (r *reader) broken() error { return fmt.Errorf("%w at byte %d", errNotJSON, r.pos+1) }

func (r *reader) blank() {
	for r.pos < len(r.s) {
		switch r.s[r.pos] {
		case ' ', '\t', '\n', '\r':
			r.pos++
		default:
			return
		}
	}
}

// take reads c, after blanks.
func (r *reader) take(c byte) bool {
	r.blank()
	if r.pos < len(r.s) && r.s[r.pos] == c {
		r.pos++
		return true
	}
	return false
}

func (r *reader) value(depth int) (node, error) {
	r.blank()
	if r.pos >= len(r.s) || depth > maxDepth {
		return node{}, r.broken()
	}
	switch c := r.s[r.pos]; {
	case c == '{':
		return r.object(depth)
	case c == '[':
		return r.list(depth)
	case c == '"':
		s, err := r.string()
		return node{kind: textNode, text: s}, err
	case c == '-' || c >= '0' && c <= '9':
		return r.number()
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(r.s[r.pos:], word) {
			r.pos += len(word)
			if word == "null" {
				return node{}, nil
			}
			return node{kind: boolNode, text: word}, nil
		}
	}
	return node{}, r.broken()
}

func (r *reader) object(depth int) (node, error) {
	from := len(r.open)
	r.pos++
	if r.take('}') {
		return node{kind: objectNode}, nil
	}
	for {
		if r.blank(); r.pos >= len(r.s) || r.s[r.pos] != '"' {
			return node{}, r.broken()
		}
		key, err := r.string()
		if err != nil {
			return node{}, err
		}
		if (node{kind: objectNode, kids: r.open[from:]}).has(key) {
			return node{}, fmt.Errorf("%w: key %q stands twice", errNotJSON, clip(key))
		}
		if !r.take(':') {
			return node{}, r.broken()
		}
		v, err := r.value(depth + 1)
		if err != nil {
			return node{}, err
		}
		v.key = key
		r.open = append(r.open, v)
		if r.take('}') {
			return node{kind: objectNode, kids: r.close(from)}, nil
		}
		if !r.take(',') {
			return node{}, r.broken()
		}
	}
}

func (r *reader) list(depth int) (node, error) {
	from := len(r.open)
	r.pos++
	if r.take(']') {
		return node{kind: listNode}, nil
	}
	for {
		v, err := r.value(depth + 1)
		if err != nil {
			return node{}, err
		}
		r.open = append(r.open, v)
		if r.take(']') {
			return node{kind: listNode, kids: r.close(from)}, nil
		}
		if !r.take(',') {
			return node{}, r.broken()
		}
	}
}

// close moves the kids of the object or list that ends here to where they stay.
func (r *reader) close(from int) []node {
	at := len(r.nodes)
	r.nodes = append(r.nodes, r.open[from:]...)
	r.open = r.open[:from]
	return r.nodes[at:len(r.nodes):len(r.nodes)]
}

// number reads what RFC 8259 calls a number.
func (r *reader) number() (node, error) {
	from := r.pos
	if r.s[r.pos] == '-' {
		r.pos++
	}
	if lead := r.pos; !r.digits() || (r.pos > lead+1 && r.s[lead] == '0') {
		return node{}, r.broken()
	}
	if r.pos < len(r.s) && r.s[r.pos] == '.' {
		r.pos++
		if !r.digits() {
			return node{}, r.broken()
		}
	}
	if r.pos < len(r.s) && (r.s[r.pos] == 'e' || r.s[r.pos] == 'E') {
		r.pos++
		if r.pos < len(r.s) && (r.s[r.pos] == '+' || r.s[r.pos] == '-') {
			r.pos++
		}
		if !r.digits() {
			return node{}, r.broken()
		}
	}
	return node{kind: numberNode, text: r.s[from:r.pos]}, nil
}

func (r *reader) digits() bool {
	from := r.pos
	for r.pos < len(r.s) && r.s[r.pos] >= '0' && r.s[r.pos] <= '9' {
		r.pos++
	}
	return r.pos > from
}

// string reads a quoted text; one without escapes shares the document's memory.
func (r *reader) string() (string, error) {
	from := r.pos + 1
	for i := from; i < len(r.s); i++ {
		switch c := r.s[i]; {
		case c == '"':
			r.pos = i + 1
			return r.s[from:i], nil
		case c == '\\':
			r.pos = i
			return r.escaped(r.s[from:i])
		case c < 0x20:
			r.pos = i
			return "", r.broken()
		}
	}
	r.pos = len(r.s)
	return "", r.broken()
}

func (r *reader) escaped(start string) (string, error) {
	var b strings.Builder
	b.WriteString(start)
	for r.pos < len(r.s) {
		c := r.s[r.pos]
		switch {
		case c == '"':
			r.pos++
			return b.String(), nil
		case c == '\\':
			ch, err := r.escape()
			if err != nil {
				return "", err
			}
			b.WriteRune(ch)
		case c < 0x20:
			return "", r.broken()
		default:
			b.WriteByte(c)
			r.pos++
		}
	}
	return "", r.broken()
}

func (r *reader) escape() (rune, error) {
	if r.pos+1 >= len(r.s) {
		return 0, r.broken()
	}
	c := r.s[r.pos+1]
	if c == 'u' {
		return r.unicode()
	}
	i := strings.IndexByte(`"\/bfnrt`, c)
	if i < 0 {
		return 0, r.broken()
	}
	r.pos += 2
	return rune("\"\\/\b\f\n\r\t"[i]), nil
}

// unicode reads \uXXXX, and both halves of a surrogate pair; a half alone is broken.
func (r *reader) unicode() (rune, error) {
	hi, ok := r.hex4()
	if !ok {
		return 0, r.broken()
	}
	if hi < 0xD800 || hi > 0xDFFF {
		return hi, nil
	}
	lo, ok := r.hex4()
	if !ok || hi > 0xDBFF || lo < 0xDC00 || lo > 0xDFFF {
		return 0, r.broken()
	}
	return (hi-0xD800)<<10 + (lo - 0xDC00) + 0x10000, nil
}

func (r *reader) hex4() (rune, bool) {
	if r.pos+6 > len(r.s) || r.s[r.pos:r.pos+2] != `\u` {
		return 0, false
	}
	var ch rune
	for _, c := range []byte(r.s[r.pos+2 : r.pos+6]) {
		d := strings.IndexByte("0123456789abcdef", c|0x20)
		if d < 0 || (c < '0' || c > '9') && (c|0x20) < 'a' {
			return 0, false
		}
		ch = ch<<4 + rune(d)
	}
	r.pos += 6
	return ch, true
}

// get returns the value of key; false if n is no object or has none.
func (n node) get(key string) (node, bool) {
	if n.kind == objectNode {
		for i := range n.kids {
			if n.kids[i].key == key {
				return n.kids[i], true
			}
		}
	}
	return node{}, false
}

func (n node) has(key string) bool {
	_, ok := n.get(key)
	return ok
}

// name is the kind's name, for the record.
func (k nodeKind) name() string {
	return [...]string{"null", "a boolean", "a number", "text", "a list", "an object"}[k]
}
