package workbook

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A target is the file a report is to become. Until keep it is written in a folder of our own beside it, on
// the same disk, so that a rename is all that is left to do.
type target struct {
	path string
	work string // holds file
	temp string // work, or a folder in the temporary directory that was asked for
	file *os.File
}

// workPrefix begins the names of our folders: workPrefix, host, process, and what makes them unique.
const workPrefix = ".siaran-report-"

// staleAfter is when a folder of another host, or of a process number that is in use again, is swept.
const staleAfter = 24 * time.Hour

// newTarget makes the folders, and sweeps those that killed processes left.
func newTarget(path, temp string) (*target, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		return nil, fmt.Errorf("report %s: this is a folder; name a file in it", path)
	}
	t := &target{path: path}
	if t.work, err = workFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	t.temp = t.work
	if temp != "" {
		if t.temp, err = workFolder(temp); err != nil {
			t.temp = t.work
			t.close()
			return nil, err
		}
	}
	if t.file, err = os.Create(filepath.Join(t.work, "report"+filepath.Ext(path))); err != nil {
		t.close()
		return nil, fmt.Errorf("report: %w", err)
	}
	return t, nil
}

func workFolder(in string) (string, error) {
	sweep(in)
	host, _ := os.Hostname()
	host = strings.Map(func(r rune) rune {
		if r == '-' || r == '*' || r == os.PathSeparator {
			return '_'
		}
		return r
	}, host)
	name, err := os.MkdirTemp(in, fmt.Sprintf("%s%s-%d-", workPrefix, host, os.Getpid()))
	if err != nil {
		return "", fmt.Errorf("report: cannot write in the folder %s: %w", in, err)
	}
	return name, nil
}

// sweep removes folders of processes that are gone. What cannot be removed stays: it is only space.
func sweep(in string) {
	names, err := filepath.Glob(filepath.Join(in, workPrefix+"*"))
	if err != nil {
		return // a folder whose name is a pattern: swept by nobody
	}
	host, _ := os.Hostname()
	host = strings.ReplaceAll(host, "-", "_")
	for _, name := range names {
		part := strings.Split(strings.TrimPrefix(filepath.Base(name), workPrefix), "-")
		st, err := os.Stat(name)
		if err != nil || len(part) != 3 {
			continue
		}
		pid, err := strconv.Atoi(part[1])
		dead := err == nil && part[0] == host && !alive(pid)
		if dead || time.Since(st.ModTime()) > staleAfter {
			_ = os.RemoveAll(name)
		}
	}
}

// alive reports whether a process of this host runs. Where signals are not known (Windows) a file that is
// open cannot be removed, which protects a live one.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer func() { _ = p.Release() }()
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, fs.ErrPermission)
}

// close removes what is left on the way.
func (t *target) close() {
	if t.file != nil {
		_ = t.file.Close() // closed by finish, if the report was kept
	}
	_ = os.RemoveAll(t.work)
	if t.temp != t.work {
		_ = os.RemoveAll(t.temp)
	}
}

// finish makes the file durable. It gets the mode of the one it replaces.
func (t *target) finish() error {
	var mode error
	if st, err := os.Stat(t.path); err == nil {
		mode = t.file.Chmod(st.Mode().Perm())
	}
	if err := errors.Join(mode, t.file.Sync(), t.file.Close()); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// most is how many names are tried: NAME, NAME (2) … NAME (most).
const most = 99

// keep renames the file to the target, or to the next name that is free if somebody holds the target. The
// note says so.
func (t *target) keep() (name, note string, err error) {
	if err := t.finish(); err != nil {
		return "", "", err
	}
	held := ""
	for i := range most {
		name := numbered(t.path, i+1)
		why := holder(name)
		if why == "" {
			if err := os.Rename(t.file.Name(), name); err != nil {
				why = err.Error()
			}
		}
		switch {
		case why == "" && i == 0:
			return name, "", nil
		case why == "":
			return name, fmt.Sprintf("%s %s; the report is in %s", t.path, held, name), nil
		case i == 0:
			held = why
		}
	}
	return "", "", fmt.Errorf("report %s: the file %s, and so are %d other names; close or remove them", t.path, held, most-1)
}

// keepUnproven renames the file to NAME.UNPROVEN.ENDING.
func (t *target) keepUnproven() (string, error) {
	if err := t.finish(); err != nil {
		return "", err
	}
	ext := filepath.Ext(t.path)
	name := strings.TrimSuffix(t.path, ext) + ".UNPROVEN" + ext
	if err := os.Rename(t.file.Name(), name); err != nil {
		return "", fmt.Errorf("report: %w", err)
	}
	return name, nil
}

// holder says who keeps us from writing name; empty: nobody. Excel and LibreOffice leave a lock file beside
// a workbook that they have open, and Excel on Windows forbids writing it, too.
func holder(name string) string {
	dir, base := filepath.Split(name)
	for lock, who := range map[string]string{"~$" + base: "Excel", ".~lock." + base + "#": "LibreOffice"} {
		if _, err := os.Stat(dir + lock); err == nil {
			return fmt.Sprintf("is open in %s (if it is not, remove %s)", who, dir+lock)
		}
	}
	st, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	if err == nil && st.Mode().Perm()&0o200 == 0 {
		return "is read-only"
	}
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return "cannot be written: " + err.Error()
	}
	_ = f.Close()
	return ""
}

func numbered(path string, n int) string {
	if n == 1 {
		return path
	}
	ext := filepath.Ext(path)
	return fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(path, ext), n, ext)
}
