package receiptlog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"siaran/reports/receiptline"
)

// Settings say where a Log is.
type Settings struct {
	Dir  string // made if it is not there
	Host string // the machine's name, whatever it is; no other process may write under it. A Log has it as its files do
	// Synced, if set, is told of every write: how long its sync took, and how many receipts shared it.
	Synced func(took time.Duration, receipts int)
}

// A Log appends receipts to the day's file. Its methods are called from many goroutines.
type Log struct {
	Settings
	wake  chan struct{}
	quit  chan struct{}
	done  sync.WaitGroup
	lines sync.Pool // *[]byte

	mu      sync.Mutex
	waiting *group // to be written next
	spare   []byte
	closed  bool
	trouble error // of the last write; nil if it went well

	file *os.File // the rest is the writer's alone
	day  string
	size int64
	torn bool // the file does not end with a line feed, or nobody knows
}

// A group is the lines of all who wait for one sync.
type group struct {
	lines []byte
	n     int
	done  chan struct{}
	err   error // set before done is closed
}

// ErrClosed says that the log was closed before the receipt was stored.
var ErrClosed = errors.New("the receipt log is closed")

// Open makes the folder and begins to write. Close ends it.
func Open(s Settings) (*Log, error) {
	s.Host = fileHost(s.Host)
	if err := os.MkdirAll(s.Dir, 0o750); err != nil {
		return nil, fmt.Errorf("the folder of the receipt log: %w", err)
	}
	l := &Log{Settings: s, wake: make(chan struct{}, 1), quit: make(chan struct{}), waiting: newGroup()}
	l.lines.New = func() any { return new([]byte) }
	l.done.Go(l.write)
	return l, nil
}

func newGroup() *group { return &group{done: make(chan struct{})} }

// Close writes what waits, and closes the file.
func (l *Log) Close() error {
	l.mu.Lock()
	first := !l.closed
	l.closed = true
	l.mu.Unlock()
	if first {
		close(l.quit)
	}
	l.done.Wait()
	return nil
}

// Append stores one body and returns once it is on disk: a nil error means that it survives whatever
// comes. It shares its sync with all who come meanwhile. A body that is not JSON is kept as text, and
// isJSON says so. An error means that the body may or may not be kept: the gateway has to come again.
// When ctx ends first, it is that.
func (l *Log) Append(ctx context.Context, gateway string, body []byte) (isJSON bool, err error) {
	if len(body) > receiptline.MaxBody {
		return false, fmt.Errorf("a receipt of more than %d bytes is not kept", receiptline.MaxBody)
	}
	line := l.lines.Get().(*[]byte)
	defer l.lines.Put(line)
	*line, isJSON = appendLine((*line)[:0], time.Now(), gateway, body)
	return isJSON, l.add(ctx, *line, 1)
}

// probeBytes is how long a line Check writes: a full disk often has room for a few bytes more in the
// block at the file's end.
const probeBytes = 8 << 10

// Check returns nil if the last write went well; else it writes a blank line to find out whether the
// trouble is over.
func (l *Log) Check(ctx context.Context) error {
	l.mu.Lock()
	trouble := l.trouble
	l.mu.Unlock()
	if trouble == nil {
		return nil
	}
	return l.add(ctx, append(bytes.Repeat([]byte{' '}, probeBytes-1), '\n'), 0)
}

// add hands a line that counts as n receipts to the writer, and waits.
func (l *Log) add(ctx context.Context, line []byte, n int) error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return ErrClosed
	}
	g := l.waiting
	if g.lines == nil {
		g.lines, l.spare = l.spare[:0], nil
	}
	g.lines = append(g.lines, line...)
	g.n += n
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default: // the writer knows
	}
	select {
	case <-g.done:
		return g.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// appendLine appends a line of the log.
func appendLine(b []byte, at time.Time, gateway string, body []byte) (line []byte, isJSON bool) {
	b = append(b, `{"at":"`...)
	b = at.UTC().AppendFormat(b, "2006-01-02T15:04:05.000000Z07:00")
	b = append(b, `","gateway":`...)
	b = appendText(b, gateway)
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if isJSON = receiptline.Valid(body); isJSON {
		b = append(b, `,"body":`...)
		start := len(b)
		b = append(b, bytes.TrimSpace(body)...)
		for i := start; i < len(b); i++ {
			if b[i] == '\n' || b[i] == '\r' { // between tokens: a JSON text has none
				b[i] = ' '
			}
		}
	} else {
		b = append(b, `,"text":`...)
		b = appendText(b, string(body))
	}
	return append(b, '}', '\n'), isJSON
}

// appendText appends s as JSON. Bytes that are no UTF-8 are lost: JSON cannot say them.
func appendText(b []byte, s string) []byte {
	q, _ := json.Marshal(s) // a text can always be said
	return append(b, q...)
}

// write is the one goroutine that touches the file.
func (l *Log) write() {
	for open := true; open; {
		select {
		case <-l.wake:
		case <-l.quit:
			open = false
		}
		runtime.Gosched() // whoever is about to add a line shares the sync
		l.mu.Lock()
		g := l.waiting
		l.waiting = newGroup()
		l.mu.Unlock()
		if len(g.lines) > 0 {
			g.err = l.store(g)
		}
		l.mu.Lock()
		if len(g.lines) > 0 {
			l.trouble = g.err
		}
		if cap(g.lines) <= 4*receiptline.MaxBody {
			l.spare = g.lines
		}
		l.mu.Unlock()
		close(g.done)
	}
	l.shut()
}

// store writes the lines of g and syncs them.
func (l *Log) store(g *group) error {
	if err := l.today(); err != nil {
		return err
	}
	if l.torn {
		g.lines = append([]byte{'\n'}, g.lines...)
	}
	n, err := l.file.Write(g.lines)
	l.size += int64(n)
	if err != nil {
		l.cutBack(g.lines[:n])
		return fmt.Errorf("writing the receipt log: %w", err)
	}
	begun := time.Now()
	if err := l.file.Sync(); err != nil {
		// What the disk has is anybody's guess. The lines stay, for readers may have them; the next
		// group begins after a line feed, in a file opened anew.
		l.torn = true
		l.shut()
		return fmt.Errorf("syncing the receipt log: %w", err)
	}
	l.torn = false
	if l.Synced != nil {
		l.Synced(time.Since(begun), g.n)
	}
	return nil
}

// cutBack takes away what was written of a line that did not fit on the disk; complete lines stay. If
// somebody else wrote there too, or it cannot be cut, the next group begins after a line feed.
func (l *Log) cutBack(written []byte) {
	if len(written) == 0 {
		return
	}
	keep := l.size - int64(len(written)-1-bytes.LastIndexByte(written, '\n'))
	info, err := l.file.Stat()
	if err == nil && info.Size() == l.size && l.file.Truncate(keep) == nil {
		l.size, l.torn = keep, false
		return
	}
	l.torn = true
	l.shut()
}

// today makes file the day's. A file that is there already may end in a torn line.
func (l *Log) today() error {
	day := time.Now().UTC().Format(time.DateOnly)
	if l.file != nil && l.day == day {
		return nil
	}
	l.shut()
	path := filepath.Join(l.Dir, l.Host+"-"+day+".jsonl")
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o640)
	if err != nil {
		return fmt.Errorf("the day's receipt log: %w", err)
	}
	info, err := file.Stat()
	if err == nil && info.Size() == 0 {
		err = syncDir(l.Dir)
	}
	torn := l.torn // an empty line too many means nothing
	if err == nil && info.Size() > 0 && !torn {
		torn, err = endsTorn(file, info.Size())
	}
	if err != nil {
		_ = file.Close()
		return fmt.Errorf("the day's receipt log: %w", err)
	}
	l.file, l.day, l.size, l.torn = file, day, info.Size(), torn
	return nil
}

func (l *Log) shut() {
	if l.file != nil {
		_ = l.file.Close() // all that counts was synced
		l.file = nil
	}
}

func endsTorn(file io.ReaderAt, size int64) (bool, error) {
	last := make([]byte, 1)
	if _, err := file.ReadAt(last, size-1); err != nil {
		return false, err
	}
	return last[0] != '\n', nil
}

// syncDir makes a new file's name durable. Windows knows no such thing, and does it by itself.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
