package address

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"siaran/campaign"

	"github.com/nyaruka/phonenumbers"
)

// A numbering is how one country writes and numbers its telephones, by the metadata of
// libphonenumber.
type numbering struct {
	region string // ID
	code   string // 62

	// The patterns of numbers that are surely mobile, for quick. mobile is nil where the country
	// shares its code with others or has rules of its own for prefixes.
	general, mobile, before *regexp.Regexp
}

// numberings remembers the compiled patterns by country: a memo of a pure function, for compiling takes
// as long as checking a thousand numbers.
var numberings sync.Map

func countryOf(country string) (*numbering, error) {
	if p, ok := numberings.Load(country); ok {
		return p.(*numbering), nil
	}
	p, err := newNumbering(strings.ToUpper(country))
	if err != nil {
		return nil, err
	}
	numberings.Store(country, p)
	return p, nil
}

func newNumbering(region string) (*numbering, error) {
	code := phonenumbers.GetCountryCodeForRegion(region)
	if code == 0 {
		return nil, fmt.Errorf("no country %q: country: takes an ISO 3166 code such as ID", region)
	}
	p := &numbering{region: region, code: strconv.Itoa(code)}
	all, err := phonenumbers.MetadataCollection()
	if err != nil {
		return nil, fmt.Errorf("phone number metadata: %w", err)
	}
	for _, m := range all.GetMetadata() {
		if m.GetId() == region {
			p.compile(m)
		}
	}
	return p, nil
}

// compile prepares quick, if it can be as exact as the library in this country.
func (p *numbering) compile(m *phonenumbers.PhoneMetadata) {
	alone := len(phonenumbers.GetRegionCodesForCountryCode(int(m.GetCountryCode()))) == 1
	plain := m.GetNationalPrefixForParsing() == "0" && m.GetNationalPrefixTransformRule() == "" && strings.HasPrefix(m.GetInternationalPrefix(), "00")
	if !alone || !plain || strings.ContainsRune(m.GetInternationalPrefix(), '|') || m.GetSameMobileAndFixedLinePattern() {
		return
	}
	p.general = whole(m.GetGeneralDesc())
	p.before = whole(m.GetPremiumRate(), m.GetTollFree(), m.GetSharedCost(), m.GetVoip(), m.GetPersonalNumber(), m.GetPager(), m.GetUan(), m.GetVoicemail())
	p.mobile = whole(m.GetMobile())
}

// whole is a pattern that matches numbers of any of the descriptions from end to end.
func whole(descs ...*phonenumbers.PhoneNumberDesc) *regexp.Regexp {
	var alternatives []string
	for _, d := range descs {
		if pattern := d.GetNationalNumberPattern(); pattern != "" && pattern != "NA" {
			alternatives = append(alternatives, pattern)
		}
	}
	if len(alternatives) == 0 {
		return regexp.MustCompile(`[^\s\S]`) // matches nothing
	}
	return regexp.MustCompile("^(?:" + strings.Join(alternatives, "|") + ")$")
}

// quick finds the number if it surely is a mobile one of p's country. It says yes only where resolve
// gives the same number, in a tenth of the time.
func (p *numbering) quick(digits string, plus bool) (string, bool) {
	if p.mobile == nil || len(digits) > maxDigits {
		return "", false
	}
	national, withCode := strings.CutPrefix(digits, p.code)
	switch {
	case plus && !withCode:
		return "", false
	case plus:
	case digits[0] == '0':
		national = digits[1:]
	case withCode:
		if p.mobile.MatchString(digits) || p.before.MatchString(digits) {
			return "", false // two readings
		}
	default:
		national = digits
	}
	if national == "" || national[0] == '0' || !p.mobile.MatchString(national) || !p.general.MatchString(national) || p.before.MatchString(national) {
		return "", false
	}
	return p.code + national, true
}

// resolve asks the library for every reading of digits.
func (p *numbering) resolve(digits string, plus bool, k campaign.ChannelKind) (string, error) {
	if len(strings.TrimLeft(digits, "0")) > maxDigits {
		return "", errTooManyDigits
	}
	var found, best reading
	for _, r := range p.readings(digits, plus) {
		switch {
		case r.suits() && found.number != "" && found.number != r.number:
			return "", errors.New("can be read as two different numbers: write it with + and the country code")
		case r.suits():
			found = r
		case best.number == "" || (r.valid() && !best.valid()):
			best = r
		}
	}
	if found.number != "" {
		return found.number, nil
	}
	return "", p.problem(digits, plus, k, best)
}

// A reading is one way to understand digits. The zero reading is none.
type reading struct {
	number   string // E.164 without +
	kind     phonenumbers.PhoneNumberType
	possible phonenumbers.ValidationResult
}

func (p *numbering) readings(digits string, plus bool) []reading {
	var texts []string
	switch {
	case plus:
		texts = []string{"+" + digits}
	case len(digits) > 2 && digits[:2] == "00" && digits[2] != '0': // 00 is dialled for + nearly everywhere
		texts = []string{"+" + digits[2:], digits}
	case digits[0] != '0' && strings.HasPrefix(digits, p.code):
		texts = []string{"+" + digits, digits}
	default:
		texts = []string{digits}
	}
	var all []reading
	for _, t := range texts {
		if n, err := phonenumbers.Parse(t, p.region); err == nil {
			all = append(all, reading{
				number:   strings.TrimPrefix(phonenumbers.Format(n, phonenumbers.E164), "+"),
				kind:     phonenumbers.GetNumberType(n), // UNKNOWN if it is not valid
				possible: phonenumbers.IsPossibleNumberWithReason(n),
			})
		}
	}
	return all
}

func (r reading) valid() bool {
	return r.number != "" && r.kind != phonenumbers.UNKNOWN && len(r.number) <= maxDigits
}

// suits reports whether r can get messages: mobiles, and what may be one.
func (r reading) suits() bool {
	switch r.kind {
	case phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE, phonenumbers.VOIP, phonenumbers.PERSONAL_NUMBER:
		return r.valid()
	default:
		return false
	}
}

// problem says why no reading will do, by the best of them.
func (p *numbering) problem(digits string, plus bool, k campaign.ChannelKind, best reading) error {
	name := "WhatsApp"
	if k == campaign.SMS {
		name = "SMS"
	}
	foreign := !plus && digits[0] != '0' && !strings.HasPrefix(digits, p.code)
	switch {
	case best.valid() && best.kind == phonenumbers.FIXED_LINE && foreign:
		return fmt.Errorf("a landline of %s, if it is one of another country write it with +: %s needs a mobile number", p.region, name)
	case best.valid() && best.kind == phonenumbers.FIXED_LINE:
		return fmt.Errorf("a landline: %s needs a mobile number", name)
	case best.valid():
		return fmt.Errorf("a service number: %s needs a mobile number", name)
	case best.possible == phonenumbers.TOO_SHORT || len(digits) < 6:
		return errors.New("too short for a phone number: a part is missing")
	case foreign:
		return fmt.Errorf("not a number of %s, and without a country code: write it as 0…, %s…, or with + and its country's code", p.region, p.code)
	case best.possible == phonenumbers.TOO_LONG:
		return errors.New("too long for a phone number: look for digits too many, or two numbers in one")
	case best.number == "":
		return errors.New("no country has such a number: check its beginning")
	default:
		return errors.New("no such number is given out: look for a digit that is wrong, missing or too many")
	}
}
