package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// A textFile is a file of text, packed or not: delimited, or a JSON object a line.
type textFile struct {
	src       *source
	packed    format
	limits    Limits
	encoding  encoding.Encoding // nil: UTF-8
	named     string            // the encoding, for people
	delimiter byte
	json      bool
	keys      []string // of the JSON objects, once they are known
	skip      int      // lines before the first row: 1 after sep=;
}

// sampleSize is how much of a text file is looked at to find out how it is written.
const sampleSize = 64 << 10

func openText(src *source, packed format, s Settings) (*textFile, error) {
	t := &textFile{src: src, packed: packed, limits: s.Limits, named: "UTF-8"}
	head, err := t.head(4)
	if err != nil {
		return nil, err
	}
	if packed != formatText {
		head, err = t.head(512)
		if err != nil {
			return nil, err
		}
		inner, err := sniff(bytes.NewReader(head), head)
		if err != nil {
			return nil, err
		}
		if inner != formatText {
			return nil, &Error{Problem: "is a packed file within a packed file", Hint: "unpack it once; only text files are read packed"}
		}
	}
	if err := t.chooseEncoding(head, s.Encoding); err != nil {
		return nil, err
	}
	return t, t.look(s.Need, s.HeaderRow)
}

// head returns the first n unpacked bytes, undecoded.
func (t *textFile) head(n int) ([]byte, error) {
	r, err := t.unpacked()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b := make([]byte, n)
	k, err := io.ReadFull(r, b)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, t.fault(err, 0)
	}
	return b[:k], nil
}

func (t *textFile) chooseEncoding(head []byte, name string) error {
	switch {
	case bytes.HasPrefix(head, []byte("\ufeff")):
		t.named = "UTF-8 with BOM"
		return nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		t.encoding, t.named = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM), "UTF-16 LE"
		return nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		t.encoding, t.named = unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM), "UTF-16 BE"
		return nil
	case name == "":
		return nil
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return &Error{Problem: fmt.Sprintf("encoding: %q is no encoding that is known", name), Hint: "such as utf-8, windows-1252, windows-1258, iso-8859-2, utf-16le"}
	}
	t.named, _ = htmlindex.Name(e)
	if t.named == "utf-8" {
		t.named = "UTF-8"
		return nil
	}
	t.encoding = e
	return nil
}

// unpacked reads the file's bytes, unpacked and within limits.
func (t *textFile) unpacked() (io.ReadCloser, error) {
	raw := t.src.reader()
	switch t.packed {
	case formatGzip:
		z, err := gzip.NewReader(bufio.NewReaderSize(raw, 64<<10))
		if err != nil {
			return nil, unpackError(err)
		}
		return unpackReader{t.limits.bound(z, t.src.size)}, nil
	case formatZstd:
		z, err := zstd.NewReader(raw, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20), zstd.WithDecoderMaxWindow(32<<20))
		if err != nil {
			return nil, unpackError(err)
		}
		return unpackReader{t.limits.bound(z.IOReadCloser(), t.src.size)}, nil
	case formatText, formatWorkbook:
	}
	return io.NopCloser(raw), nil
}

func unpackError(err error) error {
	if errors.Is(err, errBomb) {
		return bombError(err)
	}
	return &Error{Problem: "cannot be unpacked", Hint: "copy or download it again", Err: err}
}

// An unpackReader marks what goes wrong in unpacking: it is the file's fault and not the disk's.
type unpackReader struct{ io.ReadCloser }

func (u unpackReader) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unpackError(err)
	}
	return n, err
}

// decoded reads the file as UTF-8 without a byte order mark.
func (t *textFile) decoded() (io.ReadCloser, error) {
	raw, err := t.unpacked()
	if err != nil {
		return nil, err
	}
	var r io.Reader = raw
	if t.encoding != nil {
		r = transform.NewReader(raw, t.encoding.NewDecoder())
		if t.named == "windows-1258" { // its letters come in two parts
			r = norm.NFC.Reader(r)
		}
	} else if t.named != "UTF-8" {
		if _, err := io.CopyN(io.Discard, raw, 3); err != nil {
			return nil, errors.Join(t.fault(err, 0), raw.Close())
		}
	}
	return struct {
		io.Reader
		io.Closer
	}{r, raw}, nil
}

// look finds out whether the file is delimited, and by what.
func (t *textFile) look(need []string, headerRow int) error {
	r, err := t.decoded()
	if err != nil {
		return err
	}
	defer r.Close()
	sample := make([]byte, sampleSize)
	n, err := io.ReadFull(r, sample)
	var fault *Error
	whole := !errors.As(err, &fault) && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF))
	if err != nil && !whole {
		return t.fault(err, 0)
	}
	sample = sample[:n]
	if len(bytes.TrimSpace(sample)) == 0 && whole {
		return &Error{Problem: "is empty", Hint: "has it been copied completely?"}
	}
	if odd := bytes.IndexByte(sample, 0); odd >= 0 {
		return t.nul(sample, odd)
	}
	switch first := bytes.TrimLeft(sample, " \t\r\n"); {
	case len(first) > 0 && first[0] == '{' && firstObject(first):
		t.json = true
		return nil
	case len(first) > 1 && first[0] == '[' && len(bytes.TrimLeft(first[1:], " \t\r\n")) > 0 && bytes.TrimLeft(first[1:], " \t\r\n")[0] == '{':
		return &Error{Problem: "is one JSON array", Hint: "write one object a line (jq -c '.[]')"}
	}
	if rest, ok := bytes.CutPrefix(sample, []byte("sep=")); ok && len(rest) > 1 && (rest[1] == '\r' || rest[1] == '\n') {
		t.delimiter, t.skip = rest[0], 1
		return nil
	}
	t.delimiter = findDelimiter(sample, whole, need, headerRow)
	return nil
}

// nul explains a NUL byte: usually UTF-16 that does not say so.
func (t *textFile) nul(sample []byte, at int) error {
	zeros := bytes.Count(sample, []byte{0})
	if t.encoding == nil && zeros > len(sample)/4 && zeros <= len(sample)/2+1 {
		name := "utf-16le"
		if at%2 == 0 {
			name = "utf-16be"
		}
		return &Error{Problem: "looks like UTF-16 without a byte order mark", Hint: "encoding: " + name + ", or save it as UTF-8"}
	}
	row := 1 + bytes.Count(sample[:at], []byte("\n"))
	return &Error{Row: row, Problem: "has a NUL byte: it is damaged, or no text", Hint: "was it written completely? save it again"}
}

func (t *textFile) close() error { return nil }

func (t *textFile) pass() (pass, error) {
	r, err := t.decoded()
	if err != nil {
		return nil, err
	}
	c := newCSVScanner(r, t.delimiter)
	if t.json {
		return newObjectPass(t, r, c), nil
	}
	p := &textPass{file: t, part: r, csv: c}
	for range t.skip {
		if err := c.next(); err != nil && !errors.Is(err, io.EOF) {
			return nil, errors.Join(p.fault(err), r.Close())
		}
	}
	p.row = 0
	return p, nil
}
