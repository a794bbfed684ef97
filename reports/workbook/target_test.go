package workbook

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/reports"
)

var errDisk = errors.New("no space left on device")

// failing yields n histories and then an error.
func failing(n int) func(func(campaign.History, error) bool) {
	return func(yield func(campaign.History, error) bool) {
		for h, err := range sampleHistories(n, []campaign.ChannelKind{campaign.WhatsApp}) {
			if !yield(h, err) {
				return
			}
		}
		yield(campaign.History{}, errDisk)
	}
}

// files lists a folder.
func files(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func TestAFailedReportLeavesTheOldOneAndNothingElse(t *testing.T) {
	for _, ext := range []string{".xlsx", ".csv", ".jsonl"} {
		dir := t.TempDir()
		path := filepath.Join(dir, "report"+ext)
		if err := os.WriteFile(path, []byte("the old one"), 0o644); err != nil {
			t.Fatal(err)
		}
		in := sampleInput(2000)
		in.Histories = failing(1500)
		if _, err := Write(t.Context(), path, in); !errors.Is(err, errDisk) {
			t.Errorf("%s: %v", ext, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := Write(ctx, path, sampleInput(2000)); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", ext, err)
		}
		old, err := os.ReadFile(path)
		if err != nil || string(old) != "the old one" || files(t, dir) != "report"+ext {
			t.Errorf("%s: %q, %v; %s", ext, old, err, files(t, dir))
		}
	}
}

func TestTotalsThatDoNotAddUpAreShownAndNotHidden(t *testing.T) {
	for _, ext := range []string{".xlsx", ".csv", ".jsonl"} {
		dir := t.TempDir()
		path := filepath.Join(dir, "report"+ext)
		if err := os.WriteFile(path, []byte("the old one"), 0o644); err != nil {
			t.Fatal(err)
		}
		in := sampleInput(20)
		in.Run.Rows = 21
		res, err := Write(t.Context(), path, in)
		var unproven *reports.UnprovenError
		if !errors.As(err, &unproven) || unproven.Path != filepath.Join(dir, "report.UNPROVEN"+ext) || res.Path != unproven.Path {
			t.Fatalf("%s: %v", ext, err)
		}
		old, err := os.ReadFile(path)
		if err != nil || string(old) != "the old one" {
			t.Errorf("%s: %q, %v", ext, old, err)
		}
		if files(t, dir) != "report.UNPROVEN"+ext+" report"+ext {
			t.Errorf("%s: %s", ext, files(t, dir))
		}
		if ext == ".xlsx" {
			got := dump(t, unproven.Path)
			for _, want := range []string{"== Unproven", `"lines for the rows of the file"`, `"21"`, `"UNPROVEN: `} {
				if !strings.Contains(got, want) {
					t.Errorf("no %s in the workbook", want)
				}
			}
		}
	}
}

func TestATargetThatIsOpenElsewhereGetsANumber(t *testing.T) {
	for name, hold := range map[string]func(dir string) error{
		"in Excel":       func(dir string) error { return os.WriteFile(filepath.Join(dir, "~$report.xlsx"), nil, 0o644) },
		"in LibreOffice": func(dir string) error { return os.WriteFile(filepath.Join(dir, ".~lock.report.xlsx#"), nil, 0o644) },
		"read-only":      func(dir string) error { return os.Chmod(filepath.Join(dir, "report.xlsx"), 0o444) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "report.xlsx")
			if err := os.WriteFile(path, []byte("the old one"), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := hold(dir); err != nil {
				t.Fatal(err)
			}
			res, err := Write(t.Context(), path, sampleInput(5))
			if err != nil {
				t.Fatal(err)
			}
			if res.Path != filepath.Join(dir, "report (2).xlsx") || len(res.Notes) != 1 || !strings.Contains(res.Notes[0], "report (2).xlsx") {
				t.Errorf("got %s, %q", res.Path, res.Notes)
			}
			if old, err := os.ReadFile(path); err != nil || string(old) != "the old one" {
				t.Errorf("got %q, %v", old, err)
			}
		})
	}
}

func TestWhatAKilledReportLeftIsSweptAndALiveOneIsNot(t *testing.T) {
	dir := t.TempDir()
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	host = strings.ReplaceAll(host, "-", "_")
	dead := fmt.Sprintf("%s%s-%d-1", workPrefix, host, 1<<30)
	live := fmt.Sprintf("%s%s-%d-2", workPrefix, host, os.Getpid())
	other := fmt.Sprintf("%selsewhere-%d-3", workPrefix, 1<<30)
	old := fmt.Sprintf("%selsewhere-%d-4", workPrefix, 1<<30)
	for _, name := range []string{dead, live, other, old} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, "excelize-1"), []byte("rows"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(filepath.Join(dir, old), time.Time{}, time.Now().Add(-2*staleAfter)); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(t.Context(), filepath.Join(dir, "report.csv"), sampleInput(1)); err != nil {
		t.Fatal(err)
	}
	left := files(t, dir)
	if strings.Contains(left, dead) || strings.Contains(left, old) || !strings.Contains(left, live) || !strings.Contains(left, other) {
		t.Errorf("left: %s", left)
	}
}

func TestAReportIsRefusedWithWhatToDo(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(dir, "report.pdf"):             ".xlsx, .csv or .jsonl",
		filepath.Join(dir, "missing", "report.xlsx"): "cannot write in the folder",
	} {
		if _, err := Write(t.Context(), path, sampleInput(1)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "report.xlsx"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(t.Context(), filepath.Join(dir, "report.xlsx"), sampleInput(1)); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("got %v", err)
	}
}

func TestAReportKeepsTheModeOfTheOneItReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.xlsx")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(t.Context(), path, sampleInput(1)); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 || st.Size() == 0 {
		t.Errorf("got %v, %v", st.Mode(), err)
	}
}
