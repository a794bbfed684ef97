package receiptlog

import (
	"bytes"
	"io"

	"siaran/reports/receiptline"
)

// A lineReader reads complete lines, and skips what is too long.
type lineReader struct {
	r   io.Reader
	buf []byte
	i   int
	off int64 // of the next line in the file
}

// next returns a line with its line feed, and where it begins. What has no line feed yet is io.EOF.
func (l *lineReader) next() (line []byte, at int64, tooLong bool, err error) {
	at = l.off
	for seen := 0; ; {
		if k := bytes.IndexByte(l.buf[l.i+seen:], '\n'); k >= 0 {
			n := seen + k + 1
			line = l.buf[l.i : l.i+n]
			l.i += n
			l.off += int64(n)
			return line, at, tooLong, nil
		}
		if seen = len(l.buf) - l.i; seen > receiptline.MaxLine {
			tooLong = true
			l.off += int64(seen)
			l.i, seen = len(l.buf), 0
		}
		if err := l.more(); err != nil {
			return nil, at, tooLong, err
		}
	}
}

func (l *lineReader) more() error {
	n := copy(l.buf, l.buf[l.i:])
	l.buf, l.i = l.buf[:n], 0
	if n == cap(l.buf) {
		l.buf = append(make([]byte, 0, max(256<<10, 2*n)), l.buf...)
	}
	k, err := l.r.Read(l.buf[n:cap(l.buf)])
	l.buf = l.buf[:n+k]
	if k > 0 {
		return nil
	}
	return err
}
