package webhook

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// mostWords bounds the words of one gateway that are counted apart: words come from outside.
const mostWords = 64

// Metrics counts what happens to receipts, in a registry of its own. No label ever holds a phone number
// or an id. Its methods are called from several goroutines.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	receipts *prometheus.CounterVec
	strays   *prometheus.CounterVec
	sync     prometheus.Histogram
	shared   prometheus.Histogram
	lag      prometheus.Gauge

	mu    sync.Mutex
	words map[string]map[string]bool
}

// NewMetrics registers everything.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "siaran_receipt_requests_total", Help: "Requests with a receipt, by path segment (empty: wrong path, secret or address) and HTTP status of the answer.",
		}, []string{"gateway", "status"}),
		receipts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "siaran_receipts_total", Help: "Receipts read from the log, by gateway and its word.",
		}, []string{"gateway", "word"}),
		strays: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "siaran_receipt_strays_total", Help: "Receipts that belong to no message, by kind: orphan, forged, foreign, reply, quarantined.",
		}, []string{"kind"}),
		sync: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "siaran_receipt_log_sync_seconds", Help: "How long a sync of the receipt log took.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 2, 16),
		}),
		shared: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "siaran_receipt_log_sync_receipts", Help: "How many receipts shared a sync.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 12),
		}),
		lag: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "siaran_receipt_lag_seconds", Help: "Between the arrival of a receipt and its being in the ledger, for the oldest of the last batch.",
		}),
		words: map[string]map[string]bool{},
	}
	m.registry.MustRegister(m.requests, m.receipts, m.strays, m.sync, m.shared, m.lag)
	for _, kind := range []string{"orphan", "forged", "foreign", "reply", "quarantined"} {
		m.strays.WithLabelValues(kind)
	}
	return m
}

// Synced notes one sync of the log.
func (m *Metrics) Synced(took time.Duration, receipts int) {
	m.sync.Observe(took.Seconds())
	m.shared.Observe(float64(receipts))
}

// Receipt notes one receipt by its gateway's word. Past 64 words of a gateway they are all "…".
func (m *Metrics) Receipt(gateway, word string) {
	word = strings.ToValidUTF8(word, "?")
	m.mu.Lock()
	known := m.words[gateway]
	if known == nil {
		known = map[string]bool{}
		m.words[gateway] = known
	}
	if !known[word] {
		if len(known) < mostWords && len(word) <= mostWords {
			known[word] = true
		} else {
			word = "…"
		}
	}
	m.mu.Unlock()
	m.receipts.WithLabelValues(gateway, word).Inc()
}

// Stray notes n receipts that belong to no message: orphan, forged, foreign, reply, quarantined.
func (m *Metrics) Stray(kind string, n int) { m.strays.WithLabelValues(kind).Add(float64(n)) }

// Lag notes how long the oldest receipt of a batch waited for the ledger.
func (m *Metrics) Lag(waited time.Duration) { m.lag.Set(waited.Seconds()) }

func (m *Metrics) answered(name string, status int) {
	m.requests.WithLabelValues(name, strconv.Itoa(status)).Inc()
}

func (m *Metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
