package receiptlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"siaran/campaign"
)

// A memory is a sink that keeps what a ledger would.
type memory struct {
	seen  map[string]int // ref_id + word → how often
	at    map[string]int64
	fail  int // the n-th Receive fails, if not 0
	calls int
	last  campaign.Batch
}

func newMemory() *memory { return &memory{seen: map[string]int{}, at: map[string]int64{}} }

var errBusy = errors.New("busy")

func (m *memory) Receive(_ context.Context, b campaign.Batch) (campaign.Tally, error) {
	if m.calls++; m.calls == m.fail {
		return campaign.Tally{}, errBusy
	}
	m.last = b
	t := campaign.Tally{Quarantined: len(b.Unread)}
	for _, r := range b.Receipts {
		key := r.RefID + " " + r.Word
		if m.seen[key]++; m.seen[key] == 1 {
			t.New++
		} else {
			t.Repeated++
		}
	}
	if b.Position.File != "" {
		m.at[b.Position.File] = b.Position.Offset
	}
	return t, nil
}

func (m *memory) Position(_ context.Context, _, file string) (int64, error) { return m.at[file], nil }

// parseTest reads {"ref_id":…,"status":…}.
func parseTest(t testing.TB) Parse {
	t.Helper()
	r, err := Format{Gateway: "sandeza", Channel: "sms", ID: "ref_id", Status: "status"}.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return NewParse([]Source{{Name: "sandeza", Keys: r.Keys(), Parse: r.ParseReceipts}})
}

func TestEveryLineOfTheLogReachesTheSinkOnceThroughCrashesAndTornLines(t *testing.T) {
	dir := t.TempDir()
	sink := newMemory()
	path := filepath.Join(dir, "test-2026-11-21.jsonl")
	write := func(from, to int, end string) {
		t.Helper()
		var lines []byte
		for i := from; i < to; i++ {
			lines, _ = appendLine(lines, time.Now(), "sandeza", fmt.Appendf(nil, `{"ref_id":"r%d","status":1}`, i))
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.Write(append(lines, end...))
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	write(0, 6000, "")
	sink.fail = 2
	if _, err := (&Feeder{Dir: dir, Parse: parseTest(t), Sink: sink}).CatchUp(t.Context()); !errors.Is(err, errBusy) {
		t.Fatalf("got %v", err)
	}
	write(0, 0, `{"at":"2026-11-21T13:00:00Z","gateway":"sandeza","body":{"ref_id":"torn","sta`)
	feeder := &Feeder{Dir: dir, Parse: parseTest(t), Sink: sink}
	if got, err := feeder.CatchUp(t.Context()); err != nil || got.New != 6000-batchReceipts || got.Broken != 0 {
		t.Errorf("after the crash: %+v, %v", got, err)
	}
	write(0, 0, "\n")
	write(6000, 6200, "")
	got, err := feeder.CatchUp(t.Context())
	if err != nil || got.New != 200 || got.Broken != 1 || got.Repeated != 0 {
		t.Errorf("after the torn line: %+v, %v", got, err)
	}
	if got, err := feeder.CatchUp(t.Context()); err != nil || got != (campaign.Tally{}) {
		t.Errorf("nothing new: %+v, %v", got, err)
	}
	for i := range 6200 {
		if n := sink.seen[fmt.Sprintf("r%d 1", i)]; n != 1 {
			t.Fatalf("r%d came %d times", i, n)
		}
	}
	if b := sink.last; b.Receipts[0].ReceivedAt.IsZero() || !strings.HasPrefix(string(b.Raw[0]), `{"ref_id":"r6000"`) || b.Source != filepath.Base(path) {
		t.Errorf("a receipt without its origin: %+v", b)
	}
}

func TestALogThatWasReplacedIsReadAnew(t *testing.T) {
	dir := t.TempDir()
	sink := newMemory()
	path := filepath.Join(dir, "h-2026-11-21.jsonl")
	line := `{"at":"2026-11-21T13:00:00Z","gateway":"sandeza","body":{"ref_id":"%s","status":1}}` + "\n"
	for i, text := range []string{strings.Repeat(fmt.Sprintf(line, "a"), 3), fmt.Sprintf(line, "b"), fmt.Sprintf(line, "c-longer") + fmt.Sprintf(line, "d")} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := (&Feeder{Dir: dir, Parse: parseTest(t), Sink: sink}).CatchUp(t.Context()); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
	}
	for _, id := range []string{"a", "b", "c-longer", "d"} {
		if sink.seen[id+" 1"] == 0 {
			t.Errorf("%s was not read", id)
		}
	}
}

func TestWhatIsNotUnderstoodIsKept(t *testing.T) {
	sink := newMemory()
	im := Importer{Parse: parseTest(t), Sink: sink}
	in := `{"at":"2026-11-21T13:00:00Z","gateway":"sandeza","text":"<html>"}
{"at":"2026-11-21T13:00:00Z","gateway":"nobody","body":{"ref_id":"a","status":1}}
{"at":"2026-11-21T13:00:00Z","gateway":"sandeza","body":[{"ref_id":"a","status":1},{"ref_id":"b"},{"ref_id":"c","status":1}]}
{"at":"2026-11-21T13:00:00Z","gateway":"sandeza","body":[]}
{"at":"2026-11-21T13:00:00Z","gateway":"sandeza","body":"x"}
{"strange":1}
{"ref_id":"d","status":1}
{"ref_id":"d","status":1,"status":2}
`
	var problems []string
	im.Problem = func(err error) { problems = append(problems, err.Error()) }
	got, err := im.Read(t.Context(), strings.NewReader(in), "log", "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(campaign.Tally{Lines: 8, Receipts: 3, New: 3, Quarantined: 7}, got); diff != "" {
		t.Error(diff)
	}
	want := []string{
		"log:1: it is not JSON",
		`log:2: "nobody" is neither a gateway nor in listen.formats`,
		"log:3: ref_id or status is missing or empty",
		"log:4: there is no receipt in it",
		"log:5: it is no JSON object",
		"log:6: no gateway's receipt looks like this",
		"log:8: status is there twice",
	}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Error(diff)
	}
}

func TestImportingTwiceChangesNothingAndBrokenLinesAreKeptBesideTheFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "portal.jsonl.gz")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	for i := range 2500 {
		_, _ = fmt.Fprintf(z, "{\"ref_id\":\"r%d\",\"status\":1}\n", i)
		if i == 1000 {
			_, _ = io.WriteString(z, "{\"ref_id\":\n")
		}
	}
	_ = z.Close()
	_ = f.Close()
	sink := newMemory()
	var progress int64
	im := Importer{Parse: parseTest(t), Sink: sink, Progress: func(n int64) { progress = n }}
	for _, want := range []campaign.Tally{
		{Lines: 2501, Receipts: 2500, New: 2500, Broken: 1}, {Lines: 2501, Receipts: 2500, Repeated: 2500, Broken: 1},
	} {
		got, err := im.File(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		kept, err := os.ReadFile(path + ".rejected")
		if err != nil || string(kept) != "{\"ref_id\":\n" {
			t.Errorf("kept %q, %v", kept, err)
		}
	}
	if info, err := os.Stat(path); err != nil || progress != info.Size() {
		t.Errorf("progress ended at %d of %d, %v", progress, info.Size(), err)
	}
	if _, err := im.File(t.Context(), dir); err == nil {
		t.Error("a folder was imported")
	}
	if names, err := filepath.Glob(dir + "/*"); err != nil || len(names) != 2 {
		t.Errorf("left behind: %q, %v", names, err)
	}
}

// An otherSide is another system that receipts are passed on to.
type otherSide struct {
	mu     sync.Mutex
	got    []string
	answer int
}

func (o *otherSide) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.answer == 0 {
		o.got = append(o.got, string(b))
	} else {
		w.WriteHeader(o.answer)
	}
}

func TestOtherSystemsReceiptsArePassedOnAndOursAreNot(t *testing.T) {
	other := &otherSide{}
	server := httptest.NewServer(other)
	defer server.Close()
	dir := t.TempDir()
	l := open1(t, dir)
	post := func(body string) {
		t.Helper()
		if _, err := l.Append(t.Context(), "sandeza", []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	ours := campaign.RefKey("key").RefID("gajian", "3k9x2f", 7)
	settings := ForwardSettings{Dir: dir, Host: "test", URL: server.URL, Parse: parseTest(t), Client: server.Client()}
	post(`{"ref_id":"before the start","status":1}`)
	f, err := OpenForwarder(settings)
	if err != nil {
		t.Fatal(err)
	}
	post(`{"ref_id":"theirs-1","status":1}`)
	post(`{"ref_id":"` + ours + `","status":1}`)
	post(`{"ref_id":"` + strings.ToUpper(ours) + `","status":1}`)
	post(`not JSON`)
	if err := f.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	post(`{"something":"else"}`)
	f, err = OpenForwarder(settings) // a restart goes on where it stopped
	if err != nil {
		t.Fatal(err)
	}
	if err := f.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"not JSON", `{"ref_id":"theirs-1","status":1}`, `{"something":"else"}`}
	slices.Sort(other.got)
	if diff := cmp.Diff(want, other.got); diff != "" {
		t.Error(diff)
	}
	other.answer = http.StatusUnprocessableEntity
	post(`{"ref_id":"theirs-2","status":1}`)
	if err := f.CatchUp(t.Context()); err != nil || f.Dropped() != 1 {
		t.Errorf("a refused body: %v, %d dropped", err, f.Dropped())
	}
}

func TestAnOutageOfTheOtherSideLosesNothingAndNamesNoAddress(t *testing.T) {
	other := &otherSide{answer: http.StatusBadGateway}
	server := httptest.NewServer(other)
	defer server.Close()
	dir := t.TempDir()
	l := open1(t, dir)
	var mu sync.Mutex
	var told []string
	settings := ForwardSettings{Dir: dir, Host: "test", URL: server.URL + "/hook/geheim", Parse: parseTest(t), Client: server.Client(), Trouble: func(err error) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, err.Error())
	}}
	f, err := OpenForwarder(settings)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), "sandeza", []byte(`{"ref_id":"theirs","status":1}`)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := f.CatchUp(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	other.mu.Lock()
	other.answer = 0
	other.mu.Unlock()
	if err := f.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(other.got) != 1 || f.Passed() != 1 {
		t.Errorf("passed on: %q", other.got)
	}
	server.Close()
	if _, err := f.post(t.Context(), Entry{Body: []byte("{}")}); err == nil {
		t.Error("a closed server took a receipt")
	} else {
		told = append(told, err.Error())
	}
	if len(told) < 2 || strings.Contains(strings.Join(told, " "), "geheim") {
		t.Errorf("told: %q", told)
	}
}

func TestAFeederOfAllLinesMissesNoneThatAnotherProcessTook(t *testing.T) {
	dir := t.TempDir()
	sink := &memory{seen: map[string]int{}, at: map[string]int64{}}
	told := 0
	all := &Feeder{Dir: dir, Parse: parseTest(t), Sink: sink, All: true, Fed: func(b campaign.Batch, _ campaign.Tally) { told += len(b.Receipts) }}
	other := &Feeder{Dir: dir, Parse: parseTest(t), Sink: sink}
	for round, host := range []string{"a", "a", "b"} {
		if _, err := all.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		log, err := Open(Settings{Dir: dir, Host: host})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			if _, err := log.Append(t.Context(), "sandeza", fmt.Appendf(nil, `{"status":1,"ref_id":"r-%d-%d"}`, round, i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := other.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := all.CatchUp(t.Context()); err != nil || told != 9 {
		t.Errorf("it was told of %d receipts of 9: %v", told, err)
	}
}
