package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"siaran/campaign/gateway/simulator"
)

// A bareGateway is the least that a gateway can be: it answers every message with yes, and knows when the first and
// the last came. bare-gateway serves it in a process of its own: what is measured is not its cost.
type bareGateway struct {
	mu          sync.Mutex
	first, last time.Time
	requests    atomic.Int64
}

// A crossing is what a bareGateway saw since it was last asked.
type crossing struct {
	Requests int64         `json:"requests"`
	Span     time.Duration `json:"span"`
}

func (c crossing) perSecond() float64 { return float64(c.Requests) / c.Span.Seconds() }

func (g *bareGateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/seen":
		_, _ = fmt.Fprint(w, g.requests.Load())
		return
	case "/crossing":
		g.mu.Lock()
		defer g.mu.Unlock()
		_ = json.NewEncoder(w).Encode(crossing{g.requests.Swap(0), g.last.Sub(g.first)})
		g.first, g.last = time.Time{}, time.Time{}
		return
	}
	var body [4096]byte
	n, _ := io.ReadFull(r.Body, body[:]) // what is short ends with an error
	now := time.Now()
	g.requests.Add(1)
	g.mu.Lock()
	if g.first.IsZero() {
		g.first = now
	}
	g.last = now
	g.mu.Unlock()
	_, rest, _ := bytes.Cut(body[:n], []byte(`"ref_id":"`))
	ref, _, _ := bytes.Cut(rest, []byte(`"`))
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(append([]byte(`{"rc":"0","ref_id":"`), ref...), `","code_sms":"x1","reason_status":""}`...))
}

// serveBareGateway is the command bare-gateway ADDRESS.
func serveBareGateway() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	sv := &http.Server{Addr: os.Args[1], Handler: new(bareGateway)} //nolint:gosec // a test's
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
func (s *stage) startBare() (address string) {
	s.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
	if err != nil {
		s.Fatal(err)
	}
	address = l.Addr().String()
	_ = l.Close()
	cmd, _, _ := s.process(nil, "bare-gateway", address)
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

// BenchmarkSend is siaran send against a bare loop of net/http: as many workers, the same gateway, in turn. It reports
// by the gateway's clock, from the first request to the last, and for the whole command, which reads, plans and
// sums up, too.
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
					address := s.startBare()
					s.settings("http://"+address, "")

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
					if c.Requests != int64(rows) {
						b.Fatalf("%d requests for %d rows", c.Requests, rows)
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

					client, _, errs := s.process(nil, "bare-client", address, strconv.Itoa(workers), strconv.Itoa(rows))
					if code := s.exitCode(client); code != 0 {
						b.Fatalf("bare: %s", errs)
					}
					bare += s.crossing(address).perSecond()
					b.ReportMetric(cpuPerRow(client, rows), "bare-cpu-us/row")
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

// BenchmarkPacing is the rate that is reached, and the fullest window, on the gateway's clock.
func BenchmarkPacing(b *testing.B) {
	for _, c := range []struct {
		name    string
		rate    int
		burst   int
		seconds int
		faults  string
		stall   time.Duration
	}{
		{"rate=200", 200, 10, 20, "", 0},
		{"rate=1", 1, 1, 20, "latency=0..500ms", 0},
		{"rate=50", 50, 5, 20, "latency=0..500ms", 0},
		{"rate=50,stall=3s", 50, 5, 20, "latency=0..500ms", 3 * time.Second},
		{"rate=1000", 1000, 50, 20, "latency=0..500ms", 0},
		{"rate=1000,stall=3s", 1000, 50, 20, "latency=0..500ms", 3 * time.Second},
		{"rate=5000", 5000, 250, 10, "latency=0..500ms", 0},
		{"rate=5000,stall=3s", 5000, 250, 10, "latency=0..500ms", 3 * time.Second},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				faults, err := simulator.ParseFaults(c.faults)
				if err != nil {
					b.Fatal(err)
				}
				rows := c.rate*c.seconds + c.burst
				s := newStage(b, play{Rows: rows, Conduct: fmt.Sprintf("workers: %d", max(c.rate*6/10, 4))})
				sim, _ := s.gateway(simulator.Settings{KeepArrivals: true, Faults: faults}, fmt.Sprintf(", rate: %d/s, burst: %d", c.rate, c.burst))
				if c.stall > 0 {
					once(b, sim, rows/2, func() { sim.Stall(c.stall) })
				}
				j := watchJitter()
				cmd, _, errs := s.process(nil, "siaran", "send", "--yes", "--quiet", "c.yaml")
				code := s.exitCode(cmd)
				disturbed := j.stop()
				if code != exitOK {
					b.Fatalf("exit code %d: %s", code, errs)
				}
				p := paceOf(sim.Arrivals(), float64(c.rate), c.burst)
				b.ReportMetric(p.perSecond(c.burst)/float64(c.rate), "of-the-rate")
				b.ReportMetric(float64(p.excess.Microseconds())/1000, "ms-beyond-grace") // at most 0
				b.ReportMetric(float64(disturbed.Microseconds())/1000, "ms-machine-jitter")
			}
		})
	}
}
