package receiptfile

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"siaran/campaign"
	"siaran/reports/receiptline"
)

// A tallies is a sink that counts what is new.
type tallies struct {
	seen map[string]int // ref_id + word → how often
}

func newTallies() *tallies { return &tallies{seen: map[string]int{}} }

func (m *tallies) Receive(_ context.Context, b campaign.Batch) (campaign.Tally, error) {
	t := campaign.Tally{Quarantined: len(b.Unread)}
	for _, r := range b.Receipts {
		key := r.RefID + " " + r.Word
		if m.seen[key]++; m.seen[key] == 1 {
			t.New++
		} else {
			t.Repeated++
		}
	}
	return t, nil
}

// parseTest reads {"ref_id":…,"status":…}.
func parseTest(t testing.TB) receiptline.Parse {
	t.Helper()
	r, err := Format{Gateway: "sandeza", Channel: "sms", ID: "ref_id", Status: "status"}.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return receiptline.NewParse([]receiptline.Source{{Name: "sandeza", Keys: r.Keys(), Parse: r.ParseReceipts}})
}

func TestWhatIsNotUnderstoodIsKept(t *testing.T) {
	sink := newTallies()
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
	sink := newTallies()
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
