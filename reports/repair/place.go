package repair

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	kzip "github.com/klauspost/compress/zip"
)

// withMark returns the repair workbook of that stem which began with the same content, if there is one.
func withMark(stem, mark string) (string, bool) {
	for n := 1; ; n++ {
		path := pathOf(stem, n)
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return "", false
		}
		if hasMark(path, mark) {
			return path, true
		}
	}
}

// place gives a finished file the first name that nobody has.
func place(temp, stem string) (string, error) {
	for n := 1; ; n++ {
		path := pathOf(stem, n)
		err := os.Link(temp, path)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			return path, os.Remove(temp)
		}
		// No links on this disk: look and rename.
		if _, err := os.Lstat(path); err == nil {
			continue
		}
		return path, os.Rename(temp, path)
	}
}

var ending = regexp.MustCompile(`\.repair(-[0-9]+)?$`)

// stemOf is a path without its endings: of tagihan.csv.gz and tagihan.repair-2.xlsx it is tagihan.
func stemOf(path string) string {
	dir, name := filepath.Split(path)
	for _, packed := range []string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, packed)
	}
	if ext := filepath.Ext(name); ext != name {
		name = strings.TrimSuffix(name, ext)
	}
	return filepath.Join(dir, ending.ReplaceAllString(name, ""))
}

func pathOf(stem string, n int) string {
	if n == 1 {
		return stem + ".repair.xlsx"
	}
	return fmt.Sprintf("%s.repair-%d.xlsx", stem, n)
}

// hasMark reports whether a workbook's properties have mark: Excel keeps them when it saves.
func hasMark(path, mark string) bool {
	z, err := kzip.OpenReader(path)
	if err != nil {
		return false
	}
	defer func() { _ = z.Close() }() // it was only read
	f, err := z.Open("docProps/core.xml")
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 64<<10)
	n, _ := f.Read(head)
	for n < len(head) {
		m, err := f.Read(head[n:])
		n += m
		if err != nil || m == 0 {
			break
		}
	}
	return strings.Contains(string(head[:n]), mark)
}
