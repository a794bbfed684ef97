package cells

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestAPartPastFourGigabytesSaysSoInItsOwnHeader(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "a.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	a := newArchive(f, nil)
	a.limit = 10 // as if
	for _, name := range []string{"small", "large", "small too"} {
		w, err := a.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(bytes.Repeat([]byte(name[:5]), map[bool]int{true: 100, false: 1}[name == "large"])); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range z.File {
		at, err := part.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		header := at - int64(localHeader+len(part.Name))
		want := map[bool]byte{true: 45, false: 20}[part.Name == "large"]
		if string(data[header:header+4]) != "PK\x03\x04" || data[header+4] != want {
			t.Errorf("%s: version %d at %q", part.Name, data[header+4], data[header:header+4])
		}
	}
}
