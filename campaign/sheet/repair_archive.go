package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/klauspost/compress/flate"
	kzip "github.com/klauspost/compress/zip"
	"github.com/xuri/excelize/v2"
)

// saveBook writes a workbook of one tab to out, its cells in the range dimension: in little memory, with
// every error of writing told, and with a dimension that is true. Excelize alone builds the archive in
// memory and states A1, which readers that trust it take for one row.
func saveBook(f *excelize.File, out *os.File, dimension string) error {
	a := &archive{buf: bufio.NewWriterSize(out, 256<<10), dimension: dimension}
	a.zip = kzip.NewWriter(a.buf)
	a.zip.RegisterCompressor(kzip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return a })
	_, err := f.WriteToBuffer() // which stays empty
	return errors.Join(err, a.err)
}

// An archive is the zip that excelize saves through.
type archive struct {
	buf       *bufio.Writer
	zip       *kzip.Writer
	dimension string
	err       error
}

// Create begins a part.
func (a *archive) Create(name string) (io.Writer, error) {
	w, err := a.zip.Create(name)
	if err != nil {
		return nil, a.fail(err)
	}
	return &archivePart{archive: a, w: w, tab: name == "xl/worksheets/sheet1.xml"}, nil
}

// AddFS is not used by excelize's save.
func (a *archive) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close ends the archive.
func (a *archive) Close() error {
	if err := a.zip.Close(); err != nil {
		return a.fail(err)
	}
	if err := a.buf.Flush(); err != nil {
		return a.fail(err)
	}
	return a.err
}

// fail keeps the first error: excelize drops those of small parts.
func (a *archive) fail(err error) error {
	if a.err == nil {
		a.err = err
	}
	return a.err
}

// An archivePart is one file of the archive.
type archivePart struct {
	*archive
	w   io.Writer
	tab bool // its dimension is still to come
}

func (p *archivePart) Write(b []byte) (int, error) {
	out := b
	if p.tab {
		out = bytes.Replace(b, []byte(`<dimension ref="A1"></dimension>`), []byte(`<dimension ref="`+p.dimension+`"/>`), 1)
		p.tab = len(out) == len(b)
	}
	if _, err := p.w.Write(out); err != nil {
		return 0, p.fail(err)
	}
	return len(b), nil
}
