package receiptfile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
)

// rejects is the file of broken lines: written beside, renamed when it is whole.
type rejects struct {
	path string
	file *os.File
}

func (r *rejects) add(text []byte) error {
	if r.path == "" {
		return nil
	}
	if r.file == nil {
		f, err := os.OpenFile(r.path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
		if err != nil {
			return fmt.Errorf("keeping what could not be read: %w", err)
		}
		r.file = f
	}
	line := slices.Concat(bytes.TrimRight(text, "\r\n"), []byte{'\n'})
	if _, err := r.file.Write(line); err != nil {
		return fmt.Errorf("keeping what could not be read: %w", err)
	}
	return nil
}

func (r *rejects) keep() error {
	if r.file == nil {
		return nil
	}
	f := r.file
	r.file = nil
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("keeping what could not be read: %w", err), os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), r.path); err != nil {
		return fmt.Errorf("keeping what could not be read: %w", err)
	}
	return nil
}

func (r *rejects) drop() {
	if r.file != nil {
		_ = r.file.Close()
		_ = os.Remove(r.file.Name())
	}
}
