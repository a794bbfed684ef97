package definition

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxSize is the largest file that is read. The longest campaign anybody needs is some kilobytes.
const maxSize = 1 << 20

// readFile reads the file at path, up to one byte more than maxSize.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	return text, nil
}

func unreadable(path string, err error) error {
	return Errors{{File: path, Problem: whyUnreadable(err), Err: err}}
}

func whyUnreadable(err error) string {
	var p *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "is not there"
	case errors.Is(err, fs.ErrPermission):
		return "may not be read by this user"
	case errors.As(err, &p):
		return "cannot be read: " + p.Err.Error()
	default:
		return "cannot be read: " + err.Error()
	}
}

// document parses text as one YAML document. An error is an Errors of one.
func document(file string, text []byte) (*yaml.Node, error) {
	fail := func(line int, problem, hint string) (*yaml.Node, error) {
		return nil, Errors{{File: file, Line: line, Problem: problem, Hint: hint}}
	}
	switch {
	case len(text) > maxSize:
		return fail(0, "is larger than 1 MiB", "is it the recipient file? That one belongs under file:")
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		return fail(1, "is UTF-16", "save it as UTF-8")
	case bytes.HasPrefix(text, []byte("PK\x03\x04")):
		return fail(0, "is a workbook or another zip file, not a text", "name the campaign file here and the workbook under file: in it")
	case !utf8.Valid(text):
		return fail(badUTF8(text), "is not UTF-8", "save it as UTF-8")
	}
	docs, err := parse(text)
	switch {
	case err != nil:
		line := culprit(text, err)
		problem, hint := explain(err, lineOf(text, line))
		return fail(line, problem, hint)
	case len(docs) == 0, len(docs) == 1 && docs[0].ShortTag() == "!!null":
		return fail(0, "is empty", "")
	case len(docs) > 1:
		return fail(min(docs[1].Line, lineCount(text)), "begins a second document", "leave out the line --- and what follows, or begin everything in the same column")
	}
	return docs[0], nil
}

// lineCount is at least how many lines YAML sees in text, whatever ends them. An empty document after
// the last one begins on none of them.
func lineCount(text []byte) int {
	n := 1
	for _, end := range []string{"\n", "\r", "\u0085", "\u2028", "\u2029"} {
		n += bytes.Count(text, []byte(end))
	}
	return n
}

// parse returns the roots of the documents in text, at most two.
func parse(text []byte) ([]*yaml.Node, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var docs []*yaml.Node
	for len(docs) < 2 {
		var n yaml.Node
		err := d.Decode(&n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
			docs = append(docs, n.Content[0])
		}
	}
	return docs, nil
}

func badUTF8(text []byte) int {
	line := 1
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r == utf8.RuneError && n == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		text = text[n:]
	}
	return line
}

// searchLimit bounds the work of culprit, in bytes parsed.
const searchLimit = 10 << 20

// culprit returns the line that keeps text from being YAML: the one after the longest good beginning.
// The parser's own line is often where the enclosing list began.
func culprit(text []byte, err error) int {
	lines := bytes.SplitAfter(text, []byte("\n"))
	if len(lines)*len(text) > searchLimit {
		return yamlLine(err)
	}
	end := len(text)
	for i := len(lines) - 1; i >= 0; i-- {
		end -= len(lines[i])
		if _, err := parse(text[:end]); err == nil {
			return i + 1
		}
	}
	return 1
}

var yamlMessage = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

func yamlLine(err error) int {
	if m := yamlMessage.FindStringSubmatch(err.Error()); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return n
		}
	}
	return 1
}

func lineOf(text []byte, line int) string {
	lines := bytes.Split(text, []byte("\n"))
	if line < 1 || line > len(lines) {
		return ""
	}
	return string(lines[line-1])
}

var (
	bareTemplate = regexp.MustCompile(`(^|[:,\[]|-)\s*\{\{`)
	bareBracket  = regexp.MustCompile(`(:|^\s*-)\s+[\[{]`)
	bareMark     = regexp.MustCompile(`(^|[:,\[]|-)\s+[*&!%@\x60]`)
)

const quoteHint = `write "{{column}}"`

// explain says in people's words what a parser's error about that line means. It quotes nothing of the
// line: a secret may stand there.
func explain(err error, line string) (problem, hint string) {
	m := yamlMessage.FindStringSubmatch(err.Error())
	message := err.Error()
	if m != nil {
		message = m[2]
	}
	has := func(s string) bool { return strings.Contains(message, s) }
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	switch {
	case strings.Contains(indent, "\t"):
		return "begins with a tab", "indent with blanks"
	case bareTemplate.MatchString(line):
		return "text with {{ }} needs quotes", quoteHint
	case has("control characters"):
		return "has a control character", "delete it, or write the line anew"
	case has("unknown anchor"), bareMark.MatchString(line):
		return "text that begins with * & ! % @ or ` needs quotes", `write "*…"`
	case has("document start"):
		return "begins further left than what stands above it", "begin the keys of one level in the same column"
	case has("mapping values are not allowed"):
		return "a colon where none can be", "put text with a colon in quotes, and begin the keys of one level in the same column"
	case has("unexpected end of stream"), has("end of stream"):
		return "a quote or bracket is opened and never closed", "close it on the same line"
	case has("expected ',' or ']'"), has("expected ',' or '}'"):
		return "a bracket is opened and not closed, or a comma is missing", "close it, or put text with brackets or commas in quotes"
	case has("did not find expected key") && bareBracket.MatchString(line):
		return "text that begins with { or [ needs quotes", `write "{date}.xlsx"`
	case has("could not find expected ':'"), has("did not find expected key"), has("expected '-' indicator"):
		return "is neither a key with a colon nor part of what stands above it", "begin the keys of one level in the same column; put text with quotes or brackets in it in quotes"
	default:
		return fmt.Sprintf("is not YAML (%s)", quoted.ReplaceAllString(message, "…")), ""
	}
}

var quoted = regexp.MustCompile(`'[^']*'|"[^"]*"`)
