package simulator

// readSession reads a WhatsApp message without a template. The page lists no backup for these.
func readSession(n node) *refusal {
	if no := n.only("msisdn", "message"); no != nil {
		return no
	}
	m, no := n.must("message", objectNode)
	if no != nil {
		return no
	}
	return readSessionMessage(m).in("message")
}

func readSessionMessage(m node) *refusal {
	typ, no := m.mustText("type")
	if no != nil {
		return no
	}
	body, no := m.must("body", objectNode)
	if no != nil {
		return no
	}
	switch typ {
	case "text":
		return firstOf(m.only("type", "body"), readSessionText(body).in("body"))
	case "image", "audio", "video", "document":
		return firstOf(m.only("type", "body"), readSessionMedia(body).in("body"))
	case "location":
		return firstOf(m.only("type", "body"), readSessionPlace(body).in("body"))
	case "button":
		return firstOf(m.only("type", "header", "body", "footer"), readEnds(m, "text", "image", "video", "document"), readReplies(body).in("body"))
	case "list":
		return firstOf(m.only("type", "header", "body", "footer"), readEnds(m, "text"), readList(body).in("body"))
	}
	return refuse(1, "type", "must be text, image, audio, video, document, button, list or location")
}

func readSessionText(n node) *refusal {
	if no := n.only("text"); no != nil {
		return no
	}
	_, no := n.mustText("text")
	return no
}

func readSessionMedia(n node) *refusal {
	if no := n.only("media"); no != nil {
		return no
	}
	v, no := n.must("media", objectNode)
	if no != nil {
		return no
	}
	if no = v.only("url", "name"); no == nil {
		_, no = v.mayText("name")
	}
	if no != nil {
		return no.in("media")
	}
	link, no := v.mustText("url")
	return firstOf(no, checkLink("url", link, nil)).in("media")
}

func readSessionPlace(n node) *refusal {
	if no := n.only("location"); no != nil {
		return no
	}
	v, no := n.must("location", objectNode)
	if no != nil {
		return no
	}
	return firstOf(v.only("latitude", "longitude"), v.degrees("latitude", 90), v.degrees("longitude", 180)).in("location")
}

// readEnds reads header and footer, which may be left out. The page wants a header's text even where
// it shows an image; here a text header needs text and the others a link.
func readEnds(m node, types ...string) *refusal {
	if h, ok := m.get("header"); ok {
		if no := readSessionHeader(h, types).in("header"); no != nil {
			return no
		}
	}
	f, ok := m.get("footer")
	if !ok {
		return nil
	}
	no := f.only("text")
	if no == nil {
		_, no = f.mayText("text")
	}
	return no.in("footer")
}

func readSessionHeader(n node, types []string) *refusal {
	if no := n.only("type", "text", "media_url", "name"); no != nil {
		return no
	}
	typ, no := n.mustText("type")
	switch {
	case no != nil:
		return no
	case !contains(types, typ):
		return refuse(1, "type", "is not one that may stand here")
	case typ == "text":
		_, no = n.mustText("text")
		return no
	}
	for _, key := range []string{"text", "name"} {
		if _, no = n.mayText(key); no != nil {
			return no
		}
	}
	link, no := n.mustText("media_url")
	return firstOf(no, checkLink("media_url", link, nil))
}

func readReplies(n node) *refusal {
	no := n.only("text", "button")
	if no == nil {
		_, no = n.mustText("text")
	}
	if no != nil {
		return no
	}
	return readChoices(n, "button")
}

// readChoices reads buttons or the lines of a list. What their type has to say is not documented.
func readChoices(n node, key string) *refusal {
	list, no := n.list(key, 0)
	if no != nil {
		return no
	}
	seen := map[string]bool{}
	for i, c := range list {
		no := c.only("type", "key", "title")
		for _, k := range []string{"type", "key", "title"} {
			if no == nil {
				_, no = c.mustText(k)
			}
		}
		id, _ := c.get("key")
		if no == nil && seen[id.text] {
			no = refuse(1, "key", "stands twice")
		}
		if no != nil {
			return no.at(i).in(key)
		}
		seen[id.text] = true
	}
	return nil
}

func readList(n node) *refusal {
	no := n.only("text", "list")
	if no == nil {
		_, no = n.mustText("text")
	}
	if no != nil {
		return no
	}
	l, no := n.must("list", objectNode)
	if no != nil {
		return no
	}
	if no = l.only("title", "section"); no == nil {
		_, no = l.mustText("title")
	}
	if no != nil {
		return no.in("list")
	}
	s, no := l.must("section", objectNode)
	if no != nil {
		return no.in("list")
	}
	no = s.only("title", "description", "actions")
	if no == nil {
		_, no = s.mustText("title")
	}
	if no == nil {
		_, no = s.must("description", textNode)
	}
	if no == nil {
		no = readChoices(s, "actions")
	}
	return no.in("section").in("list")
}
