package gatewaytest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway"
)

// The account's timeout: patient where an answer is to come, on a loaded machine, too; short where none is.
const (
	patient = 20 * time.Second
	short   = 300 * time.Millisecond
)

// Run runs every case against s.
func Run(t *testing.T, s Subject) {
	t.Helper()
	t.Run("the gateway's own answers", s.answers)
	t.Run("answers that are not the gateway's", s.statuses)
	t.Run("answers that make no sense", s.odd)
	t.Run("calls without an answer", s.network)
	t.Run("a readable answer decides whatever the HTTP status", s.readable)
	t.Run("a call that has begun is finished when its context ends", s.finishes)
	t.Run("nothing is sent when the context has ended before", s.stopped)
	t.Run("the ref_id comes back in the receipt", s.roundTrip)
	t.Run("strange receipts are never delivered", s.strange)
	t.Run("no secret and no value of the message is told", s.silent)
}

// A server counts the messages that come to it.
type server struct {
	*httptest.Server
	count atomic.Int64
}

// serve answers messages with f, which gets the request's ref_id.
func (s Subject) serve(t *testing.T, f func(w http.ResponseWriter, r *http.Request, body []byte)) *server {
	t.Helper()
	sv := &server{}
	sv.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != s.Path {
			if s.Others == nil {
				http.NotFound(w, r)
				return
			}
			s.Others.ServeHTTP(w, r)
			return
		}
		sv.count.Add(1)
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("reading the request: %v", err)
		}
		f(w, r, body)
	}))
	sv.Config.ErrorLog = silentLog()
	sv.Start()
	t.Cleanup(sv.Close)
	return sv
}

// silentLog keeps broken connections, which are meant, out of the test's output.
func silentLog() *log.Logger { return log.New(io.Discard, "", 0) }

func (s Subject) send(ctx context.Context, t *testing.T, url string, timeout time.Duration, unknown bool) campaign.Answer {
	t.Helper()
	client := gateway.NewClient(gateway.ClientSettings{Workers: 2, Timeout: timeout})
	t.Cleanup(client.CloseIdleConnections)
	return s.New(t, url, timeout, client).Send(ctx, campaign.Queued{Message: s.Message, Past: campaign.Past{Unknown: unknown}}, func(context.Context) error { return nil })
}

// once sends one message to a server that answers with status and body, and checks that it came once.
func (s Subject) once(t *testing.T, status int, header http.Header, body func(refID string) string, unknown bool) campaign.Answer {
	t.Helper()
	sv := s.serve(t, func(w http.ResponseWriter, _ *http.Request, request []byte) {
		for k, v := range header {
			w.Header()[k] = v
		}
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, body(s.RefID(request)))
	})
	a := s.send(t.Context(), t, sv.URL, patient, unknown)
	if n := sv.count.Load(); n != 1 {
		t.Errorf("the gateway saw %d requests for one call", n)
	}
	s.tellsNothing(t, a)
	return a
}

func (s Subject) answers(t *testing.T) {
	for _, c := range s.Answers {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			status := c.Status
			if status == 0 {
				status = http.StatusOK
			}
			got := s.once(t, status, nil, c.Body, c.Unknown)
			want := c.Want
			want.HTTP = status
			same(t, got, want)
			if want.Outcome != campaign.Accepted && got.Reason == "" {
				t.Error("it does not say why")
			}
		})
	}
}

// same compares everything but words that want leaves open.
func same(t *testing.T, got, want campaign.Answer) {
	t.Helper()
	if !strings.HasPrefix(got.Reason, want.Reason) {
		t.Errorf("reason is %q, should begin with %q", got.Reason, want.Reason)
	}
	if want.GatewayID == "" {
		want.GatewayID = got.GatewayID
	}
	want.Reason = got.Reason
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func (s Subject) readable(t *testing.T) {
	for _, status := range []int{201, 400, 401, 404, 429, 500, 503} {
		t.Run(fmt.Sprint("yes with ", status), func(t *testing.T) {
			t.Parallel()
			if a := s.once(t, status, nil, s.Yes, false); a.Outcome != campaign.Accepted {
				t.Errorf("got %+v", a)
			}
		})
		t.Run(fmt.Sprint("no with ", status), func(t *testing.T) {
			t.Parallel()
			if a := s.once(t, status, nil, s.No, false); a.Outcome != campaign.Refused || a.HTTP != status {
				t.Errorf("got %+v", a)
			}
		})
	}
}

func (s Subject) finishes(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	sv := s.serve(t, func(w http.ResponseWriter, _ *http.Request, body []byte) {
		stop()
		time.Sleep(50 * time.Millisecond) // a real server that takes its time: nothing waits for this but the call
		_, _ = fmt.Fprint(w, s.Yes(s.RefID(body)))
	})
	if a := s.send(ctx, t, sv.URL, patient, false); a.Outcome != campaign.Accepted {
		t.Errorf("got %+v", a)
	}
}

func (s Subject) stopped(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	sv := s.serve(t, func(http.ResponseWriter, *http.Request, []byte) {})
	a := s.send(ctx, t, sv.URL, patient, false)
	if a.Outcome != campaign.NotTaken || a.Systemic || a.Code != campaign.CodeStopped {
		t.Errorf("got %+v", a)
	}
	if sv.count.Load() != 0 {
		t.Error("a message was sent")
	}
}

func (s Subject) roundTrip(t *testing.T) {
	t.Parallel()
	var sent string
	sv := s.serve(t, func(w http.ResponseWriter, _ *http.Request, body []byte) {
		sent = s.RefID(body)
		_, _ = fmt.Fprint(w, s.Yes(sent))
	})
	if a := s.send(t.Context(), t, sv.URL, patient, false); a.Outcome != campaign.Accepted {
		t.Fatalf("got %+v", a)
	}
	if !json.Valid([]byte(s.Delivered(sent))) {
		t.Fatal("Delivered is not JSON")
	}
	receipts, err := s.Parse([]byte(s.Delivered(sent)))
	if err != nil || len(receipts) != 1 {
		t.Fatalf("got %d receipts, %v", len(receipts), err)
	}
	if r := receipts[0]; r.RefID != s.Message.RefID || r.Delivery != campaign.DeliveryDelivered || r.At.IsZero() || r.Word == "" || r.Gateway == "" {
		t.Errorf("got %+v", r)
	}
}

func (s Subject) strange(t *testing.T) {
	bodies := append([]string{
		``, ` `, `null`, `0`, `"x"`, `[]`, `{}`, `{`, `[[[[`, "\x00", "\xff\xfe{}", `{"status":1}`, `{"a":{"b":{"c":{}}}}`, `<html></html>`,
		strings.Repeat("[", 20000), `{"statuses":1}`, `{"entry":[{"changes":[{"value":{"statuses":{}}}]}]}`,
	}, s.Strange...)
	for _, body := range bodies {
		receipts, err := s.Parse([]byte(body))
		for _, r := range receipts {
			if campaign.Verdict(r.Delivery).Group() == campaign.GroupReached {
				t.Errorf("%.80q became %q", body, r.Delivery)
			}
		}
		for _, p := range s.Private {
			if err != nil && strings.Contains(err.Error(), p) {
				t.Errorf("%.80q: the error tells a value", body)
			}
		}
	}
}

// silent makes the gateway repeat the whole request in every way it can.
func (s Subject) silent(t *testing.T) {
	for _, status := range []int{200, 400, 403, 500} {
		for _, form := range []string{"%s", "<html><title>%s</title></html>"} {
			sv := s.serve(t, func(w http.ResponseWriter, _ *http.Request, body []byte) {
				w.WriteHeader(status)
				_, _ = fmt.Fprintf(w, form, body)
			})
			s.tellsNothing(t, s.send(t.Context(), t, sv.URL, patient, false))
		}
	}
	g := s.New(t, "http://127.0.0.1:1", patient, nil)
	for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
		tellsNone(t, "printed with "+form, fmt.Sprintf(form, g), s.Secrets)
	}
}

func (s Subject) tellsNothing(t *testing.T, a campaign.Answer) {
	t.Helper()
	said := a.Reason + " " + a.Code + " " + a.GatewayID
	tellsNone(t, "the answer", said, s.Secrets)
	tellsNone(t, "the answer", said, s.Private)
}

// tellsNone checks that said has none of the words in it.
func tellsNone(t *testing.T, what, said string, words []string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(said, w) {
			t.Errorf("%s tells %q: %s", what, w, said)
		}
	}
}
