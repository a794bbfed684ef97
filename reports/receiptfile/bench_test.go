package receiptfile

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/valyala/fastjson"

	"siaran/campaign"
)

// benchLog is a log of benchReceipts receipts as Sandeza posts them.
func benchLog() []byte {
	var b []byte
	key := campaign.RefKey("key")
	at := time.Date(2026, 11, 21, 13, 0, 0, 0, time.UTC)
	for i := range benchReceipts {
		body := fmt.Appendf(nil, `{"status":%d,"channel":"7","ref_id":%q,"time":"2026-11-21 20:00:00","division_id":"ccacbcc8-0000-4000-8000-68832955c000","price":"PAID"}`,
			i%9+1, key.RefID("gajian-promo", "3k9x2f", i))
		b = fmt.Appendf(b, "{\"at\":%q,\"gateway\":\"sandeza\",\"body\":%s}\n", at.Add(time.Duration(i)*time.Millisecond).Format("2006-01-02T15:04:05.000000Z07:00"), body)
	}
	return b
}

const benchReceipts = 100_000

// BenchmarkBareFastjson is what reading is compared with: every line parsed, nothing done with it.
func BenchmarkBareFastjson(b *testing.B) {
	log := benchLog()
	b.SetBytes(int64(len(log)))
	var p fastjson.Parser
	for b.Loop() {
		for line := range bytes.Lines(log) {
			if _, err := p.ParseBytes(line); err != nil {
				b.Fatal(err)
			}
		}
	}
	perReceipt(b)
}

func BenchmarkRead(b *testing.B) {
	log := benchLog()
	b.SetBytes(int64(len(log)))
	for b.Loop() {
		for _, err := range Read(b.Context(), bytes.NewReader(log), "log", Formats{}) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	perReceipt(b)
}

// BenchmarkReadAndParse reads, and parses with a custom format.
func BenchmarkReadAndParse(b *testing.B) {
	log := benchLog()
	parse := parseTest(b)
	b.SetBytes(int64(len(log)))
	for b.Loop() {
		for e, err := range Read(b.Context(), bytes.NewReader(log), "log", Formats{}) {
			if err != nil {
				b.Fatal(err)
			}
			if _, err := parse(e.Gateway, e.Body); err != nil {
				b.Fatal(err)
			}
		}
	}
	perReceipt(b)
}

func BenchmarkImport(b *testing.B) {
	log := benchLog()
	im := Importer{Parse: parseTest(b), Sink: newTallies()}
	b.SetBytes(int64(len(log)))
	for b.Loop() {
		if _, err := im.Read(b.Context(), bytes.NewReader(log), "log", ""); err != nil {
			b.Fatal(err)
		}
	}
	perReceipt(b)
}

func perReceipt(b *testing.B) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*benchReceipts), "ns/receipt")
}
