package address_test

import (
	"strings"
	"testing"

	"siaran/campaign"
	"siaran/campaign/address"
)

func text(s string) campaign.Cell { return campaign.TextCell(s) }

func number(raw string) campaign.Cell {
	return campaign.Cell{Kind: campaign.Number, Raw: raw, Text: raw}
}

func TestAnEMailAddressIsOneBareAddress(t *testing.T) {
	for in, want := range map[string]string{
		"budi@example.test":                     "budi@example.test",
		" \u200bbudi@example.test\u00a0":        "budi@example.test",
		"Budi.Santosa@Example.TEST":             "Budi.Santosa@example.test",
		"mailto:budi@example.test":              "budi@example.test",
		"budi+promo@mail.example.test":          "budi+promo@mail.example.test",
		"budi＠example.test":                     "budi@example.test",
		"o'neil@example.test":                   "o'neil@example.test",
		strings.Repeat("a", 64) + "@example.id": strings.Repeat("a", 64) + "@example.id",
	} {
		if got, err := address.Parse(text(in), campaign.Email, "ID"); err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestWhatIsNoEMailAddressIsRejectedWithWhatToDo(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "fill it in",
		"budi":                       "no @",
		"@example.test":              "not a valid e-mail address",
		"budi@":                      "not a valid e-mail address",
		"budi@localhost":             "no valid domain",
		"budi@example..test":         "not a valid e-mail address",
		"budi@-example.test":         "no valid domain",
		"budi@exam_ple.test":         "no valid domain",
		"budi@192.0.2.1":             "no valid domain",
		"budi@[192.0.2.1]":           "not a valid e-mail address",
		".budi@example.test":         "not a valid e-mail address",
		"bu di@example.test":         "no blanks",
		`"bu di"@example.test`:       "no blanks",
		"Budi <budi@example.test>":   "nothing else",
		"büdi@example.test":          "not a valid e-mail address",
		"budi@example.test\x00":      "not a valid e-mail address",
		"a@b@example.test":           "not a valid e-mail address",
		"budi@ex.test;siti@ex.test":  "several e-mail addresses in one cell (b•••••@ex.test and s•••••@ex.test)",
		"budi@ex.test, siti@ex.test": "several e-mail addresses",
		strings.Repeat("a", 65) + "@example.test":           "not a valid e-mail address",
		"a@" + strings.Repeat("example.", 40) + "test":      "not a valid e-mail address",
		"budi@" + strings.Repeat("e", 64) + ".example.test": "no valid domain",
	} {
		got, err := address.Parse(text(in), campaign.Email, "ID")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %q, %v; want %q", in, got, err, want)
		} else if strings.Contains(err.Error(), "budi") {
			t.Errorf("%q: the error shows the address: %v", in, err)
		}
	}
}

func TestAChatIDIsAnyTextWithoutBlanks(t *testing.T) {
	for _, c := range []struct {
		cell campaign.Cell
		want string
	}{
		{text(" U4af4980629 "), "U4af4980629"},
		{text("\u200bpsid-1\u00a0"), "psid-1"},
		{number("700001"), "700001"},
		{number("-1001234567890"), "-1001234567890"},
		{number("7.00001E+5"), "700001"},
		{text(strings.Repeat("x", 256)), strings.Repeat("x", 256)},
	} {
		for _, k := range []campaign.ChannelKind{campaign.Line, campaign.Telegram, campaign.Facebook} {
			if got, err := address.Parse(c.cell, k, "ID"); err != nil || got != c.want {
				t.Errorf("%s %q: got %q, %v; want %q", k, c.cell.Raw, got, err, c.want)
			}
		}
	}
	for _, c := range []campaign.Cell{
		{},
		text("a b"), text("a\nb"), text("a\x00b"), text("a\xffb"), text(strings.Repeat("x", 257)),
		number("700001.5"), number("1234567890123456"),
	} {
		if got, err := address.Parse(c, campaign.Telegram, "ID"); err == nil {
			t.Errorf("%q: got %q, want an error", c.Raw, got)
		}
	}
}

func TestCellsThatHoldNoTextAreRejectedOnEveryChannel(t *testing.T) {
	for _, c := range []struct {
		cell campaign.Cell
		want string
	}{
		{campaign.Cell{Kind: campaign.Date, Raw: "2026-11-21", Text: "21/11/2026"}, "a date"},
		{campaign.Cell{Kind: campaign.Bool, Raw: "TRUE", Text: "TRUE"}, "TRUE"},
		{campaign.Cell{Kind: campaign.Error, Raw: "#REF!", Text: "#REF!"}, "#REF!"},
		{campaign.Cell{Kind: campaign.Formula, Raw: "VLOOKUP(A2,B:C,2)"}, "formula without a stored value"},
		{campaign.Cell{}, "fill it in"},
	} {
		for _, k := range []campaign.ChannelKind{campaign.WhatsApp, campaign.SMS, campaign.Email, campaign.Line} {
			if got, err := address.Parse(c.cell, k, "ID"); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, %+v: got %q, %v; want %q", k, c.cell, got, err, c.want)
			}
		}
	}
}

func TestAMaskNeverShowsTheWholeAddress(t *testing.T) {
	for in, want := range map[string]string{
		"628123456789":         "62812•••••89",
		"+62 812-3456-789":     "62812•••••89",
		"0812 3456 789":        "08123•••••89",
		"0215550100":           "02155•••••00",
		"5550100":              "•••••00",
		"123":                  "•••••",
		"":                     "•••••",
		"budi@example.test":    "b•••••@example.test",
		"bu@example.test":      "•••••@example.test",
		"@example.test":        "•••••@example.test",
		"U4af4980629":          "U4•••••29",
		"psid-1":               "•••••-1",
		"-1001234567890":       "10012•••••90",
		"élodie@example.test":  "é•••••@example.test",
		"08123456789 (istri)":  "08•••••i)",
		"\u200b628123456789\t": "62812•••••89",
	} {
		if got := address.Mask(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
