package sheet

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Limits bound what a file may cost. The zero value of each is its default.
type Limits struct {
	Unpacked int64 // bytes one compressed part may unpack to; default 8 GiB
	Ratio    int64 // how many times bigger than its packed form a part may be, past 64 MiB; default 250
	Memory   int   // bytes of shared texts kept in memory; more go to a temporary file; default 4 MiB
}

// freeRatio is how much may be unpacked before the ratio counts.
const freeRatio = 64 << 20

// maxColumns is how many columns Excel has; more is not a recipient file.
const maxColumns = 16384

// maxRows is how many rows Excel has.
const maxRows = 1048576

var errBomb = errors.New("unpacks to far more than any recipient file holds")

func (l Limits) withDefaults() Limits {
	if l.Unpacked == 0 {
		l.Unpacked = 8 << 30
	}
	if l.Ratio == 0 {
		l.Ratio = 250
	}
	if l.Memory == 0 {
		l.Memory = 4 << 20
	}
	return l
}

// declared refuses a part by what the archive says of its size.
func (l Limits) declared(unpacked, packed uint64) error {
	if unpacked > uint64(l.Unpacked) || (unpacked > freeRatio && unpacked/uint64(l.Ratio) > packed) {
		return errBomb
	}
	return nil
}

// bound stops r when it gives more than l allows for that many packed bytes.
func (l Limits) bound(r io.ReadCloser, packed int64) io.ReadCloser {
	most := l.Unpacked
	if packed < most/l.Ratio {
		most = min(most, max(packed*l.Ratio, freeRatio))
	}
	return &boundedReader{ReadCloser: r, left: most}
}

type boundedReader struct {
	io.ReadCloser
	left int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errBomb
	}
	return n, err
}

func bombError(err error) error {
	return &Error{Problem: "looks like a zip bomb", Hint: "ask whoever sent it; delete formatted but empty rows and columns, and save it again", Err: err}
}

// isDisk reports whether err is about a disk rather than about what is in a file.
func isDisk(err error) bool {
	var p *fs.PathError
	return errors.As(err, &p) || errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.ENOSPC)
}

func tooManyColumns(row int) error {
	return &Error{Row: row, Problem: fmt.Sprintf("has more than %d columns", maxColumns), Hint: "is the delimiter right? keep only the columns the campaign uses"}
}
