package sandeza

import (
	"fmt"
	"slices"

	"siaran/campaign"
)

// A carousel writes the cards of a template in JSON form, each with components of its own.
type carousel struct{ *jsonForm }

// write writes the cards. They all have the same parts: a template has one shape.
func (c *carousel) write() {
	if len(c.Carousel) > maxCards {
		c.problemf("whatsapp carousel: it has %d cards, %d is the most", len(c.Carousel), maxCards)
	}
	c.key("carousel")
	c.object(func() {
		c.pair("type", typeCarousel)
		c.key("cards")
		c.array(len(c.Carousel), func(i int) {
			if shape := shapeOf(c.Carousel[i]); i > 0 && !slices.Equal(shape, shapeOf(c.Carousel[0])) {
				c.problemf("whatsapp card %d: it has other parts than card 1: every card needs the same medium, as many values and the same buttons", i+1)
			}
			c.object(func() {
				c.integer("card_index", i)
				c.key("components")
				c.card(fmt.Sprintf("card %d", i+1), c.Carousel[i])
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
func (c *carousel) card(where string, card campaign.Card) {
	if card.Media.Kind != "image" && card.Media.Kind != "video" {
		c.problemf("whatsapp %s: it needs an image or a video", where)
		c.Raw("[]")
		return
	}
	if len(card.Buttons) > maxCardKeys {
		c.problemf("whatsapp %s: it has %d buttons, %d is the most", where, len(card.Buttons), maxCardKeys)
	}
	n := 1 + len(card.Buttons)
	if len(card.Body) > 0 {
		n++
	}
	outer := c.buttons // those of cards are read with their card
	c.buttons = nil
	var media, body passage
	c.array(n, func(i int) {
		switch {
		case i == 0:
			c.part(cardHeader, func() { c.array(1, func(int) { media = c.media(c.at("%s", where), card.Media) }) })
		case i == 1 && len(card.Body) > 0:
			c.part(cardBody, func() { body = passage{between: " | ", fields: c.params(where+" value", card.Body)} })
		default:
			c.cardKey(where, card.Buttons[i-(n-len(card.Buttons))])
		}
	})
	c.cards = append(c.cards, passage{before: "[" + where + "]"}, media)
	if len(body.fields) > 0 {
		c.cards = append(c.cards, body)
	}
	c.cards = append(c.cards, c.buttons...)
	c.buttons = outer
}

func (c *carousel) part(kind string, params func()) {
	c.object(func() {
		c.pair("type", kind)
		c.key(keyParameters)
		params()
	})
}

func (c *carousel) cardKey(where string, b campaign.Button) {
	if b.Kind != "url" && b.Kind != "quick_reply" {
		c.problemf("whatsapp %s: a card's button is url or quick_reply, not %s", where, b.Kind)
	}
	if b.Index < 0 || b.Index > maxIndex {
		c.problemf("whatsapp %s: button index %d is not between 0 and %d", where, b.Index, maxIndex)
	}
	codes := c.codes
	c.button(c.at("%s button", where), cardButton, keyParameters, b)
	c.codes = codes // a card's link is no code
}
