package gatewaytest

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway"
)

// statuses: what an HTTP status means where nothing readable comes with it.
func (s Subject) statuses(t *testing.T) {
	const page = "<html><head><title>Gateway</title></head></html>"
	inAnHour := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	for _, c := range []struct {
		name   string
		status int
		header http.Header
		want   campaign.Answer
	}{
		{"429 asks to slow down", 429, nil, campaign.Answer{Outcome: campaign.NotTaken, Throttled: true}},
		{"429 says for how long", 429, http.Header{"Retry-After": {"7"}}, campaign.Answer{Outcome: campaign.NotTaken, Throttled: true, RetryAfter: 7 * time.Second}},
		{"429 says until when", 429, http.Header{"Retry-After": {inAnHour}}, campaign.Answer{Outcome: campaign.NotTaken, Throttled: true, RetryAfter: time.Hour}},
		{"429 says nonsense", 429, http.Header{"Retry-After": {"-5"}}, campaign.Answer{Outcome: campaign.NotTaken, Throttled: true}},
		{"429 says never", 429, http.Header{"Retry-After": {"999999999"}}, campaign.Answer{Outcome: campaign.NotTaken, Throttled: true, RetryAfter: 24 * time.Hour}},
		{"503 is not taken", 503, nil, campaign.Answer{Outcome: campaign.NotTaken}},
		{"503 says for how long", 503, http.Header{"Retry-After": {"3"}}, campaign.Answer{Outcome: campaign.NotTaken, RetryAfter: 3 * time.Second}},
		{"401 is about everybody", 401, nil, campaign.Answer{Outcome: campaign.NotTaken, Systemic: true}},
		{"403 is about everybody", 403, nil, campaign.Answer{Outcome: campaign.NotTaken, Systemic: true}},
		{"404 is about everybody", 404, nil, campaign.Answer{Outcome: campaign.NotTaken, Systemic: true}},
		{"405 is about everybody", 405, nil, campaign.Answer{Outcome: campaign.NotTaken, Systemic: true}},
		{"407 is about everybody", 407, nil, campaign.Answer{Outcome: campaign.NotTaken, Systemic: true}},
		{"301 is not followed", 301, http.Header{"Location": {"/elsewhere"}}, campaign.Answer{Outcome: campaign.NotTaken, Systemic: true}},
		{"302 is not followed", 302, http.Header{"Location": {"https://login.example.test/?x=1"}}, campaign.Answer{Outcome: campaign.NotTaken, Systemic: true}},
		{"307 is not followed", 307, http.Header{"Location": {"/again"}}, campaign.Answer{Outcome: campaign.NotTaken, Systemic: true}},
		{"308 is not followed", 308, http.Header{"Location": {"/again"}}, campaign.Answer{Outcome: campaign.NotTaken, Systemic: true}},
		{"408 may have been taken", 408, nil, campaign.Answer{Outcome: campaign.Unknown}},
		{"500 may have been taken", 500, nil, campaign.Answer{Outcome: campaign.Unknown}},
		{"502 may have been taken", 502, nil, campaign.Answer{Outcome: campaign.Unknown}},
		{"504 may have been taken", 504, nil, campaign.Answer{Outcome: campaign.Unknown}},
		{"400 is about this row", 400, nil, campaign.Answer{Outcome: campaign.Refused}},
		{"413 is about this row", 413, nil, campaign.Answer{Outcome: campaign.Refused}},
		{"422 is about this row", 422, nil, campaign.Answer{Outcome: campaign.Refused}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := s.once(t, c.status, c.header, func(string) string { return page }, false)
			want := c.want
			want.HTTP, want.Code = c.status, fmt.Sprint("http ", c.status)
			if want.RetryAfter == time.Hour && got.RetryAfter > 59*time.Minute && got.RetryAfter <= time.Hour {
				got.RetryAfter = time.Hour // a date has no parts of a second, and time passes
			}
			same(t, got, want)
			if got.Reason == "" {
				t.Error("it does not say why")
			}
		})
	}
}

// odd: a 200 that is no yes and no no. None of them is a success, and none is sent again.
func (s Subject) odd(t *testing.T) {
	for _, c := range []struct {
		name string
		body func(refID string) string
	}{
		{"an empty body", func(string) string { return "" }},
		{"blanks", func(string) string { return " \r\n " }},
		{"a login page", func(string) string { return "<!DOCTYPE html><html><head><title>Log in</title></head></html>" }},
		{"a truncated yes", func(ref string) string { yes := s.Yes(ref); return yes[:len(yes)-2] }},
		{"something after a yes", func(ref string) string { return s.Yes(ref) + s.Yes(ref) }},
		{"a list", func(ref string) string { return "[" + s.Yes(ref) + "]" }},
		{"null", func(string) string { return "null" }},
		{"an empty object", func(string) string { return "{}" }},
		{"an error body", func(string) string { return `{"error":"try later"}` }},
		{"somebody else's ref_id", func(string) string { return s.Yes("other-3k9x2f-00003-7m2qk8ze") }},
		{"a page of 200 KiB", func(string) string { return string(make([]byte, 200<<10)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := s.once(t, http.StatusOK, nil, c.body, false)
			if got.Outcome != campaign.Unknown || !got.Odd || got.HTTP != 200 || got.Code == "" || got.Reason == "" || got.Systemic {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// network: how far a call got decides whether it may be tried again.
func (s Subject) network(t *testing.T) {
	hijack := func(before string) func(http.ResponseWriter, *http.Request, []byte) {
		return func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				panic(err)
			}
			_, _ = conn.Write([]byte(before))
			if tcp, ok := conn.(*net.TCPConn); ok && before == "" {
				_ = tcp.SetLinger(0) // a reset, not an end
			}
			_ = conn.Close()
		}
	}
	tests := []struct {
		name string
		url  func(t *testing.T) string
		want campaign.Answer
	}{
		{"the host is not found", func(*testing.T) string { return "http://gateway.invalid" }, campaign.Answer{Outcome: campaign.NotTaken, Code: gateway.CodeDNS}},
		{"nobody listens", closedPort, campaign.Answer{Outcome: campaign.NotTaken, Code: gateway.CodeRefused}},
		{"the certificate is nobody's", selfSigned, campaign.Answer{Outcome: campaign.NotTaken, Code: gateway.CodeTLS}},
		{"no TLS where it should be", func(t *testing.T) string {
			t.Helper()
			return "https" + s.serve(t, hijack("")).URL[len("http"):]
		}, campaign.Answer{Outcome: campaign.NotTaken, Code: gateway.CodeTLS}},
		{"a reset after the request", func(t *testing.T) string {
			t.Helper()
			return s.serve(t, hijack("")).URL
		}, campaign.Answer{Outcome: campaign.Unknown, Code: gateway.CodeReset}},
		{"an end in the middle of the answer's head", func(t *testing.T) string {
			t.Helper()
			return s.serve(t, hijack("HTTP/1.1 200 O")).URL
		}, campaign.Answer{Outcome: campaign.Unknown, Code: gateway.CodeReset}},
		{"an end in the middle of the answer", func(t *testing.T) string {
			t.Helper()
			return s.serve(t, hijack("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"")).URL
		}, campaign.Answer{Outcome: campaign.Unknown, Code: gateway.CodeUnreadable, Odd: true, HTTP: 200}},
		{"no answer in time", func(t *testing.T) string {
			t.Helper()
			return s.serve(t, func(_ http.ResponseWriter, r *http.Request, _ []byte) { <-r.Context().Done() }).URL
		}, campaign.Answer{Outcome: campaign.Unknown, Code: gateway.CodeTimeout, Timeout: true}},
		{"half an answer in time", func(t *testing.T) string {
			t.Helper()
			return s.serve(t, func(w http.ResponseWriter, r *http.Request, _ []byte) {
				_, _ = w.Write([]byte(`{"`))
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}).URL
		}, campaign.Answer{Outcome: campaign.Unknown, Code: gateway.CodeTimeout, Timeout: true, HTTP: 200}},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			timeout := patient
			if c.want.Timeout {
				timeout = short
			}
			got := s.send(t.Context(), t, c.url(t), timeout, false)
			same(t, got, c.want)
			s.tellsNothing(t, got)
			if got.Reason == "" {
				t.Error("it does not say why")
			}
		})
	}
}

// closedPort is an address at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return "http://" + l.Addr().String()
}

// selfSigned is a server whose certificate nobody has signed.
func selfSigned(t *testing.T) string {
	t.Helper()
	sv := httptest.NewUnstartedServer(http.NotFoundHandler())
	sv.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	sv.Config.ErrorLog = silentLog()
	sv.StartTLS()
	t.Cleanup(sv.Close)
	return sv.URL
}
