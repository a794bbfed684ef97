package receiptlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
)

// A memory is a sink that keeps what a ledger would.
type memory struct {
	seen  map[string]int // ref_id + word → how often
	at    map[string]int64
	fail  int // the n-th Receive fails, if not 0
	calls int
	kept  int // receipts before the one that failed
	last  campaign.Batch
}

func newMemory() *memory { return &memory{seen: map[string]int{}, at: map[string]int64{}} }

var errBusy = errors.New("busy")

func (m *memory) Receive(_ context.Context, b campaign.Batch) (campaign.Tally, error) {
	if m.calls++; m.calls == m.fail {
		return campaign.Tally{}, errBusy
	}
	m.last = b
	if m.calls < m.fail {
		m.kept += len(b.Receipts)
	}
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
	if _, err := (&Feeder{Dir: dir, Parse: parseRefs, Sink: sink}).CatchUp(t.Context()); !errors.Is(err, errBusy) {
		t.Fatalf("got %v", err)
	}
	write(0, 0, `{"at":"2026-11-21T13:00:00Z","gateway":"sandeza","body":{"ref_id":"torn","sta`)
	feeder := &Feeder{Dir: dir, Parse: parseRefs, Sink: sink}
	if got, err := feeder.CatchUp(t.Context()); err != nil || got.New != 6000-sink.kept || got.Broken != 0 {
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
		if _, err := (&Feeder{Dir: dir, Parse: parseRefs, Sink: sink}).CatchUp(t.Context()); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
	}
	for _, id := range []string{"a", "b", "c-longer", "d"} {
		if sink.seen[id+" 1"] == 0 {
			t.Errorf("%s was not read", id)
		}
	}
}

func TestAFeederOfAllLinesMissesNoneThatAnotherProcessTook(t *testing.T) {
	dir := t.TempDir()
	sink := &memory{seen: map[string]int{}, at: map[string]int64{}}
	told := 0
	all := &Feeder{Dir: dir, Parse: parseRefs, Sink: sink, All: true, Fed: func(b campaign.Batch, _ campaign.Tally) { told += len(b.Receipts) }}
	other := &Feeder{Dir: dir, Parse: parseRefs, Sink: sink}
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

// parseRefs reads {"ref_id":…,"status":…}.
func parseRefs(gateway string, body []byte) ([]campaign.Receipt, error) {
	var r struct {
		RefID  string      `json:"ref_id"`
		Status json.Number `json:"status"`
	}
	if err := json.Unmarshal(body, &r); err != nil || r.RefID == "" {
		return nil, errors.New("no receipt")
	}
	return []campaign.Receipt{{Gateway: gateway, RefID: r.RefID, Word: r.Status.String()}}, nil
}
