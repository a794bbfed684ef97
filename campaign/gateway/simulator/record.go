package simulator

import (
	"encoding/json"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"time"
)

// A visit is one request and what became of it: a line of the record.
type visit struct {
	at      time.Time // when it arrived
	n       int64     // 1, 2, … in the order of arrival
	fault   Fault
	latency time.Duration

	body      string
	invalid   bool // body is not JSON
	refID     string
	times     int  // which request with this ref_id it is
	duplicate bool // the ref_id had been taken
	blocks    []block
	tokens    int

	took   bool
	rc     string // as decided; empty where the fault left nothing to decide
	code   string // code_sms
	reason string // reason_status
	http   int    // 0: no answer
	why    string
}

// appendJSON writes v as the record's line.
func (v *visit) appendJSON(b []byte) []byte {
	b = append(b, `{"at":"`...)
	b = v.at.UTC().AppendFormat(b, "2006-01-02T15:04:05.000000Z")
	b = append(b, `","n":`...)
	b = strconv.AppendInt(b, v.n, 10)
	b = append(b, `,"ref_id":`...)
	b = appendText(b, v.refID)
	b = append(b, `,"times":`...)
	b = strconv.AppendInt(b, int64(v.times), 10)
	b = append(b, `,"channel":[`...)
	for i := range v.blocks {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, string(v.blocks[i].kind))
	}
	b = append(b, `],"rc":"`...)
	b = append(b, v.rc...)
	b = append(b, `","http":`...)
	b = strconv.AppendInt(b, int64(v.http), 10)
	b = append(b, `,"took":`...)
	b = strconv.AppendBool(b, v.took)
	b = append(b, `,"fault":`...)
	b = appendText(b, v.fault.String())
	b = append(b, `,"why":`...)
	b = appendText(b, v.why)
	if v.body != "" {
		b = v.appendBody(b)
	}
	return append(b, '}', '\n')
}

// appendBody writes what came: as it came where that is one line of JSON, else as text.
func (v *visit) appendBody(b []byte) []byte {
	if v.invalid {
		return appendText(append(b, `,"text":`...), v.body)
	}
	b = append(b, `,"body":`...)
	for i := range len(v.body) {
		if v.body[i] == '\n' || v.body[i] == '\r' {
			var flat json.RawMessage = []byte(v.body)
			one, _ := json.Marshal(flat) // compacts; the body was read as JSON before
			return append(b, one...)
		}
	}
	return append(b, v.body...)
}

// A recorder writes the record, a line at a time.
type recorder struct {
	w    io.Writer
	log  *slog.Logger
	mu   sync.Mutex
	line []byte
	dead bool
}

func (r *recorder) write(v *visit) {
	if r.w == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.dead {
		return
	}
	r.line = v.appendJSON(r.line[:0])
	if _, err := r.w.Write(r.line); err != nil {
		r.dead = true
		r.log.Error("the record cannot be written, it ends here", "error", err)
	}
}
