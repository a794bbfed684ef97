package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestNoTextNamesACommandOrFlagThatDoesNotExist reads every text in the program: what people are told to do,
// they can.
func TestNoTextNamesACommandOrFlagThatDoesNotExist(t *testing.T) {
	t.Parallel()
	commands, flags := commandLine(t)
	command := regexp.MustCompile(`\bsiaran ([a-z][a-z-]*)`)
	flag := regexp.MustCompile(`(?:^|[\s(\x60'"])--([a-z][a-z-]*)`)
	read := 0
	for at, text := range texts(t, "../..") {
		read++
		for _, m := range command.FindAllStringSubmatch(text, -1) {
			if !commands[m[1]] && !notCommands[m[1]] {
				t.Errorf("%s: there is no siaran %s: %q", at, m[1], text)
			}
		}
		for _, m := range flag.FindAllStringSubmatch(text, -1) {
			if !flags[m[1]] {
				t.Errorf("%s: no command has --%s: %q", at, m[1], text)
			}
		}
	}
	if read < 1000 {
		t.Errorf("only %d texts were read", read)
	}
}

// notCommands follow siaran in a sentence about the program.
var notCommands = map[string]bool{"works": true, "planned": true, "wrote": true, "that": true, "run": true}

// commandLine are the names of all commands and flags there are.
func commandLine(t *testing.T) (commands, flags map[string]bool) {
	t.Helper()
	model, err := kong.New(&cli{}, kong.Name("siaran"))
	if err != nil {
		t.Fatal(err)
	}
	commands, flags = map[string]bool{}, map[string]bool{"works": true, "planned": true, "wrote": true, "that": true, "run": true}
	err = kong.Visit(model.Model, func(node kong.Visitable, next kong.Next) error {
		switch node := node.(type) {
		case *kong.Node:
			commands[node.Name] = true
		case *kong.Flag:
			flags[node.Name] = true
		}
		return next(nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	return commands, flags
}

// texts are all string literals of the program below root, by where they stand.
func texts(t *testing.T, root string) map[string]string {
	t.Helper()
	all := map[string]string{}
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "ledgertest" {
			return fs.SkipDir // it installs servers for tests
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		parsed, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					all[files.Position(lit.Pos()).String()] = text
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
