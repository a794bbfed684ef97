package operation

import (
	"errors"
	"strings"
	"testing"

	"siaran/campaign"
	"siaran/campaign/ledger"
)

func TestARunIsFoundByItsIDOrItsCampaign(t *testing.T) {
	t.Parallel()
	s := settings(t)
	book := open(t, s)
	made, _, err := importSent(t.Context(), s, book, "july", file(t, s, "july.csv", "id,hp,at\nA-1,0811234567,2026-07-01 09:00\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{made.Run.ID, strings.ToUpper(made.Run.ID), "july"} {
		run, err := FindRun(t.Context(), book, name)
		if err != nil || run.ID != made.Run.ID {
			t.Errorf("%s: run %q, %v", name, run.ID, err)
		}
	}
	_, err = FindRun(t.Context(), book, "august")
	var no *Error
	if !errors.Is(err, ledger.ErrNoRun) || !errors.As(err, &no) || no.Kind != Usage || err.Error() != `there is no run and no campaign "august" in the ledger` {
		t.Errorf("a name of nothing: %v", err)
	}
}

func TestALedgerThatCannotBeReadIsNotALedgerWithoutTheRun(t *testing.T) {
	t.Parallel()
	s := settings(t)
	book, err := ledger.Create(t.Context(), ledger.Settings{DSN: s.Ledger, Host: "mail-1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := FindRun(t.Context(), book, "july"); err == nil || errors.Is(err, ledger.ErrNoRun) {
		t.Errorf("got %v", err)
	}
}

func TestTheNewestImportOfANameIsTaken(t *testing.T) {
	t.Parallel()
	runs := []campaign.Run{ // the newest first
		{ID: "5", Kind: campaign.KindImported, Campaign: "june"},
		{ID: "4", Kind: campaign.KindSend, Campaign: "july"},
		{ID: "3", Kind: campaign.KindImported, Campaign: "july"},
		{ID: "2", Kind: campaign.KindImported, Campaign: "july"},
	}
	for name, want := range map[string]string{"july": "3", "june": "5", "may": ""} {
		if run, ok := newestImported(runs, name); run.ID != want || ok != (want != "") {
			t.Errorf("%s: run %q, want %q", name, run.ID, want)
		}
	}
}
