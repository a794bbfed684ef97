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
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"siaran/reports/receiptlog"
)

const (
	connections = 64
	receipt     = `{"status":1,"channel":"7","ref_id":%q,"time":"2026-11-21 20:00:00","division_id":"ccacbcc8-0000-4000-8000-68832955c000","price":"PAID"}`
)

// listenerDir, if set, makes the test binary a listener over that folder, until it is killed.
const listenerDir = "SIARAN_TEST_LISTENER"

func listenUntilKilled(dir string) {
	log, err := receiptlog.Open(receiptlog.Settings{Dir: dir, Host: "test"})
	if err != nil {
		panic(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it ends by a kill
	if err != nil {
		panic(err)
	}
	h, err := logHandler(log)
	if err != nil {
		panic(err)
	}
	_, _ = os.Stdout.WriteString(listener.Addr().String() + "\n")
	panic(Serve(context.Background(), listener, nil, h, slog.New(slog.DiscardHandler))) //nolint:forbidigo // no test runs in this process
}

func logHandler(log *receiptlog.Log) (*Handler, error) {
	return New(Settings{
		Gateways: map[string]string{"sandeza": "sandeza"}, Secret: secret, Store: log, Healthy: log.Check,
		Metrics: NewMetrics(), Log: slog.New(slog.DiscardHandler),
	})
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

// run posts n receipts, at most rate a second (0: as fast as it goes), and returns how long it took.
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
				if rate > 0 {
					time.Sleep(time.Until(begun.Add(time.Duration(float64(i) / rate * float64(time.Second)))))
				}
				id := l.prefix + fmt.Sprintf("gajian-promo-3k9x2f-%05d-7m2qk8zd", i)
				sent := time.Now()
				err := l.post(ctx, id)
				l.each(id, time.Since(sent), err)
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
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), listenerDir+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		address, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		l := newLoad("http://"+strings.TrimSpace(address), func(id string, _ time.Duration, err error) {
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
	for e, err := range receiptlog.Read(t.Context(), bytes.NewReader(log), "log", receiptlog.Formats{}) {
		var broken *receiptlog.BrokenLine
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
// connections, and then to both at half of what the listener bore. ratio is durable to bare receipts a
// second; p99s are in milliseconds; sync is the disk's, the median under the flood.
func BenchmarkFlood(b *testing.B) {
	var mu sync.Mutex
	var syncs []time.Duration
	log, err := receiptlog.Open(receiptlog.Settings{Dir: b.TempDir(), Host: "test", Synced: func(took time.Duration, _ int) {
		mu.Lock()
		defer mu.Unlock()
		syncs = append(syncs, took)
	}})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	h, err := logHandler(log)
	if err != nil {
		b.Fatal(err)
	}
	durable := httptest.NewServer(h)
	defer durable.Close()
	bare := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	defer bare.Close()

	var latencies []time.Duration
	post := func(url string, n int, rate float64) time.Duration {
		latencies = latencies[:0]
		return newLoad(url, func(_ string, took time.Duration, err error) {
			mu.Lock()
			defer mu.Unlock()
			latencies = append(latencies, took)
			if err != nil {
				b.Error(err)
			}
		}).run(b.Context(), n, rate)
	}
	at := func(all []time.Duration, p float64) float64 {
		slices.Sort(all)
		return all[int(p*float64(len(all)-1))].Seconds() * 1000
	}
	const n = 20_000
	var bareTook, durableTook time.Duration
	for b.Loop() {
		bareTook += post(bare.URL, n, 0)
		durableTook += post(durable.URL, n, 0)
	}
	rate := float64(n*b.N) / durableTook.Seconds()
	b.ReportMetric(rate, "durable/s")
	b.ReportMetric(float64(n*b.N)/bareTook.Seconds(), "bare/s")
	b.ReportMetric(bareTook.Seconds()/durableTook.Seconds(), "ratio")
	mu.Lock()
	b.ReportMetric(at(syncs, 0.5), "sync-ms")
	b.ReportMetric(at(syncs, 0.99), "sync-p99-ms")
	mu.Unlock()
	post(bare.URL, n/2, rate/2)
	b.ReportMetric(at(latencies, 0.99), "bare-p99-ms")
	post(durable.URL, n/2, rate/2)
	b.ReportMetric(at(latencies, 0.99), "durable-p99-ms")
	b.ReportMetric(0, "ns/op")
}
