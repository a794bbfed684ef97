package sheet

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// A source is the file's bytes: the file itself, or standard input kept in a temporary file.
type source struct {
	f       *os.File
	path    string // empty for standard input
	size    int64
	changed time.Time
	status  time.Time // when anything of it last changed, by the system; zero: not known
	opened  time.Time
	digest  string
	spooled bool
}

func openSource(ctx context.Context, s Settings) (*source, error) {
	src, err := newSource(ctx, s)
	if err != nil {
		return nil, err
	}
	if src.digest, err = digest(ctx, src.f); err != nil {
		return nil, errors.Join(sourceError(err), src.close())
	}
	if src.size == 0 {
		return nil, errors.Join(&Error{Problem: "is empty", Hint: "has it been copied completely?"}, src.close())
	}
	return src, nil
}

// sourceError leaves an interruption as it is.
func sourceError(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &Error{Problem: "cannot be read", Err: err}
}

func newSource(ctx context.Context, s Settings) (*source, error) {
	if s.Path == "-" {
		return spool(ctx, s)
	}
	f, err := os.Open(s.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{Problem: "there is no such file", Hint: "check file: and the folder; paths are relative to the campaign file", Err: fs.ErrNotExist}
	}
	if err != nil {
		return nil, &Error{Problem: "cannot be opened", Err: err}
	}
	st, err := f.Stat()
	switch {
	case err != nil:
		return nil, errors.Join(&Error{Problem: "cannot be read", Err: err}, f.Close())
	case st.IsDir():
		return nil, errors.Join(&Error{Problem: "is a folder", Hint: "name the file in it"}, f.Close())
	case !st.Mode().IsRegular():
		return nil, errors.Join(&Error{Problem: "is no ordinary file", Hint: "to read from a pipe, use - and standard input"}, f.Close())
	}
	return &source{f: f, path: s.Path, size: st.Size(), changed: st.ModTime(), status: statusChanged(st), opened: time.Now()}, nil
}

// spool copies standard input to a temporary file, for it is read more than once.
func spool(ctx context.Context, s Settings) (*source, error) {
	if s.Input == nil {
		return nil, &Error{Problem: "there is no standard input"}
	}
	f, err := temporary(s.TempDir)
	if err != nil {
		return nil, spillError(err)
	}
	n, err := io.Copy(f, io.LimitReader(withContext(ctx, s.Input), s.Limits.Unpacked+1))
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case err != nil && isDisk(err):
		err = spillError(err)
	case err != nil:
		err = &Error{Problem: "cannot be read", Err: err}
	case n > s.Limits.Unpacked:
		err = &Error{Problem: "does not end", Hint: fmt.Sprintf("at most %d MB are read", s.Limits.Unpacked>>20)}
	default:
		return &source{f: f, size: n, changed: time.Now(), spooled: true}, nil
	}
	return nil, errors.Join(err, discard(f))
}

// A contextReader stops at the next read once ctx is done.
type contextReader struct {
	done func() error
	r    io.Reader
}

func withContext(ctx context.Context, r io.Reader) io.Reader { return contextReader{ctx.Err, r} }

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.done(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

func digest(ctx context.Context, f *os.File) (string, error) {
	h := sha256.New()
	st, err := f.Stat()
	if err != nil {
		return "", err
	}
	if _, err := io.CopyBuffer(h, withContext(ctx, io.NewSectionReader(f, 0, st.Size())), make([]byte, 256<<10)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// settled is how long before it was opened a file must have been left alone for its times to tell whether it
// changed since: the system counts them in steps.
const settled = 2 * time.Second

// check is an error if the file is no longer what it was when it was opened. Its bytes are only read again where
// its times may not tell.
func (s *source) check(ctx context.Context) error {
	if s.spooled {
		return nil
	}
	changed := &Error{Problem: "changed while it was read", Hint: "nothing was sent; wait until it is written completely, and start again"}
	mine, err := s.f.Stat()
	if err != nil {
		return &Error{Problem: "cannot be read", Err: err}
	}
	now, err := os.Stat(s.path)
	if err != nil || !os.SameFile(mine, now) || now.Size() != s.size || !now.ModTime().Equal(s.changed) {
		return changed
	}
	if !s.status.IsZero() && statusChanged(now).Equal(s.status) && s.opened.Sub(s.status) > settled {
		return nil
	}
	d, err := digest(ctx, s.f)
	switch {
	case err != nil:
		return sourceError(err)
	case d != s.digest:
		return changed
	}
	return nil
}

func (s *source) close() error {
	if s.spooled {
		return discard(s.f)
	}
	return s.f.Close()
}

// reader reads the file from its beginning.
func (s *source) reader() io.Reader { return io.NewSectionReader(s.f, 0, s.size) }

// A format is what a file's content shows it to be.
type format uint8

const (
	formatText format = iota
	formatWorkbook
	formatGzip
	formatZstd
)

// sniff tells the format by the file's first bytes, and refuses what is no recipient file.
func sniff(f io.ReaderAt, head []byte) (format, error) {
	starts := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case starts("PK\x03\x04"), starts("PK\x05\x06"):
		return formatWorkbook, nil
	case starts("\x1f\x8b"):
		return formatGzip, nil
	case starts("\x28\xb5\x2f\xfd"):
		return formatZstd, nil
	case starts("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		if encrypted(f, head) {
			return 0, &Error{Problem: "is a workbook with a password", Hint: "in Excel: File, Info, Protect Workbook, Encrypt with Password: delete the password and save"}
		}
		return 0, &Error{Problem: "is an old workbook (.xls)", Hint: "save as .xlsx"}
	}
	for _, other := range []struct{ magic, is string }{
		{"\x89PNG", "a picture (PNG)"},
		{"\xff\xd8\xff", "a picture (JPEG)"},
		{"GIF8", "a picture (GIF)"},
		{"%PDF", "a PDF document"},
		{"{\\rtf", "a text document (RTF)"},
		{"Rar!", "an archive (RAR)"},
		{"7z\xbc\xaf", "an archive (7z)"},
		{"BZh", "an archive (bzip2)"},
		{"\xfd7zXZ", "an archive (xz)"},
		{"SQLite format 3\x00", "a database (SQLite)"},
	} {
		if starts(other.magic) {
			return 0, &Error{Problem: "is " + other.is + ", no recipient file", Hint: "give an .xlsx or .csv file; unpack an archive first"}
		}
	}
	text := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n"))
	for _, tag := range []string{"<!doctype", "<html", "<table", "<?xml", "<head", "<meta"} {
		if bytes.HasPrefix(text, []byte(tag)) {
			return 0, &Error{Problem: "is a web page or XML, whatever its name says", Hint: "open it in Excel and save as .xlsx"}
		}
	}
	return formatText, nil
}

// encrypted reports whether an OLE file holds an encrypted workbook rather than an old one: its
// directory has an entry EncryptedPackage.
func encrypted(f io.ReaderAt, head []byte) bool {
	if len(head) < 52 {
		return false
	}
	shift := min(binary.LittleEndian.Uint16(head[30:]), 16)
	at := (int64(binary.LittleEndian.Uint32(head[48:])) + 1) << shift
	directory := make([]byte, 4096)
	n, _ := f.ReadAt(directory, at)
	return bytes.Contains(directory[:n], []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"))
}
