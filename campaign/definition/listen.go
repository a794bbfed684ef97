package definition

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"siaran/campaign"
)

// Listen says how receipts come in over HTTP.
type Listen struct {
	Address string          // host:port
	Secret  campaign.Secret // the last part of the path; empty: siaran.yaml has none
	Log     string          // the folder of the receipt log, absolute
	Allow   []netip.Prefix  // who may post; empty: anyone
	TLS     TLS
	Forward string            // where receipts of another form go; empty: nowhere
	Formats map[string]Format // custom receipt formats, by the name in the path
}

// TLS are the paths of a certificate and its key, absolute; empty for plain HTTP.
type TLS struct{ Cert, Key string }

// A Format says how a gateway's receipts of a form of its customer's choosing are read: which of its keys
// holds what. Empty ones are not there.
type Format struct {
	Gateway   string // sandeza, sinchindia, d7, meta
	Channel   campaign.ChannelKind
	ID        string // the key of our ref_id
	Status    string // the key of the gateway's word
	Time      string // the key of when it happened
	Layout    string // how that is written, by Excel's patterns: dd/mm/yyyy hh:mm:ss
	Zone      string // of that time: +05:30, or a name; empty: the gateway's own
	Recipient string // the key of the phone number or address
	Reason    string // the key of the gateway's words on a failure
	GatewayID string // the key of the gateway's own id
	Parts     string // the key of the number of SMS parts
	// Words are the gateway's words and what they mean: pending, sent, delivered, read, clicked,
	// undelivered, unused or other.
	Words map[string]campaign.Delivery
}

// The defaults of listen.
const (
	DefaultListen = "127.0.0.1:8090"
	DefaultLog    = "receipts"
)

// shortSecret is what is too easily guessed.
const shortSecret = 16

var pathPart = regexp.MustCompile(`^[A-Za-z0-9._~-]+$`)

// A listenReader reads what siaran.yaml says about incoming receipts.
type listenReader struct {
	dir      string   // what paths are relative to
	gateways []string // the names of those that receipts can come from
}

func (r listenReader) read(v value, l *Listen) {
	v.mapping(
		field{"address", func(v value) {
			s, ok := v.text()
			if !ok {
				return
			}
			host, port, err := net.SplitHostPort(s)
			n, portErr := strconv.ParseUint(port, 10, 16)
			if err != nil || portErr != nil || host == "" && n == 0 {
				v.fail("cannot be "+v.shown(), "host:port, such as "+DefaultListen+" or :8090")
				return
			}
			l.Address = s
		}},
		field{"secret", func(v value) {
			s, ok := v.text()
			switch {
			case !ok:
			case !pathPart.MatchString(s) || s == "." || s == "..":
				v.fail("has a character that cannot stand in a path", "letters, digits, hyphens and dots, such as what openssl rand -hex 24 prints")
			default:
				l.Secret = campaign.Secret(s)
				if len(s) < shortSecret {
					v.warn("is short: who guesses it can send receipts", "at least 16 characters, such as what openssl rand -hex 24 prints")
				}
			}
		}},
		field{"log", r.path(&l.Log)},
		field{"allow", func(v value) { l.Allow = prefixes(v) }},
		field{"tls", func(v value) {
			if there, ok := v.mapping(field{"cert", r.path(&l.TLS.Cert)}, field{"key", r.path(&l.TLS.Key)}); ok {
				v.must(there, "cert", "key")
			}
		}},
		field{"forward", func(v value) {
			s, ok := v.text()
			if !ok {
				return
			}
			u, err := url.Parse(s)
			if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
				v.fail("is not an http or https URL", "such as https://other.example.test/receipts")
				return
			}
			l.Forward = s
		}},
		field{"formats", func(v value) { l.Formats = r.formats(v) }},
	)
}

// path reads a path that is relative to the settings file.
func (r listenReader) path(p *string) func(value) {
	return func(v value) {
		if s, ok := v.text(); ok {
			*p = absolute(r.dir, s)
		}
	}
}

func prefixes(v value) []netip.Prefix {
	parts, _ := v.list()
	var allow []netip.Prefix
	for _, x := range parts {
		s, ok := x.text()
		if !ok {
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			ip, ipErr := netip.ParseAddr(s)
			if ipErr != nil || ip.Zone() != "" {
				x.fail("cannot be "+x.shown(), "an address or a network, such as 203.0.113.7 or 10.0.0.0/8")
				continue
			}
			p = netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen())
		}
		allow = append(allow, p.Masked())
	}
	return allow
}

var formatName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

func (r listenReader) formats(v value) map[string]Format {
	formats := map[string]Format{}
	v.each(func(name string, x value) {
		switch {
		case !formatName.MatchString(name):
			x.fail("the name is not one for a format", "small letters, digits and hyphens, at most 40")
			return
		case slices.Contains(r.gateways, name):
			x.fail("the name is a gateway's own", "call it "+name+"-2, or as you like")
			return
		}
		formats[name] = r.format(x)
	})
	return formats
}

func (r listenReader) format(v value) Format {
	var f Format
	there, ok := v.mapping(
		field{"gateway", oneOf(&f.Gateway, r.gateways...)},
		field{"channel", oneOf(&f.Channel, channelKinds[:]...)},
		field{"id", text(&f.ID)},
		field{"status", text(&f.Status)},
		field{"time", text(&f.Time)},
		field{"layout", text(&f.Layout)},
		field{"zone", func(v value) {
			s, ok := v.text()
			if ok && !isZone(s) {
				v.fail("cannot be "+v.shown(), "such as +05:30 or Asia/Kolkata")
				return
			}
			f.Zone = s
		}},
		field{"recipient", text(&f.Recipient)},
		field{"reason", text(&f.Reason)},
		field{"gateway_id", text(&f.GatewayID)},
		field{"parts", text(&f.Parts)},
		field{"words", func(v value) {
			f.Words = map[string]campaign.Delivery{}
			v.each(func(word string, x value) {
				var d campaign.Delivery
				oneOf(&d, deliveries[:]...)(x)
				f.Words[word] = d
			})
		}},
	)
	if ok {
		v.must(there, "gateway", "channel", "status")
		if f.ID == "" && f.GatewayID == "" && f.Recipient == "" {
			v.fail("says not where the message's id is", "add id:, the key that holds our ref_id")
		}
		if f.Time != "" {
			v.must(there, "layout")
		}
	}
	return f
}

var offset = regexp.MustCompile(`^[+-](0[0-9]|1[0-4]):[0-5][0-9]$`)

// isZone reports whether s names a time zone or is an offset from UTC.
func isZone(s string) bool {
	if offset.MatchString(s) {
		return true
	}
	_, err := time.LoadLocation(s)
	return err == nil && s != "" && s != "Local"
}

// deliveries are the words that a gateway's words can be mapped to.
var deliveries = [...]campaign.Delivery{
	campaign.DeliveryPending, campaign.DeliverySent, campaign.DeliveryDelivered, campaign.DeliveryRead,
	campaign.DeliveryClicked, campaign.DeliveryUndelivered, campaign.DeliveryUnused, campaign.DeliveryOther,
}
