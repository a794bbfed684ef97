package sheet

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// temporary makes a file that is gone when it is closed. Where the system allows, its name is gone at
// once, so that a killed process leaves nothing behind.
func temporary(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "siaran-*.tmp")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name()) // Windows refuses while it is open: discard removes it
	return f, nil
}

func discard(f *os.File) error {
	err := f.Close()
	if e := os.Remove(f.Name()); e != nil && !errors.Is(e, fs.ErrNotExist) {
		err = errors.Join(err, e)
	}
	return err
}

// reserve is an error if dir has no room for that many bytes. Where free space cannot be told, it is
// no error: every write is checked as well.
func reserve(dir string, need int64) error {
	if dir == "" {
		dir = os.TempDir()
	}
	free, err := FreeSpace(dir)
	if err != nil || free >= need {
		return nil
	}
	return fmt.Errorf("%s has %d MB free, %d MB are needed: %w", dir, free>>20, need>>20+1, errNoSpace)
}
