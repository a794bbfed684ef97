package receiptfile

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"

	"siaran/campaign"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"
)

// A repeater is a text, over and over.
type repeater struct {
	text []byte
	i    int
	left int
}

func (r *repeater) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && r.left > 0 {
		k := copy(p[n:], r.text[r.i:])
		n += k
		if r.i += k; r.i == len(r.text) {
			r.i, r.left = 0, r.left-1
		}
	}
	return n, nil
}

// A scale is a sink that weighs the heap.
type scale struct {
	batches int
	first   uint64
	most    uint64
}

func (s *scale) Receive(context.Context, campaign.Batch) (campaign.Tally, error) {
	if s.batches++; s.batches%8 == 0 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		if s.first == 0 {
			s.first = m.HeapAlloc
		}
		s.most = max(s.most, m.HeapAlloc)
	}
	return campaign.Tally{}, nil
}

func TestMemoryDoesNotGrowWithTheLog(t *testing.T) {
	s := &scale{}
	im := Importer{Parse: parseTest(t), Sink: s}
	text := []byte(`{"ref_id":"gajian-promo-3k9x2f-000a3-7m2qk8zd","status":1,"pad":"` + strings.Repeat("x", 90) + "\"}\n")
	got, err := im.Read(t.Context(), &repeater{text: text, left: 300_000}, "log", "")
	if err != nil || got.Receipts != 300_000 {
		t.Fatalf("%+v, %v", got, err)
	}
	if s.most > s.first+8<<20 {
		t.Errorf("the heap grew from %d to %d bytes", s.first, s.most)
	}
}

func TestABombCostsTimeButNoMemory(t *testing.T) {
	const size = 128 << 20
	var gz, zst bytes.Buffer
	zeros := &repeater{text: bytes.Repeat([]byte{'"'}, 64<<10), left: size / (64 << 10)}
	g := gzip.NewWriter(&gz)
	z, err := zstd.NewWriter(&zst, zstd.WithWindowSize(8<<20))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.MultiWriter(g, z), io.MultiReader(strings.NewReader(`{"a":"x`), zeros)); err != nil {
		t.Fatal(err)
	}
	_, _ = g.Close(), z.Close()
	for name, packed := range map[string][]byte{"gzip": gz.Bytes(), "zstd": zst.Bytes()} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		bodies, broken := 0, 0
		for _, err := range Read(t.Context(), bytes.NewReader(packed), "log", Formats{}) {
			if err == nil {
				bodies++
			} else {
				broken++
			}
		}
		runtime.ReadMemStats(&after)
		if bodies != 0 || broken != 1 {
			t.Errorf("%s: %d bodies, %d broken lines", name, bodies, broken)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 100<<20 {
			t.Errorf("%s: %d bytes were allocated", name, used)
		}
	}
}

// Any order and any repetition of the lines of a log leaves the same in the sink.
func TestOrderAndRepetitionOfLinesMakeNoDifference(t *testing.T) {
	parse := parseTest(t)
	var lines []string
	for i := range 30 {
		lines = append(lines, fmt.Sprintf(`{"ref_id":"r%d","status":%d}`, i/3, i%3))
	}
	take := func(lines []string) []string {
		sink := newTallies()
		im := Importer{Parse: parse, Sink: sink}
		if _, err := im.Read(t.Context(), strings.NewReader(strings.Join(lines, "\n")), "log", ""); err != nil {
			t.Fatal(err)
		}
		return slices.Sorted(maps.Keys(sink.seen))
	}
	want := take(lines)
	rapid.Check(t, func(t *rapid.T) {
		shuffled := rapid.Permutation(lines).Draw(t, "order")
		again := rapid.SliceOf(rapid.SampledFrom(lines)).Draw(t, "again")
		if got := take(append(slices.Clone(again), shuffled...)); !slices.Equal(got, want) {
			t.Fatalf("%v", got)
		}
	})
}
