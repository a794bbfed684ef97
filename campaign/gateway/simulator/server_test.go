package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestTheRecordSaysWhatWasSeen(t *testing.T) {
	var record notebook
	_, url := start(t, Settings{Record: &record})
	body := request("ref-1", `{"sms":{"message":"Halo","msisdn":"6281299900002"},"email":{"message":"Halo","email":"budi@example.test"}}`)
	post(t, url, body)
	post(t, url, strings.ReplaceAll(body, ",", ",\n"))
	post(t, url, "no\nJSON")
	all := record.entries(t)
	if len(all) != 3 {
		t.Fatalf("%d lines", len(all))
	}
	if e := all[0]; e.At != "2026-11-21T05:00:00.000000Z" || e.N != 1 || e.RefID != "ref-1" || e.Times != 1 || fmt.Sprint(e.Channel) != "[sms email]" || e.RC != "0" || !e.Took || string(e.Body) != body {
		t.Errorf("first: %+v", e)
	}
	if e := all[1]; e.N != 2 || e.Times != 2 || e.RC != "9" || e.Took || string(e.Body) != body {
		t.Errorf("second: %+v", e)
	}
	if e := all[2]; e.RefID != "" || e.RC != "1" || e.Text != "no\nJSON" || e.Body != nil {
		t.Errorf("third: %+v", e)
	}
}

func TestOtherPathsAndMethodsAreNotTheGateway(t *testing.T) {
	s, url := start(t, Settings{})
	for _, c := range []struct {
		method, url string
		want        int
	}{
		{http.MethodGet, url, http.StatusMethodNotAllowed},
		{http.MethodPost, url + "/", http.StatusNotFound},
		{http.MethodPost, strings.TrimSuffix(url, SandezaPath), http.StatusNotFound},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, c.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.url, resp.StatusCode, c.want)
		}
	}
	if c := s.Counts(); c.Requests != 1 || c.Taken != 0 {
		t.Errorf("counts are %+v", c)
	}
}

func TestOfRequestsWithOneRefIDAtTheSameTimeOneIsTaken(t *testing.T) {
	s, url := start(t, Settings{})
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() { post(t, url, request("ref-1", plainSMS)) })
	}
	wg.Wait()
	if c := s.Counts(); c.Taken != 1 || c.Duplicates < 1 || c.RC["9"] != 15 || c.Repeated["ref-1"] != 16 {
		t.Errorf("counts are %+v", c)
	}
}

func TestArrivalsAreStampedBeforeAStall(t *testing.T) {
	t.Parallel()
	const stall = 3 * time.Second // long, for a busy machine takes its time to arrive
	s, url := start(t, Settings{KeepArrivals: true, Now: time.Now})
	body := strings.NewReplacer(fmt.Sprint(noon.Unix()), fmt.Sprint(time.Now().Unix())).Replace(request("ref-1", plainSMS))
	begun := time.Now()
	s.Stall(stall)
	post(t, url, body)
	if took := time.Since(begun); took < stall {
		t.Errorf("answered after %v", took)
	}
	if all := s.Arrivals(); len(all) != 1 || all[0].Sub(begun) >= stall {
		t.Errorf("arrivals are %v, begun %v", all, begun)
	}
}

// serve runs Serve until stop is called, which returns its error.
func serve(t *testing.T, s *Server) (url string, stop func() error) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	return "http://" + l.Addr().String() + SandezaPath, func() error {
		cancel()
		select {
		case err := <-done:
			http.DefaultClient.CloseIdleConnections()
			return err
		case <-time.After(20 * time.Second):
			t.Fatal("Serve does not end")
			return nil
		}
	}
}

func TestServeEndsWithEveryReceiptPosted(t *testing.T) {
	box := openMailbox(t)
	s, err := New(Settings{ReceiptURL: box.URL, Now: func() time.Time { return noon }, Faults: Faults{Receipts: ReceiptFaults{Late: time.Hour}}})
	if err != nil {
		t.Fatal(err)
	}
	url, stop := serve(t, s)
	for i := range 50 {
		post(t, url, request(fmt.Sprint("ref-", i), plainSMS))
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if c := s.Counts(); len(box.all()) != 50 || c.Receipts != (ReceiptCounts{Due: 50, Posted: 50}) {
		t.Errorf("%d receipts came, counts are %+v", len(box.all()), c.Receipts)
	}
}

func TestServeEndsThoughClientsHangAndNobodyTakesReceipts(t *testing.T) {
	box := openMailbox(t)
	box.Close()
	s, err := New(Settings{ReceiptURL: box.URL, Now: func() time.Time { return noon }, Faults: always(FaultHang, 0)})
	if err != nil {
		t.Fatal(err)
	}
	url, stop := serve(t, s)
	var wg sync.WaitGroup
	wg.Go(func() {
		if answer, err := raw(t, url, request("ref-1", plainSMS), time.Minute); err == nil {
			t.Errorf("an answer came: %s", answer)
		}
	})
	for s.Counts().Taken == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if c := s.Counts().Receipts; c != (ReceiptCounts{Due: 1, Failed: 1}) {
		t.Errorf("counts are %+v", c)
	}
}

func TestDrainEndsWithItsContext(t *testing.T) {
	box := openMailbox(t)
	s, err := New(Settings{ReceiptURL: box.URL, Now: func() time.Time { return noon }, Faults: Faults{Receipts: ReceiptFaults{Late: time.Hour}}})
	if err != nil {
		t.Fatal(err)
	}
	url, stop := serve(t, s)
	post(t, url, request("ref-1", plainSMS))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Drain(ctx); err == nil {
		t.Error("Drain does not wait for a receipt that is due in an hour")
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

func TestCountsAreServed(t *testing.T) {
	_, url := start(t, Settings{})
	post(t, url, request("ref-1", plainSMS))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.TrimSuffix(url, SandezaPath)+"/counts", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var c Counts
	if err := json.NewDecoder(resp.Body).Decode(&c); err != nil || c.Taken != 1 || c.RC["0"] != 1 {
		t.Errorf("got %+v, %v", c, err)
	}
}
