package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"siaran/reports"
)

// A smallDisk is a file that is full after some bytes.
type smallDisk struct {
	bytes.Buffer
	room int
}

func (d *smallDisk) Write(p []byte) (int, error) {
	if d.Len()+len(p) > d.room {
		return 0, errDisk
	}
	return d.Buffer.Write(p)
}

func (d *smallDisk) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }

func TestAFullDiskIsAnErrorWhereverItComes(t *testing.T) {
	whole := &smallDisk{room: 1 << 30}
	if err := writeExcel(t.Context(), &report{Input: sampleInput(200), temp: t.TempDir(), tally: reports.NewTally(), limit: maxRows}, whole); err != nil {
		t.Fatal(err)
	}
	for room := 0; room < whole.Len(); room += whole.Len()/25 + 1 {
		err := writeExcel(t.Context(), &report{Input: sampleInput(200), temp: t.TempDir(), tally: reports.NewTally(), limit: maxRows}, &smallDisk{room: room})
		if !errors.Is(err, errDisk) {
			t.Errorf("%d of %d bytes: %v", room, whole.Len(), err)
		}
	}
}

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

// excelize parses the rows of a tab that is finished for whoever asks it about that tab, and keeps the
// parsed tab among its parts: five times the memory, and most of the time.
func TestRowsAreWrittenAndNeverParsedAgain(t *testing.T) {
	x := excelize.NewFile(excelize.Options{TmpDir: t.TempDir()})
	b := &book{report: &report{Input: sampleInput(20), temp: t.TempDir(), tally: reports.NewTally(), limit: maxRows}, file: x}
	if err := errors.Join(b.write(t.Context()), b.save(&smallDisk{room: 1 << 30}), x.Close()); err != nil {
		t.Fatal(err)
	}
	x.Pkg.Range(func(name, _ any) bool {
		if strings.HasPrefix(fmt.Sprint(name), "xl/worksheets/sheet") {
			t.Errorf("%s was parsed", name)
		}
		return true
	})
}
