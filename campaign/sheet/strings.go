package sheet

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"unicode/utf8"
)

const (
	blockSize  = 8 << 10 // texts on disk are read in blocks of about this size
	blockCache = 4 << 20 // bytes of blocks that one pass keeps
)

// A textTable holds a workbook's shared texts: in memory while they are few, else in a temporary file
// of blocks, of which only the places are kept in memory.
type textTable struct {
	n      int
	memory []string // nil once spilled
	file   *os.File
	blocks []block
}

// A block is a run of texts on disk, each with its length before it.
type block struct {
	first int // number of its first text
	at    int64
	size  int
}

func (t *textTable) close() error {
	if t == nil || t.file == nil {
		return nil
	}
	return discard(t.file)
}

// readTexts reads the part with the shared texts. While they take less than limit bytes they stay in
// memory; beyond, they go to a temporary file in dir.
func readTexts(src io.Reader, limit int, dir string) (*textTable, error) {
	x := newXMLScanner(src)
	w := &textWriter{table: &textTable{memory: []string{}}, limit: limit, dir: dir}
	err := w.readAll(x)
	if err == nil {
		err = w.finish()
	}
	if err != nil {
		return nil, errors.Join(err, w.table.close())
	}
	return w.table, nil
}

// A textWriter fills a textTable.
type textWriter struct {
	table *textTable
	limit int
	dir   string
	size  int // bytes in memory
	out   *bufio.Writer
	at    int64
	open  block
}

func (w *textWriter) readAll(x *xmlScanner) error {
	var text []byte
	closed, begun := false, false
	for {
		switch err := x.next(); {
		case errors.Is(err, io.EOF) && closed:
			return nil
		case errors.Is(err, io.EOF):
			return errTruncated
		case err != nil:
			return err
		}
		switch {
		case x.kind == openTag && string(x.name) == "sst":
			closed, begun = x.empty, true
		case x.kind == closeTag && string(x.name) == "sst":
			closed = true
		case x.kind == openTag && string(x.name) == "si" && begun:
			var err error
			if text, err = readRich(x, text[:0]); err != nil {
				return err
			}
			if err := w.add(text); err != nil {
				return err
			}
		}
	}
}

// readRich appends the text of the element that was just opened (si or is): all its runs, without
// phonetic ones.
func readRich(x *xmlScanner, dst []byte) ([]byte, error) {
	from := len(dst)
	for depth := 1; !x.empty || depth > 1; {
		if err := x.next(); err != nil {
			return dst, inside(err)
		}
		switch x.kind {
		case openTag:
			switch {
			case string(x.name) == "t":
				var err error
				if dst, err = readChars(x, dst); err != nil {
					return dst, err
				}
			case string(x.name) == "rPh":
				if err := x.skip(); err != nil {
					return dst, err
				}
			case !x.empty:
				depth++
			}
			x.empty = false
		case closeTag:
			if depth--; depth == 0 {
				return settleText(dst, from)
			}
		case charData:
		}
	}
	return dst, nil
}

// readChars appends the characters of the element that was just opened, and passes its end.
func readChars(x *xmlScanner, dst []byte) ([]byte, error) {
	if x.empty {
		return dst, nil
	}
	for {
		if err := x.next(); err != nil {
			return dst, inside(err)
		}
		switch x.kind {
		case charData:
			var err error
			if dst, err = x.appendDecoded(dst); err != nil {
				return dst, err
			}
		case closeTag:
			return dst, nil
		case openTag:
			if err := x.skip(); err != nil {
				return dst, err
			}
		}
	}
}

// settleText checks dst[from:] and resolves Excel's own escapes in it: _x000D_ is a carriage return.
func settleText(dst []byte, from int) ([]byte, error) {
	if !utf8.Valid(dst[from:]) {
		return dst, errors.New("is not UTF-8")
	}
	return unescape(dst, from), nil
}

func (w *textWriter) add(text []byte) error {
	t := w.table
	if t.memory != nil {
		if w.size += len(text) + 16; w.size <= w.limit {
			t.memory = append(t.memory, string(text))
			t.n++
			return nil
		}
		if err := w.spill(); err != nil {
			return err
		}
	}
	return w.write(text)
}

// spill moves what is in memory to disk.
func (w *textWriter) spill() error {
	t := w.table
	f, err := temporary(w.dir)
	if err != nil {
		return err
	}
	t.file, w.out = f, bufio.NewWriterSize(f, 64<<10)
	kept := t.memory
	t.memory, t.n = nil, 0
	for _, s := range kept {
		if err := w.write([]byte(s)); err != nil {
			return err
		}
	}
	return nil
}

func (w *textWriter) write(text []byte) error {
	if w.open.size >= blockSize {
		w.closeBlock()
	}
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], uint64(len(text)))
	if _, err := w.out.Write(length[:n]); err != nil {
		return err
	}
	if _, err := w.out.Write(text); err != nil {
		return err
	}
	w.open.size += n + len(text)
	w.at += int64(n + len(text))
	w.table.n++
	return nil
}

func (w *textWriter) closeBlock() {
	if w.open.size > 0 {
		w.table.blocks = append(w.table.blocks, w.open)
	}
	w.open = block{first: w.table.n, at: w.at}
}

func (w *textWriter) finish() error {
	if w.out == nil {
		return nil
	}
	w.closeBlock()
	return w.out.Flush()
}

// A textReader looks texts up for one pass; it is not for several goroutines.
type textReader struct {
	table  *textTable
	loaded map[int]*loadedBlock
	size   int
	last   int // block of the last look-up: texts are mostly used in the order they were first met
	order  []int
}

type loadedBlock struct {
	data []byte
	ends []int32 // where each text ends in data
	from []int32
}

func (t *textTable) reader() *textReader {
	return &textReader{table: t, loaded: map[int]*loadedBlock{}}
}

// lookup returns text number i: in shared, if it is in memory for good, else in lent, which is valid
// until the next call. ok is false if there is none.
func (r *textReader) lookup(i int) (shared string, lent []byte, ok bool, err error) {
	t := r.table
	if t == nil || i < 0 || i >= t.n {
		return "", nil, false, nil
	}
	if t.memory != nil {
		return t.memory[i], nil, true, nil
	}
	b := r.last
	if blk := t.blocks[b]; i < blk.first || (b+1 < len(t.blocks) && i >= t.blocks[b+1].first) {
		b = sort.Search(len(t.blocks), func(k int) bool { return t.blocks[k].first > i }) - 1
		r.last = b
	}
	l := r.loaded[b]
	if l == nil {
		if l, err = r.load(b); err != nil {
			return "", nil, false, err
		}
	}
	k := i - t.blocks[b].first
	return "", l.data[l.from[k]:l.ends[k]], true, nil
}

func (r *textReader) load(b int) (*loadedBlock, error) {
	blk := r.table.blocks[b]
	for r.size+blk.size > blockCache && len(r.order) > 0 {
		old := r.order[0]
		r.order = r.order[1:]
		r.size -= len(r.loaded[old].data)
		delete(r.loaded, old)
	}
	l := &loadedBlock{data: make([]byte, blk.size)}
	if _, err := r.table.file.ReadAt(l.data, blk.at); err != nil {
		return nil, fmt.Errorf("temporary file of texts: %w", err)
	}
	for at := 0; at < len(l.data); {
		n, w := binary.Uvarint(l.data[at:])
		if w <= 0 || n > uint64(len(l.data)-at-w) {
			return nil, errors.New("temporary file of texts: damaged")
		}
		at += w
		l.from = append(l.from, int32(at))
		at += int(n)
		l.ends = append(l.ends, int32(at))
	}
	r.loaded[b] = l
	r.size += blk.size
	r.order = append(r.order, b)
	return l, nil
}
