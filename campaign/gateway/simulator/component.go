package simulator

import "unicode/utf8"

// Limits of a multi-product button, from Sprint's page "Description Parameter".
const (
	maxSections = 10
	maxTitle    = 24
	maxProducts = 30
)

// readComponents reads the JSON form of a template message. Header, message and button say parameter,
// the components of a carousel parameters: so does the page.
func readComponents(n node) (f filled, no *refusal) {
	if h, ok := n.get("header"); ok {
		if no = readHeader(h).in("header"); no != nil {
			return f, no
		}
	}
	if m, ok := n.get("message"); ok {
		if no = firstOf(m.only("type", "parameter"), m.typed("Body")); no == nil {
			f.texts, f.text, no = readTexts(m, "parameter")
		}
		if no != nil {
			return f, no.in("message")
		}
	}
	if b, ok := n.get("button"); ok {
		if f.button, no = readButtons(b); no != nil {
			return f, no.in("button")
		}
	}
	if c, ok := n.get("carousel"); ok {
		no = readCarousel(c).in("carousel")
	}
	return f, no
}

func readHeader(n node) *refusal {
	if no := firstOf(n.only("type", "parameter"), n.typed("Header")); no != nil {
		return no
	}
	list, no := n.list("parameter", 1)
	if no != nil {
		return no
	}
	return readMedia(list[0], "text", "image", "video", "document", "location").at(0).in("parameter")
}

// readMedia reads a header's one parameter: {"type":"image","image":{"link":…}}, of these types.
func readMedia(n node, types ...string) *refusal {
	typ, no := n.mustText("type")
	switch {
	case no != nil:
		return firstOf(n.only("type"), no)
	case !contains(types, typ):
		return refuse(1, "type", "is not one that may stand here")
	}
	if no = n.only("type", typ); no != nil {
		return no
	}
	if typ == "text" {
		s, no := n.must("text", textNode)
		return firstOf(no, parameter("text", s.text))
	}
	v, no := n.must(typ, objectNode)
	switch {
	case no != nil:
		return no
	case typ == "location":
		return readLocation(v).in(typ)
	case typ == "document":
		no = v.only("link", "filename")
	default:
		no = v.only("link")
	}
	if no == nil {
		_, no = v.mayText("filename")
	}
	if no != nil {
		return no.in(typ)
	}
	link, no := v.mustText("link")
	return firstOf(no, checkLink("link", link, headerMedia[typ])).in(typ)
}

func readLocation(n node) *refusal {
	no := firstOf(n.only("latitude", "longitude", "name", "address"), n.degrees("latitude", 90), n.degrees("longitude", 180))
	for _, key := range []string{"name", "address"} {
		if no == nil {
			_, no = n.mayText(key)
		}
	}
	return no
}

// readTexts reads a list of {"type":"text","text":…}: how many there are, and the last.
func readTexts(n node, key string) (count int, last string, no *refusal) {
	list, no := n.list(key, 0)
	if no != nil {
		return 0, "", no
	}
	for i, p := range list {
		if no = readMedia(p, "text"); no != nil {
			return 0, "", no.at(i).in(key)
		}
		v, _ := p.get("text")
		last = v.text
	}
	return len(list), last, nil
}

// readButtons reads one button, or a list of several with different indexes. It returns the value of
// the first URL button.
func readButtons(n node) (value string, no *refusal) {
	if n.kind != listNode {
		_, value, no = readButton(n)
		return value, no
	}
	if len(n.kids) == 0 || len(n.kids) > 10 {
		return "", refuse(24, "", "must have one to ten buttons")
	}
	var taken [10]bool
	for i, b := range n.kids {
		index, v, no := readButton(b)
		switch {
		case no != nil:
			return "", no.at(i)
		case taken[index]:
			return "", refuse(1, "index", "stands twice").at(i)
		case value == "":
			value = v
		}
		taken[index] = true
	}
	return value, nil
}

func readButton(n node) (index int, value string, no *refusal) {
	if no = firstOf(n.only("type", "sub_type", "index", "parameter"), n.typed("Button")); no != nil {
		return 0, "", no
	}
	sub, no := n.mustText("sub_type")
	if no != nil {
		return 0, "", no
	}
	if index, no = n.integer("index", 0, 9); no != nil {
		return 0, "", no
	}
	list, no := n.list("parameter", 1)
	if no != nil {
		return 0, "", no
	}
	p := list[0]
	switch sub {
	case "URL":
		if no = readMedia(p, "text"); no == nil {
			v, _ := p.get("text")
			value = v.text
		}
	case "Quick_reply":
		no = readPayload(p)
	case "catalog", "MPM":
		no = readAction(p, sub)
	default:
		return 0, "", refuse(1, "sub_type", "must be URL, catalog, MPM or Quick_reply")
	}
	return index, value, no.at(0).in("parameter")
}

func readPayload(n node) *refusal {
	if no := firstOf(n.only("type", "payload"), n.typed("payload")); no != nil {
		return no
	}
	_, no := n.mustText("payload")
	return no
}

func readAction(n node, sub string) *refusal {
	if no := firstOf(n.only("type", "action"), n.typed("action")); no != nil {
		return no
	}
	a, no := n.must("action", objectNode)
	if no != nil {
		return no
	}
	if sub == "MPM" {
		no = a.only("thumbnail_product_retailer_id", "sections")
	} else {
		no = a.only("thumbnail_product_retailer_id")
	}
	if no == nil {
		_, no = a.mustText("thumbnail_product_retailer_id")
	}
	if no == nil && sub == "MPM" {
		no = readSections(a)
	}
	return no.in("action")
}

func readSections(n node) *refusal {
	list, no := n.list("sections", maxSections)
	if no != nil {
		return no
	}
	products := 0
	for i, s := range list {
		count, no := readProducts(s)
		if products += count; no == nil && products > maxProducts {
			no = refuse(24, "product_items", "at most 30 products in all sections")
		}
		if no != nil {
			return no.at(i).in("sections")
		}
	}
	return nil
}

func readProducts(n node) (int, *refusal) {
	if no := n.only("title", "product_items"); no != nil {
		return 0, no
	}
	title, no := n.mustText("title")
	switch {
	case no != nil:
		return 0, no
	case utf8.RuneCountInString(title) > maxTitle:
		return 0, refuse(24, "title", "at most 24 characters")
	case hasMarkdown(title):
		return 0, refuse(22, "title", "must not have markdown")
	}
	list, no := n.list("product_items", 0)
	if no != nil {
		return 0, no
	}
	for i, p := range list {
		no = p.only("product_retailer_id")
		if no == nil {
			_, no = p.mustText("product_retailer_id")
		}
		if no != nil {
			return 0, no.at(i).in("product_items")
		}
	}
	return len(list), nil
}

// hasMarkdown finds text between two of WhatsApp's signs: *bold*, _italic_, ~struck~, `code`.
func hasMarkdown(s string) bool {
	for i := range len(s) {
		if !oneOf("*_~`", s[i]) {
			continue
		}
		for j := i + 2; j < len(s); j++ {
			if s[j] == s[i] {
				return true
			}
		}
	}
	return false
}
