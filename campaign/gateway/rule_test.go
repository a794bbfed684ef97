package gateway

import (
	"strings"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/template"
)

func TestRulesSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		rule  Rule
		value string
		want  string // "" is good
	}{
		{"filled", Filled, "x", ""},
		{"filled", Filled, " \u00a0\n", "is empty"},
		{"printable", Printable, "a\nb\tc é", ""},
		{"printable", Printable, "a\x00", "U+0000"},
		{"printable", Printable, "a\x7f", "U+007F"},
		{"one line", OneLine, "a b", ""},
		{"one line", OneLine, "a\nb", "line break"},
		{"one line", OneLine, "a\r", "line break"},
		{"one line", OneLine, "\t", "tab"},
		{"at most", AtMost(3), "éé😀", ""},
		{"at most", AtMost(3), "abcd", "4 characters, 3 is the most"},
		{"without", Without("take it out", ";"), "a,b", ""},
		{"without", Without("take it out", ":", ";"), "a;b", `has ";": take it out`},
		{"no blanks", NoBlanks, "abc", ""},
		{"no blanks", NoBlanks, "a\u00a0b", "blank"},
		{"no blanks", NoBlanks, "a\u200bb", "invisible"},
		{"only", Only(" "), "Tagihan 11", ""},
		{"only", Only(" "), "Tagihan-11", "has '-'"},
		{"only", Only(" "), "é", "has 'é'"},
		{"only", Only(" -"), "a-b", ""},
		{"decimal", Decimal(-90, 90), "-6.2", ""},
		{"decimal", Decimal(-90, 90), "6,2", "decimal point"},
		{"decimal", Decimal(-90, 90), "91", "between -90 and 90"},
		{"decimal", Decimal(-90, 90), "", "decimal point"},
		{"decimal", Decimal(-90, 90), "0x1", "decimal point"},
		{"decimal", Decimal(-90, 90), " 1", "decimal point"},
		{"decimal", Decimal(-90, 90), "1 ", "decimal point"},
		{"decimal", Decimal(-90, 90), "+1", "decimal point"},
		{"decimal", Decimal(-90, 90), "Infinity", "decimal point"},
		{"link", Link, "https://files.example.test/a?b=c", ""},
		{"link", Link, "http://files.example.test/a", "https://"},
		{"link", Link, "files.example.test/a", "is not a link"},
		{"link", Link, "https://", "is not a link"},
		{"link", Link, "https:///a", "is not a link"},
		{"link", Link, "javascript:alert(1)", "is not a link"},
		{"link", Link, "https://:443/a", "is not a link"},
		{"link to", LinkTo(".jpg"), "https://files.example.test/a.JPG?x=.png", ""},
		{"link to", LinkTo(".jpg", ".png"), "https://files.example.test/jpg", "must end in .jpg or .png"},
	} {
		got := test.rule([]byte(test.value))
		if (test.want == "") != (got == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s of %q: got %q, want %q", test.name, test.value, got, test.want)
		}
	}
}

func TestABodyKeepsItsKeysInOrderAndItsErrorsTogether(t *testing.T) {
	t.Parallel()
	s := template.Settings{Header: campaign.Header{Columns: []campaign.Column{{Name: "Nama", Letter: "A"}}}}
	b := NewBuilder(s)
	b.Raw(`{"z":"`)
	b.Const(`"static"`)
	b.Raw(`","a":`)
	b.String("name", "Halo {{Nama}}", Filled)
	b.Raw(`,"n":`)
	b.Number("number", "1.5", 0, 2)
	b.Raw(`,"s":"`)
	b.Slot(0)
	b.Raw(`","t":"`)
	b.Free("text", "a\r\nb\rc {{Nama}}")
	b.Raw(`"}`)
	p, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	row := campaign.Row{Number: 2, Cells: []campaign.Cell{campaign.TextCell("B\"\r\ni")}}
	got, err := p.Append(nil, row, []string{`x"y`})
	if want := `{"z":"\"static\"","a":"Halo B\"\r\ni","n":1.5,"s":"x\"y","t":"a\nb\nc B\"\ni"}`; err != nil || string(got) != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
	}

	b = NewBuilder(s)
	b.String("one", "")
	b.String("two", "{{nema}}")
	b.String("three", "", Filled)
	b.Problem(nil)
	_, err = b.Build()
	if err == nil || !strings.Contains(err.Error(), "two: no column") || !strings.Contains(err.Error(), "Nama") || !strings.Contains(err.Error(), "three: is empty") {
		t.Errorf("got %v", err)
	}
}

func TestRetryAfterCountsFromTheGatewaysOwnClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		after, date string
		want        time.Duration
	}{
		{"5", "", 5 * time.Second},
		{" 5 ", "", 5 * time.Second},
		{"0", "", 0},
		{"-1", "", 0},
		{"soon", "", 0},
		{"", "", 0},
		{"1.5", "", 0},
		{"99999999", "", mostRetryAfter},
		{"Sat, 21 Nov 2026 12:00:30 GMT", "", 30 * time.Second},
		{"Sat, 21 Nov 2026 11:00:30 GMT", "", 0},
		{"Sat, 21 Nov 2026 13:00:30 GMT", "Sat, 21 Nov 2026 13:00:00 GMT", 30 * time.Second}, // its clock is an hour ahead
	} {
		x := Exchange{Status: 503, Written: true, Header: map[string][]string{}}
		x.Header.Set("Retry-After", test.after)
		x.Header.Set("Date", test.date)
		if got := Classify(x, now); got.RetryAfter != test.want || got.Outcome != campaign.NotTaken {
			t.Errorf("%q at %q: got %+v", test.after, test.date, got)
		}
	}
}
