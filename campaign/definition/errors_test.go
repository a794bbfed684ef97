package definition

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// update writes what comes out into the goldens: go test -update, then read the diff.
var update = flag.Bool("update", false, "write the goldens anew")

// mark parts a case from the problems that are expected of it.
const mark = "=>\n"

// eachCase runs read on every case of a golden and compares its problems, a line each.
func eachCase(t *testing.T, path string, read func(text string) error) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cases := txtar.Parse(b)
	for i, f := range cases.Files {
		text, want, _ := strings.Cut(string(f.Data), mark)
		got := "nothing\n"
		if err := read(text); err != nil {
			got = err.Error() + "\n"
		}
		cases.Files[i].Data = []byte(text + mark + got)
		if got != want && !*update {
			t.Errorf("%s: got\n%swant\n%s", f.Name, got, want)
		}
	}
	if *update {
		if err := os.WriteFile(path, txtar.Format(cases), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// completed adds to a case what a campaign must have.
func completed(text string) []byte {
	if bare, ok := strings.CutPrefix(text, "BARE"); ok {
		return []byte(bare)
	}
	for _, line := range []string{"name: promo", "account: sprint", "file: a.xlsx", "channels: [{sms: {to: hp, message: hai}}]"} {
		key, _, _ := strings.Cut(line, " ")
		if !strings.Contains("\n"+text, "\n"+key) {
			text += line + "\n"
		}
	}
	return []byte(text)
}

func TestEveryMistakeInACampaignIsToldWithItsLineAndWhatWasMeant(t *testing.T) {
	eachCase(t, "testdata/campaign_errors.txtar", func(text string) error {
		_, err := ParseCampaign("promo.yaml", completed(text), Options{})
		return err
	})
}

func TestEveryMistakeInSettingsIsToldWithItsLineAndWhatWasMeant(t *testing.T) {
	eachCase(t, "testdata/settings_errors.txtar", func(text string) error {
		_, err := ParseSettings("siaran.yaml", []byte(strings.TrimPrefix(text, "BARE")), environment, gateways)
		if err != nil && strings.Contains(strings.ReplaceAll(err.Error(), "vault:hunter2", ""), "hunter2") {
			t.Errorf("a secret is shown: %v", err)
		}
		return err
	})
}

// environment is what variables there are in the tests.
func environment(name string) (string, bool) {
	v, ok := map[string]string{"SECRET": "hunter2", "EMPTY": " ", "PASSWORD": "pa$$ ${env:SECRET}"}[name]
	return v, ok
}

func TestProblemsCanBeTakenApart(t *testing.T) {
	_, err := ParseCampaign("promo.yaml", completed("tabs: x\nrepeat: never\n"), Options{})
	var all Errors
	var first *Error
	if !errors.As(err, &all) || len(all) != 2 || !errors.As(err, &first) || first != all[0] {
		t.Fatalf("got %#v", err)
	}
	if got, want := *first, (Error{File: "promo.yaml", Line: 1, Problem: `unknown key "tabs"`, Hint: "did you mean tab?"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
