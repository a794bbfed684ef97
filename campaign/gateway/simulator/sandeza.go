package simulator

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// sandeza answers one request to SandezaPath that arrived at the given time. The record comes before the
// answer and the receipts: whoever has these finds the request in it.
func (s *Server) sandeza(w http.ResponseWriter, r *http.Request, at time.Time) {
	v := s.arrive(at)
	s.stall(r.Context())
	switch {
	case v.fault.Kind == FaultResetBefore:
		s.note(v)
		reset(w)
		return
	case r.Method != http.MethodPost:
		v.http, v.why = http.StatusMethodNotAllowed, "the method must be POST"
		s.note(v)
		http.Error(w, v.why, v.http)
		return
	}
	if err := s.read(w, r, v); err != nil {
		v.why = err.Error()
		s.note(v)
		reset(w)
		return
	}
	m := s.decide(v, r.RemoteAddr)
	s.note(v)
	if v.took {
		s.schedule(r.Context(), m, at, v.latency)
	}
	s.pause(r.Context(), v.latency)
	s.answer(w, r, v)
}

// arrive stamps a request and draws what goes wrong with it.
func (s *Server) arrive(at time.Time) *visit {
	v := &visit{at: at, n: s.requests.Add(1)}
	if s.set.KeepArrivals {
		s.arrivals.mu.Lock()
		s.arrivals.times = append(s.arrivals.times, at)
		s.arrivals.mu.Unlock()
	}
	v.fault, v.latency = s.faults.Load().draw(s.set.Seed, v.n)
	return v
}

// decide checks a request, takes its message if nothing is wrong, and says in v how it is answered.
func (s *Server) decide(v *visit, remote string) message {
	m, c, no := s.check(v.body, remote)
	v.refID, v.blocks, v.tokens = m.refID, m.blocks, m.tokens
	v.invalid = no != nil && no.reason == notJSON
	if v.refID != "" {
		v.times, v.duplicate = s.memory.come(v.refID)
	}
	v.http = http.StatusOK
	switch v.fault.Kind {
	case FaultStatus:
		v.http = v.fault.Code
		return m
	case FaultHTML:
		return m
	case FaultRC:
		no = refuse(v.fault.Code, "", "the fault asked for it")
	case FaultResetAfter, FaultHang:
		v.http = 0
	case FaultResetBefore, FaultTruncated:
	}
	if no == nil {
		no = s.takeMessage(c, m)
	}
	if no != nil {
		v.rc, v.reason, v.why = strconv.Itoa(no.rc), no.reason, no.String()
		s.log.Debug("refused", "ref_id", v.refID, "rc", no.rc, "why", v.why)
		return m
	}
	v.took, v.rc, v.code = true, "0", codeSMS(s.set.Seed, m.refID)
	return m
}

// answer answers as decided, or does what the fault asks for.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, v *visit) {
	body := appendAnswer(make([]byte, 0, 160), v.rc, v.refID, v.code, v.reason)
	switch v.fault.Kind {
	case FaultStatus:
		if v.http == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "1")
		}
		http.Error(w, http.StatusText(v.http), v.http)
		return
	case FaultHTML:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, loginPage)
		return
	case FaultHang:
		select {
		case <-r.Context().Done():
		case <-s.closing:
		}
		reset(w)
		return
	case FaultResetAfter:
		reset(w)
		return
	case FaultTruncated:
		body = body[:len(body)/2]
	case FaultResetBefore, FaultRC:
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body) // a client that left needs no answer
}

// note counts and records a visit.
func (s *Server) note(v *visit) {
	s.tally.add(v)
	s.record.write(v)
}

// read reads the body of v's request; a client that leaves or sends too much is an error.
func (s *Server) read(w http.ResponseWriter, r *http.Request, v *visit) error {
	buf, ok := s.buffers.Get().(*bytes.Buffer)
	if !ok {
		buf = new(bytes.Buffer)
	}
	defer s.buffers.Put(buf)
	buf.Reset()
	_, err := buf.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return errors.New("the body is over 1 MiB")
	case err != nil:
		v.body, v.invalid = buf.String(), true
		return errors.New("the client left in the middle of the request")
	}
	v.body = buf.String()
	return nil
}

// takeMessage takes a message that was understood, unless it was before or there is no credit.
func (s *Server) takeMessage(c *customer, m message) *refusal {
	if !s.memory.take(m.refID) {
		return refuse(9, "ref_id", "was taken before")
	}
	if m.username == "sim-broke" || !c.spend(m.tokens) {
		s.memory.release(m.refID)
		return refuse(7, "", "the account's credit is used up")
	}
	return nil
}

// schedule queues the receipts of a message that was taken; with early ones it posts the first.
func (s *Server) schedule(ctx context.Context, m message, at time.Time, latency time.Duration) {
	if s.poster == nil {
		return
	}
	events := fate(s.set.Seed, m)
	if len(events) == 0 {
		return
	}
	f := s.faults.Load().Receipts
	refID, username := strings.Clone(m.refID), strings.Clone(m.username) // the body may go
	d := newDice(s.set.Seed, m.refID, "post")
	span := events[len(events)-1].after
	var list []receipt
	for _, e := range events {
		for n := range max(1, f.Repeated) {
			r := receipt{event: e, refID: refID, username: username, at: at.Add(latency + e.after)}
			wait := e.after
			if f.Shuffled {
				wait = d.between(0, max(2*span, time.Second))
			}
			if n > 0 {
				wait += d.between(0, time.Second)
			}
			r.due = time.Now().Add(latency + f.Late + wait)
			list = append(list, r)
		}
	}
	s.poster.count(len(list))
	ctx = context.WithoutCancel(ctx) // the message is taken: its receipts come, whoever leaves
	if f.Early {
		s.poster.post(ctx, list[0])
		list = list[1:]
	}
	s.poster.add(ctx, list...)
}

// pause waits before an answer, unless the client leaves or the server ends.
func (s *Server) pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case <-s.closing:
	}
}

// stall waits for the end of a stall.
func (s *Server) stall(ctx context.Context) {
	if until := s.stalled.Load(); until != 0 {
		s.pause(ctx, time.Until(time.Unix(0, until)))
	}
}

// loginPage is what a proxy in between answers with.
const loginPage = `<!DOCTYPE html>
<html><head><title>Sign in</title></head>
<body><form method="post" action="/login"><input name="user"><input name="password" type="password"><button>Sign in</button></form></body></html>
`

// reset ends the connection as a crashed host would: with RST, not FIN.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2: the stream is reset
	}
	if tls, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = tls.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
