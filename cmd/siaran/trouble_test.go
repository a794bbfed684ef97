package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// sql FILE STATEMENT: does something to a ledger behind its back.
func behindItsBack(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0])+"?_pragma=busy_timeout(10000)")
	ts.Check(err)
	_, err = db.Exec(args[1]) //nolint:noctx // short
	ts.Check(err)
	ts.Check(db.Close())
}

// hold FILE DURATION: another process locks the ledger against writing, for so long.
func holdLock(ts *testscript.TestScript, _ bool, args []string) {
	d, err := time.ParseDuration(args[1])
	ts.Check(err)
	db, err := sql.Open("sqlite", ts.MkAbs(args[0])+"?_txlock=immediate&_pragma=busy_timeout(10000)")
	ts.Check(err)
	tx, err := db.Begin() //nolint:noctx // short
	ts.Check(err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		time.Sleep(d)
		_ = tx.Rollback()
		_ = db.Close()
	}()
	ts.Defer(func() { <-done })
}

// tear FILE: the file ends with the first half of what it began with, as a write does that was cut off.
func tearFile(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text+text[:min(len(text), 3000)]), 0o600))
}

// garble FILE: everything behind the file's first page becomes something else.
func garbleFile(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text[:4096]+strings.Repeat("x", len(text)-4096)), 0o600))
}

// cut FILE: the file loses its second half.
func cutFile(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.Truncate(ts.MkAbs(args[0]), int64(len(ts.ReadFile(args[0]))/2)))
}

// clock NAME OFFSET: a gateway whose clock is off; its address is in $NAME.
func wrongClock(ts *testscript.TestScript, _ bool, args []string) {
	off, err := time.ParseDuration(args[1])
	ts.Check(err)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
		w.WriteHeader(http.StatusNotFound)
	}))
	ts.Defer(s.Close)
	ts.Setenv(args[0], s.Listener.Addr().String())
}

// A seen is a line of what the simulator saw.
type seen struct {
	At    time.Time `json:"at"`
	RefID string    `json:"ref_id"`
	Took  bool      `json:"took"`
}

func whatWasSeen(ts *testscript.TestScript, file string) []seen {
	var all []seen
	for line := range strings.Lines(ts.ReadFile(file)) {
		var s seen
		ts.Check(json.Unmarshal([]byte(line), &s))
		all = append(all, s)
	}
	return all
}

// took FILE N: the simulator took N messages, none of them twice.
func tookOnce(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	took := map[string]bool{}
	for _, s := range whatWasSeen(ts, args[0]) {
		if s.Took && took[s.RefID] {
			ts.Fatalf("%s was taken twice", s.RefID)
		}
		took[s.RefID] = took[s.RefID] || s.Took
	}
	n := 0
	for _, yes := range took {
		if yes {
			n++
		}
	}
	if n != want {
		ts.Fatalf("%d messages were taken, want %d", n, want)
	}
}

// now NAME: puts the time into $NAME.
func whatTimeItIs(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], time.Now().Format(time.RFC3339Nano))
}

// paced FILE RATE BURST BEGAN: from then on no more came to the simulator, at any time, than the rate allows.
func pacedArrivals(ts *testscript.TestScript, _ bool, args []string) {
	rate, err := strconv.ParseFloat(args[1], 64)
	ts.Check(err)
	burst, err := strconv.Atoi(args[2])
	ts.Check(err)
	began, err := time.Parse(time.RFC3339Nano, args[3])
	ts.Check(err)
	var arrivals []time.Time
	for _, s := range whatWasSeen(ts, args[0]) {
		arrivals = append(arrivals, s.At)
	}
	ts.Check(tooEarly(began, arrivals, rate, burst))
}

// cert-ends CERT KEY DURATION: a certificate that ends then, and its key.
func endingCertificate(ts *testscript.TestScript, _ bool, args []string) {
	left, err := time.ParseDuration(args[2])
	ts.Check(err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(left)}
	cert, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	ts.Check(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	ts.Check(err)
	for i, b := range []*pem.Block{{Type: "CERTIFICATE", Bytes: cert}, {Type: "PRIVATE KEY", Bytes: private}} {
		ts.Check(os.WriteFile(ts.MkAbs(args[i]), pem.EncodeToMemory(b), 0o600))
	}
}
