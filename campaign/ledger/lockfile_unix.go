//go:build unix

package ledger

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

func lockFile(f *os.File) error {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, unix.EWOULDBLOCK):
			return errLocked
		case !errors.Is(err, unix.EINTR):
			return fmt.Errorf("lock file %s: %w", f.Name(), err)
		}
	}
}

// releaseFile removes the file while it is still locked: who opened it meanwhile sees, once it has the
// lock, that the name is gone, and tries again.
func releaseFile(f *os.File) error {
	return errors.Join(os.Remove(f.Name()), f.Close())
}

// writable asks the kernel, which knows about read-only file systems too.
func writable(path string) bool {
	return unix.Access(path, unix.W_OK) == nil
}
