package forward

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"siaran/campaign"
	"siaran/reports/receiptline"
	"siaran/reports/receiptlog"
)

// An otherSide is another system that receipts are passed on to.
type otherSide struct {
	mu     sync.Mutex
	got    []string
	answer int
}

func (o *otherSide) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.answer == 0 {
		o.got = append(o.got, string(b))
	} else {
		w.WriteHeader(o.answer)
	}
}

func TestOtherSystemsReceiptsArePassedOnAndOursAreNot(t *testing.T) {
	other := &otherSide{}
	server := httptest.NewServer(other)
	defer server.Close()
	dir := t.TempDir()
	l := opened(t, dir)
	post := func(body string) {
		t.Helper()
		if _, err := l.Append(t.Context(), "sandeza", []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	ours := campaign.RefKey("key").RefID("gajian", "3k9x2f", 7)
	settings := Settings{Log: receiptlog.Folder(dir), Dir: dir, Host: "test", URL: server.URL, Parse: parseOurs, Client: server.Client()}
	post(`{"ref_id":"before the start","status":1}`)
	f, err := Open(settings)
	if err != nil {
		t.Fatal(err)
	}
	post(`{"ref_id":"theirs-1","status":1}`)
	post(`{"ref_id":"` + ours + `","status":1}`)
	post(`{"ref_id":"` + strings.ToUpper(ours) + `","status":1}`)
	post(`not JSON`)
	if err := f.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	post(`{"something":"else"}`)
	f, err = Open(settings) // a restart goes on where it stopped
	if err != nil {
		t.Fatal(err)
	}
	if err := f.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"not JSON", `{"ref_id":"theirs-1","status":1}`, `{"something":"else"}`}
	slices.Sort(other.got)
	if diff := cmp.Diff(want, other.got); diff != "" {
		t.Error(diff)
	}
	other.answer = http.StatusUnprocessableEntity
	post(`{"ref_id":"theirs-2","status":1}`)
	if err := f.CatchUp(t.Context()); err != nil || f.Dropped() != 1 {
		t.Errorf("a refused body: %v, %d dropped", err, f.Dropped())
	}
}

func TestAnOutageOfTheOtherSideLosesNothingAndNamesNoAddress(t *testing.T) {
	other := &otherSide{answer: http.StatusBadGateway}
	server := httptest.NewServer(other)
	defer server.Close()
	dir := t.TempDir()
	l := opened(t, dir)
	var mu sync.Mutex
	var told []string
	settings := Settings{Log: receiptlog.Folder(dir), Dir: dir, Host: "test", URL: server.URL + "/hook/geheim", Parse: parseOurs, Client: server.Client(), Trouble: func(err error) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, err.Error())
	}}
	f, err := Open(settings)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), "sandeza", []byte(`{"ref_id":"theirs","status":1}`)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := f.CatchUp(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	other.mu.Lock()
	other.answer = 0
	other.mu.Unlock()
	if err := f.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(other.got) != 1 || f.Passed() != 1 {
		t.Errorf("passed on: %q", other.got)
	}
	server.Close()
	if _, err := f.post(t.Context(), receiptline.Entry{Body: []byte("{}")}); err == nil {
		t.Error("a closed server took a receipt")
	} else {
		told = append(told, err.Error())
	}
	if len(told) < 2 || strings.Contains(strings.Join(told, " "), "geheim") {
		t.Errorf("told: %q", told)
	}
}

// opened is a log in dir.
func opened(t *testing.T, dir string) *receiptlog.Log {
	t.Helper()
	l, err := receiptlog.Open(receiptlog.Settings{Dir: dir, Host: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// parseOurs reads {"ref_id":…,"status":…}.
func parseOurs(gateway string, body []byte) ([]campaign.Receipt, error) {
	var r struct {
		RefID string `json:"ref_id"`
	}
	if err := json.Unmarshal(body, &r); err != nil || r.RefID == "" {
		return nil, receiptline.ErrNoReceipt
	}
	return []campaign.Receipt{{Gateway: gateway, RefID: r.RefID}}, nil
}
