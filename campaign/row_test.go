package campaign_test

import (
	"fmt"
	"strings"
	"testing"

	"siaran/campaign"
)

func TestAHeadingIsFoundExactlyElseWithoutRegardToCaseAndBlanks(t *testing.T) {
	h := campaign.Header{Columns: []campaign.Column{
		{Name: "Nama"}, {Name: "nama"}, {Name: "Nomor HP"}, {Name: "No  Kontrak"}, {Name: "NO KONTRAK"}, {Name: "Ünïcode"},
	}}
	for name, want := range map[string]int{
		"Nama": 0, "nama": 1, "NAMA": -2, "Nomor HP": 2, "nomor\u00a0hp ": 2, "nomor\n hp": 2, "\ufeffNOMOR HP": 2,
		"no kontrak": -2, "NO KONTRAK": 4, "ÜNÏCODE": 5, "Alamat": -1, "": -1,
	} {
		if got := h.Find(name); got != want {
			t.Errorf("%q: column %d, want %d", name, got, want)
		}
	}
	if got := strings.Join(h.Names(), "|"); got != "Nama|nama|Nomor HP|No  Kontrak|NO KONTRAK|Ünïcode" {
		t.Errorf("names: %s", got)
	}
}

func TestARowErrorSaysWhere(t *testing.T) {
	for want, err := range map[string]*campaign.RowError{
		`row 5, column "Nomor HP": a landline`: {Row: 5, Column: "Nomor HP", Problem: "a landline"},
		`row 5: empty`:                         {Row: 5, Problem: "empty"},
	} {
		if got := fmt.Sprint(err); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
