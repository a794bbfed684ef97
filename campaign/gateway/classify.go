package gateway

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"siaran/campaign"
)

// The codes of answers that are not a gateway's own.
const (
	CodeTimeout    = "timeout"
	CodeDNS        = "dns"
	CodeRefused    = "connection refused"
	CodeTLS        = "tls"
	CodeReset      = "reset"
	CodeNetwork    = "network"
	CodeEmpty      = "empty"
	CodeHTML       = "html"
	CodeUnreadable = "unreadable"
	CodeForeign    = "other ref_id"
)

// mostRetryAfter bounds what a gateway can make us wait.
const mostRetryAfter = 24 * time.Hour

// Classify says what a call came to that brought no answer in the gateway's own words. Gateways read
// x.Body first: a readable answer decides, whatever the HTTP status.
//
// What surely was not taken may be tried again; what may have been taken is unknown; a status that will
// be the same for every row is systemic.
//
// Of what came, only the title of a web page is told; private are texts to be kept out of it (credentials,
// and Private of the message).
func Classify(x Exchange, now time.Time, private ...string) campaign.Answer {
	if x.Status == 0 {
		return noAnswer(x)
	}
	a := campaign.Answer{HTTP: x.Status, Code: "http " + strconv.Itoa(x.Status)}
	title := pageTitle(x.Body, private)
	if title != "" {
		title = fmt.Sprintf(" (a page %q)", title)
	}
	switch s := x.Status; {
	case s == http.StatusTooManyRequests:
		a.Outcome, a.Throttled = campaign.NotTaken, true
		a.RetryAfter = retryAfter(x.Header, now)
		a.Reason = "the gateway asks to slow down: lower the account's rate if it goes on"
	case s == http.StatusServiceUnavailable:
		a.Outcome = campaign.NotTaken
		a.RetryAfter = retryAfter(x.Header, now)
		a.Reason = "the gateway is not available: it is tried again; if it goes on, ask the gateway" + title
	case s == http.StatusUnauthorized || s == http.StatusForbidden:
		systemic(&a, "the gateway lets nobody in: check user name, password and whether it allows this host's address"+title)
	case s == http.StatusNotFound || s == http.StatusMethodNotAllowed:
		systemic(&a, "there is no gateway at this address: check the account's url"+title)
	case s == http.StatusProxyAuthRequired:
		systemic(&a, "a proxy stands in between and wants a password: let this host reach the gateway directly"+title)
	case s >= 300 && s < 400:
		systemic(&a, "the gateway sends us elsewhere, which is not followed: check the account's url"+redirectHost(x.Header))
	case s == http.StatusRequestTimeout || s >= 500:
		a.Outcome = campaign.Unknown
		a.Reason = "the gateway failed with the request in hand: whether it took the message is not known" + title
	case s >= 400:
		a.Outcome = campaign.Refused
		a.Reason = "the gateway refuses the request" + title
	default:
		oddAnswer(&a, x, title)
	}
	return a
}

func systemic(a *campaign.Answer, reason string) {
	a.Outcome, a.Systemic, a.Reason = campaign.NotTaken, true, reason
}

// oddAnswer is for a 2xx (or a status that does not exist) that says nothing readable.
func oddAnswer(a *campaign.Answer, x Exchange, title string) {
	if isTimeout(x.Err) {
		a.Outcome, a.Code, a.Timeout = campaign.Unknown, CodeTimeout, true
		a.Reason = "the answer stopped in the middle: whether the gateway took the message is not known"
		return
	}
	code, what := CodeUnreadable, "an answer that cannot be read"
	switch body := bytes.TrimSpace(x.Body); {
	case x.Err != nil:
		what = "only a part of an answer"
	case len(body) == 0:
		code, what = CodeEmpty, "an empty answer"
	case body[0] == '<':
		code, what = CodeHTML, "a web page instead of an answer"+title
	}
	*a = OddAnswer(x.Status, code, what)
}

// OddAnswer is for a call that got an answer which makes no sense: what is that answer, for people. It
// may have been taken.
func OddAnswer(status int, code, what string) campaign.Answer {
	return campaign.Answer{
		Outcome: campaign.Unknown, HTTP: status, Code: code, Odd: true,
		Reason: what + " came: check the account's url and what stands between here and the gateway",
	}
}

// noAnswer is for a call that ended before any answer.
func noAnswer(x Exchange) campaign.Answer {
	switch {
	case x.Stopped:
		return campaign.Unsent("stopped before anything was sent")
	case x.Written && isTimeout(x.Err):
		return campaign.Answer{
			Outcome: campaign.Unknown, Code: CodeTimeout, Timeout: true,
			Reason: "no answer in time: whether the gateway took the message is not known",
		}
	case x.Written:
		return campaign.Answer{
			Outcome: campaign.Unknown, Code: CodeReset,
			Reason: "the connection broke after the request was sent (" + cause(x.Err) + "): whether the gateway took the message is not known",
		}
	}
	a := campaign.Answer{Outcome: campaign.NotTaken}
	a.Code, a.Reason = notReached(x.Err)
	a.Timeout = a.Code == CodeTimeout
	return a
}

// notReached tells why nothing could be written.
func notReached(err error) (code, reason string) {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &dns):
		return CodeDNS, fmt.Sprintf("the gateway's host %q is not found: check the account's url and this host's name server", dns.Name)
	case errors.As(err, &cert), errors.As(err, &record), errors.As(err, &alert), errors.As(err, &unknown), errors.Is(err, http.ErrSchemeMismatch):
		return CodeTLS, "no secure connection to the gateway (" + cause(err) + "): check the account's url, this host's clock and its certificates"
	case errors.Is(err, syscall.ECONNREFUSED):
		return CodeRefused, "nobody listens at the gateway's address: check the account's url, or wait for the gateway"
	case isTimeout(err):
		return CodeTimeout, "no connection to the gateway in time: check the account's url and the firewall"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed):
		return CodeReset, "the connection broke before anything was sent"
	default:
		return CodeNetwork, "no connection to the gateway (" + cause(err) + "): check the account's url and this host's network"
	}
}

// cause is the innermost part of an error that says something, without addresses.
func cause(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	var sys *os.SyscallError
	if errors.As(err, &sys) {
		err = sys.Err
	}
	return Redact(err.Error())
}

// retryAfter reads Retry-After: seconds, or an HTTP date, which counts from the gateway's own clock if
// the answer tells it.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0
	}
	if n, err := strconv.ParseUint(v, 10, 31); err == nil {
		return min(time.Duration(n)*time.Second, mostRetryAfter)
	}
	t, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return min(max(t.Sub(now), 0), mostRetryAfter)
}

// pageTitle is the title of a web page, shortened; "" if body is none.
func pageTitle(body []byte, private []string) string {
	lower := bytes.ToLower(body)
	_, rest, ok := bytes.Cut(lower, []byte("<title"))
	if !ok {
		return ""
	}
	_, rest, ok = bytes.Cut(rest, []byte(">"))
	if !ok || len(lower) != len(body) {
		return ""
	}
	title := body[len(body)-len(rest):]
	if i := bytes.IndexByte(title, '<'); i >= 0 {
		title = title[:i]
	}
	return cut(Redact(html.UnescapeString(string(title)), private...), 60)
}

func redirectHost(h http.Header) string {
	u, err := url.Parse(h.Get("Location"))
	if err != nil || u.Hostname() == "" {
		return ""
	}
	return fmt.Sprintf(" (to host %q)", Redact(u.Hostname()))
}
