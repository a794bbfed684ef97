package workbook

import (
	"bytes"
	"errors"
	"fmt"
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
