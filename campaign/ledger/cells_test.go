package ledger_test

import (
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"siaran/campaign"
	"siaran/campaign/ledger"
)

func drawCell(t *rapid.T) campaign.Cell {
	s := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "Budi", `a"b\c`, "<&>", "=1+1", "é\u2028", "\x00\x1f", "null", "😀"}))
	kind := campaign.Kind(rapid.IntRange(0, int(campaign.Formula)).Draw(t, "kind"))
	if kind == campaign.Empty {
		return campaign.Cell{}
	}
	if kind == campaign.Text {
		return campaign.TextCell(s.Draw(t, "text"))
	}
	c := campaign.Cell{Kind: kind, Raw: s.Draw(t, "raw"), Format: s.Draw(t, "format")}
	if c.Text = c.Raw; rapid.Bool().Draw(t, "shown otherwise") {
		c.Text = s.Draw(t, "shown")
	}
	return c
}

func TestCellsComeBackFromTheLedgerAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var cells []campaign.Cell
		for range rapid.IntRange(0, 6).Draw(t, "cells") {
			cells = append(cells, drawCell(t))
		}
		data := ledger.EncodeCells(cells)
		if !json.Valid(data) {
			t.Fatalf("not JSON: %s", data)
		}
		back, err := ledger.DecodeCells(data)
		if err != nil || !slices.Equal(back, cells) {
			t.Fatalf("%+v came back as %+v, %v (%s)", cells, back, err, data)
		}
	})
}

func TestTheTypedFormIsTheOneOnDisk(t *testing.T) {
	cells := []campaign.Cell{
		{},
		campaign.TextCell("Budi"), campaign.TextCell(`"a" <b>`),
		{Kind: campaign.Number, Raw: "1250", Text: "1.250", Format: "#,##0"},
		{Kind: campaign.Number, Raw: "7", Text: "7"},
		{Kind: campaign.Date, Raw: "2026-11-21", Text: "21/11/2026", Format: "dd/mm/yyyy"},
		{Kind: campaign.Bool, Raw: "TRUE", Text: "TRUE"},
		{Kind: campaign.Error, Raw: "#REF!", Text: "#REF!"},
		{Kind: campaign.Formula, Raw: "A1", Text: "A1"},
	}
	want := `[null,"Budi","\"a\" <b>",{"n":"1250","t":"1.250","s":"#,##0"},{"n":"7"},{"d":"2026-11-21","t":"21/11/2026","s":"dd/mm/yyyy"},{"b":"TRUE"},{"e":"#REF!"},{"f":"A1"}]`
	if got := string(ledger.EncodeCells(cells)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestCellsThatAreNotOursAreAnErrorNotAPanic(t *testing.T) {
	for _, s := range []string{"", "{}", "[", `[1]`, `[true]`, `[{}]`, `[{"x":"1"}]`, `[{"n":1}]`, `[[]]`, `["a]`} {
		if cells, err := ledger.DecodeCells([]byte(s)); err == nil {
			t.Errorf("%s was read as %+v", s, cells)
		}
	}
}

func FuzzDecodeCellsNeverPanics(f *testing.F) {
	f.Add([]byte(`[null,"Budi",{"n":"1250","t":"1.250","s":"#,##0"}]`))
	f.Add([]byte(`[ null , "\ud800" ]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		cells, err := ledger.DecodeCells(data)
		if err != nil {
			return
		}
		again, err := ledger.DecodeCells(ledger.EncodeCells(cells))
		if err != nil || !slices.Equal(again, cells) {
			t.Errorf("%s: %+v, then %+v, %v", data, cells, again, err)
		}
	})
}
