package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// A fileLock is a lock on a file beside the ledger. The kernel frees it when the process dies; a
// file left behind is harmless.
type fileLock struct{ f *os.File }

// errLocked is tryFileLock's answer when somebody else holds the lock.
var errLocked = errors.New("locked")

// tryFileLock takes the lock at path, or returns errLocked.
func tryFileLock(path string) (*fileLock, error) {
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, fmt.Errorf("lock file: %w", err)
		}
		if err := lockFile(f); err != nil {
			_ = f.Close()
			return nil, err
		}
		// Its last holder may have removed the file between our opening and our locking it.
		ours, err := f.Stat()
		if err != nil {
			_ = f.Close()
			return nil, fmt.Errorf("lock file: %w", err)
		}
		if now, err := os.Stat(path); err == nil && os.SameFile(ours, now) {
			return &fileLock{f}, nil
		}
		_ = f.Close()
	}
}

// waitFileLock waits for the lock at path.
func waitFileLock(ctx context.Context, path string) (*fileLock, error) {
	for {
		l, err := tryFileLock(path)
		if !errors.Is(err, errLocked) {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// release frees the lock and removes the file.
func (l *fileLock) release() error {
	return releaseFile(l.f)
}
