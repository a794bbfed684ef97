package definition

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"siaran/campaign"
	"siaran/campaign/address"
)

// A Guess is what a column of a recipient file looks like.
type Guess struct {
	Column  int // index in the Header
	Kind    GuessKind
	Typed   bool     // amounts and dates: the cells are numbers or dates, not text that looks like one
	Numbers string   // amounts in text: "id" or "en" if only one reading fits all, else ""
	Full    bool     // no sampled row lacks a value
	Samples []string // the first three different values, as shown in the file
}

// A GuessKind is one of the things a column may hold.
type GuessKind string

// The kinds of column. GuessText is anything else.
const (
	GuessPhone  GuessKind = "phone"
	GuessEmail  GuessKind = "email"
	GuessName   GuessKind = "name"
	GuessAmount GuessKind = "amount"
	GuessDate   GuessKind = "date"
	GuessText   GuessKind = "text"
)

func (k GuessKind) plural() string {
	if k == GuessPhone {
		return "phone numbers"
	}
	return string(k) + "s"
}

// What headings say, in Indonesian and English, as whole words.
var (
	phoneHeading  = regexp.MustCompile(`(?i)\b(hp|handphone|hape|phone|telp|tlp|telepon|telpon|telephone|wa|whatsapp|msisdn|mobile|ponsel|seluler|gsm)\b`)
	nameHeading   = regexp.MustCompile(`(?i)\b(nama|name|customer|pelanggan|nasabah|debitur|konsumen|penerima|recipient)\b`)
	amountHeading = regexp.MustCompile(`(?i)\b(jumlah|nominal|total|amount|tagihan|harga|price|saldo|balance|biaya|fee|rp|idr|rupiah|angsuran|cicilan|denda|pokok|plafon|limit|bunga|premi|outstanding|nilai)\b`)
	dateHeading   = regexp.MustCompile(`(?i)\b(tgl|tanggal|jatuh tempo|due|date|hari)\b`)
)

// What texts look like.
var (
	amountID   = regexp.MustCompile(`^(?i:rp\.?|idr)?\s*[0-9]{1,3}(\.[0-9]{3})+(,[0-9]{1,2})?$`)
	amountEN   = regexp.MustCompile(`^(?i:rp\.?|idr)?\s*[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,2})?$`)
	amountBare = regexp.MustCompile(`^(?i:rp\.?|idr)\s*[0-9]+([.,][0-9]{1,2})?$`)
	oneGroup   = regexp.MustCompile(`^[^0-9]*[0-9]{1,3}[.,][0-9]{3}$`)
	dateText   = regexp.MustCompile(`^[0-9]{1,4}[-/. ]([0-9]{1,2}|\pL{3,9})[-/. ][0-9]{2,4}$`)
)

// sampled is how many rows of a column are looked at: enough to tell, and phones take their time.
const sampled = 200

// half is the share of a column's values that must look alike.
const half = 0.5

// GuessColumns says what each column of h looks like, by its heading and its values in rows. country is
// the ISO 3166 code by which local phone numbers are read.
func GuessColumns(h campaign.Header, rows []campaign.Row, country string) []Guess {
	rows = rows[:min(len(rows), sampled)]
	guesses := make([]Guess, len(h.Columns))
	for i, c := range h.Columns {
		guesses[i] = guess(i, c.Name, columnOf(rows, i), country)
	}
	return guesses
}

// A column is the sampled cells of one column that hold anything.
type column struct {
	cells []campaign.Cell
	rows  int
}

func columnOf(rows []campaign.Row, i int) column {
	c := column{rows: len(rows)}
	for _, r := range rows {
		if i < len(r.Cells) && strings.TrimSpace(r.Cells[i].Text+r.Cells[i].Raw) != "" {
			c.cells = append(c.cells, r.Cells[i])
		}
	}
	return c
}

// share is how many of the cells are so, from 0 to 1.
func (c column) share(is func(campaign.Cell) bool) float64 {
	if len(c.cells) == 0 {
		return 0
	}
	n := 0
	for _, x := range c.cells {
		if is(x) {
			n++
		}
	}
	return float64(n) / float64(len(c.cells))
}

func (c column) samples() []string {
	var s []string
	for _, x := range c.cells {
		if t := shown(x); len(s) < 3 && !slices.Contains(s, t) {
			s = append(s, t)
		}
	}
	return s
}

func shown(c campaign.Cell) string {
	if strings.TrimSpace(c.Text) != "" {
		return c.Text
	}
	return c.Raw
}

func guess(i int, heading string, c column, country string) Guess {
	// Underlines join words for a regular expression: no_hp is two words.
	heading = strings.NewReplacer("_", " ", ".", " ", "-", " ").Replace(heading)
	g := Guess{Column: i, Kind: GuessText, Full: c.rows > 0 && len(c.cells) == c.rows, Samples: c.samples()}
	of := func(k campaign.Kind) float64 {
		return c.share(func(x campaign.Cell) bool { return x.Kind == k })
	}
	phones := c.share(func(x campaign.Cell) bool { return isAddress(x, campaign.WhatsApp, country) })
	text := func(is *regexp.Regexp) float64 {
		return c.share(func(x campaign.Cell) bool {
			return x.Kind == campaign.Text && is.MatchString(strings.TrimSpace(x.Raw))
		})
	}
	amounts := text(amountID) + text(amountEN) + text(amountBare)
	switch {
	case c.share(func(x campaign.Cell) bool { return isAddress(x, campaign.Email, country) }) >= half:
		g.Kind = GuessEmail
	case phones >= half, phoneHeading.MatchString(heading) && (phones > 0 || len(c.cells) == 0):
		g.Kind = GuessPhone
	case of(campaign.Date) >= half:
		g.Kind = GuessDate
		g.Typed = c.share(hasDay) == 1
	case text(dateText) >= half, len(c.cells) == 0 && dateHeading.MatchString(heading):
		g.Kind = GuessDate
	case of(campaign.Number) >= half && (amountHeading.MatchString(heading) || c.share(moneyFormat) >= half):
		g.Kind, g.Typed = GuessAmount, of(campaign.Number) == 1
	case amounts >= half:
		g.Kind, g.Numbers = GuessAmount, notation(c)
	case nameHeading.MatchString(heading) && (of(campaign.Text) >= half || len(c.cells) == 0), looksLikeNames(c):
		g.Kind = GuessName
	}
	return g
}

func isAddress(c campaign.Cell, k campaign.ChannelKind, country string) bool {
	if k == campaign.Email && (c.Kind != campaign.Text || !strings.Contains(c.Raw, "@")) {
		return false
	}
	_, err := address.Parse(c, k, country)
	return err == nil
}

// hasDay reports whether c is a date, not a time of day alone.
func hasDay(c campaign.Cell) bool { return c.Kind == campaign.Date && !strings.HasPrefix(c.Raw, "T") }

func moneyFormat(c campaign.Cell) bool {
	return c.Kind == campaign.Number && (strings.Contains(c.Format, "#,##0") || strings.Contains(strings.ToLower(c.Format), "rp"))
}

// notation returns the one way in which all amounts in text can be read; "" if there are two, or none:
// 1.250 is a thousand or a little more than one.
func notation(c column) string {
	id, en := 0, 0
	for _, x := range c.cells {
		s := strings.TrimSpace(x.Raw)
		switch {
		case x.Kind != campaign.Text || oneGroup.MatchString(s):
		case amountID.MatchString(s):
			id++
		case amountEN.MatchString(s):
			en++
		}
	}
	switch {
	case id > 0 && en == 0:
		return "id"
	case en > 0 && id == 0:
		return "en"
	default:
		return ""
	}
}

// looksLikeNames reports whether the values are words in letters, mostly different, some of them several.
func looksLikeNames(c column) bool {
	if len(c.cells) < 3 {
		return false
	}
	different := map[string]bool{}
	several := 0
	for _, x := range c.cells {
		s := strings.TrimSpace(x.Raw)
		words := len(strings.Fields(s))
		if x.Kind != campaign.Text || words > 6 || strings.ContainsFunc(s, func(r rune) bool { return !nameLetter(r) }) {
			return false
		}
		if words > 1 {
			several++
		}
		different[s] = true
	}
	return len(different)*10 >= len(c.cells)*8 && several*3 >= len(c.cells)
}

func nameLetter(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || strings.ContainsRune(" .,'’`-\u00a0", r)
}
