package operation

import (
	"errors"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
)

func TestColumnsOfAnotherToolAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want, problem string }{
		{"id=Msg ID,address=HP,time=At", "id:Msg ID address:HP time:At", ""},
		{"id=Msg ID, address=HP ,time=Sent, local,gateway_id=G", "id:Msg ID address:HP time:Sent, local gateway_id:G", ""},
		{"id=a,address=b", "", "time= is missing"},
		{"id=a,id=b,address=c,time=d", "", "id is there twice"},
		{"a,b", "", "write key=heading"},
		{"id=,address=b,time=c", "", "write key=heading"},
	} {
		columns, err := sentColumns(c.text)
		if c.problem != "" {
			if err == nil || !strings.Contains(err.Error(), c.problem) {
				t.Errorf("%q: %v, want %q", c.text, err, c.problem)
			}
			continue
		}
		var got []string
		for _, key := range []string{columnID, columnAddress, columnTime, columnGatewayID} {
			if columns[key] != "" {
				got = append(got, key+":"+columns[key])
			}
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%q: %v, %v", c.text, got, err)
		}
	}
}

func TestAnIDThatLostDigitsIsRefused(t *testing.T) {
	t.Parallel()
	text, number := campaign.TextCell, func(s string) campaign.Cell { return campaign.Cell{Kind: campaign.Number, Raw: s} }
	for _, c := range []struct {
		cell campaign.Cell
		want string // empty: refused
	}{
		{text(" A-1 "), "A-1"},
		{text("1234567890123456789012345"), "1234567890123456789012345"},
		{text("6.28E+24"), ""},
		{text("6,28e+24"), ""},
		{text("CODE+7"), "CODE+7"},
		{text("  "), ""},
		{number("123456789012345"), "123456789012345"},
		{number("1234567890123456"), ""},
		{number("1.5"), ""},
		{campaign.Cell{Kind: campaign.Bool, Raw: "TRUE"}, ""},
	} {
		got, err := sentID(c.cell)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%q: %q, %v, want %q", c.cell.Raw, got, err, c.want)
		}
	}
}

func TestTimesOfOtherToolsAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-21T19:00:05+08:00": "2026-11-21T11:00:05Z",
		"2026-11-21 19:00:05.25":    "2026-11-21T12:00:05Z",
		"21/11/2026 19:00":          "2026-11-21T12:00:00Z",
		"1/2/2026":                  "2026-01-31T17:00:00Z", // the first of February
		"1795262405":                "2026-11-21T12:00:05Z",
		"1795262405123":             "2026-11-21T12:00:05Z",
		"":                          "",
		"yesterday":                 "",
		"13/13/2026":                "",
	} {
		got, err := sentTime(campaign.TextCell(text), wib)
		if want == "" {
			if err == nil {
				t.Errorf("%q was taken for %s", text, got)
			}
			continue
		}
		if err != nil || got.UTC().Truncate(time.Second).Format(time.RFC3339) != want {
			t.Errorf("%q: %s, %v; want %s", text, got.UTC(), err, want)
		}
	}
}

func TestTheSameSendsAreOneRunHoweverOftenTheyAreImported(t *testing.T) {
	t.Parallel()
	s := settings(t)
	book := open(t, s)
	path := file(t, s, "july.csv", "id,hp,at\nA-1,0811234567,2026-07-01 09:00\nA-2,hidden,2026-07-01 09:01\n,0811234568,2026-07-01 09:02\n")
	first, told, err := importSent(t.Context(), s, book, "july", path)
	if err != nil {
		t.Fatal(err)
	}
	if first.Already || first.Summary.Accepted != 2 || first.Summary.Rejected != 1 || first.Summary.Sum() != 3 || first.Run.State != campaign.StateDone {
		t.Errorf("imported: %+v", first)
	}
	if len(told) != 1 || told[0].Row != 4 {
		t.Errorf("rejected: %v", told)
	}
	again, _, err := importSent(t.Context(), s, book, "july", path)
	if err != nil || !again.Already || again.Run.ID != first.Run.ID || again.Summary.Sum() != 3 {
		t.Errorf("imported again: %+v, %v", again, err)
	}
	actions, err := book.Actions.OfRun(t.Context(), first.Run.ID)
	if err != nil || len(actions) != 1 || actions[0].What != campaign.DeedImport || actions[0].By() != "ops@mail-1" {
		t.Errorf("actions: %v, %v", actions, err)
	}
}

func TestAFileThatCannotBeARunLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, problem string }{
		{"an id twice", "id,hp,at\nA-9,0811234567,2026-07-01\nA-9,0811234568,2026-07-01\n", "row 3: its id is that of row 2"},
		{"an id of another run", "id,hp,at\nA-8,0811234567,2026-07-01\nA-1,0811234568,2026-07-01\n", "row 3: its id is in run "},
		{"no row", "id,hp,at\n", "has no data row"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := settings(t)
			book := open(t, s)
			if _, _, err := importSent(t.Context(), s, book, "july", file(t, s, "july.csv", "id,hp,at\nA-1,0811234567,2026-07-01\n")); err != nil {
				t.Fatal(err)
			}
			_, _, err := importSent(t.Context(), s, book, "august", file(t, s, "august.csv", c.text))
			var no *Error
			if err == nil || !errors.As(err, &no) || no.Kind != Usage || !strings.Contains(err.Error(), c.problem) {
				t.Fatalf("got %v", err)
			}
			runs, err := book.Runs.All(t.Context())
			if err != nil || len(runs) != 1 {
				t.Errorf("runs: %v, %v", runs, err)
			}
			half, err := book.Plans.Half(t.Context())
			if err != nil || len(half) != 0 {
				t.Errorf("half plans: %v, %v", half, err)
			}
		})
	}
}
