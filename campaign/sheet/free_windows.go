package sheet

import (
	"math"

	"golang.org/x/sys/windows"
)

// errNoSpace is what a write to a full disk returns.
const errNoSpace = windows.ERROR_DISK_FULL

// FreeSpace returns how many bytes the user may still write to dir.
func FreeSpace(dir string) (int64, error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(path, &free, nil, nil); err != nil {
		return 0, err
	}
	return int64(min(free, math.MaxInt64)), nil
}
