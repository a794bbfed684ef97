package simulator

import (
	"strconv"
	"unicode/utf8"
)

// only refuses n unless it is an object with none but these keys.
func (n node) only(keys ...string) *refusal {
	if n.kind != objectNode {
		return refuse(1, "", "must be an object, is "+n.kind.name())
	}
next:
	for i := range n.kids {
		for _, k := range keys {
			if n.kids[i].key == k {
				continue next
			}
		}
		return refuse(1, clip(n.kids[i].key), "unknown key")
	}
	return nil
}

// clip keeps a foreign key in a record short.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// must returns the value of key, which has to be there.
func (n node) must(key string, kind nodeKind) (node, *refusal) {
	v, ok := n.get(key)
	if !ok {
		return node{}, refuse(1, key, "missing")
	}
	if v.kind != kind {
		return node{}, refuse(1, key, "must be "+kind.name()+", is "+v.kind.name())
	}
	return v, nil
}

// mustText returns the text of key, which has to be there and not empty.
func (n node) mustText(key string) (string, *refusal) {
	v, no := n.must(key, textNode)
	if no == nil && v.text == "" {
		no = refuse(1, key, "must not be empty")
	}
	return v.text, no
}

// mayText returns the text of key, empty if it is not there.
func (n node) mayText(key string) (string, *refusal) {
	if !n.has(key) {
		return "", nil
	}
	v, no := n.must(key, textNode)
	return v.text, no
}

// typed refuses n unless its type is this one.
func (n node) typed(want string) *refusal {
	got, no := n.mustText("type")
	if no == nil && got != want {
		no = refuse(1, "type", "must be "+want)
	}
	return no
}

// integer returns the whole number of key, within from and to.
func (n node) integer(key string, from, to int) (int, *refusal) {
	v, no := n.must(key, numberNode)
	if no != nil {
		return 0, no
	}
	i, err := strconv.Atoi(v.text)
	if err != nil || i < from || i > to {
		return 0, refuse(1, key, "must be a whole number from "+strconv.Itoa(from)+" to "+strconv.Itoa(to))
	}
	return i, nil
}

// degrees refuses n unless key is a number between -most and most.
func (n node) degrees(key string, most float64) *refusal {
	v, no := n.must(key, numberNode)
	if no != nil {
		return no
	}
	f, err := strconv.ParseFloat(v.text, 64)
	if err != nil || f < -most || f > most {
		return refuse(1, key, "must be a number of degrees")
	}
	return nil
}

// list returns the elements of key: at least one, at most most (0: any number).
func (n node) list(key string, most int) ([]node, *refusal) {
	v, no := n.must(key, listNode)
	switch {
	case no != nil:
		return nil, no
	case len(v.kids) == 0:
		return nil, refuse(1, key, "must not be empty")
	case most > 0 && len(v.kids) > most:
		return nil, refuse(24, key, "at most "+strconv.Itoa(most))
	}
	return v.kids, nil
}

// short refuses a text of more than most characters.
func short(key, s string, most int) *refusal {
	if len(s) > most && utf8.RuneCountInString(s) > most {
		return refuse(24, key, "at most "+strconv.Itoa(most)+" characters")
	}
	return nil
}

// made refuses a text with characters beyond a-z, A-Z, 0-9 and the others given.
func made(rc int, key, s, others string) *refusal {
	for i := range len(s) {
		if !alphanumeric(s[i]) && !oneOf(others, s[i]) {
			return refuse(rc, key, "has characters beyond letters, digits and "+strconv.Quote(others))
		}
	}
	return nil
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func oneOf(set string, c byte) bool {
	for i := range len(set) {
		if set[i] == c {
			return true
		}
	}
	return false
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
