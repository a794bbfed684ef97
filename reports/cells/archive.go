package cells

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strconv"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zip"
	"github.com/xuri/excelize/v2"
)

// A File is where a workbook is written.
type File interface {
	io.Writer
	io.WriterAt
}

// Save writes f, whose tabs are finished, to out: in little memory, with every error of writing told, and with
// the true range of each tab.
//
// Excelize alone would build the archive in memory, compress it four times slower, ignore some write errors,
// and state a wrong <dimension>, which readers that trust it (openpyxl read-only, so pandas) take for one row.
func Save(f *excelize.File, out File, tabs ...*Tab) error {
	ids := make(map[string]int)
	for id, name := range f.GetSheetMap() {
		ids[name] = id
	}
	dimensions := make(map[string]string, len(tabs))
	for _, t := range tabs {
		dimensions["xl/worksheets/sheet"+strconv.Itoa(ids[t.Name])+".xml"] = t.area()
	}
	a := newArchive(out, dimensions)
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return a })
	_, err := f.WriteToBuffer() // which stays empty
	return cmp.Or(a.err, err)
}

// An archive is the zip writer that excelize saves through. It writes straight to our file, at the fastest
// compression, and keeps the first error: excelize drops those of small parts.
type archive struct {
	file       File
	buf        *bufio.Writer
	zip        *zip.Writer
	written    int64             // bytes handed to buf
	dimensions map[string]string // path of a sheet → its range
	large      []int64           // where the headers of parts past limit begin
	limit      int64             // bytes of a part that zip can count in 32 bits
	part       *part
	err        error
}

func newArchive(f File, dimensions map[string]string) *archive {
	a := &archive{file: f, buf: bufio.NewWriterSize(f, 256<<10), dimensions: dimensions, limit: math.MaxUint32}
	a.zip = zip.NewWriter(counter{a})
	a.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	return a
}

// Create begins a part.
func (a *archive) Create(name string) (io.Writer, error) {
	a.endPart()
	w, err := a.zip.Create(name)
	if err != nil {
		return nil, a.fail(err)
	}
	if err := a.zip.Flush(); err != nil { // the header, which begins with localHeader bytes and the name
		return nil, a.fail(err)
	}
	a.part = &part{archive: a, w: w, header: a.written - int64(localHeader+len(name)), dimension: a.dimensions[name]}
	return a.part, nil
}

// AddFS is not used by excelize's save.
func (a *archive) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close ends the archive; it returns the first error of all.
func (a *archive) Close() error {
	a.endPart()
	if err := a.zip.Close(); err != nil {
		return a.fail(err)
	}
	if err := a.buf.Flush(); err != nil {
		return a.fail(err)
	}
	// A part past 4 GB needs zip version 4.5, which Excel wants to see in the part's own header too.
	for _, at := range a.large {
		if _, err := a.file.WriteAt([]byte{45, 0}, at+4); err != nil {
			return a.fail(err)
		}
	}
	return a.err
}

// localHeader is the length of a part's own header, without its name.
const localHeader = 30

// endPart notes whether the part that was just written is a large one.
func (a *archive) endPart() {
	if p := a.part; p != nil && p.size > a.limit {
		a.large = append(a.large, p.header)
	}
	a.part = nil
}

func (a *archive) fail(err error) error {
	if a.err == nil {
		a.err = err
	}
	return a.err
}

// counter counts what zip writes.
type counter struct{ a *archive }

func (c counter) Write(p []byte) (int, error) {
	n, err := c.a.buf.Write(p)
	c.a.written += int64(n)
	return n, err
}

// A part is one file of the archive.
type part struct {
	archive   *archive
	w         io.Writer
	header    int64 // where its header begins
	size      int64
	dimension string // to put in place of the one excelize stated; empty: leave it
}

// stated is the dimension of a stream, whatever its rows.
var stated = []byte(`<dimension ref="A1"></dimension>`)

func (p *part) Write(b []byte) (int, error) {
	out := b
	if p.size == 0 && p.dimension != "" {
		i := bytes.Index(b, stated)
		if i < 0 {
			return 0, p.archive.fail(errors.New("a sheet without a dimension"))
		}
		out = fmt.Appendf(nil, `%s<dimension ref="%s"/>%s`, b[:i], p.dimension, b[i+len(stated):])
	}
	p.size += int64(len(b))
	if _, err := p.w.Write(out); err != nil {
		return 0, p.archive.fail(err)
	}
	return len(b), nil
}
