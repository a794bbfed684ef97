package campaign_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// gatewayFolders are where a gateway's name is at home.
var gatewayFolders = []string{
	"campaign/gateway/sandeza", "campaign/gateway/d7", "campaign/gateway/sinchindia", "campaign/gateway/simulator",
}

// mayNameGateways are the files elsewhere that may name one, and why.
var mayNameGateways = map[string]string{
	"campaign/operation/gateways.go": "the one list",
	"campaign/definition/init.go":    "the siaran.yaml that siaran init writes is an example of one gateway's account",
	"cmd/siaran/help.go":             "an example of a receipt URL",
}

var gatewayName = regexp.MustCompile(`(?i)sandeza|sinchindia|\bd7|d7\b`)

// TestAGatewayIsNamedInItsFolderAndInOneList: in code, that is; comments may.
func TestAGatewayIsNamedInItsFolderAndInOneList(t *testing.T) {
	unused := make(map[string]bool)
	for name := range mayNameGateways {
		unused[name] = true
	}
	files := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		name := strings.TrimPrefix(filepath.ToSlash(path), "../")
		switch {
		case err != nil:
			return err
		case d.IsDir() && (slices.Contains(gatewayFolders, name) || name == "samples" || len(name) > 1 && strings.HasPrefix(name, ".") && name != ".."):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		files++
		if found := namesIn(t, path); len(found) > 0 {
			if mayNameGateways[name] == "" {
				t.Errorf("%s names a gateway: %s; what is a gateway's belongs into its folder, behind its Descriptor", name, strings.Join(found, ", "))
			}
			delete(unused, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 100 {
		t.Errorf("%d files only were looked at", files)
	}
	for name := range unused {
		t.Errorf("%s names no gateway any more: take it out of mayNameGateways", name)
	}
}

// namesIn returns the identifiers and literals of a file with a gateway's name in them.
func namesIn(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		said := ""
		switch n := n.(type) {
		case *ast.Ident:
			said = n.Name
		case *ast.BasicLit:
			said = n.Value
		}
		if gatewayName.MatchString(said) {
			found = append(found, said)
		}
		return true
	})
	return found
}
