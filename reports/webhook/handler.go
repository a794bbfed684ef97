package webhook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/valyala/fastjson"

	"siaran/campaign"
)

// maxBody is the longest receipt, in bytes; maxRefID the longest ref_id that is given back.
const (
	maxBody  = 1 << 20
	maxRefID = 128
)

// storeWithin bounds the wait for the disk: a gateway that waits longer gives up by itself.
const storeWithin = 10 * time.Second

// A Store keeps bodies: the receipt log does.
type Store interface {
	// Append returns once body is on disk. isJSON is false for a body that can only be kept as text.
	Append(ctx context.Context, gateway string, body []byte) (isJSON bool, err error)
}

// Settings of a Handler.
type Settings struct {
	Gateways map[string]string // path segment → gateway: {"sandeza": "sandeza", "sms-ta": "sinchindia"}
	Secret   campaign.Secret   // one path segment
	Allow    []netip.Prefix    // networks that may post; none: all
	Store    Store
	Healthy  func(context.Context) error // nil: always
	Metrics  *Metrics
	Log      *slog.Logger
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
	gateway, known := h.Gateways[name]
	given := sha256.Sum256([]byte(secret))
	right := subtle.ConstantTimeCompare(given[:], h.secret[:]) == 1
	if !known || !right || !h.allows(r) {
		h.Metrics.answered("", http.StatusNotFound)
		http.NotFound(w, r)
		return
	}
	h.Metrics.answered(name, h.take(w, r, name, gateway))
}

// take stores the body and answers. It returns the status.
func (h *Handler) take(w http.ResponseWriter, r *http.Request, name, gateway string) int {
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
	case gateway == "sandeza":
		answer := sandezaAnswer(buffer.Bytes())
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		_, _ = w.Write(answer)
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

// sandezaAnswer is what Sprint's own API answers with (page "JSON Response"): what the client has to
// answer is not stated. ref_id goes back as it came, if it is a text of sensible length.
func sandezaAnswer(body []byte) []byte {
	refID := fastjson.GetString(body, "ref_id")
	if len(refID) > maxRefID {
		refID = ""
	}
	quoted, _ := json.Marshal(refID) // a text can always be said
	answer := append([]byte(`{"rc":"0","ref_id":`), quoted...)
	return append(answer, `,"code_sms":"","reason_status":""}`...)
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
