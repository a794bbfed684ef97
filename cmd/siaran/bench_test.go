package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"siaran/campaign/gateway/simulator"
)

// A bareGateway is the least that a gateway can be: it answers every message with yes, and knows when each came.
// bare-gateway serves it in a process of its own: what is measured is not its cost.
type bareGateway struct {
	latency time.Duration // answers come after 0 to so much
	stallAt int           // at this message all answers are held for stall; 0: never

	mu       sync.Mutex
	arrivals []time.Time // since the last /crossing
	held     time.Time   // no answer before
}

// stall is for how long a bareGateway holds its answers once.
const stall = 3 * time.Second

// A crossing is what a bareGateway saw since it was last asked: when the messages came, in order.
type crossing []time.Time

func (c crossing) perSecond() float64 { return float64(len(c)) / c[len(c)-1].Sub(c[0]).Seconds() }

func (g *bareGateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	switch r.URL.Path {
	case "/seen":
		g.mu.Lock()
		defer g.mu.Unlock()
		_, _ = fmt.Fprint(w, len(g.arrivals))
		return
	case "/crossing":
		g.mu.Lock()
		defer g.mu.Unlock()
		_ = json.NewEncoder(w).Encode(g.arrivals)
		g.arrivals = nil
		return
	}
	g.mu.Lock()
	if g.arrivals = append(g.arrivals, now); len(g.arrivals) == g.stallAt {
		g.held = now.Add(stall)
	}
	held := g.held
	g.mu.Unlock()
	var body [4096]byte
	n, _ := io.ReadFull(r.Body, body[:]) // what is short ends with an error
	if g.latency > 0 {
		time.Sleep(time.Until(held))
		time.Sleep(rand.N(g.latency)) //nolint:gosec // not a secret
	}
	_, rest, _ := bytes.Cut(body[:n], []byte(`"ref_id":"`))
	ref, _, _ := bytes.Cut(rest, []byte(`"`))
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(append([]byte(`{"rc":"0","ref_id":"`), ref...), `","code_sms":"x1","reason_status":""}`...))
}

// serveBareGateway is the command bare-gateway ADDRESS LATENCY STALL-AT.
func serveBareGateway() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	g := new(bareGateway)
	g.latency, _ = time.ParseDuration(os.Args[2])
	g.stallAt, _ = strconv.Atoi(os.Args[3])
	sv := &http.Server{Addr: os.Args[1], Handler: g} //nolint:gosec // a test's
	go func() { <-ctx.Done(); _ = sv.Close() }()
	_ = sv.ListenAndServe() // ends by Close
}

// postBarely is the command bare-client ADDRESS WORKERS REQUESTS: net/http and nothing else.
func postBarely() {
	url := "http://" + os.Args[1] + simulator.SandezaPath
	workers, _ := strconv.Atoi(os.Args[2])
	requests, _ := strconv.ParseInt(os.Args[3], 10, 64)
	body := `{"signature":"` + strings.Repeat("0", 64) + `","time":"1795258800","type":"2","username":"demo","ref_id":"c-3k9x2f-000a3-7m2qk8zd",` +
		`"subject":"c","sender_id":"BANKKU","channel":{"sms":{"msisdn":"6281220000000","message":"Halo Budi 12345"}}}`
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers, MaxConnsPerHost: workers}}
	var n atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for n.Add(1) <= requests {
				req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url, strings.NewReader(body))
				if err != nil {
					panic(err)
				}
				resp, err := client.Do(req)
				if err != nil {
					panic(err)
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
		})
	}
	all.Wait()
}

// startBare starts a bareGateway in a process of its own.
func (s *stage) startBare(latency time.Duration, stallAt int) (address string) {
	s.Helper()
	address = unusedAddress()
	cmd, _, _ := s.process(nil, "bare-gateway", address, latency.String(), strconv.Itoa(stallAt))
	s.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	for range 500 {
		if _, err := s.get("http://" + address + "/seen"); err == nil {
			return address
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.Fatal("the gateway does not answer")
	return ""
}

func (s *stage) get(url string) (string, error) {
	resp, err := http.Get(url) //nolint:noctx,gosec // loopback
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	return string(b), err
}

func (s *stage) crossing(address string) (c crossing) {
	s.Helper()
	text, err := s.get("http://" + address + "/crossing")
	if err == nil {
		err = json.Unmarshal([]byte(text), &c)
	}
	if err == nil && len(c) < 2 {
		err = fmt.Errorf("%d messages came", len(c))
	}
	if err != nil {
		s.Fatal(err)
	}
	return c
}

// A sample is a process's memory when the gateway had seen so many requests.
type sample struct {
	requests int
	rss      int // bytes
}

// watchMemory samples the memory of a process until it ends. Linux only: elsewhere there are no samples.
func (s *stage) watchMemory(cmd *exec.Cmd, address string, stop <-chan struct{}) (samples []sample) {
	status := fmt.Sprintf("/proc/%d/status", cmd.Process.Pid)
	for {
		select {
		case <-stop:
			return samples
		case <-time.After(100 * time.Millisecond):
		}
		text, err := os.ReadFile(status)
		seen, err2 := s.get("http://" + address + "/seen")
		if err != nil || err2 != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(text), "VmRSS:")
		var kb, requests int
		if _, err := fmt.Sscan(rest, &kb); err != nil {
			continue
		}
		if _, err := fmt.Sscan(seen, &requests); err == nil && requests > 0 {
			samples = append(samples, sample{requests, kb << 10})
		}
	}
}

// deciles are the means of the memory in each tenth of the requests.
func deciles(samples []sample, requests int) (means [10]float64) {
	var n [10]int
	for _, s := range samples {
		d := min(s.requests*10/requests, 9)
		means[d] += float64(s.rss)
		n[d]++
	}
	for d := range means {
		if n[d] > 0 {
			means[d] /= float64(n[d])
		}
	}
	return means
}

// cpuPerRow is what a process that has ended used of the processors for a row, in microseconds: a figure that does
// not depend on what else the machine does.
func cpuPerRow(cmd *exec.Cmd, rows int) float64 {
	return float64((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Microseconds()) / float64(rows)
}

// BenchmarkSend is siaran send against a bare loop of net/http: as many workers, the same gateway, in turn; the bare
// loop before and after, for machines change their pace. It reports by the gateway's clock, from the first request to
// the last, and for the whole command, which reads, plans and sums up, too.
func BenchmarkSend(b *testing.B) {
	sizes := []int{100_000}
	if soak() {
		sizes = append(sizes, 1_000_000)
	}
	for _, workers := range []int{64, 256} {
		perRow := map[int]float64{}
		for _, rows := range sizes {
			b.Run(fmt.Sprintf("workers=%d/rows=%d", workers, rows), func(b *testing.B) {
				var send, bare, whole float64
				for b.Loop() {
					s := newStage(b, play{Rows: rows, Conduct: fmt.Sprintf("workers: %d", workers)})
					address := s.startBare(0, 0)
					s.settings("http://"+address, "")
					barely := func() {
						client, _, errs := s.process(nil, "bare-client", address, strconv.Itoa(workers), strconv.Itoa(min(rows, 100_000)))
						if code := s.exitCode(client); code != 0 {
							b.Fatalf("bare: %s", errs)
						}
						bare += s.crossing(address).perSecond() / 2
						b.ReportMetric(cpuPerRow(client, min(rows, 100_000)), "bare-cpu-us/row")
					}

					barely()
					began := time.Now()
					cmd, _, errs := s.process(nil, "siaran", "send", "--yes", "--quiet", "c.yaml")
					ended := make(chan struct{})
					var samples []sample
					var watching sync.WaitGroup
					watching.Go(func() { samples = s.watchMemory(cmd, address, ended) })
					code := s.exitCode(cmd)
					took := time.Since(began)
					close(ended)
					watching.Wait()
					if code != exitOK {
						b.Fatalf("exit code %d: %s", code, errs)
					}
					c := s.crossing(address)
					if len(c) != rows {
						b.Fatalf("%d requests for %d rows", len(c), rows)
					}
					send += c.perSecond()
					whole += float64(rows) / took.Seconds()
					perRow[rows] = took.Seconds() / float64(rows)
					rss := deciles(samples, rows)
					b.ReportMetric(rss[9]/max(rss[0], 1), "rss-last/first-decile")
					most := 0
					for _, m := range samples {
						most = max(most, m.rss)
					}
					b.ReportMetric(float64(most>>20), "MB-most")
					b.ReportMetric(cpuPerRow(cmd, rows), "cpu-us/row")

					barely()
				}
				n := float64(b.N)
				b.ReportMetric(send/n, "send/s")
				b.ReportMetric(bare/n, "bare/s")
				b.ReportMetric(send/bare, "ratio")
				b.ReportMetric(whole/bare, "whole-ratio")
				if rows == 1_000_000 {
					b.ReportMetric(perRow[rows]/perRow[100_000], "time-a-row/of-100,000")
				}
			})
		}
	}
}

// BenchmarkSendOnPostgreSQL is siaran send with a ledger on a server of this host, against one on SQLite, in turn.
func BenchmarkSendOnPostgreSQL(b *testing.B) {
	const rows = 100_000
	sv := startPostgres(b)
	for _, workers := range []int{64, 256} {
		b.Run(fmt.Sprintf("workers=%d/rows=%d", workers, rows), func(b *testing.B) {
			send := func(dsn string) float64 {
				s := newStage(b, play{Rows: rows, Conduct: fmt.Sprintf("workers: %d", workers), Ledger: dsn})
				address := s.startBare(0, 0)
				s.settings("http://"+address, "")
				cmd, _, errs := s.process(nil, "siaran", "send", "--yes", "--quiet", "c.yaml")
				if code := s.exitCode(cmd); code != exitOK {
					b.Fatalf("exit code %d: %s", code, errs)
				}
				c := s.crossing(address)
				if len(c) != rows {
					b.Fatalf("%d requests for %d rows", len(c), rows)
				}
				return c.perSecond()
			}
			var sqlite, postgres float64
			for b.Loop() {
				sqlite += send("") / 2
				postgres += send(sv.DSN(b))
				sqlite += send("") / 2
			}
			b.ReportMetric(sqlite/float64(b.N), "sqlite/s")
			b.ReportMetric(postgres/float64(b.N), "postgres/s")
			b.ReportMetric(postgres/sqlite, "ratio")
		})
	}
}

// BenchmarkPacing is the rate that is reached, and the fullest window, on the gateway's clock.
//
// The rate is counted from the second message on, less the burst: the first goes alone and waits for its answer. What
// the disk keeps waiting for longer than the burst lasts is lost, for nothing may be caught up: ms-disk is by how much
// syncs of another file in the same folder took longer than that. TMPDIR=/dev/shm shows the pacing without a disk.
func BenchmarkPacing(b *testing.B) {
	const half = 500 * time.Millisecond
	for _, c := range []struct {
		rate, burst, seconds int
		latency              time.Duration
		stall                bool
	}{
		{200, 10, 20, 0, false},
		{1, 1, 20, half, false},
		{50, 5, 20, half, false},
		{50, 5, 20, half, true},
		{1000, 50, 20, half, false},
		{1000, 50, 20, half, true},
		{5000, 250, 20, half, false},
		{5000, 250, 20, half, true},
	} {
		b.Run(fmt.Sprintf("rate=%d,burst=%d,latency=0..%s,stall=%v", c.rate, c.burst, c.latency, c.stall), func(b *testing.B) {
			for b.Loop() {
				rows, stallAt := c.rate*c.seconds+c.burst+1, 0
				if c.stall {
					stallAt = rows / 2
				}
				s := newStage(b, play{Rows: rows, Conduct: fmt.Sprintf("workers: %d", max(c.rate*6/10, 4))})
				address := s.startBare(c.latency, stallAt)
				s.settings("http://"+address, fmt.Sprintf(", rate: %d/s, burst: %d", c.rate, c.burst))
				j, d := watchJitter(), watchDisk(b, s.dir, time.Duration(c.burst)*time.Second/time.Duration(c.rate))
				cmd, _, errs := s.process(nil, "siaran", "send", "--yes", "--quiet", "c.yaml")
				code := s.exitCode(cmd)
				disturbed, lost := j.stop(), d.stop()
				if code != exitOK {
					b.Fatalf("exit code %d: %s", code, errs)
				}
				arrivals := s.crossing(address)
				p := paceOf(arrivals, float64(c.rate), c.burst)
				b.ReportMetric(float64(p.excess.Microseconds())/1000, "ms-beyond-grace") // at most 0
				b.ReportMetric(float64(disturbed.Microseconds())/1000, "ms-machine-jitter")
				b.ReportMetric(float64(lost.Milliseconds()), "ms-disk")
				if !c.stall {
					b.ReportMetric(paceOf(arrivals[1:], float64(c.rate), c.burst).perSecond(c.burst)/float64(c.rate), "of-the-rate")
				}
			}
		})
	}
}

// A diskWatch is for how long syncs of a file took more than they may, in all.
type diskWatch struct {
	quit chan struct{}
	done sync.WaitGroup
	over time.Duration
}

func watchDisk(b *testing.B, dir string, most time.Duration) *diskWatch {
	b.Helper()
	f, err := os.Create(filepath.Join(dir, "disk"))
	if err != nil {
		b.Fatal(err)
	}
	d := &diskWatch{quit: make(chan struct{})}
	d.done.Go(func() {
		defer func() { _ = f.Close() }()
		for {
			select {
			case <-d.quit:
				return
			case <-time.After(5 * time.Millisecond):
			}
			began := time.Now()
			_, err := f.WriteAt(make([]byte, 512), 0)
			if err = errors.Join(err, f.Sync()); err != nil {
				b.Error(err)
				return
			}
			d.over += max(time.Since(began)-most, 0)
		}
	})
	return d
}

func (d *diskWatch) stop() time.Duration {
	close(d.quit)
	d.done.Wait()
	return d.over
}
