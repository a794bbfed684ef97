package webhook

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"siaran/reports/receiptfile"
	"siaran/reports/receiptline"
	"siaran/reports/receiptlog"
)

const (
	connections = 64
	receipt     = `{"status":1,"channel":"7","ref_id":%q,"time":"2026-11-21 20:00:00","division_id":"ccacbcc8-0000-4000-8000-68832955c000","price":"PAID"}`
)

// listenerDir, if set, makes the test binary a listener over that folder, until it is killed.
const listenerDir = "SIARAN_TEST_LISTENER"

// bareListener, if set, makes it one that throws bodies away.
const bareListener = "SIARAN_TEST_BARE"

func listenUntilKilled(dir string) {
	debug.SetGCPercent(400) // as the program does while it listens
	metrics := NewMetrics()
	log, err := receiptlog.Open(receiptlog.Settings{Dir: dir, Host: "test", Synced: metrics.Synced})
	if err != nil {
		panic(err)
	}
	h, err := New(Settings{
		Answers: map[string]Answer{"sandeza": echo}, Secret: secret, Store: log, Healthy: log.Check,
		Metrics: metrics, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	listener := announced()
	panic(Serve(context.Background(), listener, nil, h, slog.New(slog.DiscardHandler))) //nolint:forbidigo // no test runs in this process
}

func listenBarely() {
	panic(http.Serve(announced(), http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { //nolint:gosec // as bare as can be
		_, _ = io.Copy(io.Discard, r.Body)
	})))
}

// announced listens on loopback, and says where on stdout.
func announced() net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it ends by a kill
	if err != nil {
		panic(err)
	}
	_, _ = os.Stdout.WriteString(listener.Addr().String() + "\n")
	return listener
}

// started runs this test binary as a listener, until tb ends, and returns its address.
func started(tb testing.TB, as string) (address string) {
	tb.Helper()
	cmd, address := start(tb, as)
	tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	return address
}

func start(tb testing.TB, as string) (cmd *exec.Cmd, address string) {
	tb.Helper()
	cmd = exec.CommandContext(tb.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), as)
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	address, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		tb.Fatal(err)
	}
	return cmd, strings.TrimSpace(address)
}

// A load posts receipts over 64 connections.
type load struct {
	client *http.Client
	url    string
	prefix string // of every id
	each   func(id string, took time.Duration, err error)
}

func newLoad(base string, each func(string, time.Duration, error)) *load {
	return &load{
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}},
		url:    base + "/receipts/sandeza/" + secret, each: each,
	}
}

var errStatus = errors.New("not 200")

func (l *load) post(ctx context.Context, id string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url, strings.NewReader(fmt.Sprintf(receipt, id)))
	if err != nil {
		return err
	}
	answer, err := l.client.Do(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	if err == nil && answer.StatusCode != http.StatusOK {
		err = errStatus
	}
	return err
}

// run posts n receipts, rate a second (0: as fast as it goes), and returns how long it took.
func (l *load) run(ctx context.Context, n int, rate float64) time.Duration {
	defer l.client.CloseIdleConnections()
	begun := time.Now()
	var next atomic.Int64
	var all sync.WaitGroup
	for range connections {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				due := time.Now()
				if rate > 0 {
					due = begun.Add(time.Duration(float64(i) / rate * float64(time.Second)))
					time.Sleep(time.Until(due))
				}
				id := l.prefix + fmt.Sprintf("gajian-promo-3k9x2f-%05d-7m2qk8zd", i)
				err := l.post(ctx, id)
				l.each(id, time.Since(due), err)
			}
		})
	}
	all.Wait()
	return time.Since(begun)
}

func TestEveryReceiptAnswered200IsInTheLogAfterAKill(t *testing.T) {
	dir := t.TempDir()
	var mu sync.Mutex
	answered := map[string]bool{}
	for round := range 5 {
		cmd, address := start(t, listenerDir+"="+dir)
		n := 0
		l := newLoad("http://"+address, func(id string, _ time.Duration, err error) {
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				answered[id] = true
			}
			if n++; n == 500+100*round {
				_ = cmd.Process.Kill()
			}
		})
		l.prefix = fmt.Sprintf("%d-", round)
		l.run(t.Context(), 2000, 0)
		_ = cmd.Wait() // it was killed
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no log: %v", err)
	}
	var log []byte
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		log = append(log, b...)
	}
	if len(answered) < 2500 {
		t.Fatalf("only %d were answered", len(answered))
	}
	for e, err := range receiptfile.Read(t.Context(), bytes.NewReader(log), "log", receiptfile.Formats{}) {
		var broken *receiptline.BrokenLine
		if errors.As(err, &broken) {
			continue // torn by the kill
		}
		if err != nil {
			t.Fatal(err)
		}
		delete(answered, strings.Split(string(e.Body), `"`)[9])
	}
	for id := range answered {
		t.Errorf("%s was answered 200 and is lost", id)
	}
}

// BenchmarkFlood posts to the listener and to a bare handler that throws the body away, in turns, over 64
// connections, each in a process of its own. The listener has its log, but no ledger to bring it to. Then it
// posts to both at half of what the listener bore, and to the bare one at half of what that bore: each receipt
// when it is due, whether or not those before it were answered, as long as a connection is free.
//
// ratio is durable to bare receipts a second, in the median of ten rounds each; durable-slowest is how many times
// as long the slowest round of the listener's took. Latencies are in milliseconds, from when a receipt was due; each
// figure is the median of twenty rounds of half a second, worst is the worst round's. sync is the disk's alone:
// a group's bytes appended to a file and synced, over and over, while the bare handler is under that load, for a
// busy machine's disk is slower. disk-p99 is what receipts would wait if there were nothing but that, so no
// listener's p99 can be expected to be lower: all who come while a disk stalls have to wait. The rounds are
// short so that a stall spoils one of them, and not their median.
func BenchmarkFlood(b *testing.B) {
	const n, rounds = 10_000, 10
	const fewer, short = 5_000, 20 // half a second each
	dir := b.TempDir()
	durable := "http://" + started(b, listenerDir+"="+dir)
	bare := "http://" + started(b, bareListener+"=1")
	took := map[string][]time.Duration{} // of each round
	p99 := map[string][]time.Duration{}
	load := func(url string) float64 { return n / at(took[url], 0.5).Seconds() }
	for range b.N {
		for _, url := range []string{bare, durable} { // warm
			flood(b, url, n, 0)
		}
		for range rounds {
			for _, url := range []string{bare, durable} {
				t, _ := flood(b, url, n, 0)
				took[url] = append(took[url], t)
			}
		}
		for range short {
			half := load(durable) / 2
			var beside sync.WaitGroup
			beside.Go(func() { flood(b, bare, fewer, half) })
			alone, waits := syncs(b, dir, time.Duration(fewer/half*float64(time.Second)))
			beside.Wait()
			p99["sync"] = append(p99["sync"], at(alone, 0.5))
			p99["sync-p99"] = append(p99["sync-p99"], at(alone, 0.99))
			p99["disk-p99"] = append(p99["disk-p99"], at(waits, 0.99))
			for _, it := range []struct {
				name, url string
				rate      float64
			}{{"bare-p99", bare, half}, {"bare-own-p99", bare, load(bare) / 2}, {"durable-p99", durable, half}} {
				_, latencies := flood(b, it.url, fewer, it.rate)
				p99[it.name] = append(p99[it.name], at(latencies, 0.99))
			}
		}
	}
	b.ReportMetric(load(durable), "durable/s")
	b.ReportMetric(load(bare), "bare/s")
	b.ReportMetric(load(durable)/load(bare), "ratio")
	b.ReportMetric(at(took[durable], 1).Seconds()*load(durable)/n, "durable-slowest")
	for name, all := range p99 {
		b.ReportMetric(ms(at(all, 0.5)), name+"-ms")
	}
	b.ReportMetric(ms(at(p99["durable-p99"], 1)), "durable-worst-ms")
	b.ReportMetric(ms(at(p99["disk-p99"], 1)), "disk-worst-ms")
	b.ReportMetric(0, "ns/op")
}

// flood posts n receipts, and returns how long that took and each one's latency.
func flood(b *testing.B, url string, n int, rate float64) (took time.Duration, latencies []time.Duration) {
	b.Helper()
	var mu sync.Mutex
	took = newLoad(url, func(_ string, took time.Duration, err error) {
		mu.Lock()
		defer mu.Unlock()
		latencies = append(latencies, took)
		if err != nil {
			b.Error(err)
		}
	}).run(b.Context(), n, rate)
	return took, latencies
}

// syncs appends to a file in dir and syncs it, over and over for a time. It returns how long each sync took,
// and how long receipts that come every 0.1 ms would wait for the disk alone: until the sync ends that begins
// after them. A long sync meets many of them.
func syncs(b *testing.B, dir string, lasting time.Duration) (took, waits []time.Duration) {
	b.Helper()
	file, err := os.Create(filepath.Join(dir, "syncs"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	group := bytes.Repeat([]byte("x"), 10*len(receipt))
	const every = 100 * time.Microsecond
	var come time.Duration
	for start := time.Now(); come < lasting; {
		if _, err := file.Write(group); err != nil {
			b.Fatal(err)
		}
		begun := time.Since(start)
		if err := file.Sync(); err != nil {
			b.Fatal(err)
		}
		done := time.Since(start)
		took = append(took, done-begun)
		for ; come < begun; come += every {
			waits = append(waits, done-come)
		}
	}
	return took, waits
}

func at(all []time.Duration, p float64) time.Duration {
	slices.Sort(all)
	return all[int(p*float64(len(all)-1))]
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }
