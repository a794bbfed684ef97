//go:build unix

package simulator

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const benchTemplate = `{"whatsapp":{"msisdn":"6281200000001","template_id":"promo_01","header":"image:=:https://files.example.test/p.jpg","message":"text:=:Budi||text:=:250000||text:=:21 November 2026||text:=:Solo||text:=:123","button":"button:=:url:=:promo/17","backup_on":"2;3","backup_exp":"0;10"}}`

// BenchmarkRequests compares what the simulator takes with what a handler takes that only reads and
// answers: both with 64 clients in this process.
func BenchmarkRequests(b *testing.B) {
	simulated := func(set Settings) http.Handler {
		set.Now = func() time.Time { return noon }
		s, err := New(set)
		if err != nil {
			b.Fatal(err)
		}
		return s.Handler()
	}
	answer := appendAnswer(nil, "0", "bench-0000000000", "c1234567890ab", "")
	for _, c := range []struct {
		name    string
		handler http.Handler
	}{
		{"bare", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(answer)
		})},
		{"simulator", simulated(Settings{Accounts: map[string]Account{"demouser": ops()}})},
		{"simulator with record and arrivals", simulated(Settings{Accounts: map[string]Account{"demouser": ops()}, Record: io.Discard, KeepArrivals: true})},
	} {
		b.Run(c.name, func(b *testing.B) {
			hs := httptest.NewServer(c.handler)
			defer hs.Close()
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, MaxConnsPerHost: 64}}
			defer client.CloseIdleConnections()
			template := request("REFID", benchTemplate)
			var n atomic.Int64
			run := time.Now().UnixNano() // ref_ids of their own for each of the runs that b.N takes
			var wg sync.WaitGroup
			b.ResetTimer()
			before := cpuTime(b)
			for range 64 {
				wg.Go(func() {
					for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
						body := strings.Replace(template, "REFID", fmt.Sprintf("bench-%d-%d", run, i), 1)
						req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, hs.URL+SandezaPath, strings.NewReader(body))
						if err != nil {
							b.Error(err)
							return
						}
						resp, err := client.Do(req)
						if err != nil {
							b.Error(err)
							return
						}
						var buf bytes.Buffer
						_, _ = buf.ReadFrom(resp.Body)
						_ = resp.Body.Close()
						if !strings.HasPrefix(buf.String(), `{"rc":"0"`) {
							b.Errorf("got %s", buf.String())
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
			b.ReportMetric(float64((cpuTime(b)-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
		})
	}
}

// cpuTime is what this process used of the processors, clients included: a figure that does not depend
// on what else the machine does.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkCheck(b *testing.B) {
	s, err := New(Settings{Accounts: map[string]Account{"demouser": ops()}, Now: func() time.Time { return noon }})
	if err != nil {
		b.Fatal(err)
	}
	body := request("ref-1", benchTemplate)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, no := s.check(body, ""); no != nil {
			b.Fatal(no)
		}
	}
}

// BenchmarkReceipts is how fast receipts are posted to a listener that only answers.
func BenchmarkReceipts(b *testing.B) {
	hs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	defer hs.Close()
	p := newPoster(hs.URL, slog.New(slog.DiscardHandler))
	all := make([]receipt, b.N)
	for i := range all {
		all[i] = receipt{event: event{kind: whatsapp, status: delivered, price: paid}, refID: "bench-0000000000", username: "demouser", at: noon}
	}
	b.ReportAllocs()
	b.ResetTimer()
	before := cpuTime(b)
	p.count(len(all))
	p.add(b.Context(), all...)
	if err := p.drain(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "receipts/s")
	b.ReportMetric(float64((cpuTime(b)-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
	if p.counts.Failed > 0 {
		b.Fatalf("%d failed", p.counts.Failed)
	}
}
