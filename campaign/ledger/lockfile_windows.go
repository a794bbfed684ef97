//go:build windows

package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

func lockFile(f *os.File) error {
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION), errors.Is(err, windows.ERROR_IO_PENDING):
		return errLocked
	default:
		return fmt.Errorf("lock file %s: %w", f.Name(), err)
	}
}

// releaseFile removes the file after closing it; Windows refuses while another process has it open.
func releaseFile(f *os.File) error {
	err := f.Close()
	_ = os.Remove(f.Name())
	return err
}

// writable tries: attributes and access lists are too many to read.
func writable(path string) bool {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		f, err := os.CreateTemp(filepath.Clean(path), ".siaran-*")
		if err != nil {
			return false
		}
		_ = f.Close()
		return os.Remove(f.Name()) == nil
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	return f.Close() == nil
}
