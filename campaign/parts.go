package campaign

import (
	"slices"
	"strings"
)

// An Encoding is how the text of an SMS travels.
type Encoding string

// The encodings of SMS: one character out of GSM-7's table costs a septet (or two), and one that is
// not in it makes the whole text UCS-2.
const (
	GSM7 Encoding = "GSM-7"
	UCS2 Encoding = "UCS-2"
)

// Parts is what a text costs as SMS.
type Parts struct {
	Count    int // SMS parts; 0 for an empty text
	Encoding Encoding
	Units    int    // septets in GSM-7, UTF-16 units in UCS-2, without padding
	Forced   []rune // the first five different characters that forced UCS-2
}

const (
	gsmSingle, gsmPart = 160, 153 // septets in one part alone, and in each of several
	ucsSingle, ucsPart = 70, 67   // UTF-16 units
	forcedAtMost       = 5
)

// SMSParts counts the parts of text by packing it as a phone does (3GPP TS 23.038 and 23.040, with an
// 8-bit reference): neither the two septets of an extension character nor a surrogate pair is split
// over two parts, so dividing by the size of a part may be one too low.
//
// The gateway's own count is the truth when it comes; this one is for estimates.
func SMSParts(text string) Parts {
	p := Parts{Encoding: GSM7}
	gsm := packing{size: gsmPart}
	for _, r := range text {
		n := septets(r)
		if n == 0 {
			p.Encoding = UCS2
			if len(p.Forced) < forcedAtMost && !slices.Contains(p.Forced, r) {
				p.Forced = append(p.Forced, r)
			}
			continue
		}
		gsm.add(n)
	}
	if p.Encoding == GSM7 {
		p.Count, p.Units = gsm.parts(gsmSingle), gsm.units
		return p
	}
	ucs := packing{size: ucsPart}
	for _, r := range text {
		if r > 0xFFFF {
			ucs.add(2)
		} else {
			ucs.add(1)
		}
	}
	p.Count, p.Units = ucs.parts(ucsSingle), ucs.units
	return p
}

// packing fills parts of one size.
type packing struct {
	size  int
	full  int // parts that are full
	used  int // of the part in hand
	units int
}

func (p *packing) add(n int) {
	if p.used+n > p.size {
		p.full, p.used = p.full+1, 0
	}
	p.used += n
	p.units += n
}

// parts returns how many there are, if a text of at most single units fits into one.
func (p *packing) parts(single int) int {
	switch {
	case p.units == 0:
		return 0
	case p.units <= single:
		return 1
	default:
		return p.full + 1
	}
}

const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtension = "^{}\\[~]|€\f"
)

// septets returns what r costs in GSM-7; 0 if it is not in its tables. The backtick, curly quotes,
// dashes, the no-break space and the small ç are not.
func septets(r rune) int {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= ' ' && r <= '?', r == '\n':
		return 1
	case strings.ContainsRune(gsmBasic, r):
		return 1
	case strings.ContainsRune(gsmExtension, r):
		return 2
	default:
		return 0
	}
}
