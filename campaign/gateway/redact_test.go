package gateway

import (
	"strings"
	"testing"
	"unicode/utf8"

	"siaran/campaign"
)

func TestWhatAGatewaySaysIsMadeFitForLogs(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"Unknown Sender Id":                     "Unknown Sender Id",
		" two\r\n lines\t":                      "two lines",
		"bell\a, \u202eright to left, \xff bad": "bell, right to left, bad",
		"to 6281200000001!":                     "to 62812•••••01!",
		"6281200000001,6281200000002":           "62812•••••01,62812•••••02",
		"code 482913 is short":                  "code 482913 is short",
		"for budi@example.test":                 "for b•••••@example.test",
		"user rahasia is locked":                "user *** is locked",
		"":                                      "",
	} {
		if got := Redact(said, "rahasia", ""); got != want {
			t.Errorf("%q: got %q, want %q", said, got, want)
		}
	}
	if got := Redact(strings.Repeat("é ", 500)); utf8.RuneCountInString(got) != mostSaid || !strings.HasSuffix(got, "…") {
		t.Errorf("got %d characters: %q", utf8.RuneCountInString(got), got)
	}
}

func TestValuesOfTheMessageAreTakenOutOfWhatIsSaid(t *testing.T) {
	t.Parallel()
	m := campaign.Message{Cells: []campaign.Cell{campaign.TextCell("Budi Santoso"), campaign.TextCell("Al"), {Kind: campaign.Number, Raw: "1250000", Text: "1.250.000"}, {}}}
	if got := Redact("bad value Budi Santoso or 1.250.000 Also", Private(m)...); got != "bad value *** or *** Also" {
		t.Errorf("got %q", got)
	}
}

func TestAnIDKeepsItsDigits(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"1606887827245734233232332": "1606887827245734233232332", "wamid.HBgN==": "wamid.HBgN==", " a\x00b\nc\u202e": "abc", "": "",
		strings.Repeat("x", 300): strings.Repeat("x", 199) + "…",
	} {
		if got := ID(said); got != want {
			t.Errorf("%q: got %q", said, got)
		}
	}
}
