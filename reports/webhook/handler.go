package webhook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"siaran/campaign"
)

// maxBody is the longest receipt, in bytes.
const maxBody = 1 << 20

// storeWithin bounds the wait for the disk: a gateway that waits longer gives up by itself.
const storeWithin = 10 * time.Second

// A Store keeps bodies: the receipt log does.
type Store interface {
	// Append returns once body is on disk. isJSON is false for a body that can only be kept as text.
	Append(ctx context.Context, gateway string, body []byte) (isJSON bool, err error)
}

// An Answer makes the JSON that a receipt is answered with once it is stored. Nil: it is answered with nothing.
type Answer func(receipt []byte) []byte

// Settings of a Handler.
type Settings struct {
	Answers map[string]Answer // by path segment, which is a gateway or a custom format; others are not found
	Secret  campaign.Secret   // one path segment
	Allow   []netip.Prefix    // networks that may post; none: all
	Store   Store
	Healthy func(context.Context) error // nil: always
	Metrics *Metrics
	Log     *slog.Logger
}

// A Handler answers the gateways.
type Handler struct {
	Settings
	secret  [sha256.Size]byte
	metrics http.Handler
	bodies  sync.Pool // *bytes.Buffer
	trouble quiet     // about the store
	strange quiet     // about addresses
}

// New checks s, once.
func New(s Settings) (*Handler, error) {
	switch {
	case s.Secret == "":
		return nil, errors.New("listen.secret is empty: anybody could post receipts")
	case s.Store == nil || s.Log == nil:
		return nil, errors.New("a handler needs a store and a log")
	case strings.Contains(string(s.Secret), "/"):
		return nil, errors.New("listen.secret has a slash, but it is one segment of a path: use letters, digits, hyphens")
	}
	if s.Metrics == nil {
		s.Metrics = NewMetrics()
	}
	h := &Handler{Settings: s, secret: sha256.Sum256([]byte(s.Secret))}
	h.bodies.New = func() any { return new(bytes.Buffer) }
	h.metrics = s.Metrics.handler()
	return h, nil
}

// ServeHTTP routes by the exact path: nothing is cleaned, nothing redirected.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rest, isReceipt := strings.CutPrefix(r.URL.Path, "/receipts/")
	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case isReceipt:
		h.receipt(w, r, rest)
	case r.URL.Path != "/healthz" && r.URL.Path != "/metrics":
		http.NotFound(w, r)
	case !read:
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed, "get this")
	case r.URL.Path == "/healthz":
		h.health(w, r)
	case local(r) || h.allows(r):
		h.metrics.ServeHTTP(w, r)
	default:
		http.NotFound(w, r)
	}
}

// receipt takes one receipt posted to NAME/SECRET.
func (h *Handler) receipt(w http.ResponseWriter, r *http.Request, path string) {
	name, secret, _ := strings.Cut(path, "/")
	answer, known := h.Answers[name]
	given := sha256.Sum256([]byte(secret))
	right := subtle.ConstantTimeCompare(given[:], h.secret[:]) == 1
	if !known || !right || !h.allows(r) {
		h.Metrics.answered("", http.StatusNotFound)
		http.NotFound(w, r)
		return
	}
	h.Metrics.answered(name, h.take(w, r, name, answer))
}

// take stores the body and answers. It returns the status.
func (h *Handler) take(w http.ResponseWriter, r *http.Request, name string, answer Answer) int {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return refuse(w, http.StatusMethodNotAllowed, "post receipts here")
	}
	if r.ContentLength > maxBody {
		w.Header().Set("Connection", "close")
		return refuse(w, http.StatusRequestEntityTooLarge, "a receipt has at most 1 MiB")
	}
	buffer := h.bodies.Get().(*bytes.Buffer)
	buffer.Reset()
	defer h.bodies.Put(buffer)
	if _, err := buffer.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		var tooLong *http.MaxBytesError
		if errors.As(err, &tooLong) {
			return refuse(w, http.StatusRequestEntityTooLarge, "a receipt has at most 1 MiB")
		}
		return refuse(w, http.StatusRequestTimeout, "the body did not come whole, come again")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), storeWithin)
	defer cancel()
	isJSON, err := h.Store.Append(ctx, name, buffer.Bytes())
	switch {
	case err != nil:
		h.trouble.say(func() {
			h.Log.Error("a receipt cannot be stored; the gateway was told to come again", "gateway", name, "error", err)
		})
		w.Header().Set("Retry-After", "10")
		return refuse(w, http.StatusServiceUnavailable, "cannot store now, come again")
	case !isJSON:
		return refuse(w, http.StatusBadRequest, "not JSON")
	case answer != nil:
		body := answer(buffer.Bytes())
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	default:
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(http.StatusOK)
	}
	return http.StatusOK
}

func refuse(w http.ResponseWriter, status int, why string) int {
	http.Error(w, why, status)
	return status
}

// allows reports whether the request comes from a network that may post. Only the connection's own
// address counts: headers can say anything.
func (h *Handler) allows(r *http.Request) bool {
	if len(h.Allow) == 0 {
		return true
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	ip := from.Addr().Unmap().WithZone("")
	for _, network := range h.Allow {
		if network.Contains(ip) {
			return true
		}
	}
	h.strange.say(func() { h.Log.Warn("a request came from outside listen.allow", "address", ip.String()) })
	return false
}

// local reports whether the request comes from this machine, which may always look at the metrics.
func local(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && from.Addr().Unmap().IsLoopback()
}

func (h *Handler) health(w http.ResponseWriter, r *http.Request) {
	if h.Healthy != nil {
		if err := h.Healthy(r.Context()); err != nil {
			refuse(w, http.StatusServiceUnavailable, "receipts cannot be stored")
			return
		}
	}
	_, _ = io.WriteString(w, "ok\n")
}

// A quiet says things at most once in ten seconds: a flood must not become a flood of log lines.
type quiet struct {
	mu   sync.Mutex
	last time.Time
}

func (q *quiet) say(it func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if now := time.Now(); now.Sub(q.last) >= 10*time.Second {
		q.last = now
		it()
	}
}
