package simulator

// Limits of a carousel. Sprint's page states none; these are WhatsApp's own.
const (
	maxCards       = 10
	maxCardButtons = 2
)

// readCarousel reads a carousel: cards in their order, all of the same shape.
func readCarousel(n node) *refusal {
	if no := firstOf(n.only("type", "cards"), n.typed("Carousel")); no != nil {
		return no
	}
	cards, no := n.list("cards", maxCards)
	if no != nil {
		return no
	}
	first := ""
	for i, c := range cards {
		shape, no := readCard(c, i)
		if i == 0 {
			first = shape
		}
		if no == nil && shape != first {
			no = refuse(1, "components", "all cards must have the same components")
		}
		if no != nil {
			return no.at(i).in("cards")
		}
	}
	return nil
}

// readCard returns the card's shape: its components, in a word.
func readCard(n node, place int) (shape string, no *refusal) {
	if no = n.only("card_index", "components"); no != nil {
		return "", no
	}
	if _, no = n.integer("card_index", place, place); no != nil {
		return "", no
	}
	list, no := n.list("components", 0)
	if no != nil {
		return "", no
	}
	seen := map[string]int{}
	for i, c := range list {
		typ, sub, no := readCardComponent(c)
		if no == nil {
			seen[typ]++
			switch {
			case typ != "button" && seen[typ] > 1:
				no = refuse(1, "type", "stands twice")
			case seen["button"] > maxCardButtons:
				no = refuse(24, "type", "at most two buttons a card")
			}
		}
		if no != nil {
			return "", no.at(i).in("components")
		}
		shape += typ + sub + " "
	}
	return shape, nil
}

func readCardComponent(n node) (typ, sub string, no *refusal) {
	if typ, no = n.mustText("type"); no != nil {
		return "", "", firstOf(n.only("type", "sub_type", "index", "parameters"), no)
	}
	switch typ {
	case "header":
		if no = n.only("type", "parameters"); no == nil {
			no = readOnly(n, func(p node) *refusal { return readMedia(p, "image", "video") })
		}
	case "body":
		if no = n.only("type", "parameters"); no == nil {
			_, _, no = readTexts(n, "parameters")
		}
	case "button":
		sub, no = readCardButton(n)
	default:
		no = refuse(1, "type", "must be header, body or button")
	}
	return typ, sub, no
}

// readCardButton reads a quick reply or a link. Of the quick reply's parameter the page says that its
// type is always payload; of the link's it says nothing, so it is a text as everywhere else.
func readCardButton(n node) (sub string, no *refusal) {
	if no = n.only("type", "sub_type", "index", "parameters"); no != nil {
		return "", no
	}
	if sub, no = n.mustText("sub_type"); no != nil {
		return "", no
	}
	if _, no = n.integer("index", 0, 9); no != nil {
		return "", no
	}
	switch sub {
	case "Quick_reply":
		no = readOnly(n, readPayload)
	case "URL":
		no = readOnly(n, func(p node) *refusal { return readMedia(p, "text") })
	default:
		no = refuse(1, "sub_type", "must be Quick_reply or URL")
	}
	return sub, no
}

// readOnly reads the one element of parameters.
func readOnly(n node, read func(node) *refusal) *refusal {
	list, no := n.list("parameters", 1)
	if no != nil {
		return no
	}
	return read(list[0]).at(0).in("parameters")
}
