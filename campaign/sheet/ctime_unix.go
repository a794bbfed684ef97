//go:build unix && !darwin

package sheet

import (
	"io/fs"
	"syscall"
	"time"
)

// statusChanged is when anything of the file last changed, which nobody can set; zero where the system does
// not say.
func statusChanged(info fs.FileInfo) time.Time {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return time.Time{}
	}
	return time.Unix(int64(st.Ctim.Sec), int64(st.Ctim.Nsec))
}
