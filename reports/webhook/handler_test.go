package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"siaran/campaign"
)

const secret = "s3cret-0123456789"

// A shelf is a store in memory.
type shelf struct {
	mu     sync.Mutex
	bodies []string // gateway + " " + body
	err    error
	hold   chan struct{} // if set, Append waits for it,
	has    chan struct{} // having told this
}

func (s *shelf) Append(_ context.Context, gateway string, body []byte) (bool, error) {
	if s.hold != nil {
		s.has <- struct{}{}
		<-s.hold
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return false, s.err
	}
	s.bodies = append(s.bodies, gateway+" "+string(body))
	return len(body) > 0 && body[0] == '{', nil
}

// echo is how a gateway wants its receipts answered.
func echo(receipt []byte) []byte { return fmt.Appendf(nil, `{"got":%d}`, len(receipt)) }

func newServer(t *testing.T, change func(*Settings)) (*httptest.Server, *shelf) {
	t.Helper()
	store := &shelf{}
	s := Settings{
		Answers: map[string]Answer{"sandeza": echo, "sinchindia": nil, "d7": nil, "meta": nil, "sms-ta": nil},
		Secret:  secret, Store: store, Metrics: NewMetrics(), Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&s)
	}
	h, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server, store
}

// ask returns status and body of the answer.
func ask(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(b)
}

func TestAReceiptIsStoredThenAnsweredAsItsGatewayWants(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"sandeza", `{"status":1}`, `{"got":12}`},
		{"meta", `{"entry":[]}`, ""},
		{"sms-ta", `{"msg_id":"a"}`, ""},
	} {
		server, store := newServer(t, nil)
		status, got := ask(t, http.MethodPost, server.URL+"/receipts/"+c.name+"/"+secret, c.body)
		if status != http.StatusOK || got != c.want {
			t.Errorf("%s: %d %s", c.body, status, got)
		}
		if diff := cmp.Diff([]string{c.name + " " + c.body}, store.bodies); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWhatIsNotAReceiptHasItsStatusAndOnlyOddBodiesAreStored(t *testing.T) {
	right := "/receipts/sandeza/" + secret
	big := `{"a":"` + strings.Repeat("x", maxBody) + `"}`
	for name, c := range map[string]struct {
		method, path, body string
		want, stored       int
	}{
		"not JSON":              {"POST", right, "status=1", 400, 1},
		"empty":                 {"POST", right, "", 400, 1},
		"wrong secret":          {"POST", right + "x", "{}", 404, 0},
		"no secret":             {"POST", "/receipts/sandeza/", "{}", 404, 0},
		"no segment":            {"POST", "/receipts/sandeza", "{}", 404, 0},
		"one segment too many":  {"POST", right + "/", "{}", 404, 0},
		"a double slash":        {"POST", "/receipts//sandeza/" + secret, "{}", 404, 0},
		"unknown gateway":       {"POST", "/receipts/twilio/" + secret, "{}", 404, 0},
		"root":                  {"POST", "/", "{}", 404, 0},
		"get":                   {"GET", right, "", 405, 0},
		"put":                   {"PUT", right, "{}", 405, 0},
		"get with wrong secret": {"GET", right + "x", "", 404, 0},
		"over 1 MiB":            {"POST", right, big, 413, 0},
		"health by post":        {"POST", "/healthz", "", 405, 0},
	} {
		t.Run(name, func(t *testing.T) {
			server, store := newServer(t, nil)
			if status, body := ask(t, c.method, server.URL+c.path, c.body); status != c.want || strings.Contains(body, secret) {
				t.Errorf("%d, not %d: %s", status, c.want, body)
			}
			if len(store.bodies) != c.stored {
				t.Errorf("stored: %.80q", store.bodies)
			}
		})
	}
}

func TestABodyOverTheLimitWithoutALengthIsRefusedToo(t *testing.T) {
	server, store := newServer(t, nil)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/receipts/d7/"+secret, io.MultiReader(strings.NewReader(strings.Repeat(" ", 2*maxBody))))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err == nil { // else the server hung up while we wrote, as it may
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%d", answer.StatusCode)
		}
	}
	if len(store.bodies) != 0 {
		t.Errorf("%d stored", len(store.bodies))
	}
}

func TestWhatCannotBeStoredIs503AndHealthSaysSo(t *testing.T) {
	var log bytes.Buffer
	server, store := newServer(t, func(s *Settings) {
		s.Log = slog.New(slog.NewTextHandler(&log, nil))
		s.Healthy = func(context.Context) error { return errors.New("no space left") }
	})
	store.err = errors.New("no space left")
	for range 3 {
		status, _ := ask(t, http.MethodPost, server.URL+"/receipts/sandeza/"+secret, `{"ref_id":"geheim"}`)
		if status != http.StatusServiceUnavailable {
			t.Errorf("got %d", status)
		}
	}
	if status, _ := ask(t, http.MethodGet, server.URL+"/healthz", ""); status != http.StatusServiceUnavailable {
		t.Errorf("health: %d", status)
	}
	if n := strings.Count(log.String(), "\n"); n != 1 || strings.Contains(log.String(), "geheim") || strings.Contains(log.String(), secret) {
		t.Errorf("%d log lines: %s", n, log.String())
	}
	store.err = nil
	if status, _ := ask(t, http.MethodPost, server.URL+"/receipts/sandeza/"+secret, `{}`); status != http.StatusOK {
		t.Errorf("after the trouble: %d", status)
	}
}

func TestOnlyAllowedNetworksMayPost(t *testing.T) {
	for network, want := range map[string]int{"10.0.0.0/8": 404, "127.0.0.0/8": 200, "::/0": 404, "0.0.0.0/0": 200} {
		server, _ := newServer(t, func(s *Settings) { s.Allow = []netip.Prefix{netip.MustParsePrefix(network)} })
		if status, _ := ask(t, http.MethodPost, server.URL+"/receipts/d7/"+secret, `{}`); status != want {
			t.Errorf("%s: %d, not %d", network, status, want)
		}
		if status, _ := ask(t, http.MethodGet, server.URL+"/metrics", ""); status != http.StatusOK {
			t.Errorf("metrics from this machine: %d", status)
		}
		if status, _ := ask(t, http.MethodGet, server.URL+"/healthz", ""); status != http.StatusOK {
			t.Errorf("health: %d", status)
		}
	}
}

func TestMetricsCountWithoutEverNamingAnybody(t *testing.T) {
	m := NewMetrics()
	server, _ := newServer(t, func(s *Settings) { s.Metrics = m })
	ask(t, http.MethodPost, server.URL+"/receipts/sandeza/"+secret, `{"ref_id":"a"}`)
	ask(t, http.MethodPost, server.URL+"/receipts/sandeza/wrong", `{"ref_id":"a"}`)
	m.Synced(2e6, 3)
	m.Lag(1.5e9)
	m.Stray("forged", 2)
	for i := range 200 {
		m.Receipt("d7", strings.Repeat("x", i+1))
	}
	m.Receipt("d7", "\xffread")
	_, got := ask(t, http.MethodGet, server.URL+"/metrics", "")
	for _, want := range []string{
		`siaran_receipt_requests_total{gateway="sandeza",status="200"} 1`,
		`siaran_receipt_requests_total{gateway="",status="404"} 1`,
		`siaran_receipt_strays_total{kind="forged"} 2`,
		`siaran_receipt_strays_total{kind="orphan"} 0`,
		`siaran_receipts_total{gateway="d7",word="…"} 137`,
		`siaran_receipt_lag_seconds 1.5`,
		`siaran_receipt_log_sync_seconds_count 1`,
		`siaran_receipt_log_sync_receipts_sum 3`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("missing: %s", want)
		}
	}
	if strings.Contains(got, secret) {
		t.Error("the secret is in the metrics")
	}
	if t.Failed() {
		t.Log(got)
	}
}

func TestSettingsThatLetAnybodyInAreRefused(t *testing.T) {
	for _, s := range []campaign.Secret{"", "a/b"} {
		if _, err := New(Settings{Secret: s, Store: &shelf{}, Log: slog.New(slog.DiscardHandler)}); err == nil {
			t.Errorf("%q was taken", string(s))
		}
	}
}
