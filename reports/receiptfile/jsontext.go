package receiptfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"siaran/reports/receiptline"
)

// A jsonText reads bodies out of text, however they are laid out: one a line, one after the other, one
// over many lines, in one array or one array a line. Objects are bodies; brackets, commas and blanks
// between them only part them. Memory is bounded by the longest value.
type jsonText struct {
	r    io.Reader
	name string

	buf   []byte // what is read and not yet taken begins at i
	i     int
	off   int64 // of buf[0] in the text
	eof   bool
	line  int   // of buf[i], from 1
	start int64 // where that line begins
	blank bool  // nothing but blanks stands before i on that line
	array bool  // between [ and ]
}

func newJSONText(r io.Reader, name string) *jsonText {
	return &jsonText{r: r, name: name, line: 1, blank: true, buf: make([]byte, 0, 256<<10)}
}

// more reads on until at least twice as much lies ready as now; false if there is nothing more. What
// lies before i may move out.
func (t *jsonText) more() (bool, error) {
	if t.i > 0 {
		n := copy(t.buf, t.buf[t.i:])
		t.buf, t.off, t.i = t.buf[:n], t.off+int64(t.i), 0
	}
	if len(t.buf) == cap(t.buf) {
		t.buf = append(make([]byte, 0, 2*cap(t.buf)), t.buf...)
	}
	had := len(t.buf)
	for !t.eof && (len(t.buf) == had || len(t.buf) < min(2*had, cap(t.buf))) {
		n, err := t.r.Read(t.buf[len(t.buf):cap(t.buf)])
		t.buf = t.buf[:len(t.buf)+n]
		if errors.Is(err, io.EOF) {
			t.eof = true
		} else if err != nil {
			return false, fmt.Errorf("%s: reading after line %d: %w", t.name, t.line, err)
		}
	}
	return len(t.buf) > had, nil
}

// take moves on by n bytes.
func (t *jsonText) take(n int) {
	rest := t.buf[t.i : t.i+n]
	if k := bytes.LastIndexByte(rest, '\n'); k >= 0 {
		t.line += bytes.Count(rest, []byte{'\n'})
		t.start, t.blank = t.off+int64(t.i+k+1), true
		rest = rest[k+1:]
	}
	t.blank = t.blank && len(bytes.TrimLeft(rest, " \t")) == 0
	t.i += n
}

// next returns the next body. The error is io.EOF at the end, a *BrokenLine, or why reading stopped.
func (t *jsonText) next(ctx context.Context) (receiptline.Entry, error) {
	for {
		if t.i == len(t.buf) {
			if err := ctx.Err(); err != nil {
				return receiptline.Entry{}, err
			}
			if ok, err := t.more(); err != nil {
				return receiptline.Entry{}, err
			} else if !ok {
				return receiptline.Entry{}, t.end()
			}
		}
		switch c := t.buf[t.i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',':
			t.take(1)
		case c == '[' && !t.array:
			t.array = true
			t.take(1)
		case c == ']' && t.array:
			t.array = false
			t.take(1)
		case c == '{':
			return t.value()
		default:
			return receiptline.Entry{}, t.broken("no JSON object begins here", 0)
		}
	}
}

func (t *jsonText) end() error {
	if !t.array {
		return io.EOF
	}
	t.array = false
	return &receiptline.BrokenLine{File: t.name, Line: t.line, Problem: "the array is not ended: the file was cut off"}
}

// value returns the body that begins at i.
func (t *jsonText) value() (receiptline.Entry, error) {
	for {
		e := receiptline.Entry{File: t.name, Line: t.line}
		n, err := e.Open(t.buf[t.i:])
		if n > receiptline.MaxLine {
			return receiptline.Entry{}, t.broken(fmt.Sprintf("it is longer than %d bytes", receiptline.MaxLine), 0)
		}
		what := ""
		if err == nil {
			what, err = t.after(n)
		}
		if errors.Is(err, receiptline.ErrShort) && !t.eof {
			if _, err := t.more(); err != nil {
				return receiptline.Entry{}, err
			}
			continue
		}
		if err != nil {
			what = err.Error()
		}
		if what != "" {
			return receiptline.Entry{}, t.broken(what, n)
		}
		t.take(n)
		e.Offset = t.off + int64(t.i)
		return e, nil
	}
}

// after says what is wrong with what follows a value of n bytes on its line: garbage makes the line
// one that nobody should trust. The error is ErrShort if that is not read yet.
func (t *jsonText) after(n int) (string, error) {
	for _, c := range t.buf[t.i+n:] {
		switch c {
		case ' ', '\t':
			continue
		case '\n', '\r', ',', '{', '[', ']':
			return "", nil
		}
		return "something else follows the JSON object", nil
	}
	if t.eof {
		return "", nil
	}
	return "", receiptline.ErrShort
}

// broken takes the line at i. Where the value had run on over further lines (it was found broken at
// its byte at), those go with it, up to the next that may begin a value: one that begins with a bracket
// and is indented no deeper.
func (t *jsonText) broken(problem string, at int) error {
	b := &receiptline.BrokenLine{File: t.name, Line: t.line, Problem: problem}
	indent := 0
	if t.blank {
		indent = int(t.off + int64(t.i) - t.start)
	}
	n, err := t.lineEnd(0)
	for several := n < at; several && err == nil && n <= receiptline.MaxLine; {
		var stop bool
		if stop, err = t.begins(n, indent); stop || err != nil {
			break
		}
		var end int
		if end, err = t.lineEnd(n); end == n {
			break
		}
		n = end
	}
	if err != nil {
		return err
	}
	b.Text = bytes.Clone(t.buf[t.i : t.i+min(n, receiptline.MaxLine)])
	ended := n > 0 && t.buf[t.i+n-1] == '\n'
	t.take(n)
	if !ended && !t.eof {
		return t.skipLine(b)
	}
	return b
}

// lineEnd returns the end of the line that has byte n after i, its line feed included, or a number past
// MaxLine if that is too far away.
func (t *jsonText) lineEnd(n int) (int, error) {
	for seen := n; ; {
		if k := bytes.IndexByte(t.buf[t.i+seen:], '\n'); k >= 0 {
			return seen + k + 1, nil
		}
		seen = len(t.buf) - t.i
		if t.eof || seen > receiptline.MaxLine {
			return seen, nil
		}
		if _, err := t.more(); err != nil {
			return 0, err
		}
	}
}

// begins reports whether the line at n after i may begin a value.
func (t *jsonText) begins(n, indent int) (bool, error) {
	if _, err := t.lineEnd(n); err != nil {
		return false, err
	}
	rest := t.buf[t.i+n:]
	text := bytes.TrimLeft(rest, " \t")
	if len(text) == 0 || len(rest)-len(text) > indent {
		return false, nil
	}
	return text[0] == '{' || text[0] == '[' || text[0] == ']', nil
}

// skipLine takes what is left of a line that is too long to keep.
func (t *jsonText) skipLine(b *receiptline.BrokenLine) error {
	for {
		if k := bytes.IndexByte(t.buf[t.i:], '\n'); k >= 0 {
			t.take(k + 1)
			return b
		}
		t.take(len(t.buf) - t.i)
		if t.eof {
			return b
		}
		if _, err := t.more(); err != nil {
			return err
		}
	}
}
