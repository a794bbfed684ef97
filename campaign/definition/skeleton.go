package definition

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"siaran/campaign"
)

// A Draft is what is known of a campaign before anybody wrote one.
type Draft struct {
	Name      string // made a name if it is none
	Account   string
	File      string // relative to the campaign file
	Tab       string // empty: the first visible one
	HeaderRow int    // 0: found
	Encoding  string
	Header    campaign.Header
	Guesses   []Guess // one a column, as GuessColumns makes them
}

// Skeleton returns a commented campaign for siaran new. It can be read and checked as it is; its template
// is called change_me, which no gateway knows, so that nothing goes out before somebody looked at it.
func Skeleton(d Draft) []byte {
	var b bytes.Buffer
	name := cmp.Or(Name(d.Name), "campaign")
	short := shortNames(d)
	fmt.Fprintf(&b, "# A campaign for siaran. Look at every line, then: siaran check %s.yaml\n\n", name)
	fmt.Fprintf(&b, "name: %s\n", scalar(name))
	fmt.Fprintf(&b, "account: %s\n", scalar(cmp.Or(d.Account, "sprint")))
	writeFile(&b, d.File)
	if d.Tab != "" {
		fmt.Fprintf(&b, "tab: %s\n", scalar(d.Tab))
	}
	if d.HeaderRow > 0 {
		fmt.Fprintf(&b, "header_row: %d\n", d.HeaderRow)
	}
	if d.Encoding != "" {
		fmt.Fprintf(&b, "encoding: %s\n", scalar(d.Encoding))
	}
	writeNumbers(&b, d)
	writeColumns(&b, d, short)
	b.WriteString(`purpose: marketing            # marketing or service: which opt-outs count
# subject: Promo              # default: the name
# sender_id: BANKKU           # default: the account's
# expect: {rows: 900..1100, rejected: 1%}   # otherwise a person is asked

`)
	writeChannel(&b, d, short)
	return b.Bytes()
}

func writeFile(b *bytes.Buffer, file string) {
	if strings.ContainsAny(file, "{}") {
		fmt.Fprintf(b, "# The file is called %s: rename it, for braces mean a date here.\n", quote(file))
		file = ""
	}
	fmt.Fprintf(b, "file: %s   # {date} is today: inbox/tagihan-{date}.xlsx\n", scalar(cmp.Or(file, standardInput)))
}

func writeNumbers(b *bytes.Buffer, d Draft) {
	seen := map[string]bool{}
	for _, g := range d.Guesses {
		if g.Kind == GuessAmount && !g.Typed {
			seen[g.Numbers] = true
		}
	}
	switch {
	case len(seen) == 1 && !seen[""]:
		fmt.Fprintf(b, "numbers: %-20s # id: 1.250,50   en: 1,250.50\n", sortedKeys(seen)[0])
	case len(seen) > 0:
		b.WriteString("# numbers: id                 # say how amounts in text are written; id: 1.250,50   en: 1,250.50\n")
	}
}

// writeColumns lists every column, those without a short name as a comment.
func writeColumns(b *bytes.Buffer, d Draft, short map[int]string) {
	if len(short) == 0 {
		b.WriteString("# columns: {phone: Nomor HP}  # short name: heading in the file\n")
	} else {
		b.WriteString("columns:                      # short name: heading in the file; {{Heading}} works, too\n")
	}
	for i, c := range d.Header.Columns {
		s, named := short[i]
		kind := ""
		if g, ok := d.guess(i); ok && g.Kind != GuessText {
			kind = ", looks like " + g.Kind.plural()
			if !g.Full {
				kind += ", not always there"
			}
		}
		switch {
		case named:
			fmt.Fprintf(b, "  %-27s # column %s%s\n", s+": "+quote(c.Name), c.Letter, kind)
		case d.Header.Find(c.Name) != i:
			fmt.Fprintf(b, "  # column %s: its heading %s is there twice: rename one in the file\n", c.Letter, quote(c.Name))
		default:
			fmt.Fprintf(b, "  # column %s: %s%s\n", c.Letter, quote(c.Name), kind)
		}
	}
}

func (d Draft) guess(column int) (Guess, bool) {
	i := slices.IndexFunc(d.Guesses, func(g Guess) bool { return g.Column == column })
	if i < 0 {
		return Guess{}, false
	}
	return d.Guesses[i], true
}

// shortNames gives a short name to each column that a message may want.
func shortNames(d Draft) map[int]string {
	short := map[int]string{}
	taken := map[string]bool{}
	for _, g := range d.Guesses {
		if g.Kind == GuessText || g.Column >= len(d.Header.Columns) || d.Header.Find(d.Header.Columns[g.Column].Name) != g.Column {
			continue
		}
		base := d.Header.Columns[g.Column].Name
		switch g.Kind {
		case GuessPhone:
			base = "phone"
		case GuessEmail:
			base = "email"
		case GuessName:
			base = "nama"
		case GuessAmount, GuessDate, GuessText: // by their headings
		}
		base = strings.ReplaceAll(Name(base), "-", "_")
		if base == "" || base[0] >= '0' && base[0] <= '9' {
			base = "kolom_" + strings.ToLower(d.Header.Columns[g.Column].Letter)
		}
		s := base
		for n := 2; taken[s] || headingOfOther(d.Header, s, g.Column); n++ {
			s = fmt.Sprintf("%s_%d", base, n)
		}
		taken[s] = true
		short[g.Column] = s
	}
	return short
}

func headingOfOther(h campaign.Header, s string, column int) bool {
	return slices.ContainsFunc(h.Columns, func(c campaign.Column) bool {
		return campaign.FoldHeading(c.Name) == s && c.Name != h.Columns[column].Name
	})
}

// first returns the placeholder of the first column of kind k; those without gaps come first. Amounts and
// dates in text stay as they are.
func (d Draft) first(k GuessKind, short map[int]string, filter string, full bool) string {
	for _, g := range d.Guesses {
		s, named := short[g.Column]
		if !named || g.Kind != k || full && !g.Full {
			continue
		}
		if g.Typed && filter != "" {
			return "{{" + s + " | " + filter + "}}"
		}
		return "{{" + s + "}}"
	}
	return ""
}

func writeChannel(b *bytes.Buffer, d Draft, short map[int]string) {
	var body, phrases []string
	for _, p := range []struct {
		kind           GuessKind
		filter, phrase string
	}{
		{GuessName, "", "Yth. {{%d}}"},
		{GuessAmount, "rupiah", "jumlah {{%d}}"},
		{GuessDate, `date:"d mmmm yyyy"`, "tanggal {{%d}}"},
	} {
		if s := d.first(p.kind, short, p.filter, true); s != "" {
			body = append(body, quote(s))
			phrases = append(phrases, fmt.Sprintf(p.phrase, len(body)))
		}
	}
	phone := strings.Trim(cmp.Or(d.first(GuessPhone, short, "", true), d.first(GuessPhone, short, "", false)), "{}")
	email := strings.Trim(cmp.Or(d.first(GuessEmail, short, "", true), d.first(GuessEmail, short, "", false)), "{}")
	b.WriteString("channels:\n")
	if phone == "" && email != "" {
		fmt.Fprintf(b, `  - email:
      to: %s
      template: change_me       # the template's id at the gateway, with values: {nama: "{{nama}}"}; or a message: of your own
`, email)
		return
	}
	note := ""
	if phone == "" {
		phone, note = "phone", "   # CHANGE: no column looks like phone numbers"
	}
	fmt.Fprintf(b, `  - whatsapp:
      to: %s%s
      template: change_me       # the template's id at the gateway
      category: marketing       # marketing, utility, authentication or service
`, phone, note)
	if len(body) > 0 {
		fmt.Fprintf(b, `      text: %s   # CHANGE: the approved text, pasted; never sent, for checking and showing
      body: [%s]
`, quote(strings.Join(phrases, ", ")+"."), strings.Join(body, ", "))
	} else {
		b.WriteString(`      # text: "Yth. {{1}}, …"   # the approved text, pasted; never sent, for checking and showing
      # body: ["{{nama}}"]      # a value for each {{n}} of it
`)
	}
	b.WriteString(`      # buttons: [{url: "{{kode}}"}]
      # format: json            # for buttons, carousels and whatever the delimiter form cannot say
`)
	fmt.Fprintf(b, `  # Or by SMS (send: primary-backup with backup_on: [undelivered] above it makes it the backup):
  # - sms: {to: %s, message: "Yth. …"}
`, phone)
}
