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

// sandeza answers one request to SandezaPath that arrived at the given time.
func (s *Server) sandeza(w http.ResponseWriter, r *http.Request, at time.Time) {
	v := &visit{at: at, n: s.requests.Add(1)}
	if s.set.KeepArrivals {
		s.arrivals.mu.Lock()
		s.arrivals.times = append(s.arrivals.times, at)
		s.arrivals.mu.Unlock()
	}
	fault, latency := s.faults.Load().draw(s.set.Seed, v.n)
	if fault.Kind != "" {
		v.fault = fault.String()
	}
	s.stall(r.Context())
	if fault.Kind == FaultResetBefore {
		s.note(v, false)
		reset(w)
		return
	}
	if r.Method != http.MethodPost {
		v.http, v.why = http.StatusMethodNotAllowed, "the method must be POST"
		s.note(v, false)
		http.Error(w, v.why, v.http)
		return
	}
	if err := s.read(w, r, v); err != nil {
		v.why = err.Error()
		s.note(v, false)
		reset(w)
		return
	}
	m, c, no := s.check(v.body, r.RemoteAddr)
	v.refID, v.blocks, v.tokens = m.refID, m.blocks, m.tokens
	v.invalid = no != nil && no.reason == "Invalid JSON Format"
	duplicate := false
	if v.refID != "" {
		v.times, duplicate = s.memory.come(v.refID)
	}
	switch {
	case fault.Kind == FaultStatus || fault.Kind == FaultHTML:
		s.pause(r.Context(), latency)
		if v.http = fault.Code; fault.Kind == FaultHTML {
			v.http = http.StatusOK
		}
		s.note(v, duplicate)
		refuseHTTP(w, fault)
		return
	case fault.Kind == FaultRC:
		no = refuse(fault.Code, "", "the fault asked for it")
	case no == nil:
		no = s.takeMessage(c, m)
	}
	rc, reason, code := 0, "", ""
	if no == nil {
		v.took = true
		code = codeSMS(s.set.Seed, m.refID)
		s.schedule(r.Context(), m, at, latency)
	} else {
		rc, reason, v.why = no.rc, no.reason, no.String()
		s.log.Debug("refused", "ref_id", v.refID, "rc", rc, "why", v.why)
	}
	v.rc = strconv.Itoa(rc)
	s.pause(r.Context(), latency)
	answer := appendAnswer(make([]byte, 0, 160), rc, v.refID, code, reason)
	s.answer(w, r, v, fault.Kind, answer, duplicate)
}

// answer writes the answer, or does to it what the fault asks for. The record comes first: who has the
// answer finds the request in it.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, v *visit, fault FaultKind, answer []byte, duplicate bool) {
	switch fault {
	case FaultResetAfter:
		s.note(v, duplicate)
		reset(w)
		return
	case FaultHang:
		s.note(v, duplicate)
		select {
		case <-r.Context().Done():
		case <-s.closing:
		}
		reset(w)
		return
	case FaultTruncated:
		answer = answer[:len(answer)/2]
	case FaultResetBefore, FaultHTML, FaultStatus, FaultRC:
	}
	v.http = http.StatusOK
	s.note(v, duplicate)
	w.Header()["Content-Type"] = jsonType
	_, _ = w.Write(answer) // a client that left needs no answer
}

var jsonType = []string{"application/json"}

// note counts and records a visit.
func (s *Server) note(v *visit, duplicate bool) {
	s.tally.add(v, duplicate)
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

func refuseHTTP(w http.ResponseWriter, f Fault) {
	if f.Kind == FaultHTML {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, loginPage)
		return
	}
	if f.Code == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	http.Error(w, http.StatusText(f.Code), f.Code)
}

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
