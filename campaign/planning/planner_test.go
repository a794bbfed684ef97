package planning_test

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"siaran/campaign"
	"siaran/campaign/planning"
)

// plain is a gateway that sends the first column's value to the number in the second.
type plain struct{}

func (plain) To(row campaign.Row, _ int) (campaign.Cell, string, error) {
	return row.Cells[1], "HP", nil
}

func (plain) Check(m campaign.Message) (string, error) {
	if m.Cells[0].Raw == "" {
		return "", &campaign.RowError{Row: m.Seq, Column: "Nama", Problem: "the value is empty"}
	}
	return "Halo " + m.Cells[0].Raw, nil
}

// plannerOf plans rows of Nama and HP.
func plannerOf(t *testing.T, keep string, same ...string) *planning.Planner {
	t.Helper()
	c := &campaign.Campaign{
		Name: "promo", Account: "sprint", Country: "ID", Content: []byte("{}"), Duplicates: campaign.Duplicates{Same: same, Keep: keep},
		Channels: []campaign.Channel{{Kind: campaign.SMS}},
	}
	h := campaign.Header{Row: 1, Columns: []campaign.Column{{Name: "Nama"}, {Name: "HP"}}}
	p, err := planning.NewPlanner(c, h, plain{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// rowsOf makes rows from "Nama HP" texts, the first of them row 2.
func rowsOf(lines ...string) func() iter.Seq2[campaign.Row, error] {
	return func() iter.Seq2[campaign.Row, error] {
		return func(yield func(campaign.Row, error) bool) {
			for i, line := range lines {
				name, phone, _ := strings.Cut(line, " ")
				row := campaign.Row{Number: i + 2, Hidden: strings.HasPrefix(name, "hidden"), Cells: []campaign.Cell{campaign.TextCell(name), campaign.TextCell(phone)}}
				var err error
				switch {
				case name == "torn":
					err = &campaign.RowError{Row: row.Number, Problem: "a quote that does not close"}
				case name == "broken":
					yield(campaign.Row{}, errors.New("the file is broken"))
					return
				}
				if !yield(row, err) {
					return
				}
			}
		}
	}
}

// decided reads rows as check does: twice where the last of several is kept.
func decided(t *testing.T, p *planning.Planner, plan *planning.Plan, rows func() iter.Seq2[campaign.Row, error]) iter.Seq2[planning.Decided, error] {
	t.Helper()
	var last planning.Last
	if p.Campaign.Duplicates.Keep == "last" {
		last = planning.Last{}
		for c, err := range p.Candidates(t.Context(), &planning.Plan{}, rows()) {
			if err != nil {
				break // Decide meets it again
			}
			last.Add(c)
		}
	}
	return p.Decide(p.Candidates(t.Context(), plan, rows()), last)
}

// planned is what becomes of rows: "2 sent", "3 duplicate: …".
func planned(t *testing.T, p *planning.Planner, rows func() iter.Seq2[campaign.Row, error]) (lines []string, plan planning.Plan) {
	t.Helper()
	for m, err := range decided(t, p, &plan, rows) {
		if err != nil {
			return append(lines, err.Error()), plan
		}
		line := fmt.Sprintf("%d sent", m.Seq)
		if m.Problem != nil {
			line = fmt.Sprintf("%d %s: %s", m.Seq, m.Problem.Verdict, m.Problem.Reason)
		}
		lines = append(lines, line)
	}
	return lines, plan
}

func TestDuplicatesAreKeptAsTheCampaignSays(t *testing.T) {
	rows := rowsOf("Budi 6281200000001", "Ani 0812-0000-0001", "Cici 6281200000003", "Budi +6281200000001", " 6281200000001")
	empty := "6 rejected: the value is empty"
	for keep, want := range map[string][]string{
		"first":  {"2 sent", "3 duplicate: the same recipient as row 2, which is kept", "4 sent", "5 duplicate: the same recipient as row 2, which is kept", empty},
		"refuse": {"2 sent", "3 duplicate: the same recipient as row 2, which is kept", "4 sent", "5 duplicate: the same recipient as row 2, which is kept", empty},
		"last":   {"2 duplicate: the same recipient as row 5, which is kept", "3 duplicate: the same recipient as row 5, which is kept", "4 sent", "5 sent", empty},
		"all":    {"2 sent", "3 sent", "4 sent", "5 sent", empty},
	} {
		if got, _ := planned(t, plannerOf(t, keep, "address"), rows); !slices.Equal(got, want) {
			t.Errorf("keep %s:\n got %q\nwant %q", keep, got, want)
		}
	}
	got, _ := planned(t, plannerOf(t, "first", "address", "Nama"), rows)
	if want := []string{"2 sent", "3 sent", "4 sent", "5 duplicate: the same recipient as row 2, which is kept", empty}; !slices.Equal(got, want) {
		t.Errorf("by address and name: %q", got)
	}
}

func TestWhoHasAMessageOfTheRunAlreadyIsADuplicateWhicheverIsKept(t *testing.T) {
	for _, keep := range []string{"first", "last"} {
		p := plannerOf(t, keep, "address")
		p.Known.Before = map[planning.DuplicateKey]int32{p.DuplicateKey(campaign.Message{Address: "6281200000001"}): 40}
		got, _ := planned(t, p, rowsOf("Budi 6281200000001", "Ani 6281200000002"))
		if want := []string{"2 duplicate: the same recipient as row 40, which was planned before", "3 sent"}; !slices.Equal(got, want) {
			t.Errorf("keep %s: %q", keep, got)
		}
	}
}

func TestARowThatCannotBeReadIsRejectedAndABrokenFileEndsThePlan(t *testing.T) {
	got, _ := planned(t, plannerOf(t, "first", "address"), rowsOf("torn x", "Budi 6281200000001", "broken x", "Ani 6281200000002"))
	if want := []string{"2 rejected: a quote that does not close", "3 sent", "the file is broken"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestThePlanIsTheSameForTheSameRowsAndAnotherForOthers(t *testing.T) {
	digest := func(lines ...string) string {
		_, plan := planned(t, plannerOf(t, "first", "address"), rowsOf(lines...))
		if plan.Digest == "" {
			t.Fatal("no digest")
		}
		return plan.Digest
	}
	same := digest("Budi 6281200000001", "Ani 6281200000002")
	if again := digest("Budi 6281200000001", "Ani 6281200000002"); again != same {
		t.Error("the same rows are another plan")
	}
	for _, other := range [][]string{
		{"Ani 6281200000002", "Budi 6281200000001"},
		{"Budi 6281200000001"},
		{"Budi 6281200000001", "Ani 6281200000002", "Cici 6281200000003"},
		{"Budi 628120000000", "1Ani 6281200000002"},
	} {
		if digest(other...) == same {
			t.Errorf("%q is the same plan", other)
		}
	}
}

// What was sent before is known by its digest, wherever it stands in today's file.
func TestAMessageIsTheSameWhereverItsRowStandsAndAnotherWithAnotherCellOrAddress(t *testing.T) {
	first := func(rows func() iter.Seq2[campaign.Row, error]) campaign.Message {
		var last campaign.Message
		for m, err := range decided(t, plannerOf(t, "all", "address"), new(planning.Plan), rows) {
			if err != nil || m.Problem != nil || len(m.Digest) == 0 {
				t.Fatalf("%+v, %v", m, err)
			}
			last = m.Message
		}
		return last
	}
	here := first(rowsOf("Budi 6281200000001"))
	moved := first(rowsOf("Ani 6281200000002", "Cici 6281200000003", "Budi 6281200000001"))
	if here.Seq == moved.Seq || !bytes.Equal(here.Digest, moved.Digest) {
		t.Errorf("row %d that is row %d now is another message", here.Seq, moved.Seq)
	}
	for _, other := range []string{"Budi 6281200000002", "Budiman 6281200000001", "budi 6281200000001"} {
		if m := first(rowsOf(other)); bytes.Equal(here.Digest, m.Digest) {
			t.Errorf("%q is the same message", other)
		}
	}
}

func TestHiddenRowsAreLeftOutAndCountedUnlessTheyAreIncluded(t *testing.T) {
	for policy, want := range map[campaign.HiddenRows]int{campaign.HiddenRefuse: 1, campaign.HiddenSkip: 1, campaign.HiddenInclude: 2} {
		p := plannerOf(t, "first", "address")
		p.Campaign.HiddenRows = policy
		lines, plan := planned(t, p, rowsOf("hidden 6281200000001", "Ani 6281200000002"))
		if len(lines) != want || plan.Rows != want || plan.Hidden != 2-want {
			t.Errorf("%s: %q, %+v", policy, lines, plan)
		}
	}
}
