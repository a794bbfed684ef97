package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"

	"siaran/samples"
)

func TestMain(m *testing.M) {
	// Most of them wait most of the time, for gateways, clocks and other processes.
	if err := flag.Set("test.parallel", strconv.Itoa(3*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	testscript.Main(house{m}, map[string]func(){
		"siaran": main, "siaran-mortal": mortal, "ends": endsWith, "signalled": signalled, "bare-gateway": serveBareGateway, "bare-client": postBarely,
	})
}

// TestScripts runs testdata/*.txt: sessions as users have them, against real servers and files.
func TestScripts(t *testing.T) {
	testscript.Run(t, session())
}

// session is how scripts run, and what they can do besides testscript's own commands.
func session() testscript.Params {
	return testscript.Params{
		Dir:   "testdata",
		Setup: setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":        exits,
			"port":         freePort,
			"await":        await,
			"xlsx":         writeXLSX,
			"cells":        dumpCells,
			"samples":      copySamples,
			"lines":        countLines,
			"rows":         makeRows,
			"tmpfs":        mountSmall,
			"tail-end":     lastLine,
			"png":          writePNG,
			"readonly":     mountReadOnly,
			"once":         comesOnce,
			"await-status": awaitStatus,
			"sql":          behindItsBack,
			"hold":         holdLock,
			"tear":         tearFile,
			"garble":       garbleFile,
			"cut":          cutFile,
			"clock":        wrongClock,
			"took":         tookOnce,
			"cert-ends":    endingCertificate,
			"paced":        pacedArrivals,
			"now":          whatTimeItIs,
			"await-more":   awaitMore,
			"post":         postReceipt,
			"get":          getPage,
			"certificate":  makeCertificate,
			"await-log":    awaitLog,
			"bad-rows":     makeBadRows,
			"max-lines":    maxLines,
			"hidden":       writeHidden,
		},
		Condition: func(cond string) (bool, error) { return false, nil }, // [postgres]
	}
}

func setUp(env *testscript.Env) error {
	env.Setenv("TZ", "Asia/Jakarta")
	env.Setenv("USER", "ops")
	env.Setenv("LEDGER", "siaran.db")
	return nil
}

// exits CODE COMMAND…: runs it and wants that exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// port NAME: puts a free port of loopback into $NAME.
func freePort(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		ts.Setenv(name, strconv.Itoa(unusedPort()))
	}
}

// await ADDRESS…: waits until something listens there; await FILE TEXT: until the file has the text.
func await(ts *testscript.TestScript, _ bool, args []string) {
	ok := func() bool {
		c, err := net.DialTimeout("tcp", args[0], time.Second) //nolint:noctx // a second at most
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}
	if len(args) == 2 {
		ok = func() bool {
			data, err := os.ReadFile(ts.MkAbs(args[0]))
			return err == nil && strings.Contains(string(data), args[1])
		}
	}
	for range 2400 {
		if ok() {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	ts.Fatalf("waited a minute for %s", strings.Join(args, " "))
}

// await-more FILE N: waits until the file has N lines more than now.
func awaitMore(ts *testscript.TestScript, _ bool, args []string) {
	lines := func() int {
		data, _ := os.ReadFile(ts.MkAbs(args[0])) // not there yet: none
		return bytes.Count(data, []byte("\n"))
	}
	more, err := strconv.Atoi(args[1])
	ts.Check(err)
	first := lines()
	for range 2400 {
		if lines() >= first+more {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	ts.Fatalf("%s: %d lines more in a minute, want %s", args[0], lines()-first, args[1])
}

// await-status RUN TEXT: waits until siaran status RUN --verdicts --json has the text.
func awaitStatus(ts *testscript.TestScript, _ bool, args []string) {
	var out strings.Builder
	for range 100 {
		out.Reset()
		cmd := exec.Command("siaran", "status", args[0], "--verdicts", "--json", "--quiet") //nolint:noctx,gosec // a test's own words
		cmd.Dir, cmd.Env, cmd.Stdout = ts.MkAbs("."), []string{"PATH=" + ts.Getenv("PATH"), "HOME=/no-home", "GATEWAY=" + ts.Getenv("GATEWAY"), "LISTEN=" + ts.Getenv("LISTEN"), "SECRET=" + ts.Getenv("SECRET"), "LEDGER=" + ts.Getenv("LEDGER")}, &out
		if err := cmd.Run(); err == nil && strings.Contains(out.String(), args[1]) {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	ts.Fatalf("waited for %s; status says %s", args[1], out.String())
}

// xlsx FILE TEXTFILE: makes a workbook of lines with | between cells; a cell that begins with # is a number.
func writeXLSX(ts *testscript.TestScript, _ bool, args []string) {
	f := excelize.NewFile()
	for r, line := range strings.Split(strings.TrimSpace(ts.ReadFile(args[1])), "\n") {
		for c, text := range strings.Split(line, "|") {
			cell, err := excelize.CoordinatesToCellName(c+1, r+1)
			ts.Check(err)
			var value any = strings.TrimSpace(text)
			if n, ok := strings.CutPrefix(strings.TrimSpace(text), "#"); ok {
				value, err = strconv.ParseFloat(n, 64)
				ts.Check(err)
			}
			ts.Check(f.SetCellValue("Sheet1", cell, value))
		}
	}
	ts.Check(f.SaveAs(ts.MkAbs(args[0])))
	ts.Check(f.Close())
}

// cells FILE TAB: prints the cells of a tab, | between them.
func dumpCells(ts *testscript.TestScript, _ bool, args []string) {
	f, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	rows, err := f.GetRows(args[1])
	ts.Check(err)
	for _, row := range rows {
		fmt.Fprintln(ts.Stdout(), strings.Join(row, "|"))
	}
	ts.Check(f.Close())
}

// samples: puts the samples here, with siaran.yaml's gateway at 127.0.0.1:$1.
func copySamples(ts *testscript.TestScript, _ bool, args []string) {
	entries, err := samples.FS.ReadDir(".")
	ts.Check(err)
	for _, e := range entries {
		data, err := samples.FS.ReadFile(e.Name())
		ts.Check(err)
		if e.Name() == "siaran.yaml" && len(args) == 1 {
			data = bytes.ReplaceAll(data, []byte("127.0.0.1:8085"), []byte("127.0.0.1:"+args[0]))
		}
		if e.Name() == "siaran.yaml" {
			data = bytes.ReplaceAll(data, []byte("ledger: siaran.db"), []byte("ledger: ${env:LEDGER}"))
		}
		ts.Check(os.WriteFile(ts.MkAbs(e.Name()), data, 0o600))
	}
}

// lines FILE N: the file has N lines.
func countLines(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	if got := strings.Count(ts.ReadFile(args[0]), "\n"); got != want {
		ts.Fatalf("%s has %d lines, want %d", args[0], got, want)
	}
}

// rows FILE N [NUMBER]: a .csv of N customers, Nama and HP; with NUMBER all have the same.
func makeRows(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	var b strings.Builder
	b.WriteString("Nama,HP\n")
	for i := range n {
		number := fmt.Sprintf("62812000%05d", i)
		if len(args) > 2 {
			number = args[2]
		}
		fmt.Fprintf(&b, "Budi %d,%s\n", i, number)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}

// png FILE: makes a picture.
func writePNG(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	ts.Check(png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}

// tmpfs DIR SIZE: mounts a small memory disk, or changes the size of one, until the script ends. Needs root, as CI has.
func mountSmall(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	how := []string{"-t", "tmpfs", "-o", "size=" + args[1], "tmpfs", dir}
	if _, err := os.Stat(dir); err == nil {
		how = []string{"-o", "remount,size=" + args[1], dir}
	}
	ts.Check(os.MkdirAll(dir, 0o755))                                           //nolint:gosec // a test's folder
	if out, err := exec.Command("mount", how...).CombinedOutput(); err != nil { //nolint:noctx,gosec // short, a test's folder
		ts.Fatalf("mounting a small disk: %v: %s", err, out)
	}
	ts.Defer(func() { _ = exec.Command("umount", "-l", dir).Run() }) //nolint:noctx,gosec // short
}

// readonly DIR: the folder cannot be written any more, not even by root, until the script ends.
func mountReadOnly(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	for _, a := range [][]string{{"--bind", dir, dir}, {"-o", "remount,ro,bind", dir}} {
		if out, err := exec.Command("mount", a...).CombinedOutput(); err != nil { //nolint:noctx,gosec // short, a test's folder
			ts.Fatalf("mounting read-only: %v: %s", err, out)
		}
	}
	ts.Defer(func() { _ = exec.Command("umount", "-l", dir).Run() }) //nolint:noctx,gosec // short
}

// once FILE: in what the simulator saw, no message comes twice.
func comesOnce(ts *testscript.TestScript, _ bool, args []string) {
	seen := map[string]bool{}
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		var r struct {
			RefID string `json:"ref_id"`
		}
		ts.Check(json.Unmarshal([]byte(line), &r))
		if seen[r.RefID] {
			ts.Fatalf("%s came twice", r.RefID)
		}
		seen[r.RefID] = true
	}
}

// tail-end FILE: prints the last line of a file, or of stdout.
func lastLine(ts *testscript.TestScript, _ bool, args []string) {
	lines := strings.Split(strings.TrimRight(ts.ReadFile(args[0]), "\n"), "\n")
	fmt.Fprintln(ts.Stdout(), lines[len(lines)-1])
}

// bad-rows FILE N: a .csv of N rows, none of which can be sent, for two reasons in turn.
func makeBadRows(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	var b strings.Builder
	b.WriteString("Nama,HP\n")
	for i := range n {
		fmt.Fprintf(&b, "Budi %d,%s\n", i, []string{"12", "mobile"}[i%2])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}

// max-lines FILE N: the file has at most N lines.
func maxLines(ts *testscript.TestScript, _ bool, args []string) {
	most, err := strconv.Atoi(args[1])
	ts.Check(err)
	if got := strings.Count(ts.ReadFile(args[0]), "\n"); got > most {
		ts.Fatalf("%s has %d lines, at most %d are readable", args[0], got, most)
	}
}

// hidden FILE TEXTFILE ROW: the workbook of xlsx with that row, column C and a second tab hidden, a filter and a
// merged area.
func writeHidden(ts *testscript.TestScript, neg bool, args []string) {
	writeXLSX(ts, neg, args)
	row, err := strconv.Atoi(args[2])
	ts.Check(err)
	f, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(f.AutoFilter("Sheet1", "A1:B4", nil))
	ts.Check(f.SetRowVisible("Sheet1", row, false))
	ts.Check(f.SetColVisible("Sheet1", "C", false))
	ts.Check(f.MergeCell("Sheet1", "C2", "C3"))
	_, err = f.NewSheet("Rahasia")
	ts.Check(err)
	ts.Check(f.SetSheetVisible("Rahasia", false))
	ts.Check(f.Save())
	ts.Check(f.Close())
}
