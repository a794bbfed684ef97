package sheet

import (
	"bytes"
	"errors"
	"io"
	"slices"
)

const (
	maxRecord = 8 << 20   // bytes of one record
	maxQuoted = 256 << 10 // bytes between two quotes: a cell holds at most 32,767 characters
)

var errRecord = errors.New("has no end: the line is too long for a recipient file")

// A csvScanner cuts delimited text into records and fields, in place. A line ends in LF, CRLF or CR; a value
// may stand in quotes, where a quote is written twice and line ends belong to the value.
type csvScanner struct {
	src        io.Reader
	delimiter  byte
	buf        []byte
	start, end int
	eof        bool

	// The record that next found; valid until its next call.
	fields []field
	bad    int // the field with a quote that does not close rightly, or -1
}

// A field is a value's place in the buffer.
type field struct {
	from, to int
	quoted   bool
	doubled  bool // has quotes written twice, or a CR
}

func newCSVScanner(src io.Reader, delimiter byte) *csvScanner {
	return &csvScanner{src: src, delimiter: delimiter, buf: make([]byte, 128<<10)}
}

// more reads on. It returns io.EOF at the end.
func (c *csvScanner) more() error {
	if c.eof {
		return io.EOF
	}
	if c.start > 0 {
		copy(c.buf, c.buf[c.start:c.end])
		c.end -= c.start
		c.start = 0
	}
	if c.end == len(c.buf) {
		if len(c.buf) >= maxRecord {
			return errRecord
		}
		c.buf = append(c.buf, make([]byte, len(c.buf))...)
	}
	n, err := io.ReadAtLeast(c.src, c.buf[c.end:], 1)
	c.end += n
	if errors.Is(err, io.EOF) {
		c.eof = true
	}
	return err
}

// next finds the next record. It returns io.EOF after the last.
func (c *csvScanner) next() error {
	for {
		if n, ok := c.cut(); ok {
			c.start += n
			return nil
		}
		if err := c.more(); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if c.eof && c.start == c.end {
			return io.EOF
		}
	}
}

// cut tries to cut one record off the buffer; ok is false if more must be read first.
func (c *csvScanner) cut() (n int, ok bool) {
	b := c.buf[c.start:c.end]
	if len(b) == 0 {
		return 0, false
	}
	c.fields, c.bad = c.fields[:0], -1
	for i := 0; ; {
		var f field
		var good bool
		if i < len(b) && b[i] == '"' {
			f, i, good, ok = c.quoted(b, i)
			if !ok {
				return 0, false
			}
			if !good {
				return c.recover(b)
			}
		} else {
			f.from = i
			for i < len(b) && b[i] != c.delimiter && b[i] != '\n' && b[i] != '\r' {
				i++
			}
			f.to = i
		}
		f.from += c.start
		f.to += c.start
		c.fields = append(c.fields, f)
		switch {
		case i >= len(b):
			return i, c.eof
		case b[i] == c.delimiter:
			i++
			if i == len(b) && !c.eof {
				return 0, false
			}
		case b[i] == '\n':
			return i + 1, true
		default: // CR
			if i+1 == len(b) && !c.eof {
				return 0, false
			}
			if i+1 < len(b) && b[i+1] == '\n' {
				i++
			}
			return i + 1, true
		}
	}
}

// quoted finds the end of the value whose quote stands at b[i]. good is false if something other than a
// delimiter or the line's end follows the closing quote, or if there is none.
func (c *csvScanner) quoted(b []byte, i int) (f field, end int, good, ok bool) {
	f = field{from: i + 1, quoted: true}
	for at := i + 1; ; {
		k := bytes.IndexByte(b[at:], '"')
		if k < 0 || at+k-i > maxQuoted {
			return f, 0, false, c.eof || len(b)-i > maxQuoted
		}
		at += k
		if at+1 == len(b) && !c.eof {
			return f, 0, false, false
		}
		if at+1 < len(b) && b[at+1] == '"' {
			f.doubled = true
			at += 2
			continue
		}
		f.to = at
		f.doubled = f.doubled || bytes.IndexByte(b[f.from:f.to], '\r') >= 0
		at++
		return f, at, at == len(b) || b[at] == c.delimiter || b[at] == '\n' || b[at] == '\r', true
	}
}

// recover gives up a record with a wrong quote: it takes the first line alone, cut at every delimiter,
// so that whatever follows is read as if nothing had been.
func (c *csvScanner) recover(b []byte) (int, bool) {
	c.bad = len(c.fields)
	c.fields = c.fields[:0]
	from := 0
	for i := 0; ; i++ {
		switch {
		case i == len(b):
			if !c.eof {
				return 0, false
			}
			c.fields = append(c.fields, field{from: c.start + from, to: c.start + i})
			return i, true
		case b[i] == c.delimiter:
			c.fields = append(c.fields, field{from: c.start + from, to: c.start + i})
			from = i + 1
		case b[i] == '\n' || b[i] == '\r':
			c.fields = append(c.fields, field{from: c.start + from, to: c.start + i})
			if b[i] == '\r' && i+1 == len(b) && !c.eof {
				return 0, false
			}
			if b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n' {
				i++
			}
			return i + 1, true
		}
	}
}

// appendValue appends a field's value.
func (c *csvScanner) appendValue(dst []byte, f field) []byte {
	v := c.buf[f.from:f.to]
	if !f.doubled {
		return append(dst, v...)
	}
	for i := 0; i < len(v); i++ {
		switch {
		case v[i] == '"':
			i++ // the second of two
			dst = append(dst, '"')
		case v[i] == '\r':
			if i+1 < len(v) && v[i+1] == '\n' {
				i++
			}
			dst = append(dst, '\n')
		default:
			dst = append(dst, v[i])
		}
	}
	return dst
}

// line returns the next line whole, without its end, for formats that know no quotes.
func (c *csvScanner) line() ([]byte, error) {
	from := 0
	for {
		if i := bytes.IndexAny(c.buf[c.start+from:c.end], "\r\n"); i >= 0 {
			i += from
			at := c.start + i
			if c.buf[at] == '\r' && at+1 == c.end && !c.eof {
				if err := c.more(); err != nil && !errors.Is(err, io.EOF) {
					return nil, err
				}
				from = i
				continue
			}
			out := c.buf[c.start:at]
			if c.buf[at] == '\r' && at+1 < c.end && c.buf[at+1] == '\n' {
				at++
			}
			c.start = at + 1
			return out, nil
		}
		from = c.end - c.start
		if err := c.more(); err != nil {
			if errors.Is(err, io.EOF) && c.end > c.start {
				out := c.buf[c.start:c.end]
				c.start = c.end
				return out, nil
			}
			return nil, err
		}
	}
}

// findDelimiter finds which of , ; tab and | a sample is cut by: the first under which a line has all
// the needed headings; else the one under which most lines agree on their number of fields, of two or
// more; of equals, the one with more fields.
func findDelimiter(sample []byte, whole bool, need []string, headerRow int) byte {
	best, most, width := byte(','), 0, 0
	for _, d := range []byte{',', ';', '\t', '|'} {
		lines, fields, found := tryDelimiter(sample, whole, d, need, headerRow)
		if found {
			return d
		}
		if lines > most || (lines == most && fields > width) {
			best, most, width = d, lines, fields
		}
	}
	return best
}

// tryDelimiter cuts the sample's first lines by d: how many of them agree on how many fields, and
// whether one has all the needed headings.
func tryDelimiter(sample []byte, whole bool, d byte, need []string, headerRow int) (lines, fields int, found bool) {
	c := newCSVScanner(bytes.NewReader(sample), d)
	counts := map[int]int{}
	for row := 1; row <= headingRows || row <= headerRow; row++ {
		if c.next() != nil || (!whole && c.start == c.end) {
			break // the sample's last line may be cut off
		}
		n := len(c.fields)
		if n < 2 || c.bad >= 0 {
			continue
		}
		counts[n]++
		names := make([]string, 0, n)
		for _, f := range c.fields {
			names = append(names, string(c.appendValue(nil, f)))
		}
		if len(need) > 0 && (headerRow == 0 || row == headerRow) && hasAll(names, need) == len(need) {
			return 0, 0, true
		}
	}
	widths := make([]int, 0, len(counts))
	for n := range counts {
		widths = append(widths, n)
	}
	slices.Sort(widths)
	for _, n := range widths {
		if counts[n] >= lines {
			lines, fields = counts[n], n
		}
	}
	return lines, fields, false
}
