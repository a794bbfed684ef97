package sheet_test

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"

	"siaran/campaign/sheet"
)

// fileToRead names the environment's variable by which the memory tests have a process of its own read a
// file.
const fileToRead = "SIARAN_TEST_READ"

func TestMain(m *testing.M) {
	if path := os.Getenv(fileToRead); path != "" {
		printPeak(path)
		return
	}
	os.Exit(m.Run())
}

// printPeak reads a file and prints its rows, and the most memory that was ever resident, in kB.
func printPeak(path string) {
	rows, err := countRows(context.Background(), path) //nolint:forbidigo // no test runs in this process
	if err != nil {
		panic(err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		panic(err)
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Fprintf(os.Stdout, "rows %d peak %s\n", rows, strings.Fields(after)[0])
}

// peak reads a file in another process and returns its rows and its peak memory in MB.
func peak(t *testing.T, path string) (rows, mb int) {
	t.Helper()
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("peak memory is read from /proc")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), fileToRead+"="+path)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_, after, _ := strings.Cut(string(out), "rows ")
	fields := strings.Fields(after)
	rows, _ = strconv.Atoi(fields[0])
	kb, _ := strconv.Atoi(fields[2])
	return rows, kb >> 10
}

// underRace reports whether this program has the race detector in it, whose own memory is a multiple of ours.
func underRace() bool {
	info, _ := debug.ReadBuildInfo()
	return info != nil && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// runWithoutRace runs t in a program that is built without the race detector.
func runWithoutRace(t *testing.T) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "sheet.test")
	for _, line := range [][]string{{"go", "test", "-c", "-race=false", "-o", program}, {program, "-test.v", "-test.run", "^" + t.Name() + "$"}} {
		out, err := exec.CommandContext(t.Context(), line[0], line[1:]...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", line, err, out)
		}
		t.Logf("%s", out)
	}
}

// stream writes a workbook whose big parts are written piece by piece.
func stream(t *testing.T, rows, texts func(w io.Writer)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "big.xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for name, content := range (book{rows: "\x00", texts: "\x01"}).parts() {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		out := bufio.NewWriter(w)
		for before, after := content, ""; before != ""; before = after {
			i := strings.IndexAny(before, "\x00\x01")
			if i < 0 {
				_, err = out.WriteString(before)
				break
			}
			_, err = out.WriteString(before[:i])
			if before[i] == 0 {
				rows(out)
			} else if texts != nil {
				texts(out)
			}
			after = before[i+1:]
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := out.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMemoryIsBoundedByUsAndNotByTheFile(t *testing.T) {
	if testing.Short() {
		t.Skip("writes big files")
	}
	if underRace() {
		runWithoutRace(t)
		return
	}
	heading := simple(0).rows
	for name, c := range map[string]struct {
		rows, texts func(w io.Writer)
		want        int
	}{
		"a million formatted empty rows": {func(w io.Writer) {
			fmt.Fprint(w, heading, `<row r="2"><c r="A2" t="str"><v>Ani</v></c></row>`)
			for i := 3; i <= 1_000_000; i++ {
				fmt.Fprintf(w, `<row r="%d" s="1" customFormat="1" ht="15" x14ac:dyDescent="0.25"><c r="A%d" s="1"/><c r="B%d" s="1"/><c r="C%d" s="1"/></row>`, i, i, i, i)
			}
		}, nil, 1},
		"60 MB of shared texts in any order": {func(w io.Writer) {
			fmt.Fprint(w, heading)
			r := rand.New(rand.NewPCG(1, 2))
			for i := 2; i <= 100_001; i++ {
				fmt.Fprintf(w, `<row r="%d"><c r="A%d" t="s"><v>%d</v></c><c r="B%d" t="s"><v>%d</v></c></row>`, i, i, r.IntN(600_000), i, i)
			}
		}, func(w io.Writer) {
			for i := range 600_000 {
				fmt.Fprintf(w, `<si><t>%d %s</t></si>`, i, strings.Repeat(strconv.Itoa(i), 13))
			}
		}, 100_000},
	} {
		t.Run(name, func(t *testing.T) {
			rows, mb := peak(t, stream(t, c.rows, c.texts))
			if rows != c.want || mb > 100 {
				t.Errorf("got %d rows, %d MB", rows, mb)
			}
		})
	}
	_, few := peak(t, writeBook(t, 10_000, 12, true))
	_, many := peak(t, writeBook(t, 100_000, 12, true))
	if many > 100 || many > few+25 {
		t.Errorf("10,000 rows took %d MB and 100,000 took %d MB", few, many)
	}
}

func TestTextsThatWentToDiskAreTheSameAsInMemory(t *testing.T) {
	const n = 5000
	texts := func(w io.Writer) {
		for i := range n {
			fmt.Fprintf(w, `<si><t>%d%s</t></si>`, i, strings.Repeat("x", i%97*(i%7)*9))
		}
	}
	path := stream(t, func(w io.Writer) {
		fmt.Fprint(w, simple(0).rows)
		r := rand.New(rand.NewPCG(3, 4))
		for i := 2; i < n; i++ {
			fmt.Fprintf(w, `<row r="%d"><c r="A%d" t="s"><v>%d</v></c><c r="B%d" t="s"><v>%d</v></c></row>`, i, i, r.IntN(n+5), i, i)
		}
	}, texts)
	var dumps []string
	for _, memory := range []int{0, 1, 200_000, 1 << 30} {
		f := open(t, sheet.Settings{Path: path, Limits: sheet.Limits{Memory: memory}})
		dumps = append(dumps, dump(read(t, f)))
	}
	for i, d := range dumps[1:] {
		if d != dumps[0] {
			t.Errorf("reading %d differs", i+1)
		}
	}
	if !strings.Contains(dumps[0], "; 4999: ") || !strings.Contains(dumps[0], "|4999"+strings.Repeat("x", 4999%97*(4999%7)*9)) {
		t.Error("the texts are wrong")
	}
}
