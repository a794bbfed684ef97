package definition

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// variable is a ${…} in a text of siaran.yaml.
var variable = regexp.MustCompile(`\$\{[^}]*\}?`)

// maxSecret is the largest file that ${file:PATH} reads.
const maxSecret = 64 << 10

// An expander fills in ${env:NAME} and ${file:PATH}.
type expander struct {
	dir   string // relative paths start here
	env   func(string) (string, bool)
	files []string
}

// expand returns v's text with its variables filled in. What is wrong is noted at v, with the variable's
// name and never a value.
func (x *expander) expand(v value) (string, bool) {
	good := true
	s := variable.ReplaceAllStringFunc(v.node.Value, func(name string) string {
		got, problem, hint := x.look(name)
		if problem != "" {
			v.fail(problem, hint)
			good = false
		}
		return got
	})
	return s, good
}

func (x *expander) look(name string) (got, problem, hint string) {
	kind, arg, ok := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(name, "${"), "}"), ":")
	if !ok || arg == "" || !strings.HasSuffix(name, "}") {
		return "", "has a ${ that is no variable", "${env:NAME} or ${file:PATH}"
	}
	switch kind {
	case "env":
		if x.env != nil {
			got, ok = x.env(arg)
		} else {
			ok = false
		}
		switch {
		case !ok:
			return "", "the environment variable " + arg + " is not set", "set it (export " + arg + "=…), or use ${file:PATH}"
		case strings.TrimSpace(got) == "":
			return "", "the environment variable " + arg + " is empty", ""
		case !utf8.ValidString(got) || strings.ContainsRune(got, 0):
			return "", "the environment variable " + arg + " is not a text", ""
		}
		return got, "", ""
	case "file":
		return x.file(arg)
	default:
		return "", "has a variable of unknown kind ${" + shorten(kind, 20) + ":…}", "${env:NAME} or ${file:PATH}"
	}
}

func (x *expander) file(path string) (got, problem, hint string) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(x.dir, path)
	}
	if !slices.Contains(x.files, path) {
		x.files = append(x.files, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", path + " " + whyUnreadable(err), "its first line is to be the secret"
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch {
	case err != nil:
		return "", path + " " + whyUnreadable(err), ""
	case len(b) > maxSecret:
		return "", path + " is larger than 64 KiB", "it is to have the secret and nothing else"
	case !utf8.Valid(b) || bytes.ContainsRune(b, 0):
		return "", path + " is not a text", "it is to have the secret and nothing else"
	}
	got = strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if strings.TrimSpace(got) == "" {
		return "", path + " is empty", ""
	}
	return got, "", ""
}
