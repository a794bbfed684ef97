package campaign_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// base is what every package may import: the nouns, what a cell says, and the limit's arithmetic.
var base = []string{"campaign", "campaign/pattern", "campaign/address", "ratelimit"}

func with(base []string, more ...string) []string { return append(slices.Clone(base), more...) }

// all are the packages that the use-cases put together.
var all = with(
	base, "campaign/planning", "campaign/dispatch", "campaign/sheet", "campaign/template", "campaign/definition", "campaign/ledger", "campaign/gateway",
	"reports", "reports/receiptline", "reports/receiptlog", "reports/receiptfile", "reports/forward", "reports/webhook", "reports/workbook", "reports/repair",
)

// mayImport says which of our packages each of our packages may import, but for cmd, which imports
// all and wires. Adapters never import each other; what two of them share lies below both.
var mayImport = []struct {
	pattern string // of the importing package, as in path.Match
	allowed []string
}{
	{"campaign", nil}, // the nouns: everything points here
	{"ratelimit", nil},
	{"samples", nil},
	{"campaign/pattern", []string{"campaign"}},
	{"campaign/address", []string{"campaign"}},
	{"campaign/planning", base},
	{"campaign/dispatch", base},
	{"campaign/sheet", base},
	{"campaign/template", base},
	{"campaign/definition", with(base, "campaign/template")},
	{"campaign/ledger", base},
	{"campaign/ledger/*", []string{"campaign", "campaign/ledger"}}, // servers and ledgers for tests
	{"campaign/gateway", with(base, "campaign/template")},
	{"campaign/gateway/*", with(base, "campaign/template", "campaign/gateway")},
	{"campaign/operation", all}, // the use-cases: cmd and fleet call them
	{"reports", base},
	{"reports/receiptline", base},
	{"reports/receiptlog", with(base, "reports/receiptline")},
	{"reports/receiptfile", with(base, "reports/receiptline")},
	{"reports/forward", with(base, "reports/receiptline")},
	{"reports/webhook", base},
	{"reports/cells", base},
	{"reports/repair", with(base, "reports", "reports/cells")},
	{"reports/workbook", with(base, "reports", "reports/cells")},
	{"reports/reconcile", with(base, "reports", "reports/cells")},
}

func TestPackagesPointAtCampaignAndNeverAtEachOther(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %s", exit.Stderr)
		}
		t.Fatal(err)
	}
	packages := 0
	for list := json.NewDecoder(strings.NewReader(string(out))); ; packages++ {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := list.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name, ok := strings.CutPrefix(p.ImportPath, "siaran/")
		if !ok {
			t.Fatalf("%s is not ours", p.ImportPath)
		}
		if strings.HasPrefix(name, "cmd/") {
			continue
		}
		allowed, known := allowedFor(name)
		if !known {
			t.Errorf("%s: a new package; say in mayImport what it may import", name)
		}
		for _, i := range p.Imports {
			if ours, ok := strings.CutPrefix(i, "siaran/"); ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s; it may import %q", name, ours, allowed)
			}
		}
	}
	if packages < 10 {
		t.Errorf("go list shows %d packages only", packages)
	}
}

func allowedFor(name string) (allowed []string, known bool) {
	for _, r := range mayImport {
		if ok, err := path.Match(r.pattern, name); err == nil && ok {
			return r.allowed, true
		}
	}
	return nil, false
}
