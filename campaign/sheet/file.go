package sheet

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync"
	"time"

	"siaran/campaign"
)

// Settings say which file is read, and how. Path is required; a zero value is the default of each.
type Settings struct {
	Path       string
	Input      io.Reader           // standard input, for the path "-"
	Tab        string              // default: the first that is not hidden
	HeaderRow  int                 // default: found, see Header
	Encoding   string              // of text without a byte order mark; default UTF-8. Never guessed
	HiddenRows campaign.HiddenRows // skip: Counts.Rows leaves hidden rows out. They are read all the same
	Need       []string            // headings the campaign uses: one that is missing is an error of Open
	AnyOf      [][]string          // instead of Tab and Need: the first tab not hidden that has all headings of one of these is read
	Name       string              // what errors call the file; default: its path
	Numbers    string              // "id": numbers are shown as 1.250,50, not 1,250.50
	Language   string              // of month names, and of the short date: "id" or "en"
	TempDir    string              // default: the system's
	Limits     Limits
}

// A line is one row as its format states it, by column; its cells are valid until the next is read.
type line struct {
	number  int
	hidden  bool
	cells   []campaign.Cell
	fields  int // how many it states
	problem *campaign.RowError
}

// A pass reads a file's rows once, from the top: those of a tab (tabPass), of delimited text
// (textPass), or of JSON objects (objectPass). next returns io.EOF after the last.
type pass interface {
	next(l *line) error
	close() error
}

// A File is an open recipient file. Close it.
type File struct {
	src       *source
	format    interface{ close() error }
	pass      func() (pass, error)
	header    campaign.Header
	settings  Settings
	tabs      []Tab
	tab       string
	delimiter string
	encoding  string

	mu     sync.Mutex
	counts Counts
}

// Counts are what one whole pass over a file met.
type Counts struct {
	Rows    int // data rows; without the hidden ones if those are to be skipped
	Hidden  int // data rows that are hidden by hand or by a filter
	Empty   int // empty rows between the heading and the last data row
	Ragged  int // rows of a text file that have fewer or more values than the heading
	Broken  int // rows that came with a *campaign.RowError
	Merged  int // merged areas below the heading: only their first cell has the value
	Errors  int // cells that hold an Excel error
	Formula int // cells with a formula without a stored value

	HiddenColumns int
	Filter        string // the area of the tab's filter, such as A1:F1001
}

// Open opens a file, finds out its format by its content, and reads its heading. The error is an *Error,
// or ctx's.
func Open(ctx context.Context, s Settings) (*File, error) {
	b, err := Read(ctx, s)
	if err != nil {
		return nil, err
	}
	return b.Open()
}

// named puts the file's name into an Error.
func named(err error, file, tab string) error {
	var e *Error
	if errors.As(err, &e) {
		e.File = file
		if e.Tab == "" {
			e.Tab = tab
		}
		return e
	}
	return err
}

func open(src *source, s Settings) (*File, error) {
	f := &File{src: src, settings: s}
	err := f.detect()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if len(s.AnyOf) > 0 {
		err = f.findTable()
	} else {
		err = f.readHeader()
	}
	if err != nil {
		return nil, errors.Join(named(err, "", f.tab), f.Close())
	}
	return f, nil
}

// ErrNoTable says that no tab has all headings of one of the sets in AnyOf.
var ErrNoTable = errors.New("no tab has the headings that were looked for")

// findTable settles for the first tab that is not hidden and has all headings of a set.
func (f *File) findTable() error {
	tabs := []int{0}
	w, isWorkbook := f.format.(*workbook)
	if isWorkbook {
		tabs = w.shown()
	}
	for _, i := range tabs {
		if isWorkbook {
			w.tab, f.tab = i, w.tabs[i].Name
		}
		for _, need := range f.settings.AnyOf {
			f.settings.Need = need
			err := f.readHeader()
			var e *Error
			if err == nil || !errors.As(err, &e) || e.Err != nil {
				return err // found, or broken
			}
		}
	}
	return &Error{Problem: "cannot be read", Err: ErrNoTable}
}

// detect opens the format that the first bytes show.
func (f *File) detect() error {
	head := make([]byte, 512)
	n, err := io.ReadFull(f.src.reader(), head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return &Error{Problem: "cannot be read", Err: err}
	}
	kind, err := sniff(f.src.f, head[:n])
	if err != nil {
		return err
	}
	if kind == formatWorkbook {
		w, err := openWorkbook(f.src.f, f.src.size, f.settings)
		if w != nil {
			f.format, f.pass, f.tabs = w, w.pass, w.tabs
		}
		if err == nil {
			f.tab = w.tabs[w.tab].Name
		}
		return err
	}
	if f.settings.Tab != "" {
		return &Error{Problem: "is a text file and has no tabs", Hint: "remove tab:"}
	}
	t, err := openText(f.src, kind, f.settings)
	if err != nil {
		return err
	}
	f.format, f.pass, f.encoding = t, t.pass, t.named
	if !t.json {
		f.delimiter = string(t.delimiter)
	}
	return nil
}

func (f *File) readHeader() error {
	p, err := f.pass()
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }() // it was only read
	if o, ok := p.(*objectPass); ok {
		f.header, err = o.readKeys()
	} else {
		f.header, err = findHeading(p, f.settings, f.delimiter != "")
	}
	if err != nil {
		return err
	}
	if t, ok := p.(*tabPass); ok {
		for _, s := range t.hidden {
			for i := max(s.from, 0); i < min(s.to, len(f.header.Columns)); i++ {
				f.header.Columns[i].Hidden = true
			}
		}
	}
	return needed(f.header, f.settings.Need)
}

// Header returns the file's columns. Two columns may have the same name; using it is the fault, not
// having it. The row is 0 in a file of JSON objects, whose headings are the keys of its first 1,000
// lines.
func (f *File) Header() campaign.Header { return f.header }

// Tabs returns the workbook's tabs in their order; nil for a text file.
func (f *File) Tabs() []Tab { return f.tabs }

// Tab returns the name of the tab that is read; empty for a text file.
func (f *File) Tab() string { return f.tab }

// Since1904 reports whether the workbook counts its days from 1904: those of cells of kind Number, which no
// format makes dates. Dates are read as they are meant.
func (f *File) Since1904() bool {
	w, ok := f.format.(*workbook)
	return ok && w.since1904
}

// Delimiter returns what stands between the values of a delimited file: , ; | or a tab. Empty for others.
func (f *File) Delimiter() string { return f.delimiter }

// Encoding returns the encoding of a text file, for people to read; empty for a workbook.
func (f *File) Encoding() string { return f.encoding }

// Digest returns the SHA-256 of the file's bytes, as they were when it was opened, in hexadecimal.
func (f *File) Digest() string { return f.src.digest }

// Counts returns what the last whole pass met.
func (f *File) Counts() Counts {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.counts
}

// LastChanged returns when the file had been changed last when it was opened; of standard input, when it was read.
func (f *File) LastChanged() time.Time { return f.src.changed }

// Changed is an *Error if the file was changed or replaced since it was opened. It reads the file
// again only where its times may not tell.
func (f *File) Changed(ctx context.Context) error {
	return named(f.src.check(ctx), f.settings.Name, "")
}

// Close closes the file and removes what was kept of it.
func (f *File) Close() error {
	err := f.src.close()
	if f.format != nil {
		err = errors.Join(f.format.close(), err)
	}
	return err
}

// Rows reads the data rows below the heading, in order: every row in which a person sees anything,
// hidden ones too. Each has one cell a column of the Header; its memory is its own.
//
// A *campaign.RowError comes with a row that was read but cannot be relied on (a quote that does not
// close, a value to the right of the last heading): it is to be rejected, and the next row follows.
// Any other error is an *Error about the file, or ctx's; it comes without a row and is the last thing.
//
// Rows may be called again, also while another pass goes on.
func (f *File) Rows(ctx context.Context) iter.Seq2[campaign.Row, error] {
	return func(yield func(campaign.Row, error) bool) {
		if err := f.read(ctx, yield); err != nil {
			yield(campaign.Row{}, named(err, f.settings.Name, f.tab))
		}
	}
}

// read is one pass. A false from yield ends it without an error.
func (f *File) read(ctx context.Context, yield func(campaign.Row, error) bool) error {
	p, err := f.pass()
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }() // it was only read
	r := rowMaker{header: f.header, delimited: f.delimiter != ""}
	var l line
	for n := 0; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		err := p.next(&l)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		row, problem, ok := r.make(&l)
		if !ok {
			continue
		}
		if problem != nil {
			err = problem
		}
		if !yield(row, err) {
			return nil
		}
	}
	f.finish(r, p)
	return nil
}

// finish keeps what a whole pass met.
func (f *File) finish(r rowMaker, p pass) {
	c := r.counts
	if f.settings.HiddenRows == campaign.HiddenSkip {
		c.Rows -= c.Hidden
	}
	for _, col := range f.header.Columns {
		if col.Hidden {
			c.HiddenColumns++
		}
	}
	if t, ok := p.(*tabPass); ok {
		c.Filter = t.filter
		for _, row := range t.merged {
			if row > f.header.Row {
				c.Merged++
			}
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts = c
}
