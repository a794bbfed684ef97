//go:build unix

package main

import (
	"math"

	"golang.org/x/sys/unix"
)

// freeSpace returns how many bytes an ordinary user may still write to dir.
func freeSpace(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return int64(min(uint64(st.Bavail)*uint64(st.Bsize), math.MaxInt64)), nil
}
