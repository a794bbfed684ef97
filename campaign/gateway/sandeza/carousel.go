package sandeza

import (
	"fmt"
	"slices"

	"siaran/campaign"
)

// carousel writes the cards. They all have the same parts: a template has one shape.
func (t *templated) carousel() {
	if len(t.Carousel) > maxCards {
		t.problemf("whatsapp carousel: it has %d cards, %d is the most", len(t.Carousel), maxCards)
	}
	t.key("carousel")
	t.object(func() {
		t.pair("type", typeCarousel)
		t.key("cards")
		t.array(len(t.Carousel), func(i int) {
			if shape := shapeOf(t.Carousel[i]); i > 0 && !slices.Equal(shape, shapeOf(t.Carousel[0])) {
				t.problemf("whatsapp card %d: it has other parts than card 1: every card needs the same medium, as many values and the same buttons", i+1)
			}
			t.object(func() {
				t.integer("card_index", i)
				t.key("components")
				t.card(fmt.Sprintf("card %d", i+1), t.Carousel[i])
			})
		})
	})
}

// shapeOf is what two cards of one template have in common.
func shapeOf(c campaign.Card) []string {
	shape := []string{c.Media.Kind, fmt.Sprint(len(c.Body))}
	for _, b := range c.Buttons {
		shape = append(shape, fmt.Sprint(b.Kind, b.Index))
	}
	return shape
}

// card writes the components of one card: header, body, buttons.
func (t *templated) card(where string, c campaign.Card) {
	if c.Media.Kind != "image" && c.Media.Kind != "video" {
		t.problemf("whatsapp %s: it needs an image or a video", where)
		t.Raw("[]")
		return
	}
	if len(c.Buttons) > maxCardKeys {
		t.problemf("whatsapp %s: it has %d buttons, %d is the most", where, len(c.Buttons), maxCardKeys)
	}
	n := 1 + len(c.Buttons)
	if len(c.Body) > 0 {
		n++
	}
	outer := t.buttons // those of cards are read with their card
	t.buttons = nil
	var media, body passage
	t.array(n, func(i int) {
		switch {
		case i == 0:
			t.cardPart(cardHeader, func() { t.array(1, func(int) { media = t.media(t.at("%s", where), c.Media) }) })
		case i == 1 && len(c.Body) > 0:
			t.cardPart(cardBody, func() { body = passage{between: " | ", fields: t.params(where+" value", c.Body)} })
		default:
			t.cardButton(where, c.Buttons[i-(n-len(c.Buttons))])
		}
	})
	t.cards = append(t.cards, passage{before: "[" + where + "]"}, media)
	if len(body.fields) > 0 {
		t.cards = append(t.cards, body)
	}
	t.cards = append(t.cards, t.buttons...)
	t.buttons = outer
}

func (t *templated) cardPart(kind string, params func()) {
	t.object(func() {
		t.pair("type", kind)
		t.key(keyParameters)
		params()
	})
}

func (t *templated) cardButton(where string, b campaign.Button) {
	if b.Kind != "url" && b.Kind != "quick_reply" {
		t.problemf("whatsapp %s: a card's button is url or quick_reply, not %s", where, b.Kind)
	}
	if b.Index < 0 || b.Index > maxIndex {
		t.problemf("whatsapp %s: button index %d is not between 0 and %d", where, b.Index, maxIndex)
	}
	codes := t.codes
	t.button(t.at("%s button", where), cardButton, keyParameters, b)
	t.codes = codes // a card's link is no code
}
