//go:build unix

package ledger

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"siaran/campaign"
)

// cpu returns the processor time this process used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkBeginEnd is what the ledger costs each message that is sent: a Begin that waits and an End that does
// not, from as many callers as there are workers.
func BenchmarkBeginEnd(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, callers := range []int{64, 256} {
			b.Run(fmt.Sprintf("%s-%d", engine, callers), func(b *testing.B) {
				dsn := filepath.Join(b.TempDir(), "siaran.db")
				if engine == "postgres" {
					dsn = postgres(b)
				}
				l := create(b, dsn)
				run := planned(b, l, aRun("aaaaaa"), 1)
				benchBeginEnd(b, sending(b, l, terms(run)), callers)
			})
		}
	}
}

func benchBeginEnd(b *testing.B, s *Attempts, callers int) {
	var seq, failed atomic.Int64
	var group sync.WaitGroup
	before := cpu(b)
	b.ResetTimer()
	for range callers {
		group.Go(func() {
			for {
				i := int(seq.Add(1))
				if i > b.N {
					return
				}
				begun, err := s.Begin(b.Context(), campaign.Queued{Message: campaign.Message{Seq: i + 1, Address: "6281200000000"}})
				if err != nil || !begun.Go {
					failed.Add(1)
					return
				}
				a := begun.Attempt
				a.EndedAt = a.BegunAt
				a.Answer = campaign.Answer{Outcome: campaign.Accepted, HTTP: 200, Code: "0", GatewayID: "wMjAyMTA0MTQx"}
				s.End(a, nil)
			}
		})
	}
	group.Wait()
	s.l.w.close()
	b.StopTimer()
	if failed.Load() > 0 {
		b.Fatalf("%d did not begin", failed.Load())
	}
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "µs-cpu/pair")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pairs/s")
}

// BenchmarkReceive stores 730,000 receipts of 300,000 messages in batches of 5,000, and BenchmarkHistories' part
// reads them all back.
func BenchmarkReceive(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			const messages = 300_000
			for range b.N {
				dsn := filepath.Join(b.TempDir(), "siaran.db")
				if engine == "postgres" {
					dsn = postgres(b)
				}
				l := create(b, dsn)
				start, before := time.Now(), cpu(b)
				lap := func(what string) {
					b.ReportMetric(time.Since(start).Seconds(), what+"-s")
					b.ReportMetric((cpu(b) - before).Seconds(), what+"-cpu-s")
					start, before = time.Now(), cpu(b)
				}
				run := planned(b, l, aRun("aaaaaa"), messages)
				lap("plan")
				rs := reported(l, run, messages)
				start, before = time.Now(), cpu(b)
				total := len(rs)
				var tally campaign.Tally
				for len(rs) > 0 {
					n := min(5000, len(rs))
					got, err := l.Receipts.Receive(b.Context(), campaign.Batch{Receipts: rs[:n], Position: campaign.Position{Host: "h", File: "f", Offset: int64(total - len(rs) + n)}})
					if err != nil {
						b.Fatal(err)
					}
					tally.Add(got)
					rs = rs[n:]
				}
				lap("receive")
				if tally.New != total {
					b.Fatalf("%+v", tally)
				}
				seen := 0
				for h, err := range l.Histories.Of(b.Context(), run.ID) {
					if err != nil {
						b.Fatal(err)
					}
					seen += len(h.Receipts)
				}
				lap("read")
				if seen != total {
					b.Fatalf("%d of %d receipts read", seen, total)
				}
			}
		})
	}
}

// BenchmarkPlan loads a plan of 100,000 rows, makes it ready, reads its queue, and discards another plan of that size.
func BenchmarkPlan(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			const rows = 100_000
			for range b.N {
				dsn := filepath.Join(b.TempDir(), "siaran.db")
				if engine == "postgres" {
					dsn = postgres(b)
				}
				l := create(b, dsn)
				start, before := time.Now(), cpu(b)
				lap := func(what string) {
					b.ReportMetric(time.Since(start).Seconds(), what+"-s")
					b.ReportMetric((cpu(b) - before).Seconds(), what+"-cpu-s")
					start, before = time.Now(), cpu(b)
				}
				run := planned(b, l, aRun("aaaaaa"), rows)
				lap("plan")
				if n := len(queue(b, l, run.ID, defaults)); n != rows {
					b.Fatalf("%d are queued", n)
				}
				lap("queue")
				p := wholePlan(b, l, aRun("bbbbbb"), rows)
				start, before = time.Now(), cpu(b)
				if err := p.Discard(b.Context()); err != nil {
					b.Fatal(err)
				}
				lap("discard")
			}
		})
	}
}
