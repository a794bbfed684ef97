//go:build unix

package sheet

import (
	"math"
	"syscall"

	"golang.org/x/sys/unix"
)

// errNoSpace is what a write to a full disk returns.
const errNoSpace = syscall.ENOSPC

// FreeSpace returns how many bytes an ordinary user may still write to dir.
func FreeSpace(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	free := uint64(st.Bavail) * uint64(st.Bsize)
	return int64(min(free, math.MaxInt64)), nil
}
