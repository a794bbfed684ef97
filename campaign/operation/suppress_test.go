package operation

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"siaran/campaign"
	"siaran/campaign/ledger"
)

// list are the lines of the list of those who must not get messages.
func list(t *testing.T, book *ledger.Ledger) []string {
	t.Helper()
	var all []string
	for s, err := range book.Suppressions.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%s|%s|%s|%s", s.Address, s.Channel, s.Purpose, s.Why))
	}
	return all
}

func TestAnAddressIsSuppressedAsMessagesHaveIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		terms      SuppressTerms
		said, want string // empty: refused
	}{
		{SuppressTerms{For: campaign.PurposeAll, Country: "ID"}, "0811-234-567", "62811234567"},
		{SuppressTerms{For: campaign.PurposeAll, Country: "ID"}, " Budi@Example.com ", "Budi@example.com"},
		{SuppressTerms{For: campaign.PurposeAll, Channel: campaign.Telegram, Country: "ID"}, "123456789", "123456789"},
		{SuppressTerms{For: campaign.PurposeAll, Country: "ID"}, "somebody", ""},
	} {
		s, err := c.terms.suppression(c.said)
		if s.Address != c.want && c.want != "" || (err == nil) != (c.want != "") || s.Channel != c.terms.Channel {
			t.Errorf("%q: %+v, %v; want %q", c.said, s, err, c.want)
		}
	}
}

func TestOneAddressThatCannotBeReadChangesNothing(t *testing.T) {
	t.Parallel()
	_, err := SuppressTerms{For: campaign.PurposeAll, Country: "ID"}.Suppressions([]string{"0811234567", "0811234"}, "asked")
	var no *Error
	if !errors.As(err, &no) || no.Kind != Usage || !strings.Contains(err.Error(), "nothing was changed") || strings.Contains(err.Error(), "0811234") {
		t.Errorf("got %v", err)
	}
}

func TestPeopleComeOnTheListAndGo(t *testing.T) {
	t.Parallel()
	book := open(t, settings(t))
	terms := SuppressTerms{For: campaign.PurposeMarketing, Channel: campaign.WhatsApp, Country: "ID"}
	added, err := terms.Suppressions([]string{"0811234567", "0811234568"}, "asked by phone")
	if err != nil {
		t.Fatal(err)
	}
	result, err := Suppress(t.Context(), book, added, terms, ops)
	if err != nil || result.Added != 2 {
		t.Errorf("added: %+v, %v", result, err)
	}
	other, err := SuppressTerms{For: campaign.PurposeAll, Channel: campaign.WhatsApp, Country: "ID"}.Suppressions([]string{"0811234567"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if result, err := Unsuppress(t.Context(), book, other, ops, ""); !errors.Is(err, ErrNotSuppressed) || result.Removed != 0 {
		t.Errorf("what was not added so: %+v, %v", result, err)
	}
	if result, err := Unsuppress(t.Context(), book, added[:1], ops, "wants them again"); err != nil || result.Removed != 1 {
		t.Errorf("removed: %+v, %v", result, err)
	}
	if got := list(t, book); !slices.Equal(got, []string{"62811234568|whatsapp|marketing|asked by phone"}) {
		t.Errorf("the list: %q", got)
	}
	actions, err := book.Actions.OfRun(t.Context(), "")
	if err != nil || len(actions) != 2 || actions[0].Options != "add 2 for marketing on whatsapp" || actions[1].Options != "remove 1" || actions[1].Why != "wants them again" {
		t.Errorf("actions: %+v, %v", actions, err)
	}
}

// unread gathers what a SuppressWatcher is told.
type unread []string

func (u *unread) Unread(line int, err error) { *u = append(*u, fmt.Sprintf("%d: %v", line, err)) }

func TestAListIsReadAsPeopleHaveIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       []string
		broken     []string // a piece of what is told of each
	}{
		{"with all headings", "address,channel,for,because,since\n0811234567,sms,marketing,asked,2026-11-21\n", []string{"62811234567|sms|marketing|asked"}, nil},
		{"semicolons, other words, a byte order mark", "\ufeffNo HP;Reason\n0811234567;asked\n", []string{"62811234567||all|asked"}, nil},
		{"tabs", "phone\tpurpose\n0811234567\tMarketing\n", []string{"62811234567||marketing|by us"}, nil},
		{
			"lines that cannot be read", "address,for,channel\n0811234567,all,\nnobody,all,\n0811234568,never,\n0811234569,all,pigeon\n",
			[]string{"62811234567||all|by us"},
			[]string{"3: ", `4: for is "never"`, `5: channel is "pigeon"`},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			book := open(t, settings(t))
			var told unread
			result, err := ImportSuppressions(t.Context(), book, SuppressImport{
				Input: strings.NewReader(c.text), Name: "optout.csv", Terms: SuppressTerms{For: campaign.PurposeAll, Country: "ID"}, Why: "by us", Zone: wib, By: ops,
			}, &told)
			if err != nil || result.Added != len(c.want) || result.Broken != len(c.broken) {
				t.Errorf("%+v, %v", result, err)
			}
			if got := list(t, book); !slices.Equal(got, c.want) {
				t.Errorf("the list: %q, want %q", got, c.want)
			}
			if !slices.EqualFunc(told, c.broken, strings.Contains) {
				t.Errorf("told: %q, want %q", told, c.broken)
			}
		})
	}
}

func TestAListWithoutAddressesIsRefused(t *testing.T) {
	t.Parallel()
	var told unread
	_, err := ImportSuppressions(t.Context(), open(t, settings(t)), SuppressImport{Input: strings.NewReader("name,for\nBudi,all\n"), Name: "optout.csv"}, &told)
	var no *Error
	if !errors.As(err, &no) || no.Kind != Usage || !strings.Contains(err.Error(), "optout.csv: no column address; columns: name, for") {
		t.Errorf("got %v", err)
	}
}
