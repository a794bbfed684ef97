package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// maxToken bounds one tag or one run of text: a cell holds at most 32,767 characters, each at most a
// dozen bytes of XML.
const maxToken = 1 << 20

var (
	errTruncated = errors.New("ends in the middle: the file is not complete")
	errDTD       = errors.New("declares a document type, which no spreadsheet program writes")
	errToken     = errors.New("has a value longer than any cell can hold")
)

// An xmlScanner cuts a worksheet's XML into tags and texts, in place and without building anything. It
// knows what workbooks use: no document types, no entities but XML's own five and character references.
type xmlScanner struct {
	src        io.Reader
	buf        []byte
	start, end int // what is read and not yet taken
	eof        bool

	// The token that next found; valid until its next call.
	kind  tokenKind
	name  []byte // of a tag, without its prefix
	attrs []byte // of an opening tag, unparsed
	empty bool   // the opening tag closes itself
	text  []byte // undecoded, unless cdata
	cdata bool
}

type tokenKind uint8

const (
	openTag tokenKind = iota
	closeTag
	charData
)

func newXMLScanner(src io.Reader) *xmlScanner {
	return &xmlScanner{src: src, buf: make([]byte, 128<<10)}
}

// more reads on, keeping what is not yet taken. It returns io.EOF at the end.
func (x *xmlScanner) more() error {
	if x.eof {
		return io.EOF
	}
	if x.start > 0 {
		copy(x.buf, x.buf[x.start:x.end])
		x.end -= x.start
		x.start = 0
	}
	if x.end == len(x.buf) {
		if len(x.buf) >= maxToken {
			return errToken
		}
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	for tries := 0; ; tries++ {
		n, err := x.src.Read(x.buf[x.end:])
		x.end += n
		switch {
		case errors.Is(err, io.EOF):
			x.eof = true
			if n == 0 {
				return io.EOF
			}
			return nil
		case err != nil:
			return err
		case n > 0:
			return nil
		case tries > 100:
			return io.ErrNoProgress
		}
	}
}

// next finds the next token. It returns io.EOF at the end of the part, and errTruncated if that comes
// within a tag.
func (x *xmlScanner) next() error {
	for {
		if x.start == x.end {
			if err := x.more(); err != nil {
				return err
			}
		}
		if x.buf[x.start] != '<' {
			return x.chars()
		}
		if x.end-x.start < 2 {
			if err := x.need(); err != nil {
				return err
			}
			continue
		}
		switch x.buf[x.start+1] {
		case '?':
			if _, err := x.until("?>"); err != nil {
				return err
			}
		case '!':
			done, err := x.declaration()
			if done || err != nil {
				return err
			}
		case '/':
			return x.close()
		default:
			return x.open()
		}
	}
}

// need is more within a token, where the end is a fault.
func (x *xmlScanner) need() error {
	if err := x.more(); err != nil {
		return inside(err)
	}
	return nil
}

func (x *xmlScanner) chars() error {
	from := 0
	for {
		if i := bytes.IndexByte(x.buf[x.start+from:x.end], '<'); i >= 0 {
			x.take(from + i)
			return nil
		}
		from = x.end - x.start
		if err := x.more(); errors.Is(err, io.EOF) {
			x.take(from)
			return nil
		} else if err != nil {
			return err
		}
	}
}

func (x *xmlScanner) take(n int) {
	x.kind, x.cdata = charData, false
	x.text = x.buf[x.start : x.start+n]
	x.start += n
}

// until takes everything up to and with end, and returns it without end.
func (x *xmlScanner) until(end string) ([]byte, error) {
	from := 0
	for {
		if i := bytes.Index(x.buf[x.start+from:x.end], []byte(end)); i >= 0 {
			in := x.buf[x.start : x.start+from+i]
			x.start += from + i + len(end)
			return in, nil
		}
		from = max(x.end-x.start-len(end)+1, 0)
		if err := x.need(); err != nil {
			return nil, err
		}
	}
}

// declaration takes a comment or CDATA; done is true if the latter is a token.
func (x *xmlScanner) declaration() (done bool, err error) {
	const cdata = "<![CDATA["
	for x.end-x.start < len(cdata) && !x.eof {
		if err := x.need(); err != nil {
			return false, err
		}
	}
	in := x.buf[x.start:x.end]
	switch {
	case bytes.HasPrefix(in, []byte("<!--")):
		_, err = x.until("-->")
		return false, err
	case bytes.HasPrefix(in, []byte(cdata)):
		in, err := x.until("]]>")
		if err != nil {
			return false, err
		}
		x.kind, x.cdata, x.text = charData, true, in[len(cdata):]
		return true, nil
	}
	return false, errDTD
}

// close takes a closing tag.
func (x *xmlScanner) close() error {
	for from := 2; ; {
		if i := bytes.IndexByte(x.buf[x.start+from:x.end], '>'); i >= 0 {
			end := x.start + from + i
			x.kind, x.name = closeTag, local(trimEnd(x.buf[x.start+2:end]))
			x.start = end + 1
			return nil
		}
		from = x.end - x.start
		if err := x.need(); err != nil {
			return err
		}
	}
}

// trimEnd takes blanks off the end; bytes.TrimRight does too, at ten times the cost.
func trimEnd(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// open takes an opening tag; a > within quotes does not end it.
func (x *xmlScanner) open() error {
	i, nameEnd := x.start+1, 0
	var quote byte
	for {
		for ; i < x.end; i++ {
			c := x.buf[i]
			if c > '>' {
				continue
			}
			switch {
			case quote != 0:
				if c == quote {
					quote = 0
				}
				continue
			case c == '"' || c == '\'':
				quote = c
			case c == '>':
				x.opened(i, nameEnd)
				return nil
			case nameEnd == 0 && (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '/'):
				nameEnd = i - x.start
			}
		}
		i -= x.start
		if err := x.need(); err != nil {
			return err
		}
		i += x.start
	}
}

func (x *xmlScanner) opened(end, nameEnd int) {
	tag := x.buf[x.start:end]
	x.start = end + 1
	x.kind = openTag
	x.empty = tag[len(tag)-1] == '/'
	if x.empty {
		tag = tag[:len(tag)-1]
	}
	if nameEnd == 0 || nameEnd > len(tag) {
		nameEnd = len(tag)
	}
	x.name, x.attrs = local(tag[1:nameEnd]), tag[nameEnd:]
}

// local cuts off a name's prefix.
func local(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

// skip passes over the element that was just opened, with all that it holds.
func (x *xmlScanner) skip() error {
	if x.empty {
		return nil
	}
	for depth := 1; depth > 0; {
		if err := x.next(); err != nil {
			return inside(err)
		}
		switch x.kind {
		case openTag:
			if !x.empty {
				depth++
			}
		case closeTag:
			depth--
		case charData:
		}
	}
	return nil
}

// inside turns the end of the part into a fault: it came within an element.
func inside(err error) error {
	if errors.Is(err, io.EOF) {
		return errTruncated
	}
	return err
}

// nextAttr takes the first attribute off attrs. Names keep their prefix.
func nextAttr(attrs []byte) (name, value, rest []byte, ok bool) {
	i := 0
	for i < len(attrs) && attrs[i] <= ' ' {
		i++
	}
	eq := bytes.IndexByte(attrs[i:], '=')
	if eq <= 0 {
		return nil, nil, nil, false
	}
	name = trimEnd(attrs[i : i+eq])
	i += eq + 1
	for i < len(attrs) && attrs[i] <= ' ' {
		i++
	}
	if i >= len(attrs) || (attrs[i] != '"' && attrs[i] != '\'') {
		return nil, nil, nil, false
	}
	end := bytes.IndexByte(attrs[i+1:], attrs[i])
	if end < 0 {
		return nil, nil, nil, false
	}
	return name, attrs[i+1 : i+1+end], attrs[i+end+2:], true
}

// attr returns the value of the attribute of that name, undecoded.
func attr(attrs []byte, want string) []byte {
	for {
		name, value, rest, ok := nextAttr(attrs)
		if !ok {
			return nil
		}
		if string(name) == want {
			return value
		}
		attrs = rest
	}
}

// isTrue reads an XML boolean.
func isTrue(v []byte) bool {
	return len(v) > 0 && (v[0] == '1' || string(v) == "true" || string(v) == "on")
}

// appendDecoded appends x's text with references resolved and line ends as XML wants them: LF.
func (x *xmlScanner) appendDecoded(dst []byte) ([]byte, error) {
	text := x.text
	if bytes.IndexByte(text, '\r') >= 0 {
		text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	}
	if x.cdata {
		return append(dst, text...), nil
	}
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return append(dst, text...), nil
		}
		dst = append(dst, text[:i]...)
		text = text[i+1:]
		end := bytes.IndexByte(text[:min(len(text), 12)], ';')
		if end < 0 {
			return dst, errors.New("has an & that begins nothing")
		}
		r, err := reference(string(text[:end]))
		if err != nil {
			return dst, err
		}
		dst = utf8.AppendRune(dst, r)
		text = text[end+1:]
	}
}

func reference(name string) (rune, error) {
	switch name {
	case "amp":
		return '&', nil
	case "lt":
		return '<', nil
	case "gt":
		return '>', nil
	case "quot":
		return '"', nil
	case "apos":
		return '\'', nil
	}
	if len(name) > 1 && name[0] == '#' {
		digits, base := name[1:], 10
		if digits[0] == 'x' || digits[0] == 'X' {
			digits, base = digits[1:], 16
		}
		if n, err := strconv.ParseUint(digits, base, 32); err == nil && n > 0 && n <= utf8.MaxRune {
			return rune(n), nil
		}
	}
	return 0, fmt.Errorf("has the reference &%s;, which is not XML's", name)
}
