package definition

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// InitOptions are what a new siaran.yaml is written with. Empty ones have the defaults of siaran init.
type InitOptions struct {
	Ledger   string
	Zone     string
	Account  string
	URL      string
	Username string
	SenderID string
	Password string // how the file is to say it; default: the simulator's on loopback, else ${env:SANDEZA_PASSWORD}
}

// InitSettings returns a commented siaran.yaml.
func InitSettings(o InitOptions) []byte {
	url := cmp.Or(o.URL, "http://127.0.0.1:8085")
	password, note := "${env:SANDEZA_PASSWORD}", "or ${file:PATH}; never in clear for the real gateway"
	if loopback(url) {
		password, note = "demo", "the simulator's; for the real gateway ${env:SANDEZA_PASSWORD} or ${file:PATH}"
	}
	var b bytes.Buffer
	line := func(key, value, comment string) {
		s := key + ": " + scalar(value)
		fmt.Fprintf(&b, "%-44s # %s\n", s, comment)
	}
	b.WriteString("# siaran's settings. Paths are relative to this file.\n\n")
	line("ledger", cmp.Or(o.Ledger, DefaultLedger), "every send is written down here before it leaves")
	line("timezone", cmp.Or(o.Zone, DefaultZone), "times are shown and months are cut in it")
	b.WriteString("\naccounts:\n")
	fmt.Fprintf(&b, "  %s:\n", scalar(cmp.Or(o.Account, "sprint")))
	line("    gateway", "sandeza", "Sprint Asia's Sandeza")
	line("    url", url, "{Base URL Send}, as Sprint gave it; siaran simulate is at http://127.0.0.1:8085")
	line("    username", cmp.Or(o.Username, "demo"), "of the division")
	line("    password", cmp.Or(o.Password, password), note)
	line("    sender_id", cmp.Or(o.SenderID, "DEMOSENDER"), "as Sprint issued it; a campaign may name another")
	b.WriteString(`    # rate: 50/s                             # N/s, N/m or unlimited: ceiling for all runs. Default 10/s, on loopback unlimited
    # burst: 10                              # default 1
    # timeout: 30s                           # the default
    # live: false                            # default: true, but for loopback. What is not live stays out of months and invoices
    # prices:                                # dated, exact; for estimates and the report. Put your contract's own
    #   currency: IDR
    #   tax: 11%
    #   billing_date: sent                   # sent or delivered: which day decides price and month
    #   whatsapp: [{from: 2025-07-01, marketing: 586.33, utility: 356.65, authentication: 356.65, service: 0}]
    #   sms: [{from: 2025-07-01, part: 350, charged: accepted}]

# listen:                                    # how receipts come in
#   address: 127.0.0.1:8090
#   secret: ${env:SIARAN_LISTEN_SECRET}      # POST /receipts/sandeza/SECRET; openssl rand -hex 24 makes one
#   log: receipts/
#   allow: [10.0.0.0/8]                      # optional: who may post
`)
	return b.Bytes()
}

// scalar writes s as YAML text, in quotes where YAML would read something else.
func scalar(s string) string {
	plain := s != "" && utf8.ValidString(s) && !strings.ContainsAny(s[:1], "-?:,[]{}#&*!|>'\"%@`~<= ") && s[len(s)-1] != ' ' && s[len(s)-1] != ':' &&
		!strings.Contains(s, ": ") && !strings.Contains(s, " #")
	letter := false
	for _, r := range s {
		letter = letter || unicode.IsLetter(r)
		if r == '"' || r == '\\' || r == ',' || r == '[' || r == ']' || r == '{' || r == '}' || !unicode.IsPrint(r) {
			plain = false
		}
	}
	switch strings.ToLower(s) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n":
		plain = false
	}
	if plain && letter {
		return s
	}
	return quote(s)
}

// quote writes s as YAML text in double quotes. What cannot be printed is escaped.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
