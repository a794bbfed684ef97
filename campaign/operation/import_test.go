package operation

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"siaran/campaign/definition"
)

// steps gathers what an ImportWatcher is told.
type steps []ImportEvent

func (s *steps) Imports(e ImportEvent) { *s = append(*s, e) }

func TestPatternsThatTheShellLeftAloneAreResolved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"b.jsonl", "a.jsonl", "a.jsonl" + RejectedSuffix} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct{ args, want []string }{
		{[]string{"-", in("gone.jsonl")}, []string{"-", in("gone.jsonl")}}, // whether it is there is seen when it is opened
		{[]string{in("a*")}, []string{in("a.jsonl")}},                      // not what an import put aside
		{[]string{in("*.jsonl")}, []string{in("a.jsonl"), in("b.jsonl")}},
		{[]string{in("c*")}, nil},
		{[]string{in("[")}, nil},
	} {
		got, err := expand(c.args)
		if !slices.Equal(got, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("%q: %q, %v", c.args, got, err)
		}
	}
}

func TestAnImportTellsOfEveryFile(t *testing.T) {
	t.Parallel()
	s := settings(t)
	book := open(t, s)
	if _, _, err := importSent(t.Context(), s, book, "july", file(t, s, "july.csv", "id,hp,at\nA-1,0811234567,2026-07-01 09:00\n")); err != nil {
		t.Fatal(err)
	}
	path := file(t, s, "r.jsonl", `{"status":1,"channel":"7","ref_id":"A-1","time":"2026-07-01 16:27:02"}`+"\nnonsense\n")
	for _, want := range []struct{ new, repeated int }{{1, 0}, {0, 1}} { // importing the same again changes nothing
		var told steps
		tally, err := Import(t.Context(), s, book, ImportRequest{Files: []string{path}}, &told)
		if err != nil || tally.New != want.new || tally.Repeated != want.repeated || tally.Broken != 1 {
			t.Errorf("tally: %+v, %v", tally, err)
		}
		first, last := told[0], told[len(told)-1]
		problem := slices.ContainsFunc(told, func(e ImportEvent) bool { return e.Problem != nil })
		if first.File != path || first.Size == 0 || first.Read != 0 || first.Ended || !last.Ended || !problem {
			t.Errorf("told: %+v", told)
		}
	}
}

func TestWhatCannotBeImportedIsSaidBeforeAnythingIs(t *testing.T) {
	t.Parallel()
	s := settings(t)
	s.Listen.Formats = map[string]definition.Format{"portal": {Gateway: "sandeza", ID: "id", Status: "status"}}
	book := open(t, s)
	for _, c := range []struct {
		request ImportRequest
		problem string
	}{
		{ImportRequest{Files: []string{"a.csv"}, Format: "portol"}, `there is no format "portol"`},
		{ImportRequest{Files: []string{filepath.Dir(s.Ledger)}}, "is a folder"},
		{ImportRequest{Files: []string{filepath.Join(filepath.Dir(s.Ledger), "gone")}}, "no such file"},
	} {
		_, err := Import(t.Context(), s, book, c.request, &steps{})
		var no *Error
		if !errors.As(err, &no) || no.Kind != Usage || !strings.Contains(err.Error(), c.problem) {
			t.Errorf("%+v: %v", c.request, err)
		}
	}
}
