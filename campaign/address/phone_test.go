package address_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"

	"siaran/campaign"
	"siaran/campaign/address"
)

func TestPhonesSurviveExcel(t *testing.T) {
	const want = "628123456789"
	for _, c := range []campaign.Cell{
		text("628123456789"),
		number("628123456789"),
		number("628123456789.0"),
		number("6.28123456789E+11"),
		number("6.28123456789e11"),
		number("62812345678900E-2"),
		{Kind: campaign.Number, Raw: "628123456789", Text: "6.28E+11"},
		{Kind: campaign.Number, Raw: "8123456789", Text: "08123456789", Format: "00000000000"},
		{Kind: campaign.Number, Raw: "628123456789", Text: "628,123,456,789.00", Format: "#,##0.00"},
		number("8123456789"),
		text("6.28123456789E+11"),
		text("6,28123456789E+11"),
		text("628123456789.0"),
		text("628,123,456,789"),
		text("08123456789"),
		text("8123456789"),
		text("+628123456789"),
		text("+62 812-3456-789"),
		text("+62 812‑3456–789"),
		text("(+62) 812 3456 789"),
		text("+62 0812 3456 789"),
		text("+62(0)8123456789"),
		text("62 812 3456 789"),
		text("'628123456789"),
		text("’08123456789"),
		text(`"08123456789"`),
		text("\u00a008123456789\u00a0"),
		text("0812\u00a03456\u202f789"),
		text("\u200b0812\u200d3456\ufeff789\u2060"),
		text("\u202a+62 812-3456-789\u202c"),
		text("0812\t3456\t789"),
		text("00628123456789"),
		text("0062 812 3456 789"),
		text("(0812) 3456789"),
		text("0812.3456.789"),
		text("tel:+628123456789"),
		text("TEL: 0812-3456-789"),
		text("08123456789,"),
		text("08123456789;\n"),
		text("０８１２３４５６７８９"),
		text("٠٨١٢٣٤٥٦٧٨٩"),
	} {
		for _, k := range []campaign.ChannelKind{campaign.WhatsApp, campaign.SMS} {
			if got, err := address.Parse(c, k, "ID"); err != nil || got != want {
				t.Errorf("%s, kind %d %q: got %q, %v", k, c.Kind, c.Raw, got, err)
			}
		}
	}
}

func TestWhatIsNoMobileNumberIsRejectedWithWhatToDo(t *testing.T) {
	for _, c := range []struct {
		cell campaign.Cell
		want string
	}{
		{text("   "), "no phone number"},
		{text("-"), "no digits"},
		{text("n/a"), "letters"},
		{text("0812ABC789"), "letters"},
		{text("08123456789 (istri)"), "letters"},
		{text("08123456789 ext 12"), "letters"},
		{text("0812#3456789"), `'#'`},
		{text("0812*3456789"), `'*'`},
		{text("6.28E+12"), "the digits are lost"},
		{text("6,28E+12"), "the digits are lost"},
		{text("6.28123E+11"), "the digits are lost"},
		{number("628123456789.5"), "fraction"},
		{number("0.11"), "fraction"},
		{number("-628123456789"), "not a plain number"},
		{number("0"), "no number"},
		{number("6281234567890123"), "more than 15 digits"},
		{number("6.28E+99"), "more than 15 digits"},
		{text("6281234567890123"), "more than 15 digits"},
		{text("0812345678901234567"), "more than 15 digits"},
		{text("021-5550100"), "landline"},
		{text("0215550100"), "landline"},
		{text("+62215550100"), "landline"},
		{number("62215550100"), "landline"},
		{text("08001234567"), "service number"},
		{text("0812345"), "no such number"},
		{text("911"), "too short"},
		{text("0"), "too short"},
		{text("+"), "no digits"},
		{text("08123456789012345"), "more than 15 digits"},
		{text("+65912345678901"), "too long"},
		{text("0012345678"), ""},
		{text("+999123456789"), "no country"},
		{number("6591234567"), "if it is one of another country write it with +"},
		{text("60123456789"), "without a country code"},
		{text("00000000000"), ""},
		{text("000628123456789"), ""},                     // three zeros are neither 0 nor 00
		{text("00819012345678"), "two different numbers"}, // +81 90…, or 008, Indonesia's own prefix, and +1 901…
		{text("08123456789/08129876543"), "several numbers in one cell (08123•••••89 and 08129•••••43): keep one"},
		{text("08123456789, 08129876543"), "several numbers"},
		{text("08123456789 08129876543"), "several numbers"},
		{text("08123456789 atau 08129876543"), "several numbers"},
		{text("+628123456789+628129876543"), "several numbers"},
		{text("08123456789\n08129876543"), "several numbers"},
		{text("08123456789/90"), "several numbers"},
		{text("08123456789;08129876543;08121111111;08122222222"), "and 2 more"},
	} {
		for _, k := range []campaign.ChannelKind{campaign.WhatsApp, campaign.SMS} {
			got, err := address.Parse(c.cell, k, "ID")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q: got %q, %v; want %q", c.cell.Raw, got, err, c.want)
			} else if len(c.cell.Raw) > 9 && strings.Contains(err.Error(), c.cell.Raw) {
				t.Errorf("%q: the error shows the whole number: %v", c.cell.Raw, err)
			}
		}
	}
}

func TestNumbersAreReadByTheCampaignsCountry(t *testing.T) {
	for _, c := range []struct{ country, in, want string }{
		{"ID", "+65 9123 4567", "6591234567"},
		{"ID", "006591234567", "6591234567"},
		{"ID", "+1 (202) 555-0123", "12025550123"}, // may be a mobile: they share numbers there
		{"ID", "62812000123", "62812000123"},       // not the landline 62812000123 of area code 0628
		{"ID", "620812000123", "62812000123"},
		{"id", "08123456789", "628123456789"},
		{"SG", "91234567", "6591234567"},
		{"SG", "6591234567", "6591234567"},
		{"MY", "012-345 6789", "60123456789"},
		{"IN", "98765 43210", "919876543210"},
		{"IN", "919876543210", "919876543210"},
		{"IN", "9198765432", "919198765432"}, // a local number that begins like the country code
		{"US", "(202) 555-0123", "12025550123"},
		{"GB", "07400 123456", "447400123456"},
		{"IT", "312 345 6789", "393123456789"},
		{"AE", "050 123 4567", "971501234567"},
	} {
		if got, err := address.Parse(text(c.in), campaign.WhatsApp, c.country); err != nil || got != c.want {
			t.Errorf("%s %q: got %q, %v; want %q", c.country, c.in, got, err, c.want)
		}
	}
	if _, err := address.Parse(text("08123456789"), campaign.SMS, "XX"); err == nil || !strings.Contains(err.Error(), "ISO 3166") {
		t.Errorf("an unknown country: %v", err)
	}
}

// librarysWord is what libphonenumber says to an international number: its digits, if they may be a
// mobile's.
func librarysWord(digits string) (string, bool) {
	n, err := phonenumbers.Parse("+"+digits, "ZZ")
	if err != nil || !phonenumbers.IsPossibleNumber(n) || !phonenumbers.IsValidNumber(n) {
		return "", false
	}
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE, phonenumbers.VOIP, phonenumbers.PERSONAL_NUMBER:
		e164 := strings.TrimPrefix(phonenumbers.Format(n, phonenumbers.E164), "+")
		return e164, len(e164) <= 15
	default:
		return "", false
	}
}

func TestInternationalNumbersAreExactlyThoseOfTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		country := rapid.SampledFrom([]string{"ID", "SG", "MY", "IN", "AE", "DE", "PH", "TH", "VN", "SA", "AU", "FR"}).Draw(t, "country")
		code := fmt.Sprint(phonenumbers.GetCountryCodeForRegion(country))
		for range 20 {
			digits := code + rapid.StringMatching(`[0-9]{4,11}`).Draw(t, "national")
			want, ok := librarysWord(digits)
			got, err := address.Parse(text("+"+digits), campaign.WhatsApp, country)
			if ok != (err == nil) || got != want {
				t.Fatalf("%s +%s: got %q, %v; the library says %q, %v", country, digits, got, err, want, ok)
			}
		}
	})
}

func TestLocalNumbersAreExactlyThoseOfTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		country := rapid.SampledFrom([]string{"ID", "MY", "IN", "AE", "DE", "PH", "TH", "VN", "SA", "FR", "JP", "BR", "KR"}).Draw(t, "country")
		for range 20 {
			digits := "0" + rapid.StringMatching(`[1-9][0-9]{6,11}`).Draw(t, "national")
			want, ok := "", false
			// Format loses zeros: what it makes of an invalid number may be a valid one, and a stranger's.
			if n, err := phonenumbers.Parse(digits, country); err == nil && phonenumbers.IsValidNumber(n) {
				want, ok = librarysWord(strings.TrimPrefix(phonenumbers.Format(n, phonenumbers.E164), "+"))
			}
			got, err := address.Parse(text(digits), campaign.SMS, country)
			if ok != (err == nil) || got != want {
				t.Fatalf("%s %s: got %q, %v; the library says %q, %v", country, digits, got, err, want, ok)
			}
		}
	})
}

func TestEveryWayToWriteANumberIsThatNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		national := "8" + rapid.StringMatching(`(12|13|21|52|57|59|78|95)[0-9]{7,9}`).Draw(t, "national")
		want := "62" + national
		sep := rapid.SampledFrom([]string{"", " ", "-", ".", "\u00a0", "\u200b"}).Draw(t, "separator")
		spaced := national[:3] + sep + national[3:7] + sep + national[7:]
		for _, in := range []string{"0" + spaced, "62" + sep + spaced, "+62" + sep + spaced, "0062" + spaced, "tel:+62" + spaced, "'0" + spaced, "(0" + national[:3] + ") " + national[3:]} {
			if got, err := address.Parse(text(in), campaign.WhatsApp, "ID"); err != nil || got != want {
				t.Fatalf("%q: got %q, %v; want %q", in, got, err, want)
			}
		}
		for _, in := range []string{national, want, want + ".0", want[:1] + "." + want[1:] + fmt.Sprintf("E+%d", len(want)-1)} {
			if got, err := address.Parse(number(in), campaign.WhatsApp, "ID"); err != nil || got != want {
				t.Fatalf("number %q: got %q, %v; want %q", in, got, err, want)
			}
		}
	})
}

func FuzzAnAddressIsCleanOrRefused(f *testing.F) {
	for _, s := range []string{"08123456789", "+62 812-3456-789", "6.28123456789E+11", "budi@example.test", "a;b", "\xff", "0812/0813", "E", "1E", "E5", ".", "1.E+1", "00", "0000000000000000000000000001"} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(1))
	}
	f.Fuzz(func(t *testing.T, s string, kind uint8) {
		c := campaign.Cell{Kind: campaign.Kind(kind%2) + campaign.Text, Raw: s, Text: s}
		for _, k := range []campaign.ChannelKind{campaign.WhatsApp, campaign.Email, campaign.Telegram} {
			to, err := address.Parse(c, k, "ID")
			switch {
			case err != nil && to != "":
				t.Errorf("%q: an address with an error: %q, %v", s, to, err)
			case err == nil && strings.TrimSpace(to) != to || err == nil && to == "":
				t.Errorf("%q: %q", s, to)
			case err == nil && k == campaign.WhatsApp && (len(to) > 15 || strings.Trim(to, "0123456789") != ""):
				t.Errorf("%q: not E.164: %q", s, to)
			}
		}
		_ = address.Mask(s)
	})
}

func BenchmarkAMillionNumbers(b *testing.B) {
	forms := []string{"62812%09d", "0812%09d", "+62812%09d", "+62 812-%09d"}
	cells := make([]campaign.Cell, 1000)
	for i := range cells {
		cells[i] = text(fmt.Sprintf(forms[i%len(forms)], rand.IntN(1_000_000_000)))
	}
	b.Run("ours", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := address.Parse(cells[i%len(cells)], campaign.WhatsApp, "ID"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			n, err := phonenumbers.Parse(cells[i%len(cells)].Raw, "ID")
			if err != nil || !phonenumbers.IsPossibleNumber(n) || !phonenumbers.IsValidNumber(n) || phonenumbers.GetNumberType(n) != phonenumbers.MOBILE {
				b.Fatal(err)
			}
			_ = phonenumbers.Format(n, phonenumbers.E164)
		}
	})
}
