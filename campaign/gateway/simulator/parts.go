package simulator

import "strings"

// The characters of GSM 03.38: those of one septet, and those behind the escape, of two.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "\f^{}\\[~]|€"
)

// countParts counts the parts of an SMS: 160 septets, or 153 a part where there are several; 70 units
// of UTF-16, or 67, as soon as one character is outside GSM 03.38. No character is split over two
// parts.
func countParts(text string) int {
	gsm := true
	for _, r := range text {
		if septets(r) == 0 {
			gsm = false
			break
		}
	}
	alone, each, width := 160, 153, septets
	if !gsm {
		alone, each, width = 70, 67, units
	}
	total, parts, used := 0, 1, 0
	for _, r := range text {
		w := width(r)
		total += w
		if used += w; used > each {
			parts++
			used = w
		}
	}
	if total <= alone {
		return 1
	}
	return parts
}

// septets is how many septets r takes; 0 if GSM 03.38 has no such character.
func septets(r rune) int {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= ' ' && r <= '?' && r != '`':
		return 1
	case strings.ContainsRune(gsmBasic, r):
		return 1
	case strings.ContainsRune(gsmExtended, r):
		return 2
	}
	return 0
}

// units is how many units of UTF-16 r takes.
func units(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}
